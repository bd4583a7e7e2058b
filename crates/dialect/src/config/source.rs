//! Where a value in force comes from.

use super::Config;
use crate::presets::{TIMING, Timing};

/// Where a value in force comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// It is what suits most backends.
    Default,
    /// The preset of this name has a value of its own.
    Preset(&'static str),
    /// The operator wrote it down.
    Configuration,
    /// It fits another value that the operator wrote down.
    Derived,
}

impl Config {
    /// Where the value of time that a key sets comes from.
    #[must_use]
    pub fn source(&self, key: &str) -> Source {
        if self.written.contains(&key) {
            return Source::Configuration;
        }
        let value = |timing: &Timing| timing.values().into_iter().find(|(of, _)| *of == key);
        if value(&self.timing) == value(&TIMING) {
            return Source::Default;
        }
        if key == "inactivity_warning_s" && self.written.contains(&"inactivity_limit_s") {
            return Source::Derived;
        }
        Source::Preset(self.dialect.name)
    }
}
