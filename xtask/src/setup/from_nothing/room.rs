//! A folder that looks like a bare machine to the programs that are started in it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::machine::Machine;
use crate::shell;

/// The room. It goes with this value, with all that was installed and compiled in it.
#[derive(Debug)]
pub(super) struct Room {
    dir: TempDir,
    path: String,
    rustup_home: PathBuf,
}

impl Room {
    /// Makes it beside other temporary folders, with a clone of what is committed.
    pub(super) fn make(machine: &Machine) -> Result<Self> {
        let dir = tempfile::Builder::new().prefix("perennial-from-nothing-").tempdir();
        let dir =
            dir.context("cannot make a temporary folder; set TMPDIR to a folder that can be written")?;
        let free = (machine.free_space)(dir.path()).unwrap_or(u64::MAX);
        let path = dir.path().display();
        ensure!(
            free >= SPACE,
            "{path} has less than {} GB free: set TMPDIR to another folder",
            SPACE / 1_000_000_000
        );
        let rustup =
            machine.which("rustup").context("rustup is missing: install it from https://rustup.rs")?;
        let proxies = rustup.parent().context("the path of rustup has no folder")?;
        for folder in ["home", "cargo/bin", "cargo/registry"] {
            fs::create_dir_all(dir.path().join(folder))?;
        }
        for name in PROXIES {
            link(&proxies.join(name), &dir.path().join("cargo/bin").join(name))?;
        }
        if let Some(cargo_home) = &machine.cargo_home {
            borrow_crates(cargo_home, &dir.path().join("cargo"))?;
        }
        let mut clone = machine.program("git");
        shell::run(clone.args(["clone", "--quiet"]).arg(&machine.root).arg(dir.path().join("project")))?;
        let rustup_home = env::var_os("RUSTUP_HOME").map(PathBuf::from);
        let rustup_home = rustup_home.or_else(|| Some(machine.home.as_ref()?.join(".rustup")));
        Ok(Self {
            path: search_path(machine, proxies, &dir.path().join("cargo/bin")),
            rustup_home: rustup_home.context("HOME is not set")?,
            dir,
        })
    }

    /// Cargo, as somebody would start it here.
    pub(super) fn cargo(&self) -> Command {
        let mut cargo = Command::new(self.dir.path().join("cargo/bin/cargo"));
        cargo.current_dir(self.dir.path().join("project")).env_clear();
        cargo.envs(env::vars_os().filter(|(name, _)| name.to_str().is_some_and(is_of_the_network)));
        cargo.env("HOME", self.dir.path().join("home")).env("CARGO_HOME", self.dir.path().join("cargo"));
        cargo.env("RUSTUP_HOME", &self.rustup_home).env("PATH", &self.path);
        cargo
    }
}

/// Shares what was downloaded; it is unpacked anew. The index is copied, since Cargo writes in it.
fn borrow_crates(from: &Path, to: &Path) -> Result<()> {
    for (part, how) in [("registry/cache", link as fn(&Path, &Path) -> Result<()>), ("registry/index", copy)]
    {
        mirror(&from.join(part), &to.join(part), how)?;
    }
    let config = from.join("config.toml");
    if config.is_file() { copy(&config, &to.join("config.toml")) } else { Ok(()) }
}

fn mirror(from: &Path, to: &Path, how: fn(&Path, &Path) -> Result<()>) -> Result<()> {
    let Ok(entries) = fs::read_dir(from) else { return Ok(()) };
    fs::create_dir_all(to)?;
    for entry in entries {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() { mirror(&from, &to, how)? } else { how(&from, &to)? }
    }
    Ok(())
}

#[cfg(unix)]
fn link(from: &Path, to: &Path) -> Result<()> {
    std::os::unix::fs::symlink(from, to).with_context(|| format!("cannot link {}", to.display()))
}

#[cfg(not(unix))]
fn link(from: &Path, to: &Path) -> Result<()> {
    copy(from, to)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display())).map(drop)
}

/// The system's folders and those of Node.js and Python, but none that holds tools of ours.
fn search_path(machine: &Machine, proxies: &Path, bin: &Path) -> String {
    let mut dirs = vec![bin.to_path_buf()];
    dirs.extend(
        ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"].map(PathBuf::from),
    );
    dirs.extend(
        ["node", "npm", "python3"].iter().filter_map(|name| Some(machine.which(name)?.parent()?.to_owned())),
    );
    dirs.retain(|dir| dir != proxies);
    dirs.iter().map(|dir| dir.display().to_string()).collect::<Vec<_>>().join(":")
}

/// What a person's machine would have set to reach the network.
fn is_of_the_network(name: &str) -> bool {
    const WHOLE: [&str; 6] = [
        "LANG",
        "TERM",
        "RUSTUP_DIST_SERVER",
        "RUSTUP_UPDATE_ROOT",
        "RUSTUP_AUTO_INSTALL",
        "NODE_EXTRA_CA_CERTS",
    ];
    const BEGIN: [&str; 7] =
        ["PIP_", "NPM_CONFIG_", "CARGO_REGISTRIES_", "CARGO_HTTP_", "CARGO_NET_", "CARGO_SOURCE_", "SSL_"];
    let name = name.to_ascii_uppercase();
    name.ends_with("_PROXY") || WHOLE.contains(&&*name) || BEGIN.iter().any(|begin| name.starts_with(begin))
}

const PROXIES: [&str; 8] =
    ["rustup", "cargo", "rustc", "rustdoc", "cargo-fmt", "cargo-clippy", "clippy-driver", "rustfmt"];

/// The checkout, the tools and both of their build folders.
const SPACE: u64 = 8_000_000_000;
