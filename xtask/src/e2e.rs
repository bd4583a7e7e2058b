//! `cargo xtask e2e`: the built application and real backends in real browsers.

mod report;
mod suite;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::check::Step;
use crate::{check, shell};
pub(crate) use report::slowest;
use suite::Suite;

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

/// A browser engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Engine {
    /// Chromium by ChromeDriver
    Chromium,
    /// Firefox by geckodriver
    Firefox,
    /// WebKitGTK by WebKitWebDriver
    Webkit,
}

/// Which of the scenarios that can run in an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which<'a> {
    /// Every one.
    All,
    /// Those that show something which may be different from engine to engine.
    Marked,
    /// Those whose name holds this.
    Named(&'a str),
}

impl E2e {
    pub(crate) fn run(&self) -> Result<()> {
        if self.list {
            return Suite::build()?.list(self.engine);
        }
        check::prepare(&[Step::of(self.engine)])?;
        if !self.no_build {
            check::run(Step::Build)?;
        }
        let which = self.filter.as_deref().map_or(Which::All, Which::Named);
        for _ in 0..self.times {
            shell::step(Step::of(self.engine).name(), || run(self.engine, which))?;
        }
        report::print_slowest()
    }
}

/// Runs scenarios in an engine.
pub(crate) fn run(engine: Engine, which: Which<'_>) -> Result<()> {
    Suite::build()?.run(engine, which)
}

/// Runs the scenarios that stop at every page and state, with a camera.
pub(crate) fn photograph() -> Result<()> {
    let suite = Suite::build()?.with_pictures();
    ["accessibility::", "story::"]
        .into_iter()
        .try_for_each(|part| suite.run(Engine::Chromium, Which::Named(part)))
}

impl Engine {
    /// As the scenarios know it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::Webkit => "webkit",
        }
    }
}
