//! `cargo xtask serve` in the room, and what it says of its steps.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::Step;
use super::room::Room;
use crate::{shell, stop};

/// The command as it runs. It is ended with this value.
pub(super) struct Serving {
    child: Child,
    port: u16,
    steps: Arc<Mutex<Vec<Step>>>,
    reader: Option<JoinHandle<()>>,
}

impl Serving {
    pub(super) fn start(room: &Room) -> Result<Self> {
        let (port, backend_port) = (free_port()?, free_port()?);
        let mut cargo = room.cargo();
        cargo.args([
            "xtask",
            "serve",
            "--port",
            &port.to_string(),
            "--backend-port",
            &backend_port.to_string(),
        ]);
        cargo.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = cargo.spawn().context("cannot start cargo")?;
        let steps = Arc::new(Mutex::new(Vec::new()));
        let from = child.stdout.take().context("the command prints nowhere")?;
        let into = Arc::clone(&steps);
        let reader = std::thread::spawn(move || read(from, Instant::now(), &into));
        Ok(Self { child, port, steps, reader: Some(reader) })
    }

    pub(super) fn wait_for_the_page(&mut self) -> Result<()> {
        loop {
            if let Some(status) = self.child.try_wait()? {
                bail!("`cargo xtask serve` ended ({status}); what it printed above says why");
            }
            stop::check()?;
            if answers(self.port) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Ends it, with all that it has started, and tells what it said of its steps.
    pub(super) fn stop(&mut self) -> Vec<Step> {
        shell::end(&mut self.child, GRACE);
        if let Some(reader) = self.reader.take() {
            // It ends with the program; had it panicked, what it read until then is still there.
            reader.join().unwrap_or(());
        }
        std::mem::take(&mut *self.steps.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            shell::end(&mut self.child, GRACE);
        }
    }
}

/// Passes on what is printed, and notes when a step has ended.
fn read(from: ChildStdout, started: Instant, steps: &Mutex<Vec<Step>>) {
    for line in BufReader::new(from).lines().map_while(Result::ok) {
        println!("    {line}");
        if let Some(step) = ended(&line, started.elapsed()) {
            steps.lock().unwrap_or_else(PoisonError::into_inner).push(step);
        }
    }
}

/// The step of a line such as `<== set-up: done after 12.5 s`, as [`crate::shell::step`] prints it.
fn ended(line: &str, at: Duration) -> Option<Step> {
    let (name, rest) = line.strip_prefix("<== ")?.split_once(": done after ")?;
    let seconds = rest.strip_suffix(" s")?.parse().ok()?;
    Some(Step { name: name.to_owned(), at, took: Duration::try_from_secs_f32(seconds).ok()? })
}

/// Whether the page is there, and not only the port.
fn answers(port: u16) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200") && answer.contains("_bg.wasm"))
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port is free")?;
    Ok(listener.local_addr()?.port())
}

/// Longer than what it gives its own programs.
const GRACE: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_read_as_it_is_printed() {
        let step = ended("<== start the backend: done after 1.5 s", Duration::from_secs(9)).unwrap();
        assert_eq!((step.name.as_str(), step.took), ("start the backend", Duration::from_millis(1500)));
        assert!(ended("==> start the backend", Duration::ZERO).is_none());
    }
}
