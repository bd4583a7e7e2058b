//! Tools that are compiled here.
//!
//! They are compiled to be here soon, not to be fast: without optimisation, debug information or unwinding. On two cores
//! Trunk takes 140 s. wasm-bindgen would take 220 s of a processor with optimisation, and save 1 s of each release build and
//! 4 s of each other one.
//!
//! Their target folder is not that of the checkout: tools have a profile of their own, so that no crate compiled for one
//! would serve the other. It goes when the set-up ends, since nothing in it is used again.

use anyhow::Result;

use super::watch;
use crate::progress::Work;
use crate::setup::Machine;
use crate::setup::staging::Staging;
use crate::setup::tool::{Tool, Version};

/// One target folder for all tools of a set-up, so that what two of them depend on is compiled once.
#[derive(Debug, Default)]
pub(crate) struct Workshop(Option<Staging>);

pub(super) fn install(
    tool: &Tool,
    options: &[&str],
    staged: &Machine,
    workshop: &mut Workshop,
) -> Result<()> {
    let staging = staged.tools()?;
    let target = match &mut workshop.0 {
        Some(target) => target,
        // Beside the tools and not in the staging folder, which goes with its tool.
        none => none.insert(Staging::in_folder(staging.parent().unwrap_or(staging))?),
    };
    let mut cargo = staged.cargo();
    cargo.args(["install", tool.row.name, "--debug"]).args(options);
    if let Version::Exactly(version) = &tool.wanted {
        cargo.args(["--version", version]);
    }
    cargo.arg("--root").arg(staging.join(tool.folder()));
    cargo.env("CARGO_TARGET_DIR", target.path());
    for (name, value) in QUICK {
        cargo.env(name, value);
    }
    watch(&tool.title(), Work::Compiles, tool.takes(), &mut cargo)
}

const QUICK: [(&str, &str); 3] =
    [("CARGO_PROFILE_DEV_DEBUG", "0"), ("CARGO_PROFILE_DEV_PANIC", "abort"), ("CARGO_INCREMENTAL", "0")];
