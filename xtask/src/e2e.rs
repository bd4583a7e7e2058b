//! The end-to-end scenarios: what there are, and how they are run.

mod report;
mod suite;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::shell;
pub(crate) use report::slowest;
use suite::Suite;

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

/// Runs scenarios in an engine.
pub(crate) fn run(engine: Engine, which: Which<'_>) -> Result<()> {
    Suite::build()?.run(engine, which)
}

/// Says which scenarios run in an engine, and what keeps the others from it.
pub(crate) fn list(engine: Engine, which: Which<'_>) -> Result<()> {
    print!("{}", Suite::build()?.list(engine, which)?);
    Ok(())
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
    fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::Webkit => "webkit",
        }
    }
}

/// Where scenarios write what they say of themselves, and leave pictures of a failure.
fn dir() -> Result<PathBuf> {
    let dir = shell::root().join("target/e2e");
    fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
    Ok(dir)
}
