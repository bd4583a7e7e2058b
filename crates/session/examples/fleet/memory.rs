//! What an engine weighs, as the operating system sees it: the growth of the process over everything in it that is not
//! an engine. So it includes what the allocator wastes.

use std::fs;

use perennial_session::Engine;

use crate::{client::Client, setup::Setup};

/// Watches the memory of this process.
#[derive(Debug)]
pub(crate) struct Scale {
    before_bytes: Option<u64>,
    most_bytes: u64,
}

impl Scale {
    pub(crate) fn new() -> Self {
        Self { before_bytes: resident_bytes(), most_bytes: 0 }
    }

    /// Begins again with the next fleet, on top of the same process.
    pub(crate) fn reset(&mut self) {
        self.most_bytes = 0;
    }

    pub(crate) fn look(&mut self) {
        self.most_bytes = self.most_bytes.max(resident_bytes().unwrap_or(0));
    }

    /// Bytes per engine at the fullest moment, or `None` where the system does not say.
    ///
    /// The counts per second are given back after each stretch, and so are not there when it is looked at, but for one
    /// set of them; in a fleet that is worth weighing they are nothing.
    pub(crate) fn bytes_per_engine(&self, setup: &Setup) -> Option<u64> {
        let grown = self.most_bytes.checked_sub(self.before_bytes?)?;
        let around = size_of::<Client>().checked_sub(size_of::<Engine>())?;
        (grown / u64::try_from(setup.engines).ok()?).checked_sub(u64::try_from(around).ok()?)
    }
}

fn resident_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1_024)
}
