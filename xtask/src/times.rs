//! What each step of a command took. It is printed at the end, so that a change that makes the check slow is seen.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::{e2e, shell};

/// Prints what the steps and the slowest scenarios took.
pub(crate) fn print() -> Result<()> {
    let steps = shell::ended_steps();
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
    let path = kept_at();
    let steps: Vec<_> = shell::ended_steps()
        .iter()
        .map(|(name, took)| json!({ "step": name, "seconds": took.as_secs_f64() }))
        .collect();
    let slowest: Vec<_> = e2e::slowest()?
        .iter()
        .map(|took| json!({ "scenario": took.name, "engine": took.engine, "seconds": took.seconds }))
        .collect();
    let text = serde_json::to_string_pretty(&json!({ "steps": steps, "slowest_scenarios": slowest }))?;
    fs::write(&path, text + "\n").with_context(|| format!("cannot write {}", path.display()))
}

/// What each step took in the last whole run that is kept, as far as that can be read.
pub(crate) fn last() -> Vec<(String, Duration)> {
    fs::read_to_string(kept_at()).map(|text| read(&text)).unwrap_or_default()
}

fn read(text: &str) -> Vec<(String, Duration)> {
    let kept: Value = serde_json::from_str(text).unwrap_or_default();
    let steps = kept["steps"].as_array().map(Vec::as_slice).unwrap_or_default();
    let step = |step: &Value| {
        let took = Duration::try_from_secs_f64(step["seconds"].as_f64()?).ok()?;
        Some((step["step"].as_str()?.to_owned(), took))
    };
    steps.iter().filter_map(step).collect()
}

fn kept_at() -> PathBuf {
    shell::root().join("target/times.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_times_that_cannot_be_read_is_as_good_as_none() {
        let text = r#"{"steps":[{"step":"lint","seconds":2.5},{"step":"docs","seconds":-1},{"step":7}]}"#;
        assert_eq!(read(text), [("lint".to_owned(), Duration::from_millis(2500))]);
        assert_eq!(read("no json"), []);
        assert_eq!(read("[]"), []);
    }
}
