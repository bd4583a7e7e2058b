//! `cargo xtask build`: the application as files for a static host.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;

use crate::{screenshots, setup, shell, size};

/// What to build.
#[derive(Args, Debug)]
pub(crate) struct Build {
    /// Where the application will live, with both slashes
    #[arg(long, default_value = "/", value_name = "PATH")]
    public_url: String,
}

impl Build {
    pub(crate) fn run(&self) -> Result<()> {
        shell::step("set-up", setup::for_build)?;
        shell::step("build", || dist(&self.public_url))?;
        size::run()
    }
}

/// Builds dist/: bundle, copy for deep links, compressed twins.
pub(crate) fn dist(public_url: &str) -> Result<()> {
    shell::run(shell::program("trunk").args([
        "build",
        "--release",
        "--offline",
        "--public-url",
        public_url,
    ]))?;
    let dist = dist_dir();
    // Trunk locks the directory by a file that it leaves behind.
    let lock = dist.join(".trunk-lock");
    if lock.exists() {
        fs::remove_file(&lock).with_context(|| format!("cannot remove {}", lock.display()))?;
    }
    screenshots::without_style_page(&dist)?;
    // Static hosts answer an unknown path with this page; the application then shows the right one.
    fs::copy(dist.join("index.html"), dist.join("404.html")).context("cannot write 404.html")?;
    for file in files(&dist)? {
        if compresses(&file) {
            compress(&file).with_context(|| format!("cannot compress {}", file.display()))?;
        }
    }
    Ok(())
}

/// Builds the page that the end-to-end suite sends many requests at once from, and says where it lies.
pub(crate) fn probe() -> Result<PathBuf> {
    let debug = shell::debug_dir()?;
    let target = debug.parent().context("the build directory has no parent")?;
    shell::run(shell::cargo().args([
        "build",
        "--package=perennial-probe",
        "--target=wasm32-unknown-unknown",
    ]))?;
    let out = target.join("probe");
    let wasm = target.join("wasm32-unknown-unknown/debug/perennial-probe.wasm");
    let mut bindgen = shell::program("wasm-bindgen");
    bindgen.args(["--target", "web", "--no-typescript", "--out-dir"]).arg(&out).arg(wasm);
    shell::run(&mut bindgen)?;
    Ok(out)
}

/// Where the build leaves its files.
pub(crate) fn dist_dir() -> PathBuf {
    shell::root().join("dist")
}

/// Every file below a directory, in a stable order.
pub(crate) fn files(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries = fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() { found.extend(files(&path)?) } else { found.push(path) }
    }
    found.sort();
    Ok(found)
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
