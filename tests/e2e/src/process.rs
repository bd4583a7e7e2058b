//! A program that listens on a port, as a child process.

use std::ffi::OsString;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::server::{client, free_port};
use crate::wait::within;

/// A backend on one port, which outlives its restarts.
#[derive(Debug)]
pub(crate) struct Process {
    program: PathBuf,
    arguments: Vec<OsString>,
    variables: Vec<(&'static str, OsString)>,
    log: PathBuf,
    port: u16,
    child: Option<Child>,
}

impl Process {
    /// Describes it without starting it.
    ///
    /// # Errors
    /// When no port is free.
    pub(crate) fn new(program: PathBuf, log: PathBuf) -> Result<Self> {
        let (arguments, variables) = (Vec::new(), Vec::new());
        Ok(Self { program, arguments, variables, log, port: free_port()?, child: None })
    }

    /// Sets the arguments of the starts from now on.
    pub(crate) fn set_arguments(&mut self, arguments: Vec<OsString>) {
        self.arguments = arguments;
    }

    /// Sets the variables of the environment that it gets beside the harness's own.
    pub(crate) fn set_variables(&mut self, variables: Vec<(&'static str, OsString)>) {
        self.variables = variables;
    }

    /// The port it listens on, the same after every start.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Starts it and waits until it answers.
    ///
    /// # Errors
    /// When it ends or does not answer, with its log.
    pub(crate) async fn start(&mut self) -> Result<()> {
        let log = File::options().create(true).append(true).open(&self.log)?;
        let mut command = self.command();
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
    pub(crate) fn kill(&mut self) -> Result<()> {
        let mut child = self.child.take().context("the backend is not running")?;
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    /// Runs the same program once with other arguments and this input.
    ///
    /// # Errors
    /// When it fails, with what it said.
    pub(crate) fn once(&self, arguments: &[OsString], input: &str) -> Result<()> {
        let mut command = self.command();
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().context("cannot start the backend's command")?;
        let mut stdin = child.stdin.take().context("no input to write to")?;
        writeln!(stdin, "{input}")?;
        drop(stdin);
        let output = child.wait_with_output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{arguments:?} failed: {said}");
        Ok(())
    }

    /// What it wrote so far, over all its starts.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.child.is_some() && self.kill().is_err() {
            eprintln!("the backend on port {} had ended already", self.port);
        }
    }
}
