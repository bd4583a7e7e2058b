//! Many seeds at once, and what is said about them.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use crate::{
    plan::Plan,
    plant::Plant,
    rules::Broken,
    shrink::{run, shrink},
    stats::{Stats, clock},
};

/// The first seed that failed, if one did, and what all did.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) stats: Stats,
    /// How long processors worked at it, where the system says so.
    pub(crate) worked: Duration,
    pub(crate) failed: Vec<(u64, Broken)>,
}

/// Runs these seeds on all cores.
pub(crate) fn run_all(
    seeds: &[u64],
    plant: Option<Plant>,
    most_failures: usize,
    told: &(dyn Fn(u64) + Sync),
) -> Report {
    let next = AtomicU64::new(0);
    let done = AtomicU64::new(0);
    let report = Mutex::new(Report::default());
    let cores = std::env::var("PERENNIAL_SIM_JOBS").ok().and_then(|jobs| jobs.parse().ok());
    let cores = cores.unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from));
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                let mut stats = Stats::default();
                while let Some(seed) = usize::try_from(next.fetch_add(1, Ordering::Relaxed))
                    .ok()
                    .and_then(|index| seeds.get(index))
                {
                    let outcome = run(&Plan::draw(*seed), plant, false);
                    stats.add(&outcome.stats);
                    told(done.fetch_add(1, Ordering::Relaxed) + 1);
                    let Ok(mut report) = report.lock() else { return };
                    report.failed.extend(outcome.broken.map(|broken| (*seed, broken)));
                    if report.failed.len() >= most_failures {
                        break;
                    }
                }
                if let Ok(mut report) = report.lock() {
                    report.stats.add(&stats);
                    report.worked += worked();
                }
            });
        }
    });
    let mut report = report.into_inner().unwrap_or_default();
    report.failed.sort_by_key(|(seed, _)| *seed);
    report
}

/// How long a processor has worked for this thread. On a machine that has other work too, only this says how fast it is.
fn worked() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let ns = told.and_then(|told| told.split(' ').next()?.parse().ok());
    Duration::from_nanos(ns.unwrap_or(0))
}

/// Everything a person needs to look at a failure.
pub(crate) fn explain(seed: u64, broken: &Broken, plant: Option<Plant>, tries: u32) -> String {
    let plan = shrink(&Plan::draw(seed), plant, broken.rule, tries);
    let outcome = run(&plan, plant, true);
    let how = outcome.broken.as_ref().map_or(&broken.how, |broken| &broken.how);
    let lines =
        std::env::var("PERENNIAL_SIM_LINES").ok().and_then(|lines| lines.parse().ok()).unwrap_or(TRACE_LINES);
    let tail = &outcome.trace[outcome.trace.len().saturating_sub(lines)..];
    let events: Vec<String> =
        plan.events.iter().map(|event| format!("{:>12} {:?}", clock(event.at_ms), event.what)).collect();
    [
        format!("\nSeed {seed} breaks a rule: {}.\n{how}\n", broken.rule),
        format!("{:#?}\n", plan.setup),
        format!("What happened, as far as it matters:\n{}\n", events.join("\n")),
        format!("The last {} lines of the trace:\n{}\n", tail.len(), tail.join("\n")),
        format!("To see it again: cargo xtask sim --seed {seed} --trace\n"),
    ]
    .join("\n")
}

const TRACE_LINES: usize = 60;
