//! The machine that the commands run on, as one value, so that tests can make a bare one.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

/// Where things lie on this machine, and what this program may do there.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    /// The checkout.
    pub(crate) root: PathBuf,
    pub(crate) home: Option<PathBuf>,
    pub(crate) cargo_home: Option<PathBuf>,
    /// Where the project's own tools go, outside the checkout so that every checkout shares them.
    pub(crate) tools: Option<PathBuf>,
    /// The folders below `tools` that hold programs, searched before all others.
    pub(crate) bins: Vec<PathBuf>,
    pub(crate) path: OsString,
    pub(crate) cargo: OsString,
    /// Whether this program may install packages of the system.
    pub(crate) is_root: bool,
    /// Programs that a person has named by a variable, such as `CHROME`.
    pub(crate) named: Vec<(&'static str, PathBuf)>,
    /// How many bytes are free where a path lies. A function, so that a test can fill the disk.
    pub(crate) free_space: fn(&Path) -> Option<u64>,
}

impl Machine {
    /// This machine, as the environment describes it.
    pub(crate) fn here(root: PathBuf) -> Self {
        Self::described(root, env::home_dir(), |name| env::var_os(name))
    }

    /// A machine, as these variables describe it.
    fn described(root: PathBuf, home: Option<PathBuf>, var: impl Fn(&str) -> Option<OsString>) -> Self {
        let var = |name| var(name).filter(|value| !value.is_empty());
        // Programs are started in the checkout. What a person says of paths is meant where the person is.
        let folder = |name| var(name).map(|path| std::path::absolute(&path).unwrap_or(path.into()));
        let home = home.filter(|home| !home.as_os_str().is_empty());
        let below_home = |name| home.as_ref().map(|home| home.join(name));
        let cache = folder("XDG_CACHE_HOME").or_else(|| below_home(".cache"));
        Self {
            cargo_home: folder("CARGO_HOME").or_else(|| below_home(".cargo")),
            tools: folder(TOOLS).or_else(|| cache.map(|cache| cache.join("perennial-tools"))),
            bins: Vec::new(),
            path: var("PATH").unwrap_or_default(),
            cargo: var("CARGO").unwrap_or_else(|| "cargo".into()),
            is_root: is_root(),
            named: NAMED.iter().filter_map(|name| Some((*name, folder(name)?))).collect(),
            free_space,
            home,
            root,
        }
    }

    /// The folder for the project's own tools.
    ///
    /// # Errors
    /// When nothing says where it is.
    pub(crate) fn tools(&self) -> Result<&Path> {
        self.tools.as_deref().with_context(|| {
            format!("there is no place for tools, since HOME is not set: set HOME, or {TOOLS} to a folder")
        })
    }

    /// A program with the project's tools on its PATH, started in the checkout.
    pub(crate) fn program(&self, name: impl AsRef<OsStr>) -> Command {
        let name = name.as_ref();
        let found = name.to_str().and_then(|name| self.which(name));
        let mut command = Command::new(found.unwrap_or_else(|| name.into()));
        command.current_dir(&self.root).env("PATH", self.search_path());
        for (name, value) in [("HOME", &self.home), ("CARGO_HOME", &self.cargo_home), (TOOLS, &self.tools)] {
            if let Some(value) = value {
                command.env(name, value);
            }
        }
        command
    }

    /// Cargo as the one who started this program meant it.
    pub(crate) fn cargo(&self) -> Command {
        self.program(&self.cargo)
    }

    /// What a program prints, or `None` when it is not there or fails.
    pub(crate) fn output<const N: usize>(
        &self,
        program: impl AsRef<OsStr>,
        args: [&str; N],
    ) -> Option<String> {
        let output = self.program(program).args(args).stdin(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Where a program lies on the search path, or `None`.
    pub(crate) fn which(&self, name: &str) -> Option<PathBuf> {
        let file = format!("{name}{}", env::consts::EXE_SUFFIX);
        env::split_paths(&self.search_path()).map(|dir| dir.join(&file)).find(|path| path.is_file())
    }

    /// The program that a person has named by this variable.
    pub(crate) fn named(&self, variable: &str) -> Option<PathBuf> {
        self.named.iter().find(|(name, _)| *name == variable).map(|(_, path)| path.clone())
    }

    fn search_path(&self) -> OsString {
        let own = self.bins.iter().cloned().chain(self.cargo_home.as_ref().map(|home| home.join("bin")));
        env::join_paths(own.chain(env::split_paths(&self.path))).unwrap_or_else(|_| self.path.clone())
    }
}

#[cfg(unix)]
fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

/// Of the nearest folder above that is there: the path itself is often still to be made.
#[cfg(unix)]
#[allow(clippy::useless_conversion, reason = "the numbers are shorter on other systems than Linux")]
fn free_space(path: &Path) -> Option<u64> {
    let there = path.ancestors().find(|path| path.exists())?;
    let disk = nix::sys::statvfs::statvfs(there).ok()?;
    Some(u64::from(disk.blocks_available()) * u64::from(disk.fragment_size()))
}

#[cfg(not(unix))]
fn free_space(_path: &Path) -> Option<u64> {
    None
}

/// Says where tools go, for machines on which the home folder is not the place.
const TOOLS: &str = "PERENNIAL_TOOLS";

const NAMED: [&str; 4] = ["CHROME", "CHROMEDRIVER", "FIREFOX", "GECKODRIVER"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_path_is_meant_from_where_the_person_is() {
        let here = env::current_dir().unwrap();
        let machine = |name: &'static str| {
            Machine::described("/checkout".into(), Some("/home".into()), move |asked| {
                (asked == name).then(|| "near/by".into())
            })
        };
        assert_eq!(machine("PERENNIAL_TOOLS").tools, Some(here.join("near/by")));
        assert_eq!(machine("XDG_CACHE_HOME").tools, Some(here.join("near/by/perennial-tools")));
        assert_eq!(machine("CARGO_HOME").cargo_home, Some(here.join("near/by")));
        assert_eq!(machine("CHROME").named("CHROME"), Some(here.join("near/by")));
        assert_eq!(machine("LANG").tools, Some("/home/.cache/perennial-tools".into()));
    }

    #[test]
    fn programs_are_told_where_the_tools_lie_whatever_folder_they_are_started_in() {
        let machine =
            Machine::described("/checkout".into(), None, |asked| (asked == TOOLS).then(|| "near/by".into()));
        let program = machine.program("cargo");
        let told = program.get_envs().find(|(name, _)| *name == TOOLS).and_then(|(_, value)| value);
        assert_eq!(told, Some(env::current_dir().unwrap().join("near/by").as_os_str()));
    }
}
