//! The real backend, in a thread of this process or as a process of its own.

mod here;

use std::collections::hash_map::RandomState;
use std::ffi::OsString;
use std::hash::BuildHasher as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result, bail, ensure};

use crate::clock::WorldClock;
use crate::process::Process;
use here::Here;

/// Where the backend of a scenario runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Runs {
    /// In this process, by the clock of the scenario.
    #[default]
    Here,
    /// As a process of its own, which can be killed and started again. It lives by the machine's clock.
    AsProcess,
}

/// A backend on one port and one data directory.
#[derive(Debug)]
pub struct Server {
    way: Way,
    data_dir: PathBuf,
}

#[derive(Debug)]
enum Way {
    Here(Here),
    AsProcess(Process),
}

impl Server {
    /// Describes a backend without starting it.
    ///
    /// # Errors
    /// When the binary was not built or no port is free.
    pub(crate) fn new(runs: Runs, data_dir: &Path, clock: &WorldClock) -> Result<Self> {
        let log = data_dir.with_extension("log");
        let way = match runs {
            Runs::Here => Way::Here(Here::new(log, clock.clone())?),
            Runs::AsProcess => {
                Way::AsProcess(Process::new(artifact("E2E_SERVER", "perennial-server")?, log)?)
            }
        };
        Ok(Self { way, data_dir: data_dir.to_path_buf() })
    }

    /// Sets the further flags of the starts from now on.
    pub fn set_arguments(&mut self, arguments: Vec<String>) {
        let listen = format!("127.0.0.1:{}", self.port());
        let own = ["--listen".into(), listen.into(), "--data-dir".into(), self.data_dir.clone().into()];
        let arguments = own.into_iter().chain(arguments.into_iter().map(OsString::from)).collect();
        match &mut self.way {
            Way::Here(here) => here.set_arguments(arguments),
            Way::AsProcess(process) => process.set_arguments(arguments),
        }
    }

    /// The port it listens on, the same after every start.
    #[must_use]
    pub fn port(&self) -> u16 {
        match &self.way {
            Way::Here(here) => here.port(),
            Way::AsProcess(process) => process.port(),
        }
    }

    /// Starts it and waits until it answers.
    ///
    /// # Errors
    /// When it ends or does not answer; its own log in the data directory says why.
    pub async fn start(&mut self) -> Result<()> {
        match &mut self.way {
            Way::Here(here) => here.start().await,
            Way::AsProcess(process) => process.start().await,
        }
    }

    /// Ends it as a power cut would.
    ///
    /// # Errors
    /// When it is not running, or is no process that could be killed.
    pub fn kill(&mut self) -> Result<()> {
        match &mut self.way {
            Way::Here(_) => bail!(
                "a backend in this process cannot be killed: ask for `server_runs: Runs::AsProcess` in the setup"
            ),
            Way::AsProcess(process) => process.kill(),
        }
    }

    /// Loses the signing keys while it is not running, so that no access token made before is good any more.
    ///
    /// # Errors
    /// When there is no key file.
    pub fn lose_keys(&self) -> Result<()> {
        std::fs::remove_file(self.data_dir.join("keys.json")).context("no signing keys to lose")
    }

    /// Adds an account with this password.
    ///
    /// # Errors
    /// When the backend refuses, with what it said.
    pub fn add_user(&self, email: &str, name: &str, password: &str) -> Result<()> {
        self.add_user_with_roles(email, name, password, &[])
    }

    /// Adds an account with this password and these roles.
    ///
    /// # Errors
    /// When the backend refuses, with what it said.
    pub fn add_user_with_roles(&self, email: &str, name: &str, password: &str, roles: &[&str]) -> Result<()> {
        let process = match &self.way {
            Way::Here(here) => return here.add_user(email, name, password, roles),
            Way::AsProcess(process) => process,
        };
        let mut arguments = vec!["--data-dir".into(), self.data_dir.clone().into()];
        arguments.extend(["user", "add", "--email", email, "--name", name].map(OsString::from));
        arguments.extend(roles.iter().flat_map(|role| ["--role".into(), OsString::from(role)]));
        process.once(&arguments, password)
    }

    /// The password of the demo account, from the file that the backend keeps it in.
    ///
    /// # Errors
    /// When it was started without `--demo`.
    pub fn demo_password(&self) -> Result<String> {
        let password = std::fs::read_to_string(self.data_dir.join("demo-password"))?;
        Ok(password.trim().to_owned())
    }

    /// What it wrote so far, over all its starts.
    #[must_use]
    pub fn log(&self) -> String {
        match &self.way {
            Way::Here(here) => here.log(),
            Way::AsProcess(process) => process.log(),
        }
    }
}

/// A file that was built before the scenarios: from the environment, else beside this program.
pub(crate) fn artifact(variable: &str, name: &str) -> Result<PathBuf> {
    let path = match std::env::var_os(variable) {
        Some(path) => PathBuf::from(path),
        // target/debug/deps/scenarios-… → target/debug/<name>
        None => std::env::current_exe()?.ancestors().nth(2).unwrap_or(Path::new(".")).join(name),
    };
    ensure!(path.exists(), "{} is missing: run the scenarios by `cargo xtask e2e`", path.display());
    Ok(path)
}

/// A port that nobody listens on, and that no other scenario is given while its program is down.
///
/// It lies below the range of ports that the system gives out. A port of that range goes to another program as soon as
/// the one that had it is killed.
pub(crate) fn free_port() -> Result<u16> {
    static FIRST: OnceLock<u64> = OnceLock::new();
    static GIVEN: AtomicU64 = AtomicU64::new(0);
    // Two of these programs run side by side.
    let first = FIRST.get_or_init(|| RandomState::new().hash_one(std::process::id()) >> 1);
    for _ in 0..PORTS {
        let at = (first + GIVEN.fetch_add(1, Ordering::Relaxed)) % PORTS;
        let port = u16::try_from(LOWEST_PORT + at)?;
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("no port from {LOWEST_PORT} on is free")
}

const LOWEST_PORT: u64 = 20_000;
const PORTS: u64 = 12_000;

/// A client that talks to this machine only, whatever proxy the environment names.
///
/// # Errors
/// When there can be none.
pub fn client() -> Result<reqwest::Client> {
    let builder = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    Ok(builder.pool_max_idle_per_host(0).build()?)
}
