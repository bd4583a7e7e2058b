//! `cargo xtask build`: the application as files for a static host.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::packages::WASM;
use crate::setup::Purpose;
use crate::{setup, shell, size};

/// What to build.
#[derive(Args, Debug)]
pub(crate) struct Build {
    /// Where the application will live, with both slashes
    #[arg(long, default_value = "/", value_name = "PATH")]
    public_url: String,
}

impl Build {
    pub(crate) fn run(&self) -> Result<()> {
        setup::set_up(&[Purpose::Build])?;
        shell::step("build", || dist(&self.public_url))?;
        size::run()
    }
}

/// Builds dist/: the bundle, which Trunk has [`crate::finish`] finish.
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
    without_style_page(&dist)
}

/// Builds the page that the end-to-end suite sends many requests at once from, and says where it lies.
pub(crate) fn probe() -> Result<PathBuf> {
    let debug = shell::debug_dir()?;
    let target = debug.parent().context("the build directory has no parent")?;
    shell::run(shell::cargo().arg("build").args(WASM).args(["--bin", "perennial-probe"]))?;
    let out = target.join("probe");
    let wasm = target.join("wasm32-unknown-unknown/debug/perennial-probe.wasm");
    let mut bindgen = shell::program("wasm-bindgen");
    bindgen.args(["--target", "web", "--no-typescript", "--out-dir"]).arg(&out).arg(wasm);
    shell::run(&mut bindgen)?;
    Ok(out)
}

/// Fails where a release holds something of the page that shows each component in each state.
fn without_style_page(dist: &Path) -> Result<()> {
    for file in files(dist)? {
        let bytes = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let holds = bytes.windows(STYLE_PAGE.len()).any(|at| at == STYLE_PAGE.as_bytes());
        ensure!(!holds, "{} holds the page of the development builds", file.display());
    }
    Ok(())
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

/// The heading of that page, as `src/pages/style.rs` says it.
const STYLE_PAGE: &str = "Every component in every state";
