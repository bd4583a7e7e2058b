//! Files that are dropped into the window (drag and drop).

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{DataTransfer, DragEvent, Event, FileList};

/// Listeners that are registered; dropping them removes them.
#[derive(Debug)]
pub struct Listeners(#[expect(dead_code, reason = "held for its drop")] Vec<EventListener>);

/// Keeps browsers from opening a dropped file in the place of the page, for as long as the page. A text that is dragged
/// into a field is left alone.
pub fn keep_page() {
    for name in ["dragover", "drop"] {
        if let Some(listener) = on(name, |dragged, _| dragged.set_drop_effect("none")) {
            listener.forget();
        }
    }
}

/// Calls back while files are dragged over the window, with whether they are there, and says by what it gets back
/// whether they are welcome. Calls back again with those that were dropped, wherever in the window.
pub fn listen(
    on_over: impl Fn(bool) -> bool + Clone + 'static,
    on_files: impl Fn(&FileList) + 'static,
) -> Listeners {
    let (over, dropped) = (on_over.clone(), on_over.clone());
    let entered = on("dragover", move |dragged, _| {
        dragged.set_drop_effect(if over(true) { "copy" } else { "none" });
    });
    let left = on("dragleave", move |_, event| {
        // Within the window there is always a next element.
        if event.related_target().is_none() {
            on_over(false);
        }
    });
    let taken = on("drop", move |dragged, _| {
        dropped(false);
        if let Some(files) = dragged.files() {
            on_files(&files);
        }
    });
    Listeners([entered, left, taken].into_iter().flatten().collect())
}

/// Listens to a drag of files, which no browser then treats in its own way.
fn on(name: &'static str, then: impl Fn(&DataTransfer, &DragEvent) + 'static) -> Option<EventListener> {
    let listener = move |event: &Event| {
        let Some(event) = event.dyn_ref::<DragEvent>() else { return };
        let Some(dragged) = event.data_transfer() else { return };
        if dragged.types().includes(&"Files".into(), 0) {
            event.prevent_default();
            then(&dragged, event);
        }
    };
    let window = web_sys::window()?;
    let options = EventListenerOptions::enable_prevent_default();
    Some(EventListener::new_with_options(&window, name, options, listener))
}
