//! `cargo xtask dependencies`: licences, sources and duplicates of all crates, and where the list of advisories can be
//! reached those too.

use anyhow::{Result, bail};

use crate::shell;

/// Runs cargo-deny by `deny.toml`.
#[derive(Debug, clap::Args)]
pub(crate) struct Dependencies {
    /// Leave the advisories out: their list comes from GitHub
    #[arg(long)]
    offline: bool,
}

impl Dependencies {
    pub(crate) fn run(&self) -> Result<()> {
        if shell::machine().which("cargo-deny").is_none() {
            bail!("cargo-deny is missing: cargo install --locked cargo-deny (about 3 minutes of compiling)");
        }
        let mut cargo = shell::cargo();
        cargo.args(["deny", "--workspace", "check", "bans", "licenses", "sources"]);
        if !self.offline {
            cargo.arg("advisories");
        }
        shell::step("dependencies", || shell::run(&mut cargo))
    }
}
