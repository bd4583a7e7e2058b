//! The programs that live as long as the command does.

use std::process::{Child, Command, ExitStatus, Stdio};

use anyhow::{Context, Result};

use crate::shell;

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
        // All are asked first, so that they end at the same time.
        for (_, child) in &self.0 {
            shell::ask_to_end(child);
        }
        for (_, child) in &mut self.0 {
            shell::end(child, shell::GRACE);
        }
        self.0.clear();
    }
}

impl Drop for Children {
    fn drop(&mut self) {
        self.stop();
    }
}
