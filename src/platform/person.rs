//! Who was signed in last on this device (`localStorage`): a name to greet by while no server can be asked, and no
//! credential.

use gloo_storage::{LocalStorage, Storage as _};
use serde::{Deserialize, Serialize};

use super::{console, names};

/// Somebody, as far as the device may know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The identifier of the account.
    pub id: String,
    /// The name.
    pub name: String,
}

/// Reads who it was. What is unreadable is nobody.
#[must_use]
pub fn load() -> Option<Person> {
    if !is_available() {
        return None;
    }
    let stored: Stored = LocalStorage::get(key()).ok()?;
    let fits = stored.id.len() <= MAX_BYTES && stored.name.len() <= MAX_BYTES;
    (stored.version == VERSION && fits).then_some(Person { id: stored.id, name: stored.name })
}

/// Remembers who it is. Where that fails, nobody is greeted by name.
pub fn store(person: &Person) {
    let stored = Stored { version: VERSION, id: person.id.clone(), name: person.name.clone() };
    if is_available() && LocalStorage::set(key(), stored).is_err() {
        console::warn("The name is not remembered: the storage takes no more");
    }
}

/// Removes what is there.
pub fn forget() {
    if is_available() {
        LocalStorage::delete(key());
    }
}

fn key() -> String {
    names::of_session("person")
}

/// Touching storage that is switched off throws, and gloo makes a panic of that; so it is touched here first.
fn is_available() -> bool {
    web_sys::window().is_some_and(|window| matches!(window.local_storage(), Ok(Some(_))))
}

#[derive(Serialize, Deserialize)]
struct Stored {
    version: u32,
    id: String,
    name: String,
}

const VERSION: u32 = 1;

/// Of a name; longer ones are nobody's.
const MAX_BYTES: usize = 1024;
