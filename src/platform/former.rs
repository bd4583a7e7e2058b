//! What versions before this one kept, under names that said neither for which installation nor for whom.

use web_sys::Storage;

use super::names;

/// Whether such a version kept the record of a session.
#[must_use]
pub fn is_there() -> bool {
    local().is_some_and(|storage| matches!(storage.get_item(&former(SESSION)), Ok(Some(_))))
}

/// Takes over the record of the session, which holds no credential, and removes all else. The session goes on where a
/// cookie can restore it.
///
/// To be called where this installation has no record of its own: so it happens once. Credentials are not taken over, as
/// nobody knows whom they were for.
pub fn take_over() {
    let Some(storage) = local() else { return };
    let Ok(Some(record)) = storage.get_item(&former(SESSION)) else { return };
    for word in REMOVED {
        remove(&storage, word);
    }
    if let Some(of_tab) = web_sys::window().and_then(|window| window.session_storage().ok().flatten()) {
        remove(&of_tab, GRANT);
    }
    // Without room for it the next start has one more question to the server, as where the storage is full.
    drop(storage.set_item(&names::of_session(SESSION), &record));
}

fn remove(storage: &Storage, word: &str) {
    // It fails only where nothing can be stored.
    drop(storage.remove_item(&former(word)));
}

fn former(word: &str) -> String {
    format!("perennial.{word}")
}

/// Touching storage that is switched off throws.
fn local() -> Option<Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

const SESSION: &str = "session";
const GRANT: &str = "grant";

const REMOVED: [&str; 9] =
    [SESSION, GRANT, "person", "record", "told", "theme", "language", "console", "keep-record"];
