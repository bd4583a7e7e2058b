//! The session: when its token is renewed, when it last was and why, and how it is doing.

use leptos::prelude::*;
use perennial_session::{Health, LastRefresh, Snapshot, Status, Wall};

use crate::{
    components::{Ring, changing},
    platform::{dates, numbers::grouped},
    texts::{self, fill, t},
};

/// The state of the session, with a button for those who want a new token now.
#[component]
pub fn SessionCard(
    /// The session.
    snapshot: ReadSignal<Snapshot>,
    /// What time it is.
    now: Signal<Wall>,
    /// The person wants a new token now.
    refresh: Callback<()>,
) -> impl IntoView {
    let refreshing = Memo::new(move |_| snapshot.with(|snapshot| snapshot.health == Health::Refreshing));
    let ask = move |_| {
        if !refreshing.get_untracked() {
            refresh.run(());
        }
    };
    view! {
        <section class="card card-session" aria-labelledby=HEADING>
            <h2 class="card-heading" id=HEADING>{t().session.name}</h2>
            <NextRefresh snapshot now />
            <Facts snapshot now />
            <div class="actions card-actions">
                <button
                    type="button"
                    class="button button-primary"
                    aria-disabled=move || refreshing.get().then_some("true")
                    on:click=ask
                >
                    {t().overview.refresh_now}
                </button>
            </div>
        </section>
    }
}

#[component]
fn NextRefresh(snapshot: ReadSignal<Snapshot>, now: Signal<Wall>) -> impl IntoView {
    let span =
        Memo::new(move |before| snapshot.with(|snapshot| waiting(snapshot, now, before.copied().flatten())));
    let share = Memo::new(move |_| share_left(span.get(), now.get()));
    let words = Memo::new(move |_| snapshot.with(|snapshot| texts::next_refresh(snapshot, now.get())));
    let value = Memo::new(move |_| words.with(|words| words.0.clone()));
    let note = Memo::new(move |_| words.with(|words| words.1));
    view! { <Ring share value note /> }
}

#[component]
fn Facts(snapshot: ReadSignal<Snapshot>, now: Signal<Wall>) -> impl IntoView {
    let health =
        Memo::new(move |_| texts::health(snapshot.with(|snapshot| snapshot.health), now.get(), dates::clock));
    let last = Memo::new(move |_| {
        let last = snapshot.with(|snapshot| snapshot.last_refresh);
        last.map_or_else(|| t().overview.no_refresh.to_owned(), refreshed)
    });
    let until = Memo::new(move |_| snapshot.with(|snapshot| snapshot.token_until));
    let ends = Memo::new(move |_| snapshot.with(|snapshot| snapshot.session_ends));
    // While the session is restored, what is not known yet keeps its place, so that nothing is pushed down later.
    let restoring = Memo::new(move |_| snapshot.with(|snapshot| snapshot.status == Status::Restoring));
    let has_until = Memo::new(move |_| restoring.get() || until.get().is_some());
    let has_end = Memo::new(move |_| restoring.get() || ends.get().is_some());
    let unknown = move || t().overview.unknown.to_owned();
    let said_until =
        move |until| fill(t().overview.token_until, &[("moment", &dates::clock_from(until, now.get()))]);
    let said_end = move |ends: Wall| {
        let left = texts::left(ends.0.saturating_sub(now.get().0));
        fill(t().overview.ends_latest, &[("moment", &dates::date_and_clock(ends)), ("left", &left)])
    };
    view! {
        <dl class="facts">
            <dt>{t().overview.health}</dt>
            <dd>{changing(move || health.get())}</dd>
            <dt>{t().overview.last_refresh}</dt>
            <dd aria-live="polite">{changing(move || last.get())}</dd>
            {move || has_until.get().then(|| view! {
                <dt>{t().overview.token}</dt>
                <dd>{changing(move || until.get().map_or_else(unknown, said_until))}</dd>
            })}
            {move || has_end.get().then(|| view! {
                <dt>{t().overview.session_ends}</dt>
                <dd>{changing(move || ends.get().map_or_else(unknown, said_end))}</dd>
            })}
        </dl>
    }
}

fn refreshed(last: LastRefresh) -> String {
    let clock = dates::clock(last.at);
    // What another tab did took this one no time.
    if last.took.is_zero() {
        return fill(t().overview.refreshed_free, &[("clock", &clock), ("cause", texts::cause(last.cause))]);
    }
    let ms = grouped(u64::try_from(last.took.as_millis()).unwrap_or(u64::MAX));
    fill(t().overview.refreshed, &[("clock", &clock), ("cause", texts::cause(last.cause)), ("ms", &ms)])
}

/// What the ring counts down: the time from a token's beginning to its refresh, or from the moment that trouble was seen
/// to the next try. Without a network, and where the token is left to expire, nothing is waited for.
fn waiting(snapshot: &Snapshot, now: Signal<Wall>, before: Option<(Wall, Wall)>) -> Option<(Wall, Wall)> {
    match snapshot.health {
        Health::Retrying { at, .. } | Health::WaitingForServer { until: at } => {
            // The same wait goes on; another begins now.
            before.filter(|(_, until)| *until == at).or_else(|| Some((now.get_untracked(), at)))
        }
        Health::Offline | Health::Resting => None,
        Health::Fresh | Health::Refreshing | Health::Unconfirmed { .. } => {
            snapshot.token_from.zip(snapshot.next_refresh)
        }
    }
}

/// How much of the time between a token's beginning and its refresh is left, from 0 to 1: none where no refresh is
/// planned.
fn share_left(span: Option<(Wall, Wall)>, now: Wall) -> f64 {
    let Some((from, next)) = span else { return 0.0 };
    let whole_ms = next.0.saturating_sub(from.0).max(1);
    let left_ms = next.0.saturating_sub(now.0).min(whole_ms);
    #[expect(clippy::cast_precision_loss, reason = "it is drawn, and a pixel is coarser")]
    let share = left_ms as f64 / whole_ms as f64;
    share
}

const HEADING: &str = "session-heading";

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn the_ring_empties_from_the_tokens_beginning_to_its_refresh() {
        let span = Some((Wall(1_000), Wall(5_000)));
        assert!((share_left(span, Wall(1_000)) - 1.0).abs() < f64::EPSILON);
        assert!((share_left(span, Wall(4_000)) - 0.25).abs() < f64::EPSILON);
        assert!(share_left(span, Wall(9_000)).abs() < f64::EPSILON);
    }

    #[test]
    fn while_a_refresh_fails_the_ring_counts_to_the_next_try_and_without_a_network_or_at_rest_to_nothing() {
        let owner = Owner::new();
        owner.set();
        let now = Signal::stored(Wall(7_000));
        let token =
            Snapshot { token_from: Some(Wall(0)), next_refresh: Some(Wall(6_000)), ..Snapshot::default() };
        let why = perennial_session::Doubt::Network;
        let retrying = Snapshot { health: Health::Retrying { at: Wall(9_000), why }, ..token.clone() };
        let first = waiting(&retrying, now, None);
        assert_eq!(first, Some((Wall(7_000), Wall(9_000))));
        assert_eq!(waiting(&retrying, Signal::stored(Wall(8_000)), first), first);
        assert_eq!(waiting(&token, now, first), Some((Wall(0), Wall(6_000))));
        for health in [Health::Offline, Health::Resting] {
            assert_eq!(waiting(&Snapshot { health, ..token.clone() }, now, None), None);
        }
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_overfill_the_ring() {
        assert!((share_left(Some((Wall(1_000), Wall(5_000))), Wall(0)) - 1.0).abs() < f64::EPSILON);
    }
}
