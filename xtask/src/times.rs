//! What each step of a command took. It is printed at the end, so that a change that makes the check slow is seen.

use std::fs;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::json;

use crate::{e2e, shell};

/// Notes that a step has ended.
pub(crate) fn note(step: &str, took: Duration) {
    STEPS.lock().unwrap_or_else(PoisonError::into_inner).push((step.to_owned(), took));
}

/// Prints what the steps and the slowest scenarios took.
pub(crate) fn print() -> Result<()> {
    let steps = steps();
    let all: Duration = steps.iter().map(|(_, took)| *took).sum();
    println!("\nWhat the steps took");
    for (name, took) in &steps {
        println!("{:>7.1} s  {name}", took.as_secs_f64());
    }
    println!("{:>7.1} s  all of them ({:.1} min)", all.as_secs_f64(), all.as_secs_f64() / 60.0);
    let slowest = e2e::slowest()?;
    if !slowest.is_empty() {
        println!("\nThe slowest scenarios");
        slowest.iter().for_each(|took| println!("{took}"));
    }
    Ok(())
}

/// Keeps the same in target/times.json.
pub(crate) fn keep() -> Result<()> {
    let path = shell::root().join("target/times.json");
    let steps: Vec<_> =
        steps().iter().map(|(name, took)| json!({ "step": name, "seconds": took.as_secs_f64() })).collect();
    let slowest: Vec<_> = e2e::slowest()?
        .iter()
        .map(|took| json!({ "scenario": took.name, "engine": took.engine, "seconds": took.seconds }))
        .collect();
    let text = serde_json::to_string_pretty(&json!({ "steps": steps, "slowest_scenarios": slowest }))?;
    fs::write(&path, text + "\n").with_context(|| format!("cannot write {}", path.display()))
}

fn steps() -> Vec<(String, Duration)> {
    STEPS.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

static STEPS: Mutex<Vec<(String, Duration)>> = Mutex::new(Vec::new());
