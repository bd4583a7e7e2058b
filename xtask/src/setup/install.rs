//! Installs a tool, or says in one sentence why it cannot.

mod cargo;
mod npm;

use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};

use super::staging::Staging;
use super::tool::{Install, Look, Tool};
use super::{Machine, backends, with_tools};
use crate::progress::{Output, Watched, Work, about};
use crate::shell;

pub(super) use cargo::Workshop;

/// Installs a tool and looks whether it is what was wanted.
pub(super) fn install(tool: &Tool, machine: &Machine, workshop: &mut Workshop) -> Result<()> {
    let title = tool.title();
    match tool.row.install {
        Install::Rustup => {
            quietly(&title, tool.takes(), machine.program("rustup").args(["toolchain", "install"]))
        }
        Install::Component => {
            let mut rustup = machine.program("rustup");
            quietly(&title, tool.takes(), rustup.args(["component", "add", tool.row.name]))
        }
        Install::Fetch => quietly("download crates", tool.takes(), machine.cargo().arg("fetch")),
        Install::Cargo(options) => {
            in_own_folder(tool, machine, |staged| cargo::install(tool, options, staged, workshop))
        }
        Install::Npm(package) => in_own_folder(tool, machine, |staged| npm::install(tool, package, staged)),
        Install::Django => in_own_folder(tool, machine, |staged| backends::install_django(tool, staged)),
        Install::Beside => backends::install_beside(tool, machine),
        // Packages of the system are installed together, see `super::apt`.
        Install::Apt(_) => Ok(()),
    }?;
    check(tool, machine)
}

/// Has a tool made in a folder that looks like the one for tools, and moves it when it is what was wanted.
fn in_own_folder(tool: &Tool, machine: &Machine, make: impl FnOnce(&Machine) -> Result<()>) -> Result<()> {
    let tools = machine.tools()?;
    let staging = Staging::in_folder(tools)?;
    let staged = with_tools(Machine { tools: Some(staging.path().to_owned()), ..machine.clone() });
    make(&staged)?;
    check(tool, &staged)?;
    staging.put(&tool.folder(), &tools.join(tool.folder()))
}

fn check(tool: &Tool, machine: &Machine) -> Result<()> {
    match tool.look(machine) {
        Look::Right(_) => Ok(()),
        Look::Other(found) => bail!("it is {found} after the installation: take the other one off PATH"),
        Look::Missing => bail!(
            "it does not start after the installation: report this, with what `cargo xtask doctor` says"
        ),
    }
}

/// Runs a program with a line that says how far it is. What it prints is shown when it fails.
pub(super) fn quietly(what: &str, usual: Duration, command: &mut Command) -> Result<()> {
    watch(what, Work::Other, usual, command)
}

fn watch(what: &str, work: Work, usual: Duration, command: &mut Command) -> Result<()> {
    println!("    $ {}", shell::line(command));
    let ended = Watched::start(what, work, usual, command)?.follow()?;
    // npm says by a warning that it could not write a file, and ends as if all were well.
    let spoiled = ended.output.line_with(SPOILED);
    if ended.status.success() && spoiled.is_none() {
        println!("    {what}: done after {:.0} s", ended.took.as_secs_f32());
        return Ok(());
    }
    eprint!("{}", ended.output.text());
    let complaint = spoiled.or_else(|| ended.output.complaint()).unwrap_or_else(|| ended.status.to_string());
    let program: Vec<&str> = ended.line.split(' ').take(2).collect();
    bail!("{} ended with \"{complaint}\": {}", program.join(" "), advice(&ended.output))
}

/// What a person can do, by what a program has printed.
fn advice(output: &Output) -> &'static str {
    let known = [
        (FULL, "the disk is full; free some space, then run this again"),
        (OFFLINE, "look whether the network is there, then run this again"),
        (REFUSED, "a folder cannot be written; make it writable, then run this again"),
    ];
    let advice = known.into_iter().find(|(texts, _)| output.holds(texts)).map(|(_, advice)| advice);
    advice.unwrap_or("what it printed stands above; mend that, then run this again")
}

/// What npm says of a file that is not there, or not whole, in what it has installed.
const SPOILED: &[&str] = &["TAR_ENTRY_ERROR", "ENOSPC"];
const FULL: &[&str] = &["No space left", "ENOSPC", "os error 28", "You don't have enough free space"];
const REFUSED: &[&str] = &["Permission denied", "EACCES", "EPERM", "EROFS", "Read-only file system"];
const OFFLINE: &[&str] = &[
    "Could not resolve",
    "Could not connect",
    "Couldn't connect",
    "Failed to connect",
    "Temporary failure",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ETIMEDOUT",
    "Network is unreachable",
    "Connection refused",
    "dns error",
    "NewConnectionError",
];

/// How long something takes, for a person who decides whether to wait.
pub(super) fn estimate(tools: &[&Tool]) -> String {
    about(tools.iter().map(|tool| tool.takes()).sum())
}
