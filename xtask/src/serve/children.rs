//! The programs that live as long as the command does.

use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// Programs that were started, stopped together at the latest when this value goes.
#[derive(Debug, Default)]
pub(super) struct Children(Vec<(&'static str, Child)>);

impl Children {
    /// Starts a program under a name for messages.
    pub(super) fn start(&mut self, name: &'static str, command: &mut Command) -> Result<()> {
        let child = command.stdin(Stdio::null()).spawn().with_context(|| format!("cannot start {name}"))?;
        self.0.push((name, child));
        Ok(())
    }

    /// The first program that ended on its own, if any did.
    pub(super) fn ended(&mut self) -> Result<Option<(&'static str, ExitStatus)>> {
        for (name, child) in &mut self.0 {
            if let Some(status) = child.try_wait()? {
                return Ok(Some((name, status)));
            }
        }
        Ok(None)
    }

    /// Asks all to end, and ends what has not after a while.
    pub(super) fn stop(&mut self) {
        for (_, child) in &self.0 {
            ask_to_end(child);
        }
        let started = Instant::now();
        for (name, child) in &mut self.0 {
            while matches!(child.try_wait(), Ok(None)) && started.elapsed() < GRACE {
                std::thread::sleep(Duration::from_millis(20));
            }
            // Both fail only when it has ended by itself in between.
            if matches!(child.try_wait(), Ok(None)) && child.kill().and_then(|()| child.wait()).is_err() {
                eprintln!("{name} could not be stopped");
            }
        }
        self.0.clear();
    }
}

impl Drop for Children {
    fn drop(&mut self) {
        self.stop();
    }
}

#[cfg(unix)]
fn ask_to_end(child: &Child) {
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;

    if let Ok(id) = i32::try_from(child.id()) {
        // An error means that it has ended already.
        kill(Pid::from_raw(id), Signal::SIGTERM).unwrap_or(());
    }
}

#[cfg(not(unix))]
fn ask_to_end(_child: &Child) {}

/// Longer than the backend's own limit for open requests, so that it can keep its promise.
const GRACE: Duration = Duration::from_secs(12);
