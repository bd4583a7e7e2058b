//! `cargo xtask size`: what a visit costs on the wire, and whose code it is.

mod code;
mod later;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use crate::build;
use crate::finish::{LOST, LOST_SCRIPT};

/// Prints the size of each file of dist/ and of its compressed twin, of what is loaded later, and of each crate's code.
///
/// # Errors
/// When there is no build, or one whose first visit costs more than it may.
pub(crate) fn run() -> Result<()> {
    let dist = build::dist_dir();
    if !dist.join("index.html").is_file() {
        bail!("there is no build to measure: run `cargo xtask build` first");
    }
    let files = measured(&dist)?;
    for (when, headline) in [
        (When::First, "on the first visit"),
        (When::Wanted, "behind it, or when a page is first wanted"),
        (When::Beside, "beside them"),
    ] {
        table(headline, files.iter().filter(|file| file.when() == when));
    }
    let first: u64 = files.iter().filter(|file| file.when() == When::First).map(|file| file.packed).sum();
    let later = later::print(&dist, &files)?;
    code::print()?;
    println!("\n{:<64} {:>9} {:>9}", "a first visit, compressed", "bytes", "at most");
    let mut too_much = Vec::new();
    for (what, bytes, most) in [
        ("until there is a form to sign in with", first, MOST_BYTES),
        ("the code of the session, which comes behind it", later.session, MOST_BYTES_OF_SESSION),
        (
            "the code that reads a configuration, before it, if there is one",
            later.config,
            MOST_BYTES_OF_CONFIG,
        ),
    ] {
        println!("{what:<64} {bytes:>9} {most:>9}");
        too_much.extend((bytes > most).then_some(what));
    }
    ensure!(too_much.is_empty(), "a first visit costs more than it may: {}", too_much.join("; "));
    Ok(())
}

/// A file of the build.
struct Measured {
    name: String,
    plain: u64,
    /// As it is sent: compressed where that pays.
    packed: u64,
}

/// When a file is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    First,
    Wanted,
    Beside,
}

impl Measured {
    fn when(&self) -> When {
        // Names of later code say what it is for: perennial-<digest>-<file>.wasm.
        let is_later = self.name.ends_with(".wasm") && !self.name.ends_with("_bg.wasm");
        match self.name.as_str() {
            _ if is_later => When::Wanted,
            "sw.js" | LOST_SCRIPT => When::Beside,
            name if name.starts_with("icons/") => When::Beside,
            _ => When::First,
        }
    }
}

fn measured(dist: &Path) -> Result<Vec<Measured>> {
    let mut measured = Vec::new();
    for file in build::files(dist)? {
        let name = file.strip_prefix(dist).unwrap_or(&file).display().to_string();
        if name.ends_with(".br") || name == LOST {
            continue;
        }
        let plain = length(&file)?;
        let packed = length(&dist.join(format!("{name}.br"))).unwrap_or(plain);
        measured.push(Measured { name, plain, packed });
    }
    Ok(measured)
}

fn table<'a>(headline: &str, files: impl Iterator<Item = &'a Measured>) {
    println!("\n{headline:<44} {:>9} {:>9}", "bytes", "brotli");
    let (mut plain, mut packed) = (0, 0);
    for file in files {
        println!("{:<44} {:>9} {:>9}", file.name, file.plain, file.packed);
        plain += file.plain;
        packed += file.packed;
    }
    println!("{:<44} {plain:>9} {packed:>9}", "together");
}

fn length(file: &Path) -> Result<u64> {
    Ok(fs::metadata(file).with_context(|| format!("cannot read {}", file.display()))?.len())
}

/// What may be loaded before people see a form to sign in with.
const MOST_BYTES: u64 = 200_000;

/// What may be loaded behind it, before they are signed in.
const MOST_BYTES_OF_SESSION: u64 = 140_000;

/// What may be loaded before it where an operator has configured something. Part of it the session needs as well.
const MOST_BYTES_OF_CONFIG: u64 = 30_000;
