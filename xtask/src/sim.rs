//! `cargo xtask sim`: as many random histories of the session engine as asked for.

use anyhow::Result;
use clap::Args;

use crate::shell::{cargo, run};

/// What to simulate.
#[derive(Debug, Args)]
pub(crate) struct Sim {
    /// How many seeds
    #[arg(long, default_value_t = 2_000)]
    seeds: u64,
    /// The first of them
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print all that happens with the first seed, and stop there
    #[arg(long)]
    trace: bool,
    /// How many threads; as many as there are cores unless said
    #[arg(long)]
    jobs: Option<usize>,
}

impl Sim {
    /// Runs the simulator's test with these wishes in its environment, optimised as the backend is: the profile of the
    /// application is made for few bytes, and takes three times as long.
    pub(crate) fn run(&self) -> Result<()> {
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
        command.env("PERENNIAL_SIM_SEED", self.seed.to_string());
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
