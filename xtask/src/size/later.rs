//! What is loaded later, with what it costs: its own file, and those it shares with others.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::Measured;

/// Prints the cost of each file that is loaded later with those it needs, and gives that of the session's.
pub(super) fn print(dist: &Path, files: &[Measured]) -> Result<u64> {
    let script = files.iter().find(|file| file.name.ends_with("-parts.js")).context("nothing is split")?;
    let script = fs::read_to_string(dist.join(&script.name)).context("cannot read what loads the files")?;
    let packed = |name: &str| files.iter().find(|file| file.name == name).map_or(0, |file| file.packed);
    let sums: BTreeMap<&str, (usize, u64)> = parts(&script)
        .into_iter()
        .map(|(file, names)| (file, (names.len(), names.iter().map(|name| packed(name)).sum())))
        .collect();
    println!("\n{:<44} {:>9} {:>9}", "with those it shares with others", "files", "brotli");
    for (file, (count, sum)) in &sums {
        println!("{file:<44} {count:>9} {sum:>9}");
    }
    sums.get(SESSION).map(|(_, sum)| *sum).with_context(|| format!("there is no file of the {SESSION}"))
}

/// The files that each file needs. The script says ahead of each which ones it is for: in a comment where they are
/// several.
fn parts(script: &str) -> BTreeMap<&str, Vec<&str>> {
    let mut parts = BTreeMap::<&str, Vec<&str>>::new();
    let mut wanted = "";
    for line in script.lines() {
        if let Some(comment) = between(line, "/* ", " */") {
            wanted = comment;
        } else if let Some(file) = between(line, "__wasm_split_load_", " ") {
            wanted = file;
        } else if let Some(name) = between(line, "new URL(\"./", "\"") {
            for file in wanted.split(", ").filter(|file| !file.is_empty()) {
                parts.entry(file).or_default().push(name);
            }
            wanted = "";
        }
    }
    parts
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(from)?;
    rest.split_once(to).map(|(between, _)| between)
}

/// The file without which nobody is signed in (`src/session.rs`).
const SESSION: &str = "session";
