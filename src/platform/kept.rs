//! What is kept of a grant beyond the life of the page (`localStorage` or `sessionStorage`), where the dialect has the
//! application hold the credentials. With the dialects whose credentials are cookies there is nothing here.

use std::cell::RefCell;

use gloo_storage::{LocalStorage, SessionStorage, Storage as _};
use perennial_session::{GrantStore, SharedGrant};

use super::names;
use crate::words::Grant;

/// The place of the grant.
#[derive(Debug)]
pub struct Kept {
    store: GrantStore,
    /// The text that was there when it was looked at last.
    seen: RefCell<Option<String>>,
    has_looked: std::cell::Cell<bool>,
}

impl Kept {
    /// Says where it is; nothing is looked at yet.
    #[must_use]
    pub fn new(store: GrantStore) -> Self {
        Self { store, seen: RefCell::default(), has_looked: std::cell::Cell::new(false) }
    }

    /// What lies there, if it is something else than when it was looked at last: this page, another or anybody may have
    /// written it. What is not a grant is as good as nothing. Where the storage cannot be looked at there is no news: WebKit
    /// takes it away from a page that has been left, and nothing has been taken out of it.
    ///
    /// It is called before every input of the engine, so that a text that was read already is not read again.
    pub fn changed(&self) -> Option<Option<SharedGrant>> {
        if self.store == GrantStore::None {
            return None;
        }
        let text = self.raw()?.get_item(&name()).ok()?;
        if self.has_looked.replace(true) && *self.seen.borrow() == text {
            return None;
        }
        let grant = text.as_deref().filter(|text| text.len() <= MAX_BYTES).and_then(read);
        *self.seen.borrow_mut() = text;
        Some(grant)
    }

    /// Keeps a grant.
    ///
    /// # Errors
    /// Why it is not kept: no storage, or no room in it.
    pub fn keep(&self, grant: &SharedGrant) -> Result<(), String> {
        let grant = Grant::from(grant);
        match self.store {
            GrantStore::None => return Ok(()),
            GrantStore::Tab if self.raw().is_some() => SessionStorage::set(name(), &grant),
            GrantStore::Browser if self.raw().is_some() => LocalStorage::set(name(), &grant),
            GrantStore::Tab | GrantStore::Browser => {
                return Err("the browser offers no storage to this page".into());
            }
        }
        // The error of a storage that is full names no value.
        .map_err(|error| error.to_string())?;
        *self.seen.borrow_mut() = self.raw().and_then(|storage| storage.get_item(&name()).ok().flatten());
        Ok(())
    }

    /// Removes what is there.
    pub fn discard(&self) {
        if self.raw().is_some() {
            match self.store {
                GrantStore::None => {}
                GrantStore::Tab => SessionStorage::delete(name()),
                GrantStore::Browser => LocalStorage::delete(name()),
            }
        }
        *self.seen.borrow_mut() = None;
    }

    /// Touching storage that is switched off throws, and gloo makes a panic of that; so it is touched here first.
    fn raw(&self) -> Option<web_sys::Storage> {
        let window = web_sys::window()?;
        match self.store {
            GrantStore::None => None,
            GrantStore::Tab => window.session_storage().ok().flatten(),
            GrantStore::Browser => window.local_storage().ok().flatten(),
        }
    }
}

/// Whether this is the name under which a grant is kept, for those who listen to the storage.
pub(super) fn is_key(key: &str) -> bool {
    key == name()
}

fn name() -> String {
    names::of_session("grant")
}

fn read(text: &str) -> Option<SharedGrant> {
    serde_json::from_str::<Grant>(text).ok()?.read()
}

/// As much as a message between tabs may hold.
const MAX_BYTES: usize = 64 * 1024;
