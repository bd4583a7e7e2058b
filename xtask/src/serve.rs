//! `cargo xtask serve`: backend, database and application on this machine, by one command.

mod ahead;
mod children;

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::setup::{Plan, Purpose};
use crate::{setup, shell, stop};
use ahead::{Ahead, Beside};
use children::Children;

/// Where to serve.
#[derive(Args, Debug)]
pub(crate) struct Serve {
    /// The port to open in the browser
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The port of the backend behind it
    #[arg(long, default_value_t = BACKEND_PORT)]
    backend_port: u16,
}

impl Serve {
    pub(crate) fn run(&self) -> Result<()> {
        claim(self.port, "--port")?;
        claim(self.backend_port, "--backend-port")?;
        stop::listen()?;
        let builds = shell::step(setup::STEP, set_up)?;
        shell::step("build", || builds.finish())?;
        let mut children = Children::default();
        shell::step("start the backend", || self.start_backend(&mut children))?;
        println!("\n==> serve the application");
        let config = self.start_trunk(&mut children)?;
        let served = wait_until(&mut children, None, || is_open(self.port));
        let end = served.and_then(|ready| {
            if ready {
                // Trunk opens its port before it lists its addresses; this is to be read last.
                std::thread::sleep(Duration::from_millis(500));
                self.announce()?;
                wait_until(&mut children, None, || false)?;
            }
            Ok(())
        });
        children.stop();
        if let Some(config) = config {
            fs::remove_file(&config).with_context(|| format!("cannot remove {}", config.display()))?;
        }
        end?;
        println!("\nStopped.");
        Ok(())
    }

    fn start_backend(&self, children: &mut Children) -> Result<()> {
        let mut server = shell::program(shell::debug_dir()?.join("perennial-server"));
        server.args(["--listen", &format!("127.0.0.1:{}", self.backend_port)]);
        server.args(["--data-dir", DATA_DIR, "--demo"]);
        for host in ["127.0.0.1", "localhost"] {
            server.args(["--public-origin", &format!("http://{host}:{}", self.port)]);
        }
        children.start("the backend", &mut server)?;
        let answers = wait_until(children, Some(START_LIMIT), || is_healthy(self.backend_port))?;
        if !answers {
            children.stop();
            bail!("stopped before the backend was ready");
        }
        Ok(())
    }

    /// Starts Trunk and returns the configuration file written for it, if one was.
    fn start_trunk(&self, children: &mut Children) -> Result<Option<PathBuf>> {
        let mut trunk = shell::program("trunk");
        trunk.args(["serve", "--offline", "--dist", "target/serve", "--port", &self.port.to_string()]);
        let mut written = None;
        if self.backend_port != BACKEND_PORT {
            // Trunk resolves paths against the directory of its configuration, so it lies beside it.
            let path = shell::root().join(".trunk-serve.toml");
            let config =
                fs::read_to_string(shell::root().join("Trunk.toml")).context("cannot read Trunk.toml")?;
            let wanted = format!("127.0.0.1:{}", self.backend_port);
            fs::write(&path, config.replace(&format!("127.0.0.1:{BACKEND_PORT}"), &wanted))?;
            trunk.arg("--config").arg(&path);
            written = Some(path);
        }
        children.start("trunk serve", &mut trunk)?;
        Ok(written)
    }

    fn announce(&self) -> Result<()> {
        let file = shell::root().join(DATA_DIR).join(DEMO_FILE);
        let password =
            fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        println!("\n  Perennial runs at   http://127.0.0.1:{}/", self.port);
        println!("  Sign in with        {DEMO_EMAIL}");
        println!("  and the password    {}", password.trim());
        println!("  Changes to the sources rebuild it; Ctrl-C stops everything.\n");
        Ok(std::io::stdout().flush()?)
    }
}

/// Fails with one sentence when a port is taken.
fn claim(port: u16, flag: &str) -> Result<()> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            bail!("port {port} is in use: stop what listens there, or choose another with {flag}")
        }
        Err(error) => {
            Err(error).with_context(|| format!("port {port} cannot be used; choose another with {flag}"))
        }
    }
}

/// Sets up what is missing. The backend and the application are compiled meanwhile.
fn set_up() -> Result<Ahead> {
    let mut plan = Plan::make(&[Purpose::Serve], shell::machine())?;
    plan.compiler()?;
    let beside = if plan.has_tools() { Beside::Nothing } else { Beside::Tools };
    let builds = Ahead::start(beside)?;
    plan.tools()?;
    Ok(builds)
}

/// Waits for a condition: `true` when it holds, `false` when a person stopped the command.
///
/// A child that ends on its own is an error, since neither is of use without the other.
fn wait_until(
    children: &mut Children,
    limit: Option<Duration>,
    mut holds: impl FnMut() -> bool,
) -> Result<bool> {
    let started = Instant::now();
    loop {
        if let Some((name, status)) = children.ended()? {
            children.stop();
            bail!("{name} ended ({status}); what it printed above says why. Everything else was stopped too");
        }
        if holds() {
            return Ok(true);
        }
        if limit.is_some_and(|limit| started.elapsed() > limit) {
            children.stop();
            bail!("no answer after {} s", started.elapsed().as_secs());
        }
        if stop::requested() {
            return Ok(false);
        }
        std::thread::sleep(POLL);
    }
}

fn is_open(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}

fn is_healthy(port: u16) -> bool {
    let answer = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    answer().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

/// The port that the proxies of Trunk.toml lead to.
const BACKEND_PORT: u16 = 8081;
const DATA_DIR: &str = "data";
const DEMO_FILE: &str = "demo-password";
const DEMO_EMAIL: &str = "demo@perennial.example";
/// A backend that has not answered by then never will: it starts in well under a second.
const START_LIMIT: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(100);
