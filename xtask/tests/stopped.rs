//! A set-up that a person stops: the real program, with a home and a PATH of the test's own.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

#[test]
fn a_set_up_that_is_stopped_ends_what_it_started_and_leaves_nothing() {
    let home = tempfile::tempdir().expect("a folder");
    // A Cargo whose compiler notes its number and then takes its time.
    let compiler = "sh -c 'echo $$ > \"$HOME/started\"; exec sleep 60'";
    let cargo =
        format!("case $1 in install) mkdir -p \"$CARGO_TARGET_DIR/debug\"; {compiler};; *) exit 0;; esac");
    let cargo = &cargo;
    let version = "case $1 in --version) echo rustc $(sed -n 's/^channel = \"\\(.*\\)\"/\\1/p' rust-toolchain.toml);; *) echo \"$HOME/sysroot\";; esac";
    program(&home.path().join("bin/cargo"), cargo);
    program(&home.path().join("bin/rustc"), version);
    fs::create_dir_all(home.path().join("sysroot/lib/rustlib/wasm32-unknown-unknown")).expect("a folder");

    let mut set_up = Command::new(env!("CARGO_BIN_EXE_xtask"));
    set_up
        .args(["setup", "--for", "serve"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    set_up.env_clear().env("HOME", home.path()).env("PATH", home.path().join("bin"));
    let set_up = set_up.env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR")).spawn().expect("it starts");
    let compiler = wait_for(&home.path().join("started"));
    kill(Pid::from_raw(set_up.id().try_into().expect("a process")), Signal::SIGTERM).expect("it is there");
    let ended = set_up.wait_with_output().expect("it ends");

    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(!ended.status.success(), "{said}");
    assert_eq!(said.trim(), "error: stopped");
    // Nobody waits for it but the first of all processes, which takes a moment.
    let is_gone = (0..500).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        kill(Pid::from_raw(compiler), None).is_err()
    });
    assert!(is_gone, "the compiler goes on");
    let left: Vec<_> =
        fs::read_dir(home.path().join(".cache/perennial-tools")).expect("the folder").collect();
    assert_eq!(left.len(), 1, "more than the lock is left: {left:?}");
}

/// Waits until a process has left its number there.
fn wait_for(file: &Path) -> i32 {
    for _ in 0..3000 {
        if let Some(id) = fs::read_to_string(file).ok().and_then(|id| id.trim().parse().ok()) {
            return id;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("nothing was started");
}

fn program(path: &Path, script: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, format!("#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")).expect("a program");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("it may be started");
}
