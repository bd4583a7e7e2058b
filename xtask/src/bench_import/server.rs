//! The backend as it is installed, and the few requests that the measurement makes.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::shell;

/// A running backend with a demo account; it ends with this value.
#[derive(Debug)]
pub(super) struct Server {
    child: Child,
    address: String,
    password: String,
}

impl Server {
    pub(super) fn start(data_dir: &Path) -> Result<Self> {
        let binary = shell::debug_dir()?.with_file_name("server").join("perennial-server");
        let mut command = Command::new(&binary);
        command
            .args(["--demo", "--listen", "127.0.0.1:0", "--log-level", "warn", "--data-dir"])
            .arg(data_dir);
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let child = child.with_context(|| format!("cannot start {}", binary.display()))?;
        // A server from here on, so that it is ended whatever happens next.
        let mut server = Self { child, address: String::new(), password: String::new() };
        let output = server.child.stdout.take().context("the backend has no output")?;
        for line in BufReader::new(output).lines() {
            let line = line?;
            if let Some((_, password)) = line.split_once(" password: ") {
                password.clone_into(&mut server.password);
            }
            if let Some(address) = line.strip_prefix("Listening on http://") {
                address.clone_into(&mut server.address);
                return Ok(server);
            }
        }
        anyhow::bail!("the backend ended before it listened")
    }

    /// Signs in and gives the line of the header that authorises everything else.
    pub(super) fn sign_in(&self) -> Result<String> {
        let body = json!({ "email": DEMO_EMAIL, "password": self.password }).to_string();
        let head = "Content-Type: application/json\r\nX-Requested-By: perennial\r\n";
        let length = u64::try_from(body.len())?;
        let grant = self.request("POST /api/session", head, length, &mut body.as_bytes())?;
        let token = grant["access_token"].as_str().context("no token in the grant")?;
        Ok(format!("Authorization: Bearer {token}\r\n"))
    }

    /// Sends a file to import and gives the identifier of the job.
    pub(super) fn send(&self, bearer: &str, path: &Path) -> Result<String> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        let head = format!("Content-Type: text/csv\r\n{bearer}");
        let job = self.request("POST /api/jobs?name=measurements.csv", &head, length, &mut file)?;
        Ok(job["id"].as_str().context("the job has no identifier")?.to_owned())
    }

    pub(super) fn read(&self, bearer: &str, path: &str) -> Result<Value> {
        self.request(&format!("GET {path}"), bearer, 0, &mut io::empty())
    }

    /// Sends a request on a connection of its own and reads what a successful answer holds.
    fn request(&self, call: &str, head: &str, length: u64, body: &mut impl Read) -> Result<Value> {
        let mut stream = TcpStream::connect(&self.address)?;
        let fixed = format!("Host: {}\r\nConnection: close\r\nContent-Length: {length}", self.address);
        stream.write_all(format!("{call} HTTP/1.1\r\n{fixed}\r\n{head}\r\n").as_bytes())?;
        io::copy(body, &mut stream).with_context(|| format!("{call}: the backend does not read on"))?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").context("that is no answer")?;
        ensure!(head.starts_with("HTTP/1.1 2"), "{call}: {answer}");
        serde_json::from_str(body).with_context(|| format!("{call}: {answer}"))
    }

    /// A figure of /proc about the memory of the process.
    pub(super) fn memory_kib(&self, name: &str) -> Result<u64> {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {path}; memory is measured on Linux only"))?;
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let figure = line.and_then(|line| line.trim().strip_suffix(" kB"));
        figure.with_context(|| format!("{path} does not say {name}"))?.parse().context("that is no number")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.child.kill().and_then(|()| self.child.wait()).is_err() {
            eprintln!("the backend had ended already");
        }
    }
}

const DEMO_EMAIL: &str = "demo@perennial.example";
