//! `cargo xtask e2e`: the built application and real backends in real browsers.

use anyhow::Result;
use clap::Args;

use super::Step;
use crate::e2e::{self, Engine, Which};
use crate::shell;

/// Which end-to-end scenarios to run, and where.
#[derive(Args, Debug)]
pub(crate) struct E2e {
    /// Only scenarios whose name holds this text
    filter: Option<String>,
    /// The browser to run them in
    #[arg(long, default_value = "chromium")]
    engine: Engine,
    /// Say which scenarios run in this browser and what keeps the others from it, and run none
    #[arg(long)]
    list: bool,
    /// Use dist/ as it is instead of building it first
    #[arg(long)]
    no_build: bool,
    /// How often to run them, one time after the other
    #[arg(long, default_value_t = 1)]
    times: u32,
}

impl E2e {
    pub(crate) fn run(&self) -> Result<()> {
        let which = self.filter.as_deref().map_or(Which::All, Which::Named);
        if self.list {
            return e2e::list(self.engine, which);
        }
        super::prepare(&[Step::of(self.engine)])?;
        if !self.no_build {
            super::run(Step::Build)?;
        }
        for _ in 0..self.times {
            shell::step(Step::of(self.engine).name(), || e2e::run(self.engine, which))?;
        }
        for took in e2e::slowest()? {
            println!("    {took}");
        }
        Ok(())
    }
}
