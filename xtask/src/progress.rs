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

/// What a program does, which says how far it can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// It is Cargo and compiles, once all is downloaded. It counts crates.
    Compiles,
    /// Anything else. It counts nothing.
    Other,
}

/// How far a program is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Far {
    /// It has compiled so many crates, of so many.
    Compiled(u32, u32),
    /// It is going to compile, and downloads.
    Downloads,
    /// It is going to compile, once another Cargo has.
    Waits,
    /// It does not tell.
    Unknown,
}

/// A program that runs, with what it has printed so far.
#[derive(Debug)]
pub(crate) struct Watched {
    what: String,
    line: String,
    work: Work,
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
    pub(crate) fn start(what: &str, work: Work, usual: Duration, command: &mut Command) -> Result<Self> {
        let line = shell::line(command);
        // A bar as narrow as this has no place for the names of crates.
        command.env("CARGO_TERM_PROGRESS_WHEN", "always").env("CARGO_TERM_PROGRESS_WIDTH", "60");
        command.env("CARGO_TERM_COLOR", "never");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        shell::lead_group(command);
        let mut child = command.spawn().with_context(|| format!("cannot start `{line}`"))?;
        let output = Arc::new(Mutex::new(Output::default()));
        let mut readers = Vec::new();
        if let Some(from) = child.stdout.take() {
            readers.push(output::read(from, Arc::clone(&output)));
        }
        if let Some(from) = child.stderr.take() {
            readers.push(output::read(from, Arc::clone(&output)));
        }
        Ok(Self { what: what.to_owned(), line, work, usual, started: Instant::now(), child, output, readers })
    }

    /// Shows how far it is until it has ended.
    pub(crate) fn follow(mut self) -> Result<Ended> {
        let mut shown = Shown::default();
        // A program that was started early may have had little of the processor until now.
        let before = self.share();
        let mut since = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait()? {
                break status;
            }
            stop::check()?;
            if matches!(self.far(), Far::Downloads | Far::Waits) {
                // What is estimated is the time for compiling.
                since = Instant::now();
            }
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

    fn far(&self) -> Far {
        let output = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        match (self.work, output.crates()) {
            (_, Some((done, total))) => Far::Compiled(done, total),
            (Work::Compiles, None) if output.is_waiting() => Far::Waits,
            (Work::Compiles, None) => Far::Downloads,
            (Work::Other, None) => Far::Unknown,
        }
    }

    fn share(&self) -> f64 {
        self.far().share_of_time().unwrap_or_default()
    }

    fn state(&self, before: f64, so_far: Duration) -> String {
        state(&self.what, self.far(), before, so_far, self.usual)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            shell::end_group(&mut self.child, shell::GRACE);
        }
    }
}

/// One line: how far, and for about how long still. By the pace so far once there is one, before that by what was measured.
/// `before` is the share of the time that had passed when `so_far` began.
fn state(what: &str, far: Far, before: f64, so_far: Duration, usual: Duration) -> String {
    let by_pace =
        far.share_of_time().filter(|share| share - before >= 0.07 * (1.0 - before) && so_far > AT_FIRST);
    let left = match by_pace {
        Some(share) => format!("{} left", about(so_far.mul_f64((1.0 - share).max(0.0) / (share - before)))),
        None if so_far > usual => format!("longer than usual, {} so far", about(so_far)),
        None => format!("{} left", about(usual - so_far)),
    };
    match far {
        Far::Compiled(done, total) => format!("{what}: {done} of {total} crates, {left}"),
        Far::Downloads => format!("{what}: downloading, then {} to compile", about(usual)),
        Far::Waits => format!("{what}: waiting for another build, then {} to compile", about(usual)),
        Far::Unknown => format!("{what}: {left}"),
    }
}

impl Far {
    /// How much of the time has passed when this much of the crates is compiled. As measured with Trunk, wasm-bindgen and
    /// this program: the last fifth takes two fifths of the time, since what many others are needed for is big and comes
    /// last.
    fn share_of_time(self) -> Option<f64> {
        let Self::Compiled(done, total) = self else { return None };
        let crates = f64::from(done) / f64::from(total.max(1));
        Some(if crates < 0.8 { 0.75 * crates } else { 0.6 + 2.0 * (crates - 0.8) })
    }
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
        let told =
            |far, so_far| state("trunk", far, 0.0, Duration::from_secs(so_far), Duration::from_secs(240));
        assert_eq!(told(Far::Unknown, 2), "trunk: about 4 min left");
        assert_eq!(told(Far::Unknown, 300), "trunk: longer than usual, about 5 min so far");
        assert_eq!(told(Far::Compiled(5, 500), 30), "trunk: 5 of 500 crates, about 4 min left");
        assert_eq!(told(Far::Compiled(250, 500), 90), "trunk: 250 of 500 crates, about 3 min left");
        assert_eq!(told(Far::Compiled(499, 500), 120), "trunk: 499 of 500 crates, a few seconds left");
    }

    #[test]
    fn what_takes_longer_than_usual_still_says_how_many_crates_are_compiled() {
        let (so_far, usual) = (Duration::from_secs(300), Duration::from_secs(240));
        let told = state("trunk", Far::Compiled(20, 500), 0.0, so_far, usual);
        assert_eq!(told, "trunk: 20 of 500 crates, longer than usual, about 5 min so far");
    }

    #[cfg(unix)]
    #[test]
    fn cargo_downloads_and_waits_before_it_compiles_and_the_estimate_does_not_run_down_meanwhile() {
        let usual = Duration::from_secs(140);
        let mut silent = Command::new("sleep");
        let watched = Watched::start("trunk", Work::Compiles, usual, silent.arg("60")).unwrap();
        assert_eq!(watched.state(0.0, Duration::ZERO), "trunk: downloading, then about 2 min to compile");
        let mut output = watched.output.lock().unwrap();
        *output = Output::of("    Blocking waiting for file lock on build directory\n");
        drop(output);
        assert_eq!(
            watched.state(0.0, Duration::ZERO),
            "trunk: waiting for another build, then about 2 min to compile"
        );
    }

    #[test]
    fn what_was_done_before_its_turn_says_nothing_of_the_pace() {
        let told = |done, so_far| {
            state(
                "application",
                Far::Compiled(done, 400),
                0.375,
                Duration::from_secs(so_far),
                Duration::from_secs(120),
            )
        };
        assert_eq!(told(200, 5), "application: 200 of 400 crates, about 2 min left");
        assert_eq!(told(320, 20), "application: 320 of 400 crates, about 40 s left");
    }
}
