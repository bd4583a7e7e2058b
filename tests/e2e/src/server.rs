//! The real backend as a child process.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use crate::wait::within;

/// A backend on one port and one data directory, which outlive its restarts.
#[derive(Debug)]
pub struct Server {
    binary: PathBuf,
    data_dir: PathBuf,
    port: u16,
    arguments: Vec<String>,
    child: Option<Child>,
}

impl Server {
    /// Describes a backend without starting it.
    ///
    /// # Errors
    /// When the binary was not built or no port is free.
    pub fn new(data_dir: &Path) -> Result<Self> {
        let binary = artifact("E2E_SERVER", "perennial-server")?;
        Ok(Self {
            binary,
            data_dir: data_dir.to_path_buf(),
            port: free_port()?,
            arguments: Vec::new(),
            child: None,
        })
    }

    /// Sets the further flags of the starts from now on.
    pub fn set_arguments(&mut self, arguments: Vec<String>) {
        self.arguments = arguments;
    }

    /// The port it listens on, the same after every start.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Starts it and waits until it answers.
    ///
    /// # Errors
    /// When it ends or does not answer; its own log in the data directory says why.
    pub async fn start(&mut self) -> Result<()> {
        let log = std::fs::File::options().create(true).append(true).open(self.log_file())?;
        let mut command = Command::new(&self.binary);
        command.args(["--listen", &format!("127.0.0.1:{}", self.port), "--data-dir"]).arg(&self.data_dir);
        command.args(&self.arguments).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        self.child = Some(command.spawn().context("cannot start the backend")?);
        let health = format!("http://127.0.0.1:{}/healthz", self.port);
        let client = client()?;
        let up = within(Duration::from_secs(30), "the backend", async || {
            Ok(client.get(&health).send().await?.status().is_success().then_some(()))
        });
        up.await.with_context(|| self.log())
    }

    /// Ends it as a power cut would.
    ///
    /// # Errors
    /// When it is not running.
    pub fn kill(&mut self) -> Result<()> {
        let mut child = self.child.take().context("the backend is not running")?;
        child.kill()?;
        child.wait()?;
        Ok(())
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
    /// When the command refuses, with what it said.
    pub fn add_user(&self, email: &str, name: &str, password: &str) -> Result<()> {
        let mut command = Command::new(&self.binary);
        command.arg("--data-dir").arg(&self.data_dir).args(["user", "add", "--email", email, "--name", name]);
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().context("cannot start the backend")?;
        let mut input = child.stdin.take().context("no input to write the password to")?;
        writeln!(input, "{password}")?;
        drop(input);
        let output = child.wait_with_output()?;
        if !output.status.success() {
            bail!("`user add` failed: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(())
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
        std::fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    fn log_file(&self) -> PathBuf {
        self.data_dir.with_extension("log")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.child.is_some() && self.kill().is_err() {
            eprintln!("the backend on port {} had ended already", self.port);
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

/// A port that is free now.
pub(crate) fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// A client that talks to this machine only, whatever proxy the environment names.
pub(crate) fn client() -> Result<reqwest::Client> {
    let builder = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    Ok(builder.pool_max_idle_per_host(0).build()?)
}
