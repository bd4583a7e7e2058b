//! `cargo xtask finish`: what is done to the files of a build before Trunk puts them in place.
//!
//! Trunk calls it as its hook, so that `trunk build --release` gives what `cargo xtask build` gives.

mod lost;
mod page;
mod split;
mod styles;
mod worker;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::build::files;

pub(crate) use lost::{LOST, SCRIPT as LOST_SCRIPT};

/// Finishes the build that Trunk has staged. A development build stays as it is: it has no service worker, which would
/// stand between a change and the one who looks for it.
pub(crate) fn run() -> Result<()> {
    let told = |name: &str| {
        env::var_os(name).with_context(|| format!("{name} is not set: Trunk calls this when it builds"))
    };
    if told("TRUNK_PROFILE")? != "release" {
        return Ok(());
    }
    release(&PathBuf::from(told("TRUNK_STAGING_DIR")?), &PathBuf::from(told("TRUNK_SOURCE_DIR")?))
}

/// Where the module lies before it is split.
pub(crate) fn module() -> Result<PathBuf> {
    split::module()
}

/// Finishes the release in `dir`, built from `sources`.
fn release(dir: &Path, sources: &Path) -> Result<()> {
    split::split(dir)?;
    styles::join(dir)?;
    page::move_digest(dir)?;
    lost::write(dir, sources)?;
    // From here on no file changes any more but the page and the worker.
    let list = worker::List::of(dir)?;
    page::stamp(dir, &list.version)?;
    page::restrict(dir)?;
    worker::write(dir, sources, &list)?;
    for file in files(dir)?.iter().filter(|file| compresses(file)) {
        compress(file).with_context(|| format!("cannot compress {}", file.display()))?;
    }
    Ok(())
}

/// Text and WebAssembly shrink; pictures and fonts are compressed already.
///
/// Not the pages: an operator edits the configuration inside them, and a twin would keep the old one.
fn compresses(file: &Path) -> bool {
    let extension = file.extension().and_then(|e| e.to_str()).unwrap_or_default();
    matches!(extension, "css" | "js" | "json" | "svg" | "txt" | "wasm" | "webmanifest" | "xml")
}

fn compress(file: &Path) -> Result<()> {
    let params = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    let plain = fs::read(file)?;
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut plain.as_slice(), &mut packed, &params)?;
    let mut twin = file.as_os_str().to_owned();
    twin.push(".br");
    Ok(fs::write(twin, packed)?)
}

const PAGE: &str = "index.html";
