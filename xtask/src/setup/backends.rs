//! The backends written by others that the end-to-end suites run against, installed as their folders pin them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::{Install, Tool, Version, apt_install};
use crate::shell;

/// A virtual environment of Python with Django, and Node.js packages beside the script that uses them.
pub(super) fn all() -> Result<[Tool; 2]> {
    let read =
        |path: PathBuf| fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()));
    let pinned = |list: &str, key| version(list, key).with_context(|| format!("nothing pins {key}"));
    Ok([
        Tool {
            name: "Django",
            needed: Version::Exactly(pinned(&read(requirements())?, DJANGO_KEY)?),
            why: "run the end-to-end suites against a backend that others wrote",
            found: || installed(&django_note()?, &requirements(), DJANGO_KEY),
            install: Install::Django,
        },
        Tool {
            name: "oidc-provider",
            needed: Version::Exactly(pinned(&read(package_lock())?, PROVIDER_KEY)?),
            why: "run the end-to-end suites against an OpenID Connect provider",
            found: || installed(&provider_note(), &package_lock(), PROVIDER_KEY),
            install: Install::OidcProvider,
        },
    ])
}

/// The Python that has Django.
pub(crate) fn python() -> Result<PathBuf> {
    let bin = if cfg!(windows) { "Scripts" } else { "bin" };
    Ok(venv()?.join(bin).join("python").with_extension(std::env::consts::EXE_EXTENSION))
}

/// Makes the virtual environment anew: packages that are no longer pinned must not stay.
pub(super) fn install_django() -> Result<()> {
    let dir = venv()?;
    let make = || {
        let mut command = shell::program("python3");
        shell::run(command.args(["-m", "venv", "--clear"]).arg(&dir))
    };
    if make().is_err() {
        // Debian has the module without the part that brings pip.
        apt_install(&["python3-venv"], "install Python 3 with its modules venv and ensurepip")?;
        make()?;
    }
    let mut pip = shell::program(python()?);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(requirements());
    shell::run(&mut pip)?;
    let note = django_note().context("nowhere to note what was installed")?;
    keep(&requirements(), &note)
}

/// Installs exactly what the lock file names.
pub(super) fn install_provider() -> Result<()> {
    let mut npm = shell::program("npm");
    npm.args(["ci", "--no-audit", "--no-fund", "--prefix"]).arg(shell::root().join(PROVIDER));
    shell::run(&mut npm)?;
    keep(&package_lock(), &provider_note())
}

/// The version that was installed, if that was done from the list as it is now.
fn installed(note: &Path, list: &Path, key: &str) -> Option<String> {
    let noted = fs::read_to_string(note).ok()?;
    if noted == fs::read_to_string(list).ok()? { version(&noted, key) } else { None }
}

fn version(list: &str, key: &str) -> Option<String> {
    let (_, rest) = list.split_once(key)?;
    Some(rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect())
}

/// Keeps the list that was installed, beside what was installed from it.
fn keep(list: &Path, copy: &Path) -> Result<()> {
    fs::copy(list, copy).with_context(|| format!("cannot write {}", copy.display())).map(drop)
}

fn venv() -> Result<PathBuf> {
    Ok(shell::tools_dir()?.join("django"))
}

fn requirements() -> PathBuf {
    shell::root().join(DJANGO).join("requirements.txt")
}

fn django_note() -> Option<PathBuf> {
    Some(venv().ok()?.join("requirements.txt"))
}

fn package_lock() -> PathBuf {
    shell::root().join(PROVIDER).join("package-lock.json")
}

fn provider_note() -> PathBuf {
    shell::root().join(PROVIDER).join("node_modules/.installed.json")
}

const DJANGO: &str = "tests/e2e/backends/django";
const PROVIDER: &str = "tests/e2e/backends/oidc-provider";
const DJANGO_KEY: &str = "Django==";
const PROVIDER_KEY: &str = "\"oidc-provider\": \"";
