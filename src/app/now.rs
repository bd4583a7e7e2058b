//! What time it is, as often as somebody can see it change.

use std::time::Duration;

use leptos::{leptos_dom::helpers::window_event_listener_untyped, prelude::*};
use perennial_session::{Health, SignInFailure, SignInProgress, Snapshot, Wall};

use crate::platform::{clock, timer};

/// The device's time, renewed each second while a moment of the session is within two minutes, else each minute,
/// and not at all while nobody can see the page.
///
/// A tab that asks whether its person is still there goes on in the background: its title counts down.
pub fn use_now(snapshot: ReadSignal<Snapshot>) -> Signal<Wall> {
    let beat = RwSignal::new(());
    let now = Memo::new(move |_| {
        beat.track();
        snapshot.track();
        Wall(clock::read().wall_ms)
    });
    Effect::new(move |_: Option<Option<timer::Timer>>| {
        beat.track();
        let asking = snapshot.with(|snapshot| snapshot.inactivity_ends.is_some());
        let wait_ms = snapshot.with(|snapshot| next_beat_ms(&moments(snapshot), now.get()));
        (asking || !document().hidden()).then(|| {
            timer::after(Duration::from_millis(wait_ms), move || {
                beat.try_set(());
            })
        })
    });
    let listener = window_event_listener_untyped("visibilitychange", move |_| {
        beat.try_set(());
    });
    on_cleanup(move || listener.remove());
    now.into()
}

/// The moments that the pages count down to.
fn moments(snapshot: &Snapshot) -> [Option<Wall>; 5] {
    let health = match snapshot.health {
        Health::Retrying { at, .. } => Some(at),
        Health::WaitingForServer { until } => Some(until),
        Health::Fresh | Health::Refreshing | Health::Offline | Health::Unconfirmed { .. } => None,
    };
    let sign_in = match snapshot.sign_in {
        SignInProgress::Failed(SignInFailure::TooMany { until }) => Some(until),
        SignInProgress::Failed(SignInFailure::WrongCredentials | SignInFailure::Unknown(_))
        | SignInProgress::Idle
        | SignInProgress::Pending => None,
    };
    [snapshot.next_refresh, snapshot.session_ends, snapshot.inactivity_ends, health, sign_in]
}

/// How long nothing that is shown changes: until the next whole minute before a far moment, the next whole second
/// before a near one.
fn next_beat_ms(moments: &[Option<Wall>], now: Wall) -> u64 {
    let wait = moments
        .iter()
        .flatten()
        .filter_map(|moment| moment.0.checked_sub(now.0).filter(|left_ms| *left_ms > 0))
        .map(|left_ms| {
            let unit = if left_ms <= NEAR_MS { SECOND_MS } else { MINUTE_MS };
            match left_ms % unit {
                0 => unit,
                rest => rest,
            }
        })
        .min()
        .unwrap_or(MINUTE_MS);
    wait.min(MINUTE_MS)
}

/// From here on seconds are shown; the same bound as in the texts.
const NEAR_MS: u64 = 120_000;
const SECOND_MS: u64 = 1_000;
const MINUTE_MS: u64 = 60_000;

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn far_moments_are_followed_by_the_minute() {
        assert_eq!(next_beat_ms(&[Some(Wall(54 * 60_000 + 7_000))], Wall(0)), 7_000);
        assert_eq!(next_beat_ms(&[Some(Wall(54 * 60_000))], Wall(0)), 60_000);
    }

    #[test]
    fn near_moments_are_followed_by_the_second() {
        assert_eq!(next_beat_ms(&[None, Some(Wall(119_300)), Some(Wall(9_000_000))], Wall(0)), 300);
    }

    #[test]
    fn moments_that_have_passed_keep_nobody_awake() {
        assert_eq!(next_beat_ms(&[Some(Wall(5)), None], Wall(10)), 60_000);
    }
}
