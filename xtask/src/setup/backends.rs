//! The backends written by others that the end-to-end suites run against, installed as their folders pin them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::Machine;
use super::install::quietly;
use super::need::Need;
use super::staging::{Staging, sweep};
use super::tool::{REQUIREMENTS, Tool, package_lock};

/// The Python that has Django.
pub(super) fn python(machine: &Machine) -> Option<PathBuf> {
    let bin = if cfg!(windows) { "Scripts" } else { "bin" };
    Some(venv(machine)?.join(bin).join("python").with_extension(std::env::consts::EXE_EXTENSION))
}

/// Makes the virtual environment anew: packages that are no longer pinned must not stay.
pub(super) fn install_django(tool: &Tool, staged: &Machine) -> Result<()> {
    let dir = venv(staged).context("there is no place for tools")?;
    let mut python3 = staged.program("python3");
    quietly("virtual environment", tool.takes(), python3.args(["-m", "venv"]).arg(&dir))?;
    let mut pip = staged.program(python(staged).context("there is no place for tools")?);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]);
    quietly(&tool.title(), tool.takes(), pip.arg(staged.root.join(REQUIREMENTS)))?;
    note(&staged.root.join(REQUIREMENTS), &dir.join(LIST))
}

/// Installs exactly what the lock file names, beside the script that uses it. Without the scripts that packages bring: none
/// of these needs its own, and some npm refuses them.
pub(super) fn install_beside(tool: &Tool, machine: &Machine) -> Result<()> {
    let list = machine.root.join(package_lock(tool.row.name));
    let folder = list.parent().context("the list lies nowhere")?;
    sweep(folder)?;
    let staging = Staging::in_folder(folder)?;
    for file in ["package.json", "package-lock.json"] {
        note(&folder.join(file), &staging.path().join(file))?;
    }
    let mut npm = machine.program("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"]).arg(staging.path());
    quietly(&tool.title(), tool.takes(), &mut npm)?;
    note(&list, &staging.path().join(MODULES).join(INSTALLED))?;
    staging.put(MODULES, &folder.join(MODULES))
}

/// Where the list that Django was installed from is kept.
pub(super) fn django_note(machine: &Machine) -> Option<PathBuf> {
    Some(venv(machine)?.join(LIST))
}

/// Where the list that a backend was installed from is kept.
pub(super) fn note_beside(machine: &Machine, name: &str) -> PathBuf {
    machine.root.join(package_lock(name)).with_file_name(MODULES).join(INSTALLED)
}

fn venv(machine: &Machine) -> Option<PathBuf> {
    Some(machine.tools.as_ref()?.join(Tool::of(Need::Django, machine).ok()?.folder()))
}

/// Keeps a list beside what was installed from it.
fn note(list: &Path, copy: &Path) -> Result<()> {
    fs::copy(list, copy).with_context(|| format!("cannot write {}", copy.display())).map(drop)
}

const LIST: &str = "requirements.txt";
const MODULES: &str = "node_modules";
const INSTALLED: &str = ".installed.json";
