//! `cargo xtask fleet`: how evenly a million sessions ask for new tokens, and a picture of it.

use anyhow::Result;

use crate::shell;

#[derive(Debug, clap::Args)]
pub(crate) struct Fleet {
    /// Another fleet than the one of docs/fleet.svg, such as `--engines 10000 --lifetime-min 60`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

impl Fleet {
    /// Runs the fleet of the session engine, and draws the picture anew unless another fleet was asked for.
    pub(crate) fn run(&self) -> Result<()> {
        let mut cargo = shell::cargo();
        // Not the release profile: that one is made for the size of the bundle.
        cargo.args(["run", "--profile", "server", "-p", "perennial-session", "--example", "fleet", "--"]);
        if self.arguments.is_empty() {
            cargo.args(["--picture", "docs/fleet.svg"]);
        }
        shell::run(cargo.args(&self.arguments))
    }
}
