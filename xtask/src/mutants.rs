//! `cargo xtask mutants`: changes the session engine in every small way there is, and looks which changes no test notices.
//!
//! What is left out, and why, is written in `.cargo/mutants.toml`. All of it takes an hour or two; one file takes minutes.

use std::{path::Path, process::Command};

use anyhow::{Result, bail};
use clap::Args;

use crate::{setup, shell};

/// What to change.
#[derive(Debug, Args)]
pub(crate) struct Mutants {
    /// Change only these files, such as `gate.rs` or `engine/tabs.rs`; all of the engine unless said
    files: Vec<String>,
    /// How many changes to try at once
    #[arg(long, default_value_t = 1)]
    jobs: u32,
    /// How many seeds the simulator runs against each
    #[arg(long, default_value_t = 300)]
    seeds: u64,
    /// Only say which changes there are
    #[arg(long)]
    list: bool,
}

impl Mutants {
    /// Runs all suites of the engine against every change; fails where one survives.
    pub(crate) fn run(&self) -> Result<()> {
        setup::set_up(&[setup::Purpose::Mutants])?;
        let report = shell::debug_dir()?;
        shell::step("mutants", || {
            let status = shell::status(&mut self.command(&report))?;
            match status.code() {
                Some(0 | TIMED_OUT) => Ok(()),
                _ => bail!(
                    "a change that is not argued for survives, or the suites fail without any ({status})"
                ),
            }
        })
    }

    fn command(&self, report: &Path) -> Command {
        let mut cargo = shell::cargo();
        cargo.args(["mutants", "--package", "perennial-session", "--no-shuffle", "--output"]).arg(report);
        if self.list {
            cargo.arg("--list");
        }
        for file in &self.files {
            let file = file.strip_prefix(SOURCES).unwrap_or(file);
            cargo.args(["--file", &format!("{SOURCES}**/{file}")]);
        }
        cargo.args(["--jobs", &self.jobs.to_string()]);
        cargo.env("PERENNIAL_SIM_SEEDS", self.seeds.to_string());
        // One change must not be judged by what another was caught with, and a failure is not to be made small here.
        cargo.env("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "true").env("PROPTEST_MAX_SHRINK_ITERS", "0");
        // The same change is to be judged the same way tomorrow.
        cargo.env("PROPTEST_RNG_SEED", "1");
        // Each job builds in a directory of its own.
        cargo.env_remove("CARGO_TARGET_DIR");
        cargo
    }
}

const SOURCES: &str = "crates/session/src/";

/// None survived, but with some the suites did not come to an end: an engine that never rests has been noticed.
const TIMED_OUT: i32 = 3;
