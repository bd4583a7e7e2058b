//! Packages of the system: installed where this program may, else named in one sentence.

use std::time::Duration;

use anyhow::{Result, bail};

use super::Machine;
use super::install::quietly;
use super::tool::{Install, Tool};

/// Fails where packages are missing that this program cannot install.
pub(super) fn may_install(tools: &[Tool], machine: &Machine) -> Result<()> {
    let packages = packages(tools);
    if packages.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = missing(tools).map(|tool| tool.title()).collect();
    let (names, packages) = (names.join(", "), packages.join(" "));
    if machine.which("apt-get").is_none() {
        bail!(
            "missing: {names}. There is no apt-get: install what your system calls {packages}, then run this again"
        );
    }
    if !machine.is_root {
        let install = format!("apt-get install {packages}");
        match machine.which("sudo") {
            Some(_) => bail!("missing: {names}. Run `sudo {install}`, then run this again"),
            None => bail!("missing: {names}. Run `{install}` as root, then run this again"),
        }
    }
    Ok(())
}

/// Installs all packages that these tools come in, at once.
pub(super) fn install(tools: &[Tool], machine: &Machine) -> Result<()> {
    let packages = packages(tools);
    if packages.is_empty() {
        return Ok(());
    }
    let takes = missing(tools).map(Tool::takes).sum();
    let mut update = machine.program("apt-get");
    quietly("package lists", LISTS, update.env(QUIET.0, QUIET.1).args(["update", "-qq"]))?;
    let mut install = machine.program("apt-get");
    install.env(QUIET.0, QUIET.1).args(["install", "-y", "-qq", "--no-install-recommends"]);
    quietly("packages of the system", takes, install.args(packages))
}

fn packages(tools: &[Tool]) -> Vec<&'static str> {
    let mut packages: Vec<&str> = Vec::new();
    for tool in tools {
        if let Install::Apt(names) = tool.row.install {
            packages.extend(names.iter().filter(|name| !packages.contains(*name)).collect::<Vec<_>>());
        }
    }
    packages
}

fn missing(tools: &[Tool]) -> impl Iterator<Item = &Tool> {
    tools.iter().filter(|tool| matches!(tool.row.install, Install::Apt(_)))
}

const QUIET: (&str, &str) = ("DEBIAN_FRONTEND", "noninteractive");
const LISTS: Duration = Duration::from_secs(20);
