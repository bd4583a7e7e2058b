//! Compiles the backend and the application, also while tools are still being installed.

use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use crate::progress::{Watched, Work};
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
    /// Starts both. Cargo itself keeps them apart where they need the same crate.
    pub(super) fn start(beside: Beside) -> Result<Self> {
        let mut backend = cargo(beside);
        backend.args(BACKEND);
        let mut application = cargo(beside);
        application.args(APPLICATION);
        let backend = Watched::start("backend", Work::Compiles, USUAL, &mut backend)?;
        Ok(Self {
            backend,
            application: Watched::start("application", Work::Compiles, USUAL, &mut application)?,
        })
    }

    /// Waits for both, and says how far they are.
    pub(super) fn finish(self) -> Result<()> {
        if !is_built(self.backend)? {
            // Once more with the terminal, which shows what is wrong as people know it.
            shell::run(shell::cargo().args(BACKEND))?;
        }
        // Where it does not compile, Trunk says so, and waits for a change that mends it.
        is_built(self.application).map(drop)
    }
}

fn is_built(build: Watched) -> Result<bool> {
    let ended = build.follow()?;
    let is_built = ended.status.success();
    if is_built {
        println!("    {}: done", ended.what);
        if ended.output.holds(&["warning: "]) {
            print!("{}", ended.output.text());
        }
    }
    Ok(is_built)
}

fn cargo(beside: Beside) -> Command {
    let cargo = shell::cargo();
    let nice = shell::machine().which("nice").filter(|_| beside == Beside::Tools);
    let Some(nice) = nice else { return cargo };
    let mut command = shell::program(nice);
    command.args(["-n", "15"]).arg(cargo.get_program());
    command
}

const BACKEND: [&str; 3] = ["build", "--package", "perennial-server"];

/// As Trunk calls it, so that Trunk finds everything compiled.
const APPLICATION: [&str; 5] =
    ["build", "--target=wasm32-unknown-unknown", "--offline", "--bin", "perennial"];

/// What each takes on two cores, without other work.
const USUAL: Duration = Duration::from_secs(120);
