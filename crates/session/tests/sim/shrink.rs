//! Leaves out of a plan whatever the failure does not need.

use std::{panic::AssertUnwindSafe, time::Duration};

use crate::{
    plan::{Plan, Planned},
    plant::Plant,
    rules::{Broken, Rule},
    stats::Stats,
    world::{Outcome, World},
};

/// Runs a plan; a panic is a broken rule like any other.
pub(crate) fn run(plan: &Plan, plant: Option<Plant>, traced: bool) -> Outcome {
    let world = || World::new(plan, plant, traced).run();
    std::panic::catch_unwind(AssertUnwindSafe(world)).unwrap_or_else(|why| {
        let how = why.downcast_ref::<String>().cloned();
        let how =
            how.or_else(|| why.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default();
        Outcome {
            broken: Some(Broken { rule: Rule::Panicked, how, at_ms: 0 }),
            stats: Stats { seeds: 1, ..Stats::default() },
            trace: Vec::new(),
        }
    })
}

/// The smallest plan found that still breaks the rule, by trying to leave out ever smaller parts of it (Zeller's
/// delta debugging, without its second half).
pub(crate) fn shrink(plan: &Plan, plant: Option<Plant>, rule: Rule, tries: u32) -> Plan {
    let breaks = |plan: &Plan| run(plan, plant, false).broken.filter(|broken| broken.rule == rule);
    let mut best = plan.clone();
    let mut left = tries;
    if let Some(broken) = breaks(&best)
        && broken.at_ms > 0
        && broken.at_ms < best.setup.length_ms
    {
        best.events.retain(|event| event.at_ms <= broken.at_ms);
    }
    let mut size = best.events.len().div_ceil(2);
    while size > 0 && left > 0 {
        let mut at = 0;
        let mut has_shrunk = false;
        while at < best.events.len() && left > 0 {
            left -= 1;
            let mut events: Vec<Planned> = best.events.clone();
            events.drain(at..(at + size).min(events.len()));
            let smaller = Plan { events, ..best.clone() };
            if breaks(&smaller).is_some() {
                best = smaller;
                has_shrunk = true;
            } else {
                at += size;
            }
        }
        if !has_shrunk || size > best.events.len() {
            size /= 2;
        }
    }
    simplify_setup(&mut best, &breaks);
    best
}

fn simplify_setup(best: &mut Plan, breaks: &dyn Fn(&Plan) -> Option<Broken>) {
    let changes: [fn(&mut Plan); 8] = [
        |plan| plan.setup.tabs = 1,
        |plan| plan.setup.tabs = 2,
        |plan| plan.setup.skew_ms = 0,
        |plan| plan.setup.store_lag_ms = 0,
        |plan| plan.setup.orphan_at_end = false,
        |plan| plan.setup.server.header_tokens = false,
        |plan| plan.setup.server.session_s = 86_400,
        |plan| plan.setup.settings.inactivity_limit = Duration::from_secs(3_600),
    ];
    for change in changes {
        let mut simpler = best.clone();
        change(&mut simpler);
        if breaks(&simpler).is_some() {
            *best = simpler;
        }
    }
}
