//! What a person chose on this device (`localStorage`), beside the theme.

use leptos::prelude::window;

use super::{changes, console::Detail, names};

/// The tag of the language they chose, if they did.
#[must_use]
pub fn language() -> Option<String> {
    read(&language_key())
}

/// Remembers the language; none is as the browser prefers.
pub fn set_language(tag: Option<&str>) {
    write(&language_key(), tag);
}

/// Calls back when another tab may have changed the language, for as long as the page.
pub fn follow_language(on_change: impl Fn() + 'static) {
    follow(language_key(), on_change);
}

/// How much the console is told.
#[must_use]
pub fn console() -> Detail {
    match read(&console_key()).as_deref() {
        Some(WARNINGS) => Detail::Warnings,
        Some(EVERYTHING) => Detail::Everything,
        Some(_) | None => Detail::Events,
    }
}

/// Remembers how much the console is told.
pub fn set_console(detail: Detail) {
    write(
        &console_key(),
        match detail {
            Detail::Warnings => Some(WARNINGS),
            Detail::Events => None,
            Detail::Everything => Some(EVERYTHING),
        },
    );
}

/// Whether the record of what the session did stays on this device when the person with this account signs out. It is
/// the choice of one person, the last who made it, and nobody else's.
#[must_use]
pub fn keeps_record(account: &str) -> bool {
    !account.is_empty() && read(&keep_record_key()).as_deref() == Some(account)
}

/// Remembers whether it does.
pub fn set_keeps_record(account: &str, keeps: bool) {
    if keeps {
        write(&keep_record_key(), (!account.is_empty()).then_some(account));
    } else if keeps_record(account) {
        write(&keep_record_key(), None);
    }
}

pub(super) fn read(key: &str) -> Option<String> {
    window().local_storage().ok().flatten()?.get_item(key).ok().flatten()
}

/// Where storage is switched off or full, the choice lasts as long as the page.
pub(super) fn write(key: &str, value: Option<&str>) {
    let Ok(Some(storage)) = window().local_storage() else { return };
    drop(match value {
        Some(value) => storage.set_item(key, value),
        None => storage.remove_item(key),
    });
}

/// Calls back when another tab may have changed this choice, for as long as the page.
pub(super) fn follow(key: String, on_change: impl Fn() + 'static) {
    if let Some(listener) = changes::listen(move |changed| changed == key, on_change) {
        listener.forget();
    }
}

fn language_key() -> String {
    names::of_device("language")
}

fn console_key() -> String {
    names::of_device("console")
}

/// It names an account, and accounts are a backend's.
fn keep_record_key() -> String {
    names::of_session("keep-record")
}

const WARNINGS: &str = "warnings";
const EVERYTHING: &str = "everything";
