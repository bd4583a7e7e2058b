//! Runs a long program quietly and says how far it is, and about how long it still takes.
//!
//! Cargo draws a bar with the number of crates, also where nobody sees a terminal if it is told to. The bar is read here
//! and shown as one calm line. Everything else that a program prints is shown when it fails.

mod output;

use std::io::{IsTerminal as _, Write as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::{shell, stop};
pub(crate) use output::Output;

/// A program that runs, with what it has printed so far.
#[derive(Debug)]
pub(crate) struct Watched {
    what: String,
    line: String,
    /// How long it took where it was measured.
    usual: Duration,
    started: Instant,
    child: Child,
    output: Arc<Mutex<Output>>,
    readers: Vec<JoinHandle<()>>,
}

/// How a program ended, and what it printed.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) what: String,
    pub(crate) line: String,
    pub(crate) status: ExitStatus,
    pub(crate) output: Output,
    pub(crate) took: Duration,
}

impl Watched {
    /// Starts a program. `what` is its name in the lines that say how far it is.
    pub(crate) fn start(what: &str, usual: Duration, command: &mut Command) -> Result<Self> {
        let line = shell::line(command);
        // A bar as narrow as this has no place for the names of crates.
        command.env("CARGO_TERM_PROGRESS_WHEN", "always").env("CARGO_TERM_PROGRESS_WIDTH", "60");
        command.env("CARGO_TERM_COLOR", "never");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("cannot start `{line}`"))?;
        let output = Arc::new(Mutex::new(Output::default()));
        let mut readers = Vec::new();
        if let Some(from) = child.stdout.take() {
            readers.push(output::read(from, Arc::clone(&output)));
        }
        if let Some(from) = child.stderr.take() {
            readers.push(output::read(from, Arc::clone(&output)));
        }
        Ok(Self { what: what.to_owned(), line, usual, started: Instant::now(), child, output, readers })
    }

    /// Shows how far it is until it has ended.
    pub(crate) fn follow(mut self) -> Result<Ended> {
        let mut shown = Shown::default();
        // A program that was started early may have had little of the processor until now.
        let before = self.share();
        let since = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait()? {
                break status;
            }
            stop::check()?;
            shown.update(|| self.state(before, since.elapsed()));
            std::thread::sleep(POLL);
        };
        shown.clear();
        stop::check()?;
        for reader in self.readers.drain(..) {
            // It ends with the program; had it panicked, what it read until then is still there.
            reader.join().unwrap_or(());
        }
        let output = std::mem::take(&mut *self.output.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(Ended {
            what: self.what.clone(),
            line: self.line.clone(),
            status,
            output,
            took: self.started.elapsed(),
        })
    }

    fn crates(&self) -> Option<(u32, u32)> {
        self.output.lock().unwrap_or_else(PoisonError::into_inner).crates()
    }

    fn share(&self) -> f64 {
        self.crates().map_or(0.0, share_of_time)
    }

    fn state(&self, before: f64, so_far: Duration) -> String {
        state(&self.what, self.crates(), before, so_far, self.usual)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            shell::end(&mut self.child, shell::GRACE);
        }
    }
}

/// One line: how far, and for about how long still. By the pace so far once there is one, before that by what was measured.
/// `before` is the share of the time that had passed when `so_far` began.
fn state(what: &str, crates: Option<(u32, u32)>, before: f64, so_far: Duration, usual: Duration) -> String {
    let share = crates.map(share_of_time);
    let by_pace = share.filter(|share| share - before >= 0.07 * (1.0 - before) && so_far > AT_FIRST);
    let left = match by_pace {
        Some(share) => so_far.mul_f64((1.0 - share).max(0.0) / (share - before)),
        None if so_far > usual => {
            return format!("{what}: takes longer than usual, {} so far", about(so_far));
        }
        None => usual - so_far,
    };
    let left = about(left);
    match crates {
        Some((done, total)) => format!("{what}: {done} of {total} crates, {left} left"),
        None => format!("{what}: {left} left"),
    }
}

/// How much of the time has passed when this much of the crates is compiled. As measured with Trunk, wasm-bindgen and this
/// program: the last fifth takes two fifths of the time, since what many others are needed for is big and comes last.
fn share_of_time((done, total): (u32, u32)) -> f64 {
    let crates = f64::from(done) / f64::from(total.max(1));
    if crates < 0.8 { 0.75 * crates } else { 0.6 + 2.0 * (crates - 0.8) }
}

/// A duration as people say it.
pub(crate) fn about(duration: Duration) -> String {
    match duration.as_secs() {
        0..=9 => "a few seconds".to_owned(),
        seconds @ 10..=89 => format!("about {} s", seconds.div_ceil(10) * 10),
        seconds => format!("about {} min", (seconds + 30) / 60),
    }
}

/// One line that changes on a terminal; a line every while where a file or another program reads.
#[derive(Debug, Default)]
struct Shown {
    last: Option<Instant>,
    on_screen: bool,
}

impl Shown {
    fn update(&mut self, state: impl FnOnce() -> String) {
        let terminal = std::io::stdout().is_terminal();
        let every = if terminal { ON_SCREEN } else { IN_FILE };
        let last = self.last.get_or_insert_with(Instant::now);
        if last.elapsed() < every {
            return;
        }
        *last = Instant::now();
        if terminal {
            print!("\r\x1b[2K    {}", state());
            self.on_screen = true;
        } else {
            println!("    {}", state());
        }
        // Only a closed pipe can refuse it, and then nobody reads.
        std::io::stdout().flush().unwrap_or(());
    }

    fn clear(&self) {
        if self.on_screen {
            print!("\r\x1b[2K");
        }
    }
}

const POLL: Duration = Duration::from_millis(50);
const ON_SCREEN: Duration = Duration::from_millis(500);
const IN_FILE: Duration = Duration::from_secs(20);

/// The first crates say nothing of the pace.
const AT_FIRST: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_is_told_by_the_pace_and_before_there_is_one_by_what_was_measured() {
        let told = |crates, so_far| {
            state("trunk", crates, 0.0, Duration::from_secs(so_far), Duration::from_secs(240))
        };
        assert_eq!(told(None, 2), "trunk: about 4 min left");
        assert_eq!(told(None, 300), "trunk: takes longer than usual, about 5 min so far");
        assert_eq!(told(Some((5, 500)), 30), "trunk: 5 of 500 crates, about 4 min left");
        assert_eq!(told(Some((250, 500)), 90), "trunk: 250 of 500 crates, about 3 min left");
        assert_eq!(told(Some((499, 500)), 120), "trunk: 499 of 500 crates, a few seconds left");
    }

    #[test]
    fn what_was_done_before_its_turn_says_nothing_of_the_pace() {
        let told = |done, so_far| {
            state(
                "application",
                Some((done, 400)),
                0.375,
                Duration::from_secs(so_far),
                Duration::from_secs(120),
            )
        };
        assert_eq!(told(200, 5), "application: 200 of 400 crates, about 2 min left");
        assert_eq!(told(320, 20), "application: 320 of 400 crates, about 40 s left");
    }
}
