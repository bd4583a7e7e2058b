//! Running the program and talking to it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

/// The program with this data directory and nothing of this process's environment that it would read.
pub(crate) fn program(data_dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_perennial-server"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PERENNIAL_") {
            command.env_remove(name);
        }
    }
    command.arg("--data-dir").arg(data_dir);
    command
}

/// Runs to the end; `input` is what it reads.
pub(crate) fn run(command: &mut Command, input: &str) -> Output {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A program that refuses early does not read, which is no failure of the test.
    drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
    for _ in 0..300 {
        if child.try_wait().unwrap().is_some() {
            return child.wait_with_output().unwrap();
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    child.kill().unwrap();
    panic!("the program goes on: {:?}", child.wait_with_output().unwrap());
}

/// A server that listens.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
    /// What it printed before it listened.
    pub(crate) printed: Vec<String>,
}

impl Server {
    pub(crate) fn start(command: &mut Command) -> Self {
        Self::start_logging(command, Stdio::null())
    }

    /// As [`Self::start`], with the log going to `log`.
    pub(crate) fn start_logging(command: &mut Command, log: impl Into<Stdio>) -> Self {
        let command = command.args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(log);
        let child = command.spawn().unwrap();
        // A server from here on, so that it is ended whatever happens next.
        let mut server = Self { child, address: String::new(), printed: Vec::new() };
        let lines = BufReader::new(server.child.stdout.take().unwrap()).lines().map(Result::unwrap);
        for line in lines {
            if let Some(address) = line.strip_prefix("Listening on http://") {
                server.address = address.to_owned();
                return server;
            }
            server.printed.push(line);
        }
        panic!("the server ended before it listened");
    }

    pub(crate) fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.address).unwrap()
    }

    /// Sends a request on a connection of its own and returns the whole answer.
    pub(crate) fn request(&self, method: &str, path: &str, headers: &str, body: &str) -> String {
        let mut stream = self.connect();
        stream.write_all(head(method, path, headers, body.len()).as_bytes()).unwrap();
        stream.write_all(body.as_bytes()).unwrap();
        read_all(&mut stream)
    }

    /// Sends a file to import; `headers` bring the bearer.
    pub(crate) fn send_file(&self, headers: &str, file: &str) -> String {
        let head = head("POST", "/api/jobs?name=file.csv", headers, file.len());
        let mut stream = self.connect();
        stream.write_all(head.replace("application/json", "text/csv").as_bytes()).unwrap();
        // What is refused by its head is not read.
        drop(stream.write_all(file.as_bytes()));
        read_all(&mut stream)
    }

    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }

    /// From now on the program may have no file and no connection open beside those it has.
    #[cfg(target_os = "linux")]
    pub(crate) fn limit_handles(&self, most: &str) {
        let (pid, limit) = (self.child.id().to_string(), format!("--nofile={most}:"));
        assert!(Command::new("prlimit").args(["--pid", &pid, &limit]).status().unwrap().success());
    }

    /// How many handles the program has.
    #[cfg(target_os = "linux")]
    pub(crate) fn handles(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap().count()
    }

    /// How many connections the program has.
    #[cfg(target_os = "linux")]
    pub(crate) fn sockets(&self) -> usize {
        let handles = std::fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap();
        let is_socket = |handle: std::io::Result<std::fs::DirEntry>| {
            // It may be gone by now.
            std::fs::read_link(handle.ok()?.path())
                .ok()
                .filter(|to| to.to_string_lossy().starts_with("socket:"))
        };
        handles.filter_map(is_socket).count()
    }

    /// How much memory of the program is resident, in MiB.
    #[cfg(target_os = "linux")]
    pub(crate) fn resident_mib(&self) -> usize {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() / 1024
    }

    /// From now on no file that the program writes may grow beyond this; nothing may be written at all with 0.
    #[cfg(target_os = "linux")]
    pub(crate) fn limit_files(&self, bytes: &str) {
        let (pid, limit) = (self.child.id().to_string(), format!("--fsize={bytes}:"));
        assert!(Command::new("prlimit").args(["--pid", &pid, &limit]).status().unwrap().success());
    }

    /// Waits half a minute at most for the end; the exit code, if no signal caused it.
    pub(crate) fn wait(mut self) -> Option<i32> {
        for _ in 0..300 {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("the server did not stop");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

pub(crate) fn head(method: &str, path: &str, headers: &str, length: usize) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\nX-Requested-By: perennial\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{headers}\r\n"
    )
}

pub(crate) fn read_all(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}
