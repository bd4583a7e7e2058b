//! The record of what happened, beyond the life of the page (`localStorage`).

use gloo_events::EventListener;
use web_sys::Storage;

use super::{changes, names};

/// The text that lies there, whoever wrote it.
#[must_use]
pub fn load() -> Option<String> {
    storage()?.get_item(&key()).ok().flatten()
}

/// Puts a text there.
///
/// # Errors
/// Where there is no storage, or no room in it.
pub fn store(text: &str) -> Result<(), String> {
    let storage = storage().ok_or("the browser offers no storage to this page")?;
    storage.set_item(&key(), text).map_err(|_| "there is no room in the browser's storage".to_owned())
}

/// Removes what is there.
pub fn remove() {
    if let Some(storage) = storage() {
        // It fails only where nothing can be stored.
        drop(storage.remove_item(&key()));
    }
}

/// Listeners that are registered; dropping them removes them.
#[derive(Debug)]
pub struct Listeners(#[expect(dead_code, reason = "held for its drop")] Vec<EventListener>);

/// Calls back when another page has changed what [`load`] gives, and when this one may be about to go away.
pub fn listen(on_change: impl Fn() + 'static, on_leave: impl Fn() + Clone + 'static) -> Listeners {
    let Some(window) = web_sys::window() else { return Listeners(Vec::new()) };
    let mut listeners = Vec::from_iter(changes::listen(|changed| changed == key(), on_change));
    let leave = on_leave.clone();
    listeners.push(EventListener::new(&window, "pagehide", move |_| leave()));
    if let Some(document) = window.document() {
        let target = document.clone();
        listeners.push(EventListener::new(&target, "visibilitychange", move |_| {
            if document.hidden() {
                on_leave();
            }
        }));
    }
    Listeners(listeners)
}

/// Touching storage that is switched off throws.
fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

fn key() -> String {
    names::of_session("record")
}
