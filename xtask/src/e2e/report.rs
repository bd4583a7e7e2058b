//! How long scenarios took.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::shell;

/// One run of one scenario.
#[derive(Clone, Debug)]
pub(crate) struct Took {
    pub(crate) name: String,
    pub(crate) engine: String,
    pub(crate) seconds: f64,
}

/// The file that scenarios write their times to.
pub(super) fn times() -> Result<PathBuf> {
    let dir = shell::root().join("target/e2e");
    fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
    // A file for each run of this program.
    Ok(dir.join(format!("times-{}.jsonl", std::process::id())))
}

/// The scenarios of this run that took longest, the slowest first.
pub(crate) fn slowest() -> Result<Vec<Took>> {
    let Ok(text) = fs::read_to_string(times()?) else { return Ok(Vec::new()) };
    let mut took = text.lines().map(read).collect::<Result<Vec<_>>>()?;
    took.sort_by(|a, b| b.seconds.total_cmp(&a.seconds));
    took.truncate(SHOWN);
    Ok(took)
}

/// Prints them.
pub(super) fn print_slowest() -> Result<()> {
    for took in slowest()? {
        println!("    {took}");
    }
    Ok(())
}

fn read(line: &str) -> Result<Took> {
    let line: Value = serde_json::from_str(line)?;
    let text = |key: &str| line[key].as_str().map(str::to_owned).with_context(|| format!("no {key}"));
    let seconds = line["seconds"].as_f64().context("no time")?;
    Ok(Took { name: text("name")?, engine: text("engine")?, seconds })
}

impl std::fmt::Display for Took {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:>7.1} s  {:<8}  {}", self.seconds, self.engine, self.name)
    }
}

const SHOWN: usize = 20;
