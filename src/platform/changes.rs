//! What other pages change in the storage that all pages of the origin share (the event `storage`).

use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::StorageEvent;

/// Calls back when another page has changed what is stored under such a name.
#[must_use = "a listener that is dropped hears nothing"]
pub(super) fn listen(
    is_ours: impl Fn(&str) -> bool + 'static,
    on_change: impl Fn() + 'static,
) -> Option<EventListener> {
    let window = web_sys::window()?;
    Some(EventListener::new(&window, "storage", move |event| {
        let key = event.dyn_ref::<StorageEvent>().and_then(StorageEvent::key);
        // Without a key it was the whole storage that was cleared.
        if key.is_none_or(|key| is_ours(&key)) {
            on_change();
        }
    }))
}
