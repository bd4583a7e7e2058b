//! How long scenarios took.

use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};
use serde_json::Value;

use super::dir;

/// One run of one scenario.
#[derive(Clone, Debug)]
pub(crate) struct Took {
    pub(crate) name: String,
    pub(crate) engine: String,
    pub(crate) seconds: f64,
}

/// The file that scenarios write their times to. It holds those of this run: what another one has left is forgotten.
pub(super) fn times() -> Result<PathBuf> {
    static FORGOTTEN: Mutex<bool> = Mutex::new(false);
    let file = dir()?.join("times.jsonl");
    let mut forgotten = FORGOTTEN.lock().unwrap_or_else(PoisonError::into_inner);
    if !*forgotten {
        fs::write(&file, "").with_context(|| format!("cannot write {}", file.display()))?;
        *forgotten = true;
    }
    Ok(file)
}

/// The scenarios of this run that took longest, the slowest first.
pub(crate) fn slowest() -> Result<Vec<Took>> {
    let file = times()?;
    let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut took = text.lines().map(read).collect::<Result<Vec<_>>>()?;
    took.sort_by(|a, b| b.seconds.total_cmp(&a.seconds));
    took.truncate(SHOWN);
    Ok(took)
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
