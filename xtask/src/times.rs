//! What each step of a command took, printed at its end and kept in a file: who makes the check slow is to see it.

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

/// Prints what the steps and the slowest scenarios took, and keeps it in target/times.json.
pub(crate) fn report() -> Result<()> {
    let steps = STEPS.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let slowest = e2e::slowest()?;
    let all: Duration = steps.iter().map(|(_, took)| *took).sum();
    println!("\nWhat the steps took");
    for (name, took) in &steps {
        println!("{:>7.1} s  {name}", took.as_secs_f64());
    }
    println!("{:>7.1} s  all of them ({:.1} min)", all.as_secs_f64(), all.as_secs_f64() / 60.0);
    if !slowest.is_empty() {
        println!("\nThe slowest scenarios");
        slowest.iter().for_each(|took| println!("{took}"));
    }
    let path = shell::root().join("target/times.json");
    let steps: Vec<_> =
        steps.iter().map(|(name, took)| json!({ "step": name, "seconds": took.as_secs_f64() })).collect();
    let slowest: Vec<_> = slowest
        .iter()
        .map(|took| json!({ "scenario": took.name, "engine": took.engine, "seconds": took.seconds }))
        .collect();
    let text = serde_json::to_string_pretty(&json!({ "steps": steps, "slowest_scenarios": slowest }))?;
    fs::write(&path, text + "\n").with_context(|| format!("cannot write {}", path.display()))
}

static STEPS: Mutex<Vec<(String, Duration)>> = Mutex::new(Vec::new());
