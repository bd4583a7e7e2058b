//! The console.

use std::cell::Cell;

use perennial_session::{Happened, Line, Words};

use super::preferences;

/// How much of what happens is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// Only what speaks of trouble.
    Warnings,
    /// The lines that operators watch for.
    Events,
    /// Beside them all that the session records.
    Everything,
}

thread_local! {
    static DETAIL: Cell<Detail> = Cell::new(preferences::console());
}

/// How much is said now.
#[must_use]
pub fn detail() -> Detail {
    DETAIL.get()
}

/// Says as much from now on.
pub fn set_detail(detail: Detail) {
    DETAIL.set(detail);
    preferences::set_console(detail);
}

/// Writes one line in these words, as a warning where it speaks of trouble.
pub fn say(line: Line, words: &Words) {
    let Some(text) = words.say(line) else { return };
    let text = text.into();
    if line.is_trouble() {
        web_sys::console::warn_1(&text);
    } else if detail() >= Detail::Events {
        web_sys::console::info_1(&text);
    }
}

/// Writes what the session has recorded, where everything is wanted. No record holds a credential.
pub fn trace(happened: Happened) {
    if detail() == Detail::Everything {
        web_sys::console::info_1(&happened.to_string().into());
    }
}

/// Writes a warning that is not about the session.
pub fn warn(text: &str) {
    web_sys::console::warn_1(&text.into());
}
