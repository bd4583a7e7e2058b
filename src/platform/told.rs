//! Which notice a person has read (`localStorage`), for the other tabs and for this one after a reload.

use gloo_events::EventListener;
use gloo_storage::{LocalStorage, Storage as _};

use super::changes;

/// A listener that is registered; dropping it removes it.
#[derive(Debug)]
pub struct Listener(Option<EventListener>);

/// The end of the session that the last notice was about, in milliseconds of the wall clock.
#[must_use]
pub fn read() -> Option<u64> {
    is_available().then(|| LocalStorage::get(KEY).ok())?
}

/// Keeps that the notice about this end was read.
pub fn store(ends_ms: u64) {
    if is_available() {
        // Where it is not kept, each tab says it once.
        drop(LocalStorage::set(KEY, ends_ms));
    }
}

/// Calls back when another tab has changed what [`read`] gives.
#[must_use = "a listener that is dropped hears nothing"]
pub fn listen(on_change: impl Fn() + 'static) -> Listener {
    Listener(changes::listen(|key| key == KEY, on_change))
}

impl Listener {
    /// Listens for as long as the page.
    pub fn keep(self) {
        if let Some(listener) = self.0 {
            listener.forget();
        }
    }
}

/// Touching storage that is switched off throws, and gloo makes a panic of that; so it is touched here first.
fn is_available() -> bool {
    web_sys::window().is_some_and(|window| matches!(window.local_storage(), Ok(Some(_))))
}

const KEY: &str = "perennial.told";
