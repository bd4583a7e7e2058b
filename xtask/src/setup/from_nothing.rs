//! `cargo xtask setup --from-nothing`: the real set-up for `serve`, in a room where nothing is installed, until the page
//! answers; after that the set-up for the other commands that are named.
//!
//! The room has an empty home, an empty folder for tools, no compiled crate, and a fresh clone of what is committed. The
//! toolchains of rustup and the crates that were downloaded before are borrowed, to spare the network. Packages of the
//! system have no room: those that are here are used, and where this program may install others, they stay.

mod room;
mod serving;

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::{Purpose, STEP};
use crate::{shell, stop};
use room::Room;
use serving::Serving;

/// Measures it, prints what each step took, and fails where that is more than it may be.
pub(crate) fn run(purposes: &[Purpose]) -> Result<()> {
    stop::listen()?;
    let before = load();
    warn_of_changes();
    let room = shell::step("make a room with nothing in it", || Room::make(shell::machine()))?;
    println!("\n==> cargo xtask serve, from nothing");
    let started = Instant::now();
    let mut serving = Serving::start(&room)?;
    let answered = serving.wait_for_the_page();
    let took = started.elapsed();
    let steps = serving.stop();
    // Also of a run that failed or was stopped: how far it came is known.
    report(&steps, took, &before);
    answered?;
    set_up_for(&room, purposes)?;
    drop(room);
    judge(&steps, took)
}

/// What is here and not committed is not in the room, which may be just what somebody wants to try.
fn warn_of_changes() {
    let mut git = shell::program("git");
    let changed = shell::output(git.args(["status", "--porcelain"])).unwrap_or_default().lines().count();
    if changed > 0 {
        println!(
            "{changed} files have changes that are not committed. They are not tried: commit them first."
        );
    }
}

/// Installs what other commands need as well.
fn set_up_for(room: &Room, purposes: &[Purpose]) -> Result<()> {
    let purposes: Vec<_> = purposes.iter().filter(|it| **it != Purpose::Serve).collect();
    if !purposes.is_empty() && shell::machine().is_root {
        println!(
            "\nPackages of the system that are missing are installed on this machine itself. They stay."
        );
    }
    for purpose in purposes {
        let name = purpose.name();
        let mut cargo = room.cargo();
        cargo.args(["xtask", "setup", "--for", &name]);
        shell::step(&format!("set-up for {name}, from nothing"), || shell::run(&mut cargo))?;
    }
    Ok(())
}

/// A step that `serve` has announced the end of, and when.
#[derive(Debug)]
struct Step {
    name: String,
    /// Since the command was started.
    at: Duration,
    took: Duration,
}

fn report(steps: &[Step], took: Duration, before: &str) {
    println!("\n{:<38}{:>10}{:>12}", "from nothing", "took", "since begin");
    let mut end = Duration::ZERO;
    if let Some(first) = steps.first() {
        // Whatever is before the first step is Cargo compiling this program.
        row("cargo xtask itself", first.at.saturating_sub(first.took), first.at.saturating_sub(first.took));
    }
    for step in steps {
        row(&step.name, step.took, step.at);
        end = step.at;
    }
    row("until the page answered, or the end", took.saturating_sub(end), took);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if let Some(processor) = processor_time() {
        println!("\n{} of processor time in all, whatever else ran", minutes(processor));
    }
    println!("{cores} cores; load before {before}, after {}", load());
    println!("Borrowed, to spare the network: the toolchain and the crates that were downloaded before.");
}

fn row(name: &str, took: Duration, at: Duration) {
    println!("{name:<38}{:>10}{:>12}", minutes(took), minutes(at));
}

fn judge(steps: &[Step], took: Duration) -> Result<()> {
    let tools = steps.iter().find(|step| step.name == STEP).context("there was no step for the tools")?;
    let bars = [("the tools", tools.took, TOOLS), ("all of it", took, ALL)];
    for (what, took, most) in bars {
        ensure!(
            took <= most,
            "{what} took {}, which is more than {}: run it again where nothing else runs, or make it quicker",
            minutes(took),
            minutes(most)
        );
    }
    Ok(())
}

/// As `4:05`.
fn minutes(duration: Duration) -> String {
    let seconds = duration.as_secs();
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// What all programs that this one has waited for have computed, and those that they have waited for.
#[cfg(unix)]
fn processor_time() -> Option<Duration> {
    let usage = nix::sys::resource::getrusage(nix::sys::resource::UsageWho::RUSAGE_CHILDREN).ok()?;
    let seconds = usage.user_time().tv_sec() + usage.system_time().tv_sec();
    Some(Duration::from_secs(u64::try_from(seconds).ok()?))
}

#[cfg(not(unix))]
fn processor_time() -> Option<Duration> {
    None
}

/// How busy the machine is with everything, where the system tells.
fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().filter(|load| !load.is_empty()).unwrap_or("unknown").to_owned()
}

/// How long a person with a bare machine and two cores waits at most.
const ALL: Duration = Duration::from_secs(12 * 60);
const TOOLS: Duration = Duration::from_secs(6 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    fn step(name: &str, minutes: u64) -> Step {
        let took = Duration::from_secs(minutes * 60);
        Step { name: name.to_owned(), at: took, took }
    }

    #[test]
    fn tools_that_take_too_long_fail_and_so_does_all_of_it() {
        let judged = |tools, all: u64| judge(&[step(STEP, tools)], Duration::from_secs(all * 60));
        assert!(judged(6, 12).is_ok());
        assert!(judged(7, 10).is_err_and(|error| error.to_string().contains("the tools took 7:00")));
        assert!(judged(5, 13).is_err_and(|error| error.to_string().contains("all of it took 13:00")));
    }
}
