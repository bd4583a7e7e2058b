//! How the commands run other programs and tell a person how far they are.

mod steps;

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
#[cfg(unix)]
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::machine::Machine;
use crate::stop;
pub(crate) use steps::{ended as ended_steps, step};

/// This machine. Its search path begins with the project's tools, once [`use_machine`] has said where they lie.
pub(crate) fn machine() -> &'static Machine {
    MACHINE.get_or_init(|| Machine::here(root()))
}

/// Says which machine all programs are started on. The first word counts.
pub(crate) fn use_machine(machine: Machine) {
    MACHINE.get_or_init(|| machine);
}

/// The workspace root, where every program is started.
///
/// Cargo says at run time where the package lies: a checkout may be moved together with its target directory.
pub(crate) fn root() -> PathBuf {
    let own = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&own).parent().unwrap_or(Path::new(".")).to_path_buf()
}

/// The directory of binaries built in the development profile, which is where this program lies.
///
/// Asking the own path follows `CARGO_TARGET_DIR` and every other way to move the target directory.
pub(crate) fn debug_dir() -> Result<PathBuf> {
    let own = env::current_exe().context("cannot tell where this program lies")?;
    own.parent().map(Path::to_path_buf).context("this program lies in no directory")
}

/// A program with the project's tools on its PATH, started in the workspace root.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    machine().program(name)
}

/// Cargo as the one who started this program meant it.
pub(crate) fn cargo() -> Command {
    machine().cargo()
}

/// Shows the command line, runs it with this terminal, and turns failure into an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = status(command)?;
    if !status.success() {
        bail!("`{}` failed ({status})", line(command));
    }
    Ok(())
}

/// Shows the command line, runs it with this terminal, and says how it ended.
pub(crate) fn status(command: &mut Command) -> Result<ExitStatus> {
    let line = line(command);
    println!("    $ {line}");
    let mut child = command.stdin(Stdio::null()).spawn().with_context(|| format!("cannot start `{line}`"))?;
    wait(&mut child)
}

/// Waits for a program to end, and ends it when a person asks this one to.
pub(crate) fn wait(child: &mut Child) -> Result<ExitStatus> {
    loop {
        if let Some(status) = child.try_wait()? {
            stop::check()?;
            return Ok(status);
        }
        if stop::requested() {
            end(child, GRACE);
            bail!("stopped");
        }
        std::thread::sleep(POLL);
    }
}

/// Asks a program to end, and ends it when it has not after a while.
pub(crate) fn end(child: &mut Child, grace: Duration) {
    ask_to_end(child);
    let started = Instant::now();
    while matches!(child.try_wait(), Ok(None)) && started.elapsed() < grace {
        std::thread::sleep(POLL);
    }
    // Both fail only when it has ended by itself in between.
    if matches!(child.try_wait(), Ok(None)) && child.kill().and_then(|()| child.wait()).is_err() {
        eprintln!("a program could not be stopped (process {})", child.id());
    }
}

/// Asks a program to end, without waiting for it.
#[cfg(unix)]
pub(crate) fn ask_to_end(child: &Child) {
    if let Ok(id) = i32::try_from(child.id()) {
        // An error means that it has ended already.
        kill(Pid::from_raw(id), Signal::SIGTERM).unwrap_or(());
    }
}

/// Makes a program the first of a group, so that [`end_group`] ends what it starts as well.
#[cfg(unix)]
pub(crate) fn lead_group(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

/// Ends a program and everything that it has started: Cargo does not end its compilers.
#[cfg(unix)]
pub(crate) fn end_group(child: &mut Child, grace: Duration) {
    let group = i32::try_from(child.id()).map(|id| Pid::from_raw(-id));
    // Errors mean that all of them have ended already.
    let signal = |signal| group.map_or((), |group| kill(group, signal).unwrap_or(()));
    signal(Signal::SIGTERM);
    end(child, grace);
    signal(Signal::SIGKILL);
}

/// Asks a program to end, without waiting for it.
#[cfg(not(unix))]
pub(crate) fn ask_to_end(_child: &Child) {}

/// Makes a program the first of a group, where the system has such.
#[cfg(not(unix))]
pub(crate) fn lead_group(_command: &mut Command) {}

/// Ends a program.
#[cfg(not(unix))]
pub(crate) fn end_group(child: &mut Child, grace: Duration) {
    end(child, grace);
}

/// What a program prints, or `None` when it is not there or fails.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A command as a person would type it.
pub(crate) fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_stem().unwrap_or_default().to_string_lossy();
    let words = command.get_args().map(OsStr::to_string_lossy);
    std::iter::once(program).chain(words).collect::<Vec<_>>().join(" ")
}

static MACHINE: OnceLock<Machine> = OnceLock::new();

const POLL: Duration = Duration::from_millis(20);

/// Longer than the backend's own limit for open requests, so that it can keep its promise.
pub(crate) const GRACE: Duration = Duration::from_secs(12);
