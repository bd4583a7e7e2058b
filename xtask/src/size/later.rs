//! What is loaded later, with what it costs: its own file, and those it shares with others.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::Measured;

/// Prints the cost of each file that is loaded later with those it needs, and gives that of those every visit comes to.
pub(super) fn print(dist: &Path, files: &[Measured]) -> Result<Later> {
    let script = files.iter().find(|file| file.name.ends_with("-parts.js")).context("nothing is split")?;
    let script = fs::read_to_string(dist.join(&script.name)).context("cannot read what loads the files")?;
    let packed = |name: &&str| {
        let file = files.iter().find(|file| file.name == *name);
        file.map(|file| file.packed).with_context(|| format!("{name} is not among the files"))
    };
    println!("\n{:<44} {:>9} {:>9}", "with those it shares with others", "files", "brotli");
    let mut sums = BTreeMap::new();
    for (file, names) in parts(&script) {
        let sum = names.iter().map(packed).sum::<Result<u64>>()?;
        println!("{file:<44} {:>9} {sum:>9}", names.len());
        sums.insert(file, sum);
    }
    let of = |file| sums.get(file).copied().with_context(|| format!("there is no file {file}"));
    Ok(Later { session: of("session")?, config: of("config")? })
}

/// What is loaded behind the first page, or before it where there is something to read.
pub(super) struct Later {
    /// The code without which nobody is signed in (`src/session.rs`).
    pub(super) session: u64,
    /// The code that reads a configuration (`src/config.rs`).
    pub(super) config: u64,
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
