//! Runs a program for as long as the one who started this one lives: `keeper PROGRAM [ARGUMENT …]`.
//!
//! Browsers are used by one scenario after the other, so no scenario ends them, and a test runner that is killed
//! cannot. The end of standard input can be relied on: the system closes the pipe in whatever way its writer ends.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::process::{Command, ExitCode, Stdio};

fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    let Some(program) = words.next() else { return ExitCode::FAILURE };
    let Ok(mut child) = Command::new(program).args(words).stdin(Stdio::null()).spawn() else {
        return ExitCode::FAILURE;
    };
    wait_for_end(&mut io::stdin().lock());
    // Listed before any of them ends: an orphan names its parent no more.
    let all = with_descendants(child.id());
    let ended = Command::new("kill").arg("-KILL").args(all.iter().map(u32::to_string)).status();
    if ended.is_err() && child.kill().is_err() {
        return ExitCode::FAILURE;
    }
    if child.wait().is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn wait_for_end(input: &mut impl Read) {
    let mut byte = [0];
    // Nobody writes: this returns when there is nobody left who could.
    while matches!(input.read(&mut byte), Ok(1..)) {}
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

/// The second field behind the name, which is in brackets and may hold anything (proc_pid_stat(5)).
fn parent(process: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, behind) = stat.rsplit_once(')')?;
    behind.split_whitespace().nth(1)?.parse().ok()
}
