//! What a tab must know again when an authorization server sends it back (`sessionStorage`, which no other tab sees).

use gloo_storage::{SessionStorage, Storage as _};

use super::names;

/// Keeps a text under the `state` that the server will send back.
///
/// # Errors
/// Why it is not kept.
pub fn keep(state: &str, text: &str) -> Result<(), String> {
    if !is_available() {
        return Err("the browser offers no storage to this tab".into());
    }
    SessionStorage::set(key(state), text).map_err(|error| error.to_string())
}

/// Takes what was kept; a second time it is not there.
#[must_use]
pub fn take(state: &str) -> Option<String> {
    if !is_available() {
        return None;
    }
    let text = SessionStorage::get(key(state)).ok();
    SessionStorage::delete(key(state));
    text
}

/// Keeps that the person has signed out here and is taken to the server, to sign out there too.
pub fn keep_farewell() {
    if is_available() {
        // Where it is not kept, the sign-in page says less.
        drop(SessionStorage::set(farewell(), true));
    }
}

/// Whether that was kept; a second time it is not there.
#[must_use]
pub fn take_farewell() -> bool {
    if !is_available() {
        return false;
    }
    let is_kept = SessionStorage::get(farewell()).unwrap_or_default();
    SessionStorage::delete(farewell());
    is_kept
}

/// Touching storage that is switched off throws, and gloo makes a panic of that; so it is touched here first.
fn is_available() -> bool {
    web_sys::window().is_some_and(|window| matches!(window.session_storage(), Ok(Some(_))))
}

fn key(state: &str) -> String {
    names::of_session(&format!("pending.{state}"))
}

fn farewell() -> String {
    names::of_session("farewell")
}
