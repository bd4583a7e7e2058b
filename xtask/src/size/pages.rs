//! What each page costs when it is first wanted: its own file, and those it shares with other pages.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::Measured;

/// Prints each page's cost.
pub(super) fn print(dist: &Path, files: &[Measured]) -> Result<()> {
    let script = files.iter().find(|file| file.name.ends_with("-parts.js")).context("nothing is split")?;
    let script = fs::read_to_string(dist.join(&script.name)).context("cannot read what loads the pages")?;
    let packed = |name: &str| files.iter().find(|file| file.name == name).map_or(0, |file| file.packed);
    println!("\n{:<44} {:>9} {:>9}", "page", "files", "brotli");
    for (page, names) in parts(&script) {
        let sum: u64 = names.iter().map(|name| packed(name)).sum();
        println!("{page:<44} {:>9} {sum:>9}", names.len());
    }
    Ok(())
}

/// The files that each page needs. The script says ahead of each file which pages it is for: in a comment
/// where they are several.
fn parts(script: &str) -> BTreeMap<&str, Vec<&str>> {
    let mut parts = BTreeMap::<&str, Vec<&str>>::new();
    let mut pages = "";
    for line in script.lines() {
        if let Some(comment) = between(line, "/* ", " */") {
            pages = comment;
        } else if let Some(page) = between(line, "__wasm_split_load_", " ") {
            pages = page;
        } else if let Some(file) = between(line, "new URL(\"./", "\"") {
            for page in pages.split(", ").filter(|page| !page.is_empty()) {
                parts.entry(page).or_default().push(file);
            }
            pages = "";
        }
    }
    parts
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(from)?;
    rest.split_once(to).map(|(between, _)| between)
}
