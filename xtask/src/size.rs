//! `cargo xtask size`: what a visit costs on the wire, and whose code it is.

mod code;
mod later;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use crate::build;

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
    let session = later::print(&dist, &files)?;
    code::print()?;
    println!("\nUntil there is a form to sign in with, a first visit costs {first} bytes, compressed.");
    println!("The code of the session, which comes behind it while people type, costs {session}.");
    ensure!(first <= MOST_BYTES, "the first visit costs {first} bytes, and may cost {MOST_BYTES}");
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
            "sw.js" => When::Beside,
            name if name.starts_with("icons/") => When::Beside,
            _ => When::First,
        }
    }
}

fn measured(dist: &Path) -> Result<Vec<Measured>> {
    let mut measured = Vec::new();
    for file in build::files(dist)? {
        let name = file.strip_prefix(dist).unwrap_or(&file).display().to_string();
        if name.ends_with(".br") || name == "404.html" {
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

/// What a first visit may cost.
const MOST_BYTES: u64 = 200_000;
