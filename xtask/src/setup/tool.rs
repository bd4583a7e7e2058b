//! What is known of a tool. [`super::table`] lists them, [`super::found`] sees whether one is here.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use super::Machine;
use super::found::{self, Found};
use super::need::Need;
use super::table::TABLE;

/// A tool as the table lists it.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) need: Need,
    /// Its name, and that of its package where Cargo has it.
    pub(super) name: &'static str,
    pub(super) pin: Pin,
    /// Why it is needed, as the end of the sentence "needed to …".
    pub(super) why: &'static str,
    pub(super) install: Install,
    pub(super) takes_s: u64,
}

/// Where it is said which version is wanted.
#[derive(Clone, Copy, Debug)]
pub(super) enum Pin {
    Exactly(&'static str),
    /// By `rust-toolchain.toml`.
    Toolchain,
    /// By `Cargo.lock`, as the version of this crate.
    CargoLock(&'static str),
    /// By the list of the Django projects.
    Requirements(&'static str),
    /// By the list of the backend that is called after this package.
    PackageLock(&'static str),
    /// By the Chromium that is here.
    Chromium,
    Any,
}

/// How a tool gets onto the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Install {
    /// `rustup toolchain install`, which reads `rust-toolchain.toml`.
    Rustup,
    /// `rustup component add`, to the toolchain that `rust-toolchain.toml` names.
    Component,
    /// `cargo fetch`.
    Fetch,
    /// `cargo install` with these further arguments, into a folder of the project's own.
    Cargo(&'static [&'static str]),
    /// `npm install` of this package, into a folder of the project's own.
    Npm(&'static str),
    /// A virtual environment of Python with what `requirements.txt` pins.
    Django,
    /// `npm ci` beside the script of the backend that is called after this tool.
    Beside,
    /// `apt-get install` of these packages.
    Apt(&'static [&'static str]),
}

/// A tool with the version that is wanted here.
#[derive(Debug)]
pub(super) struct Tool {
    pub(super) row: &'static Row,
    pub(super) wanted: Version,
    /// What tells the list of its packages from every other, where it has one and lies among the tools.
    list: Option<String>,
}

/// What is there of a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Look {
    Right(Found),
    /// Of another version, or not all of it.
    Other(Found),
    Missing,
}

/// Which versions will do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Version {
    Exactly(String),
    /// The same major version.
    Major(String),
    Any,
}

impl Tool {
    pub(super) fn of(need: Need, machine: &Machine) -> Result<Self> {
        let row = TABLE.iter().find(|row| row.need == need);
        let row = row.with_context(|| format!("{need:?} is in no row of the table"))?;
        let list = match row.install {
            Install::Django => Some(digest(&read(machine, REQUIREMENTS)?)),
            Install::Rustup | Install::Component | Install::Fetch | Install::Cargo(_) => None,
            Install::Npm(_) | Install::Beside | Install::Apt(_) => None,
        };
        Ok(Self { row, wanted: row.pin.version(machine)?, list })
    }

    /// Every tool of the table, or why it cannot be told which version is wanted.
    pub(super) fn all(machine: &Machine) -> impl Iterator<Item = (&'static Row, Result<Self>)> {
        TABLE.iter().map(|row| (row, Self::of(row.need, machine)))
    }

    /// Looks for it: what is here, and whether that is what is wanted.
    pub(super) fn look(&self, machine: &Machine) -> Look {
        match found::look(self.row.need, machine) {
            Some(found) if self.wanted.accepts(&found) => Look::Right(found),
            Some(found) => Look::Other(found),
            None => Look::Missing,
        }
    }

    /// The folder of this tool below the one for all tools. Another version is another folder, and so is another list of
    /// packages, so that checkouts which want different ones do not undo each other's work.
    pub(super) fn folder(&self) -> String {
        let version = match &self.wanted {
            Version::Exactly(version) => Some(version),
            Version::Major(_) | Version::Any => None,
        };
        [version, self.list.as_ref()]
            .into_iter()
            .flatten()
            .fold(self.row.name.to_owned(), |name, part| name + "-" + part)
    }

    /// Where its programs lie in that folder, if it has one.
    pub(super) fn bin(&self) -> Option<PathBuf> {
        match self.row.install {
            Install::Cargo(_) => Some(Path::new(&self.folder()).join("bin")),
            Install::Npm(_) => Some(Path::new(&self.folder()).join("node_modules/.bin")),
            Install::Rustup | Install::Component | Install::Fetch => None,
            Install::Django | Install::Beside | Install::Apt(_) => None,
        }
    }

    /// Its name with the version that is wanted.
    pub(super) fn title(&self) -> String {
        match &self.wanted {
            Version::Exactly(version) => format!("{} {version}", self.row.name),
            Version::Major(version) => format!("{} {}", self.row.name, major(version)),
            Version::Any => self.row.name.to_owned(),
        }
    }

    /// As much of the version as is wanted.
    pub(super) fn wish(&self) -> &str {
        match &self.wanted {
            Version::Exactly(version) => version,
            Version::Major(version) => major(version),
            Version::Any => "any version",
        }
    }

    pub(super) fn takes(&self) -> Duration {
        Duration::from_secs(self.row.takes_s)
    }
}

impl Pin {
    fn version(self, machine: &Machine) -> Result<Version> {
        let exactly = |file: &str, before: &str| {
            let version = after(&read(machine, file)?, before);
            version.map(Version::Exactly).with_context(|| format!("{file} pins no version after `{before}`"))
        };
        match self {
            Self::Exactly(version) => Ok(Version::Exactly(version.to_owned())),
            Self::Toolchain => exactly("rust-toolchain.toml", "channel = \""),
            Self::CargoLock(name) => exactly("Cargo.lock", &format!("name = \"{name}\"\nversion = \"")),
            Self::Requirements(name) => exactly(REQUIREMENTS, &format!("{name}==")),
            Self::PackageLock(name) => exactly(&package_lock(name), &format!("\"{name}\": \"")),
            Self::Chromium => Ok(match found::look(Need::Chromium, machine) {
                Some(Found::Version(version)) => Version::Major(version),
                Some(Found::Here | Found::Without { .. }) | None => Version::Any,
            }),
            Self::Any => Ok(Version::Any),
        }
    }
}

impl Version {
    pub(super) fn accepts(&self, found: &Found) -> bool {
        match (self, found) {
            (_, Found::Without { .. }) => false,
            (Self::Any, _) => true,
            (Self::Exactly(wanted), Found::Version(found)) => found == wanted,
            (Self::Major(wanted), Found::Version(found)) => major(found) == major(wanted),
            (Self::Exactly(_) | Self::Major(_), Found::Here) => false,
        }
    }
}

fn read(machine: &Machine, file: &str) -> Result<String> {
    std::fs::read_to_string(machine.root.join(file)).with_context(|| format!("cannot read {file}"))
}

/// A few letters that are others for another text.
fn digest(text: &str) -> String {
    Sha256::digest(text).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

fn major(version: &str) -> &str {
    version.split('.').next().unwrap_or(version)
}

/// The version that stands right after these words.
fn after(text: &str, before: &str) -> Option<String> {
    let (_, rest) = text.split_once(before)?;
    let version: String =
        rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-')).collect();
    (!version.is_empty()).then_some(version)
}

/// What the Django projects need.
pub(super) const REQUIREMENTS: &str = "tests/e2e/backends/requirements.txt";

/// What the backend needs that is called after this package.
pub(super) fn package_lock(name: &str) -> String {
    format!("tests/e2e/backends/{name}/package-lock.json")
}
