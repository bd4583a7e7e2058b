//! The steps of a command: each is announced, and how long it took is said and noted.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::stop;

/// Runs one step under a headline and says how long it took.
pub(crate) fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("\n==> {name}");
    let started = Instant::now();
    let result = work();
    let took = started.elapsed();
    let end = match &result {
        Ok(_) => "done",
        Err(_) if stop::requested() => "stopped",
        Err(_) => "FAILED",
    };
    println!("<== {name}: {end} after {:.1} s", took.as_secs_f32());
    STEPS.lock().unwrap_or_else(PoisonError::into_inner).push((name.to_owned(), took));
    // A step that a person stopped has not failed.
    if stop::requested() { result } else { result.with_context(|| format!("the step \"{name}\" failed")) }
}

/// What each step took that has ended so far.
pub(crate) fn ended() -> Vec<(String, Duration)> {
    STEPS.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

static STEPS: Mutex<Vec<(String, Duration)>> = Mutex::new(Vec::new());
