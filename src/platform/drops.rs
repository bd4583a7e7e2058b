//! Files that are dropped into the window (drag and drop).

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{DataTransfer, DragEvent, Element, Event, FileList};

/// Listeners that are registered; dropping them removes them.
#[derive(Debug)]
pub struct Listeners(#[expect(dead_code, reason = "held for its drop")] Vec<EventListener>);

/// Keeps browsers from opening a dropped file or link in the place of the page, for as long as the page. A text or link
/// that is dragged into a field is left alone.
pub fn keep_page() {
    let leads_away = |dragged: &DataTransfer, event: &DragEvent| {
        has_files(dragged, event) || (holds(dragged, "text/uri-list") && !is_over_field(event))
    };
    for name in ["dragover", "drop"] {
        if let Some(listener) = on(name, leads_away, |dragged, _| dragged.set_drop_effect("none")) {
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
    let entered = on("dragover", has_files, move |dragged, _| {
        dragged.set_drop_effect(if over(true) { "copy" } else { "none" });
    });
    let left = on("dragleave", has_files, move |_, event| {
        // Within the window there is always a next element.
        if event.related_target().is_none() {
            on_over(false);
        }
    });
    let taken = on("drop", has_files, move |dragged, _| {
        dropped(false);
        if let Some(files) = dragged.files() {
            on_files(&files);
        }
    });
    Listeners([entered, left, taken].into_iter().flatten().collect())
}

/// Listens to the drags that are meant, which no browser then treats in its own way.
fn on(
    name: &'static str,
    is_meant: fn(&DataTransfer, &DragEvent) -> bool,
    then: impl Fn(&DataTransfer, &DragEvent) + 'static,
) -> Option<EventListener> {
    let listener = move |event: &Event| {
        let Some(event) = event.dyn_ref::<DragEvent>() else { return };
        let Some(dragged) = event.data_transfer() else { return };
        if is_meant(&dragged, event) {
            event.prevent_default();
            then(&dragged, event);
        }
    };
    let window = web_sys::window()?;
    let options = EventListenerOptions::enable_prevent_default();
    Some(EventListener::new_with_options(&window, name, options, listener))
}

fn has_files(dragged: &DataTransfer, _: &DragEvent) -> bool {
    holds(dragged, "Files")
}

fn holds(dragged: &DataTransfer, kind: &str) -> bool {
    dragged.types().includes(&kind.into(), 0)
}

fn is_over_field(event: &DragEvent) -> bool {
    let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    element.is_some_and(|element| element.matches("input, textarea").unwrap_or(false))
}
