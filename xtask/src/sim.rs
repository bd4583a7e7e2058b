//! `cargo xtask sim`: as many random histories of the session engine as asked for.

use std::hash::{BuildHasher, RandomState};

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
/// run before.
pub(crate) fn check() -> Result<()> {
    let fixed = Sim { seeds: FIXED, seed: 1, fresh: false, trace: false, jobs: None };
    fixed.run()?;
    Sim { seeds: FRESH, fresh: true, ..fixed }.run()
}

impl Sim {
    pub(crate) fn run(&self) -> Result<()> {
        if !self.fresh {
            return self.run_from(self.seed);
        }
        let first = RandomState::new().hash_one(()) % FRESH_END;
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
