//! Runs a program for as long as the one who started this one lives: `keeper PROGRAM [ARGUMENT …]`.
//!
//! Browsers are used by one scenario after the other, so no scenario ends them, and a test runner that is killed
//! cannot. The end of standard input can be relied on: the system closes the pipe in whatever way its writer ends.
//!
//! Browsers and their drivers leave files behind when they are killed. They get a folder for temporary files of their
//! own, which is removed with them. An X server has its files elsewhere and removes them itself when it is asked to end.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::process::{Command, ExitCode, Stdio};
use std::thread::sleep;
use std::time::Duration;

fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    let Some(program) = words.next() else { return ExitCode::FAILURE };
    // Short: browsers put sockets into it, whose paths may have 107 bytes.
    let Ok(place) = tempfile::Builder::new().prefix("e2e-").tempdir() else { return ExitCode::FAILURE };
    let place = place.keep();
    let mut command = Command::new(program);
    command.args(words).env("TMPDIR", &place).stdin(Stdio::null());
    let Ok(mut child) = command.spawn() else { return ExitCode::FAILURE };
    wait_for_end(&mut io::stdin().lock());
    // Listed before any of them ends: an orphan names its parent no more.
    let all = with_descendants(child.id());
    let (screens, others): (Vec<u32>, Vec<u32>) = all.iter().partition(|process| is_screen(**process));
    let are_ended = signal("-KILL", &others) && signal("-TERM", &screens);
    if !are_ended && child.kill().is_err() {
        return ExitCode::FAILURE;
    }
    let is_reaped = child.wait().is_ok();
    let are_gone = || !all.iter().any(|process| is_running(*process));
    let is_over = within(are_gone) || (signal("-KILL", &screens) && within(are_gone));
    // A program that has left its parent may be writing to it still.
    let is_removed = within(|| fs::remove_dir_all(&place).is_ok() || !place.exists());
    if is_reaped && is_over && is_removed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn wait_for_end(input: &mut impl Read) {
    let mut byte = [0];
    // Nobody writes: this returns when there is nobody left who could.
    while matches!(input.read(&mut byte), Ok(1..)) {}
}

fn signal(signal: &str, processes: &[u32]) -> bool {
    let mut kill = Command::new("kill");
    kill.arg(signal).args(processes.iter().map(u32::to_string)).stderr(Stdio::null());
    // One that has ended already is a failure to `kill`, and none here.
    processes.is_empty() || kill.status().is_ok()
}

/// Waits until something is so, for as long as a process may need to end.
fn within(is_so: impl Fn() -> bool) -> bool {
    (0..LOOKS).any(|_| {
        let it_is = is_so();
        if !it_is {
            sleep(PAUSE);
        }
        it_is
    })
}

/// A process with all that it has started, and what those have started in turn. Where there is no `/proc`, it alone.
fn with_descendants(process: u32) -> Vec<u32> {
    let parents = parents();
    let mut found = vec![process];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        found.extend(parents.iter().filter(|(_, of)| **of == parent).map(|(child, _)| *child));
        next += 1;
    }
    found
}

/// The parent of each process.
fn parents() -> BTreeMap<u32, u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers.filter_map(|process| Some((process, parent(process)?))).collect()
}

fn parent(process: u32) -> Option<u32> {
    state_and_parent(process)?.1.parse().ok()
}

/// Whether a process has not ended. One that nobody has waited for yet has (state Z).
fn is_running(process: u32) -> bool {
    state_and_parent(process).is_some_and(|(state, _)| state != "Z")
}

/// The first two fields behind the name, which is in brackets and may hold anything (proc_pid_stat(5)).
fn state_and_parent(process: u32) -> Option<(String, String)> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, behind) = stat.rsplit_once(')')?;
    let mut fields = behind.split_whitespace().map(str::to_owned);
    Some((fields.next()?, fields.next()?))
}

/// Whether a process is an X server.
fn is_screen(process: u32) -> bool {
    fs::read_to_string(format!("/proc/{process}/comm")).is_ok_and(|name| name.trim_end() == "Xvfb")
}

/// An X server ends within some milliseconds; 2 s are plenty.
const LOOKS: u32 = 400;

const PAUSE: Duration = Duration::from_millis(5);
