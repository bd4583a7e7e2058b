//! Many tabs, one browser, a server, a network, clocks and a person, all random from one seed.
//!
//! `cargo test -p perennial-session --test sim` replays the seeds that once failed (`seeds.txt`), runs some more, and
//! shows that bugs planted on purpose are found. `cargo xtask sim` runs as many seeds as asked, fast; `cargo xtask test`
//! has it run the 2 000 that must hold in every commit, and 500 that nobody has run before. It hands its wishes over in the
//! environment:
//!
//! | variable | meaning |
//! |---|---|
//! | `PERENNIAL_SIM_SEEDS` | how many seeds |
//! | `PERENNIAL_SIM_SEED` | the first of them |
//! | `PERENNIAL_SIM_TRACE` | print all that happens, to be used with one seed |
//! | `PERENNIAL_SIM_LINES` | how many lines of the trace a failure shows |
//! | `PERENNIAL_SIM_JOBS` | how many threads; as many as there are cores unless said |
#![allow(clippy::print_stdout, reason = "whoever asks for many seeds watches how far they are")]

mod browser;
mod kept;
mod plan;
mod plant;
mod planted;
mod report;
mod rng;
mod rules;
mod server;
mod shrink;
mod sockets;
mod stats;
mod tab;
mod world;

use std::{env, time::Instant};

use plan::Plan;

#[test]
fn seeds_that_once_failed_hold() {
    let seeds: Vec<u64> = include_str!("seeds.txt")
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim())
        .filter(|line| !line.is_empty())
        .map(|line| line.parse().unwrap())
        .collect();
    hold(&seeds);
}

#[test]
fn every_rule_holds_for_every_seed_that_is_asked_for() {
    let number = |name: &str| env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let first = number("PERENNIAL_SIM_SEED").unwrap_or(1);
    let count = number("PERENNIAL_SIM_SEEDS").unwrap_or(SEEDS);
    if env::var_os("PERENNIAL_SIM_TRACE").is_some() {
        trace(first);
    }
    let seeds: Vec<u64> = (0..count).map(|index| first.wrapping_add(index)).collect();
    hold(&seeds);
}

fn trace(seed: u64) {
    let plan = Plan::draw(seed);
    println!("{:#?}", plan.setup);
    for line in shrink::run(&plan, None, true).trace {
        println!("{line}");
    }
}

#[allow(clippy::disallowed_methods, reason = "how fast it was is told to a person; nothing is decided by it")]
fn hold(seeds: &[u64]) {
    let started = Instant::now();
    let every = (seeds.len() as u64 / 20).max(500);
    let report = report::run_all(seeds, None, MOST_FAILURES, &|done| {
        if done % every == 0 {
            println!("{done} of {} seeds after {:.1} s", seeds.len(), started.elapsed().as_secs_f64());
        }
    });
    let took_s = started.elapsed().as_secs_f64();
    println!("{}", report.stats);
    let (hours, worked_s) = (report.stats.session_hours() as f64, report.worked.as_secs_f64());
    println!("{took_s:.1} s, {:.0} session-hours per second", hours / took_s);
    if worked_s > 0.0 {
        println!("{worked_s:.1} s of one core, {:.0} session-hours per second of it", hours / worked_s);
    }
    println!();
    for (seed, broken) in &report.failed {
        println!("seed {seed}: {} ({})", broken.rule, broken.how);
    }
    if let Some((seed, broken)) = report.failed.first() {
        panic!("{}", report::explain(*seed, broken, None, SHRINK_TRIES));
    }
}

/// What plain `cargo test` goes through, without optimisation; `cargo xtask test` runs 2 000 and fresh ones besides.
const SEEDS: u64 = 300;

const MOST_FAILURES: usize = 20;

const SHRINK_TRIES: u32 = 3_000;
