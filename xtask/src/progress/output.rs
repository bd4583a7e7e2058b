//! What a program has printed: the bar of Cargo, and everything else.

use std::collections::VecDeque;
use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// The last lines, and the last bar.
#[derive(Debug, Default)]
pub(crate) struct Output {
    lines: VecDeque<String>,
    crates: Option<(u32, u32)>,
}

impl Output {
    /// How many crates are compiled, and of how many.
    pub(super) fn crates(&self) -> Option<(u32, u32)> {
        self.crates
    }

    /// The end of what was printed.
    pub(crate) fn text(&self) -> String {
        self.lines.iter().map(|line| format!("    | {line}\n")).collect()
    }

    /// The first line that says what is wrong, without the word before it.
    pub(crate) fn complaint(&self) -> Option<String> {
        let complaint = |line: &String| {
            let text = COMPLAINTS.iter().find_map(|word| line.strip_prefix(word))?.trim_matches([' ', ':']);
            // npm begins with figures for programs.
            (!["code ", "errno ", "syscall "].iter().any(|word| text.starts_with(word)))
                .then(|| text.to_owned())
        };
        self.lines.iter().find_map(complaint).or_else(|| self.lines.back().cloned())
    }

    /// Whether a line holds one of these texts.
    pub(crate) fn holds(&self, texts: &[&str]) -> bool {
        self.lines.iter().any(|line| texts.iter().any(|text| line.contains(text)))
    }

    /// The first line that holds one of these texts, from there on.
    pub(crate) fn line_with(&self, texts: &[&str]) -> Option<String> {
        let from = |line: &String| texts.iter().find_map(|text| Some(line[line.find(text)?..].to_owned()));
        self.lines.iter().find_map(from)
    }

    /// Whether Cargo waits for another one that uses the same folder.
    pub(super) fn is_waiting(&self) -> bool {
        self.lines.back().is_some_and(|line| line.trim_start().starts_with("Blocking waiting"))
    }

    #[cfg(test)]
    pub(super) fn of(text: &str) -> Self {
        let mut output = Self::default();
        text.lines().for_each(|line| output.take(line));
        output
    }

    fn take(&mut self, line: &str) {
        // Cargo wipes its bar away before it prints a line.
        let line = line.trim_end().trim_start_matches("\x1b[K");
        if let Some(crates) = bar(line) {
            self.crates = Some(crates);
        } else if !line.trim_start().is_empty() {
            self.lines.push_back(line.to_owned());
            if self.lines.len() > LINES {
                self.lines.pop_front();
            }
        }
    }
}

/// Reads until the program closes its end. Cargo ends each state of its bar with a carriage return.
pub(super) fn read(mut from: impl Read + Send + 'static, into: Arc<Mutex<Output>>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        let (mut rest, mut buffer) = (Vec::new(), [0; 4096]);
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            rest.extend_from_slice(&buffer[..length]);
            let mut output = into.lock().unwrap_or_else(PoisonError::into_inner);
            while let Some(end) = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
                let line: Vec<u8> = rest.drain(..=end).collect();
                output.take(&String::from_utf8_lossy(&line));
            }
        }
        into.lock().unwrap_or_else(PoisonError::into_inner).take(&String::from_utf8_lossy(&rest));
    })
}

/// The figures of a bar such as `    Building [====>      ] 123/500`.
fn bar(line: &str) -> Option<(u32, u32)> {
    let (_, figures) = line.strip_prefix("    Building [").and_then(|rest| rest.split_once("] "))?;
    let figures = figures.split(':').next()?;
    let (done, total) = figures.trim().split_once('/')?;
    Some((done.parse().ok()?, total.parse().ok()?))
}

/// Enough to see what went wrong.
const LINES: usize = 200;

/// What programs put before what is wrong.
const COMPLAINTS: [&str; 4] = ["error", "npm error", "ERROR", "E:"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_of_cargo_is_read_and_not_shown_as_text() {
        let output = Arc::new(Mutex::new(Output::default()));
        let printed = "   Compiling serde v1.0.2\r\n    Building [=>   ] 12/597: serde\r    Building [=>   ] 13/597\rerror: no\n";
        read(printed.as_bytes(), Arc::clone(&output)).join().unwrap();
        let output = output.lock().unwrap();
        assert_eq!(output.crates(), Some((13, 597)));
        assert_eq!(output.complaint().as_deref(), Some("no"));
        assert!(!output.text().contains("Building"));
    }
}
