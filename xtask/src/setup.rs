//! What the commands need on this machine, and how it gets there.
//!
//! Everything is looked at first and only what is missing is installed, so that a machine which
//! has it all is not kept waiting. An installation that fails ends the command: what it printed is
//! the best description of what is wrong.

mod backends;
mod tools;

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::shell;
pub(crate) use backends::python;
pub(crate) use tools::{Browser, axe_script, browser};

/// Something the commands need.
struct Tool {
    name: &'static str,
    needed: Version,
    /// Why it is needed, as the end of the sentence "needed to …".
    why: &'static str,
    /// The version that is here, if any.
    found: fn() -> Option<String>,
    install: Install,
}

/// Which versions will do.
enum Version {
    Exactly(String),
    /// The same major version: a browser and its driver.
    Major(String),
    Any,
}

/// How a tool gets onto the machine.
enum Install {
    /// `rustup toolchain install`, which reads rust-toolchain.toml.
    Rustup,
    /// `rustup component add`, to the toolchain that rust-toolchain.toml names.
    Component,
    /// `cargo install` with these further arguments.
    Cargo(&'static [&'static str]),
    /// `npm install` of this package into this folder of the tools directory, a folder each since an installation removes
    /// what another one left; npm itself comes like any other program.
    Npm(&'static str, &'static str),
    /// A virtual environment of Python with what `requirements.txt` pins.
    Django,
    /// `npm ci` in the folder of the provider.
    OidcProvider,
    /// `apt-get install` of these packages where that is possible, else the sentence.
    Apt(&'static [&'static str], &'static str),
}

/// Sets up what a build of the application needs.
pub(crate) fn for_build() -> Result<()> {
    for tool in tools::for_build()? {
        ensure(&tool)?;
    }
    // Trunk builds offline, so that it never waits for a network that is not there.
    shell::run(shell::cargo().args(["fetch", "--quiet"])).context("cannot download the dependencies")
}

/// Sets up what measures which lines run.
pub(crate) fn for_coverage() -> Result<()> {
    tools::for_coverage().iter().try_for_each(ensure)
}

/// Sets up what changes the engine to see whether a test notices.
pub(crate) fn for_mutants() -> Result<()> {
    ensure(&tools::mutants())
}

/// Sets up what the native suites compare imports with.
pub(crate) fn for_native() -> Result<()> {
    ensure(&tools::python())
}

/// Sets up what the import is measured against.
pub(crate) fn for_bench() -> Result<()> {
    ensure(&tools::sqlite())
}

/// Sets up a browser and its driver, and says where they are.
pub(crate) fn for_browser() -> Result<Browser> {
    for variable in ["CHROME", "CHROMEDRIVER"] {
        if let Some(path) = std::env::var_os(variable).filter(|path| !Path::new(path).is_file()) {
            bail!("{variable} points at {}, where nothing is: correct or unset it", path.display());
        }
    }
    ensure(&tools::chromium())?;
    ensure(&tools::chromedriver()?)?;
    browser()
}

/// Sets up what the end-to-end suites need beside a browser: what looks at pages, and backends written by others.
pub(crate) fn for_end_to_end() -> Result<()> {
    for tool in [tools::axe(), tools::python(), tools::node()].into_iter().chain(backends::all()?) {
        ensure(&tool)?;
    }
    Ok(())
}

fn ensure(tool: &Tool) -> Result<()> {
    let found = (tool.found)();
    if let Some(version) = &found
        && tool.needed.accepts(version)
    {
        println!("    {} {version} is here", tool.name);
        return Ok(());
    }
    let state = found.map_or("is missing".to_owned(), |version| format!("is here as {version}"));
    println!("    {} {state}; {} is needed to {}", tool.name, tool.needed.wish(), tool.why);
    install(tool).with_context(|| format!("cannot set up {}", tool.name))?;
    match (tool.found)() {
        Some(version) if tool.needed.accepts(&version) => Ok(()),
        Some(version) => {
            bail!("{} is still {version} after the installation; remove the other one from PATH", tool.name)
        }
        None => bail!("{} is still not on PATH after the installation", tool.name),
    }
}

fn install(tool: &Tool) -> Result<()> {
    match &tool.install {
        Install::Rustup => shell::run(shell::program("rustup").args(["toolchain", "install"])),
        Install::Component => shell::run(shell::program("rustup").args(["component", "add", tool.name])),
        Install::Cargo(options) => {
            let mut cargo = shell::cargo();
            cargo.args(["install", tool.name]).args(*options);
            if let Version::Exactly(version) = &tool.needed {
                cargo.args(["--version", version]);
            }
            // The usual place keeps it for every checkout, and a target directory would only grow.
            println!("    this compiles for some minutes, once per machine");
            shell::run(cargo.env_remove("CARGO_TARGET_DIR"))
        }
        Install::Npm(package, folder) => {
            if shell::which("npm").is_none() {
                println!("    npm is missing; any version is needed to install it");
                apt_install(&["nodejs", "npm"], "install Node.js with npm, then run this again")?;
            }
            let dir = shell::tools_dir()?.join(folder);
            std::fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
            let mut npm = shell::program("npm");
            npm.args(["install", "--no-audit", "--no-fund", "--no-save", "--prefix"]).arg(&dir).arg(package);
            shell::run(&mut npm)
        }
        Install::Django => backends::install_django(),
        Install::OidcProvider => backends::install_provider(),
        Install::Apt(packages, advice) => apt_install(packages, advice),
    }
}

/// Installs packages of Debian where this program may, else says what the person is to do.
fn apt_install(packages: &[&str], advice: &'static str) -> Result<()> {
    if shell::which("apt-get").is_none() || !is_root() {
        bail!("{advice}");
    }
    shell::run(apt().args(["update", "-qq"]))?;
    shell::run(apt().args(["install", "-y", "-qq", "--no-install-recommends"]).args(packages)).context(advice)
}

fn apt() -> std::process::Command {
    let mut apt = shell::program("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive");
    apt
}

#[cfg(unix)]
fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

impl Version {
    fn accepts(&self, found: &str) -> bool {
        match self {
            Self::Exactly(version) => found == version,
            Self::Major(version) => major(found) == major(version),
            Self::Any => true,
        }
    }

    fn wish(&self) -> String {
        match self {
            Self::Exactly(version) => version.clone(),
            Self::Major(version) => format!("version {}", major(version)),
            Self::Any => "any version".to_owned(),
        }
    }
}

fn major(version: &str) -> &str {
    version.split('.').next().unwrap_or(version)
}
