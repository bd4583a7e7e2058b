//! Which notice a person has read (`localStorage`), for the other tabs and for this one after a reload.

use gloo_events::EventListener;

use super::{changes, names};

/// A listener that is registered; dropping it removes it.
#[derive(Debug)]
pub struct Listener(Option<EventListener>);

/// The end of the session that the last notice was about, in milliseconds of the wall clock.
#[must_use]
pub fn read() -> Option<u64> {
    storage()?.get_item(&key()).ok().flatten()?.parse().ok()
}

/// Keeps that the notice about this end was read.
pub fn store(ends_ms: u64) {
    if let Some(storage) = storage() {
        // Where it is not kept, each tab says it once.
        drop(storage.set_item(&key(), &ends_ms.to_string()));
    }
}

/// Calls back when another tab has changed what [`read`] gives.
#[must_use = "a listener that is dropped hears nothing"]
pub fn listen(on_change: impl Fn() + 'static) -> Listener {
    Listener(changes::listen(|changed| changed == key(), on_change))
}

impl Listener {
    /// Listens for as long as the page.
    pub fn keep(self) {
        if let Some(listener) = self.0 {
            listener.forget();
        }
    }
}

/// Without gloo, which would bring its JSON to the first visit for a number.
fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

fn key() -> String {
    names::of_session("told")
}
