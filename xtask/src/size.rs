//! `cargo xtask size`: what the first visit costs on the wire.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::build;

/// Prints the size of each file of dist/ and of its compressed twin.
pub(crate) fn run() -> Result<()> {
    let dist = build::dist_dir();
    if !dist.join("index.html").is_file() {
        bail!("there is no build to measure: run `cargo xtask build` first");
    }
    println!("\n{:<44} {:>9} {:>9}", "file in dist/", "bytes", "brotli");
    let (mut plain_sum, mut packed_sum) = (0, 0);
    for file in build::files(&dist)? {
        let name = file.strip_prefix(&dist).unwrap_or(&file).display().to_string();
        if name.ends_with(".br") || name == "404.html" {
            continue;
        }
        let plain = length(&file)?;
        let packed = length(&dist.join(format!("{name}.br"))).unwrap_or(plain);
        println!("{name:<44} {plain:>9} {packed:>9}");
        plain_sum += plain;
        packed_sum += packed;
    }
    println!("{:<44} {plain_sum:>9} {packed_sum:>9}", "everything");
    Ok(())
}

fn length(file: &std::path::Path) -> Result<u64> {
    Ok(fs::metadata(file).with_context(|| format!("cannot read {}", file.display()))?.len())
}
