//! The fleet of `examples/fleet`, small enough for every run of the tests.

#[path = "../examples/fleet/client.rs"]
mod client;
#[path = "../examples/fleet/dice.rs"]
mod dice;
#[path = "../examples/fleet/run.rs"]
mod run;
#[path = "../examples/fleet/server.rs"]
mod server;
#[path = "../examples/fleet/setup.rs"]
mod setup;
#[path = "../examples/fleet/tally.rs"]
mod tally;
#[path = "../examples/fleet/verdict.rs"]
#[expect(dead_code, reason = "the example prints more than is judged here")]
mod verdict;

use crate::{
    setup::Setup,
    tally::Tally,
    verdict::{BAR, Verdict},
};

/// Scenario 27.
#[test]
fn a_fleet_spreads_its_refreshes_every_day_and_after_an_outage() {
    // Without the regular look there is time for a fleet in which chance does not hide what the rules do.
    let setup = Setup { engines: 40_000, days: 1, validates: false, ..Setup::default() };
    let tally = run::run(&setup, |_| {});
    assert_nobody_is_lost(&setup, &tally);
    let verdict = Verdict::new(&setup, &tally);
    let daily = verdict.daily.as_ref().expect("there are refreshes before noon");
    assert!(daily.ratio() <= BAR, "{daily:?}");
    let recovery = verdict.recovery.as_ref().expect("the outage meets refreshes");
    assert!(recovery.ratio() <= BAR, "{recovery:?}");
    assert!(verdict.is_good(&tally));
}

#[test]
fn an_outage_longer_than_a_token_lives_signs_nobody_out() {
    let setup = Setup { engines: 1_000, days: 1, lifetime_min: 5, loss_percent: 5.0, ..Setup::default() };
    let tally = run::run(&setup, |_| {});
    assert_eq!(tally.fresh_after_ms.len(), setup.engines, "every token ran out");
    assert!(tally.validations.iter().any(|count| *count > 0));
    assert_nobody_is_lost(&setup, &tally);
}

#[test]
fn the_same_seed_gives_the_same_days() {
    let setup = Setup { engines: 200, days: 2, ..Setup::default() };
    let [first, second] = [0, 1].map(|_| run::run(&setup, |_| {}));
    assert_eq!(first.refreshes, second.refreshes);
    assert_eq!(first.fresh_after_ms, second.fresh_after_ms);
    let other = run::run(&Setup { seed: 2, ..setup }, |_| {});
    assert_ne!(first.refreshes, other.refreshes);
}

fn assert_nobody_is_lost(setup: &Setup, tally: &Tally) {
    let sessions = setup.engines as u64 * setup.days;
    assert_eq!(tally.begun, sessions, "everyone gets in every morning");
    assert_eq!(tally.ended_wrongly, 0, "{:?}", tally.examples);
    assert_eq!(tally.ended_rightly, sessions, "nobody who went home stays in");
    assert_eq!(tally.never_fresh, 0);
}
