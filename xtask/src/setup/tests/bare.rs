//! A bare machine in a temporary folder.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::machine::Machine;
use crate::setup::doctor::{COLUMN, report};
use crate::setup::plan::Plan;
use crate::setup::{Purpose, with_tools};
use crate::shell;

/// A machine on which nothing is installed but what the test puts there.
pub(super) struct Bare {
    dir: TempDir,
    pub(super) machine: Machine,
}

impl Bare {
    /// With the compiler, which `cargo xtask` itself cannot do without.
    pub(super) fn new() -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let home = dir.path().join("home");
        let bin = dir.path().join("bin");
        let sysroot = dir.path().join("sysroot/lib/rustlib/wasm32-unknown-unknown");
        [&bin, &home, &sysroot].iter().for_each(|dir| fs::create_dir_all(dir).expect("a folder"));
        let mut machine = Machine::here(shell::root());
        machine.cargo_home = Some(home.join(".cargo"));
        machine.tools = Some(home.join("cache/perennial-tools"));
        machine.path = bin.into();
        machine.home = Some(home);
        machine.cargo = "cargo".into();
        machine.is_root = false;
        machine.named.clear();
        machine.free_space = |_| Some(u64::MAX);
        let bare = Self { machine: with_tools(machine), dir };
        let toolchain = fs::read_to_string(shell::root().join("rust-toolchain.toml")).expect("the pin");
        let version = toolchain.split('"').nth(1).expect("a version");
        bare.program(
            "rustc",
            &format!(
                "case $1 in --version) echo rustc {version};; *) echo {}/sysroot;; esac",
                bare.dir.path().display()
            ),
        );
        bare.cargo(INSTALLS);
        bare
    }

    /// Puts a program on PATH.
    pub(super) fn program(&self, name: &str, script: &str) {
        write(&self.dir.path().join("bin").join(name), script);
    }

    /// Puts a Cargo on PATH that does this for `cargo install`, and notes how it was called.
    pub(super) fn cargo(&self, install: &str) {
        let called = self.called().display().to_string();
        self.program(
            "cargo",
            &format!("echo \"$@\" >> {called}\ncase $1 in install) {install};; fetch|clippy|fmt) exit 0;; esac; exit 1"),
        );
    }

    /// Puts an npm and a Node.js on PATH that do this for `npm install`. `$folder` is where to, `$package` what.
    pub(super) fn npm(&self, install: &str) {
        self.program("node", "echo v20.1.0");
        let words = "for word in \"$@\"; do folder=$package; package=$word; done";
        self.program("npm", &format!("echo \"npm $@\" >> {}\n{words}\n{install}", self.called().display()));
    }

    /// Every call of Cargo and npm, a line each.
    pub(super) fn calls(&self) -> String {
        fs::read_to_string(self.called()).unwrap_or_default()
    }

    /// Sets up what a command needs.
    pub(super) fn set_up(&self, purpose: Purpose) -> Result<(), String> {
        let mut plan = Plan::make(&[purpose], &self.machine).map_err(|error| format!("{error:#}"))?;
        plan.compiler().and_then(|()| plan.tools()).map_err(|error| format!("{error:#}"))
    }

    /// What the doctor says, each tool and each command on a line of its own.
    pub(super) fn doctor(&self) -> Vec<String> {
        let mut said = Vec::new();
        report(&self.machine, &mut said).expect("a place to write");
        let said = String::from_utf8(said).expect("text");
        let cells = said.lines().flat_map(|line| match line.char_indices().nth(COLUMN) {
            Some((at, '!' | ' ')) if line[..at].ends_with(' ') && line[at + 1..].starts_with(' ') => {
                vec![&line[..at], &line[at..]]
            }
            _ => vec![line],
        });
        cells.map(|cell| cell.trim_end().to_owned()).collect()
    }

    /// What lies in the folder for tools.
    pub(super) fn tools(&self) -> Vec<String> {
        let entries = fs::read_dir(self.tools_dir()).into_iter().flatten();
        let mut names: Vec<_> = entries
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.retain(|name| name != ".lock");
        names.sort();
        names
    }

    pub(super) fn tools_dir(&self) -> PathBuf {
        self.machine.tools.clone().expect("a folder for tools")
    }

    fn called(&self) -> PathBuf {
        self.dir.path().join("called")
    }
}

/// Writes a program for `sh` that finds the usual small programs, whatever PATH it is called with.
///
/// Another process writes it. A program cannot be started while somebody has it open for writing, and what this process
/// has open is for a moment also open in programs that other tests start.
fn write(path: &Path, script: &str) {
    let mut writer = Command::new("/bin/sh");
    writer.args(["-c", "cat > \"$0\" && chmod +x \"$0\""]).arg(path).stdin(Stdio::piped());
    let mut writer = writer.spawn().expect("a shell");
    let text = format!("#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n");
    writer.stdin.take().expect("its input").write_all(text.as_bytes()).expect("a program");
    assert!(writer.wait().expect("it ends").success());
}

/// Makes each of the tools that Cargo installs, with the version that was asked for.
pub(super) const INSTALLS: &str = r#"
    name=$2; while [ $# -gt 0 ]; do case $1 in --version) version=$2;; --root) root=$2;; esac; shift; done
    mkdir -p "$root/bin" "$CARGO_TARGET_DIR"
    for name in ${name%-cli} $name; do printf '#!/bin/sh\necho %s %s\n' "$name" "$version" > "$root/bin/$name"; chmod +x "$root/bin/$name"; done
    exit 0"#;

/// Makes each of the programs that npm installs, with the version that was asked for.
pub(super) const UNPACKS: &str = r#"
    bin=$folder/node_modules/.bin; mkdir -p "$bin"; version=${package#*@}
    case $package in
      binaryen*) printf '#!/bin/sh\necho wasm-opt version %s\n' "$version" > "$bin/wasm-opt"; chmod +x "$bin/wasm-opt";;
      esbuild*) printf '#!/bin/sh\necho %s\n' "$version" > "$bin/esbuild"; chmod +x "$bin/esbuild";;
    esac"#;
