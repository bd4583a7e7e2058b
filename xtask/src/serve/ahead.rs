//! Compiles the backend and the application, also while tools are still being installed.

use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::progress::Watched;
use crate::shell;

/// Both builds at work.
#[derive(Debug)]
pub(super) struct Ahead {
    backend: Watched,
    application: Watched,
}

/// Who else wants the processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beside {
    Nothing,
    /// Tools that are compiled. They are waited for, so these builds take what they leave.
    Tools,
}

impl Ahead {
    /// Starts both. Cargo has the second wait until the first lets go of the target folder.
    pub(super) fn start(beside: Beside) -> Result<Self> {
        let mut backend = cargo(beside);
        backend.args(["build", "--package", "perennial-server"]);
        // As Trunk calls it, so that Trunk finds everything compiled.
        let mut application = cargo(beside);
        application.args(["build", "--target=wasm32-unknown-unknown", "--offline", "--bin", "perennial"]);
        let backend = Watched::start("backend", BACKEND, &mut backend)?;
        Ok(Self { backend, application: Watched::start("application", APPLICATION, &mut application)? })
    }

    /// Waits for both, and says how far they are.
    pub(super) fn finish(self) -> Result<()> {
        finish(self.backend)?;
        finish(self.application)
    }
}

fn finish(build: Watched) -> Result<()> {
    let ended = build.follow()?;
    if !ended.status.success() {
        eprint!("{}", ended.output.text());
        bail!("`{}` failed; what it printed stands above", ended.line);
    }
    println!("    {}: done", ended.line);
    Ok(())
}

fn cargo(beside: Beside) -> Command {
    let cargo = shell::cargo();
    let nice = shell::machine().which("nice").filter(|_| beside == Beside::Tools);
    let Some(nice) = nice else { return cargo };
    let mut command = shell::program(nice);
    command.args(["-n", "15"]).arg(cargo.get_program());
    command
}

/// On two cores, without other work.
const BACKEND: Duration = Duration::from_secs(120);
const APPLICATION: Duration = Duration::from_secs(120);
