//! What runs of the scenarios tell `cargo xtask`: which there are, and how long each took.
//!
//! With `E2E_LIST` nothing is run: each scenario writes one line about itself to the file of that name. With
//! `E2E_TIMES` each adds a line when it ends.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Write;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::engine::Engine;
use crate::world::Setup;

/// Writes down a scenario in place of running it, where that is what is asked for; says whether it was.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn is_listed(name: &str, setup: &Setup) -> Result<bool> {
    let Some(list) = std::env::var_os("E2E_LIST") else { return Ok(false) };
    let needs: Vec<_> = setup.needs.iter().map(|ability| format!("{ability:?}")).collect();
    let lacks = |engine: Engine| {
        let lacking = setup.needs.iter().filter(|need| !engine.can(**need));
        let lacking: Vec<_> = lacking.map(ToString::to_string).collect();
        (!lacking.is_empty()).then(|| lacking.join(" and no "))
    };
    let line = json!({
        "name": name,
        "concern": setup.concern.map(|concern| format!("{concern:?}")),
        "pace": format!("{:?}", setup.pace),
        "needs": needs,
        "lacks": { "firefox": lacks(Engine::Firefox), "webkit": lacks(Engine::WebKit) },
    });
    add(&list, &line)?;
    Ok(true)
}

/// Writes down how long a scenario took.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn note_time(name: &str, engine: Engine, took: Duration) -> Result<()> {
    let Some(times) = std::env::var_os("E2E_TIMES") else { return Ok(()) };
    add(&times, &json!({ "name": name, "engine": engine.to_string(), "seconds": took.as_secs_f64() }))
}

/// Adds a line by one call, so that those of others are not torn.
fn add(path: &OsStr, line: &Value) -> Result<()> {
    let what = || format!("cannot write {}", path.to_string_lossy());
    let mut file = File::options().create(true).append(true).open(path).with_context(what)?;
    file.write_all(format!("{line}\n").as_bytes()).with_context(what)
}
