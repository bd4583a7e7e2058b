//! The names under which this installation keeps things in the browser: storage, channel and lock.
//!
//! All pages of an origin share its storage, and an origin may hold several installations below several paths. An
//! installation may also be pointed at another backend. So a name carries the path, and the name of everything that
//! belongs to a session carries whom its credentials are for. What is kept for somebody else is never found.

use std::cell::RefCell;

use leptos::prelude::document;

/// The path the application is served under, with a slash at its end.
#[must_use]
pub fn base() -> String {
    let uri = document().base_uri().ok().flatten().unwrap_or_default();
    // The scheme and the host come first: `https://host/sub/`.
    let path = uri.splitn(4, '/').nth(3).unwrap_or_default();
    let path = path.split(['?', '#']).next().unwrap_or_default();
    match path.rsplit_once('/') {
        Some((folder, _)) => format!("/{folder}/"),
        None => "/".into(),
    }
}

/// Says whom the credentials of this page are for: `Dialect::audience`. Until then they are for nobody.
pub fn serve(audience: &str) {
    SESSION.set(format!("{}{audience}:", installation()));
}

/// The name of a choice for this device, such as its theme. `boot.js` and `sw.js` begin their names in the same way.
#[must_use]
pub fn of_device(word: &str) -> String {
    format!("{}{word}", installation())
}

/// The name of something that belongs to a session, such as its grant. No word has a colon.
#[must_use]
pub fn of_session(word: &str) -> String {
    SESSION.with_borrow(|prefix| format!("{prefix}{word}"))
}

fn installation() -> String {
    format!("perennial:{}:", base())
}

thread_local! {
    static SESSION: RefCell<String> = RefCell::new(format!("{}-:", installation()));
}
