//! What time it is, as often as somebody can see it change.

use std::time::Duration;

use leptos::{leptos_dom::helpers::window_event_listener_untyped, prelude::*};
use perennial_session::{Health, SignInFailure, SignInProgress, Snapshot, Wall};

use crate::platform::{clock, timer};

/// The device's time, renewed each second while something is counted down in seconds, else each minute, and not at all
/// while nobody can see the page.
///
/// A tab that tells its person that the session is about to end goes on in the background: its title counts down.
pub fn use_now(snapshot: ReadSignal<Snapshot>) -> Signal<Wall> {
    let beat = RwSignal::new(());
    let now = Memo::new(move |_| {
        beat.track();
        snapshot.track();
        Wall(clock::read().wall_ms)
    });
    Effect::new(move |_: Option<Option<timer::Timer>>| {
        beat.track();
        let (is_ending, wait_ms) = snapshot
            .with(|snapshot| (is_ending(snapshot, now.get()), next_beat_ms(&moments(snapshot), now.get())));
        (is_ending || !document().hidden()).then(|| {
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

/// Whether the title counts down to the end of the session, or is about to.
fn is_ending(snapshot: &Snapshot, now: Wall) -> bool {
    let ends_soon = |ends: Wall| ends.0.saturating_sub(now.0) <= ENDS_SOON_MS + MINUTE_MS;
    snapshot.inactivity_ends.is_some() || snapshot.session_ends.is_some_and(ends_soon)
}

/// The moments that the pages count down to, each with the time before it that is told in seconds.
fn moments(snapshot: &Snapshot) -> [Option<(Wall, u64)>; 5] {
    let health = match snapshot.health {
        Health::Retrying { at, .. } => Some(at),
        Health::WaitingForServer { until } => Some(until),
        Health::Fresh
        | Health::Resting
        | Health::Refreshing
        | Health::Offline
        | Health::Unconfirmed { .. } => None,
    };
    let sign_in = match snapshot.sign_in {
        SignInProgress::Failed(SignInFailure::TooMany { until }) => Some(until),
        SignInProgress::Failed(
            SignInFailure::WrongCredentials
            | SignInFailure::Refused
            | SignInFailure::WrongOrigin
            | SignInFailure::CookiesNotKept
            | SignInFailure::Unknown(_),
        )
        | SignInProgress::Idle
        | SignInProgress::Pending => None,
    };
    let near = |moment: Option<Wall>| moment.map(|moment| (moment, NEAR_MS));
    [
        near(snapshot.next_refresh),
        snapshot.session_ends.map(|ends| (ends, ENDS_SOON_MS)),
        // While it is asked, however long that is.
        snapshot.inactivity_ends.map(|ends| (ends, u64::MAX)),
        near(health),
        near(sign_in),
    ]
}

/// How long nothing that is shown changes: until the next whole minute before a far moment, the next whole second
/// before a near one.
fn next_beat_ms(moments: &[Option<(Wall, u64)>], now: Wall) -> u64 {
    let wait = moments
        .iter()
        .flatten()
        .filter_map(|(moment, near_ms)| {
            let left_ms = moment.0.checked_sub(now.0).filter(|left_ms| *left_ms > 0)?;
            let unit = if left_ms <= *near_ms { SECOND_MS } else { MINUTE_MS };
            Some(match left_ms % unit {
                0 => unit,
                rest => rest,
            })
        })
        .min()
        .unwrap_or(MINUTE_MS);
    wait.min(MINUTE_MS)
}

/// How long before the absolute limit people are told.
pub const ENDS_SOON_MS: u64 = 600_000;

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
        assert_eq!(next_beat_ms(&[Some((Wall(54 * 60_000 + 7_000), NEAR_MS))], Wall(0)), 7_000);
        assert_eq!(next_beat_ms(&[Some((Wall(54 * 60_000), NEAR_MS))], Wall(0)), 60_000);
    }

    #[test]
    fn near_moments_are_followed_by_the_second() {
        let far = Some((Wall(9_000_000), NEAR_MS));
        assert_eq!(next_beat_ms(&[None, Some((Wall(119_300), NEAR_MS)), far], Wall(0)), 300);
    }

    #[test]
    fn the_end_of_the_session_is_followed_by_the_second_for_as_long_as_it_is_counted_down() {
        let question = Snapshot { inactivity_ends: Some(Wall(300_000)), ..Snapshot::default() };
        assert_eq!(next_beat_ms(&moments(&question), Wall(0)), 1_000);
        let limit = Snapshot { session_ends: Some(Wall(599_900)), ..Snapshot::default() };
        assert_eq!(next_beat_ms(&moments(&limit), Wall(0)), 900);
        let before = Snapshot { session_ends: Some(Wall(630_000)), ..Snapshot::default() };
        assert_eq!(next_beat_ms(&moments(&before), Wall(0)), 30_000);
        assert!(is_ending(&before, Wall(0)), "it begins in the background too");
    }

    #[test]
    fn moments_that_have_passed_keep_nobody_awake() {
        assert_eq!(next_beat_ms(&[Some((Wall(5), NEAR_MS)), None], Wall(10)), 60_000);
    }
}
