//! `cargo xtask sim`: as many random histories of the session engine as asked for.

use std::{
    hash::{BuildHasher, RandomState},
    process::Command,
};

use anyhow::{Context, Result};
use clap::Args;

use crate::shell::{cargo, run};

/// What to simulate.
#[derive(Debug, Args)]
pub(crate) struct Sim {
    /// How many seeds
    #[arg(long, default_value_t = FIXED)]
    seeds: u64,
    /// The first of them
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Begin with a seed drawn at random, and say which
    #[arg(long, conflicts_with_all = ["seed", "trace"])]
    fresh: bool,
    /// Print all that happens with the first seed, and stop there
    #[arg(long)]
    trace: bool,
    /// How many threads; as many as there are cores unless said
    #[arg(long)]
    jobs: Option<usize>,
}

/// What the whole check runs: the seeds that are always the same, so that what held once holds, and some that nobody has
/// run before. Those are drawn from the sources as they are committed: every change draws others, and a second check of
/// one commit says what the first one said.
pub(crate) fn check() -> Result<()> {
    let fixed = Sim { seeds: FIXED, seed: 1, fresh: false, trace: false, jobs: None };
    fixed.run()?;
    let fresh = Sim { seeds: FRESH, ..fixed };
    match committed_tree() {
        Some(tree) => fresh.run_fresh(tree % FRESH_END),
        None => Sim { fresh: true, ..fresh }.run(),
    }
}

/// The name of the committed sources as a number, where there is a repository.
fn committed_tree() -> Option<u64> {
    let output = Command::new("git").args(["rev-parse", "HEAD^{tree}"]).output().ok()?;
    let name = String::from_utf8(output.stdout).ok()?;
    u64::from_str_radix(name.get(..15)?, 16).ok()
}

impl Sim {
    pub(crate) fn run(&self) -> Result<()> {
        if self.fresh {
            self.run_fresh(RandomState::new().hash_one(()) % FRESH_END)
        } else {
            self.run_from(self.seed)
        }
    }

    fn run_fresh(&self, first: u64) -> Result<()> {
        let again = format!("cargo xtask sim --seed {first} --seeds {}", self.seeds);
        println!("    {} fresh seeds from {first}; to run the same again: {again}", self.seeds);
        self.run_from(first).with_context(|| format!("fresh seeds failed; to run the same again: {again}"))
    }

    /// Runs the simulator's test with these wishes in its environment, optimised as the backend is: the profile of the
    /// application is made for few bytes, and takes three times as long.
    fn run_from(&self, first: u64) -> Result<()> {
        let mut command = cargo();
        command.args([
            "test",
            "--quiet",
            "--profile",
            "server",
            "--package",
            "perennial-session",
            "--test",
            "sim",
        ]);
        command.args(["--", "--exact", "--nocapture", "every_rule_holds_for_every_seed_that_is_asked_for"]);
        command.env("PERENNIAL_SIM_SEED", first.to_string());
        command.env("PERENNIAL_SIM_SEEDS", if self.trace { 1 } else { self.seeds }.to_string());
        if self.trace {
            command.env("PERENNIAL_SIM_TRACE", "1");
        }
        if let Some(jobs) = self.jobs {
            command.env("PERENNIAL_SIM_JOBS", jobs.to_string());
        }
        run(&mut command)
    }
}

/// The seeds from 1 on that hold in every commit.
const FIXED: u64 = 2_000;

const FRESH: u64 = 500;

/// Few enough digits to be typed.
const FRESH_END: u64 = 1_000_000_000_000;
