//! `cargo xtask operating`: runs the recipe of docs/operating.md, with the proxies that Debian packages.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::shell;

/// Runs the suite with nginx and Caddy, from this machine or unpacked beside the build.
pub(crate) fn run() -> Result<()> {
    for (name, package) in TOOLS {
        ensure!(find(name).is_some(), "{name} is missing: install the package {package}");
    }
    let [nginx, caddy] = shell::step("find nginx and Caddy", || {
        Ok([proxy("nginx", &["nginx"])?, proxy("caddy", &["caddy"])?])
    })?;
    shell::step("the recipe of docs/operating.md", || {
        let mut cargo = shell::cargo();
        cargo.args(["test", "--package=perennial-server", "--test=operating"]);
        shell::run(cargo.env("OPERATING_NGINX", nginx).env("OPERATING_CADDY", caddy))
    })
}

/// The program as it is installed, else as Debian's package has it, unpacked into `target/operating`.
fn proxy(name: &str, packages: &[&str]) -> Result<PathBuf> {
    let dir = shell::debug_dir()?.with_file_name("operating");
    if let Some(found) = find(name).or_else(|| within(&dir, name)) {
        println!("    {}", found.display());
        return Ok(found);
    }
    if find("apt-get").is_none() || find("dpkg").is_none() {
        bail!("{name} is missing, and there is no apt-get to fetch it with: install it, then run this again");
    }
    println!("    {name} is not installed; its package is unpacked into {}", dir.display());
    std::fs::create_dir_all(&dir)?;
    shell::run(shell::program("apt-get").arg("download").args(packages).current_dir(&dir))?;
    for entry in std::fs::read_dir(&dir)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "deb") {
            shell::run(shell::program("dpkg").arg("-x").arg(&path).arg(&dir))?;
            std::fs::remove_file(&path)?;
        }
    }
    within(&dir, name).with_context(|| format!("the package of {name} holds no program of this name"))
}

/// Where a machine has it; programs of the system's administrator are not on everybody's search path.
fn find(name: &str) -> Option<PathBuf> {
    shell::machine().which(name).or_else(|| within(Path::new("/"), name))
}

fn within(root: &Path, name: &str) -> Option<PathBuf> {
    ["usr/sbin", "usr/bin"].iter().map(|dir| root.join(dir).join(name)).find(|path| path.is_file())
}

/// What the suite talks with, and the packages that bring it.
const TOOLS: [(&str, &str); 4] =
    [("curl", "curl"), ("openssl", "openssl"), ("sqlite3", "sqlite3"), ("systemd-analyze", "systemd")];
