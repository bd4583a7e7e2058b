//! The person's activity: pointer, key, touch, scroll, and input of every other kind.
//!
//! Dictation, an emoji picker, an input method, a screen reader or a drag press no key and move no pointer in the page.
//! They are seen by what they cause: text, a click, another focus, a drag over the page.

use std::{cell::Cell, rc::Rc};

use gloo_events::{EventListener, EventListenerOptions};
use web_sys::Event;

/// Listeners that are registered; dropping them removes them.
#[derive(Debug)]
pub struct Listeners(#[expect(dead_code, reason = "held for its drop")] Vec<EventListener>);

/// Calls back when the person does something, at most once a second.
///
/// Events that a script made up are not a person, nor is what happens during [`by_script`]. They are listened to in the capture phase, so that no handler of
/// the page can hide one.
pub fn listen(on_activity: impl Fn() + 'static) -> Listeners {
    let Some(window) = web_sys::window() else { return Listeners(Vec::new()) };
    let on_activity = Rc::new(on_activity);
    let last_ms = Rc::new(Cell::new(f64::NEG_INFINITY));
    let listeners = EVENTS.iter().map(|name| {
        let (on_activity, last_ms) = (on_activity.clone(), last_ms.clone());
        let listener = move |event: &Event| {
            if event.is_trusted()
                && !BY_SCRIPT.get()
                && (event.time_stamp() - last_ms.get()).abs() >= INTERVAL_MS
            {
                last_ms.set(event.time_stamp());
                on_activity();
            }
        };
        let options = EventListenerOptions::run_in_capture_phase();
        EventListener::new_with_options(&window, *name, options, listener)
    });
    Listeners(listeners.collect())
}

/// Does something that the browser reports as if a person had done it, such as moving the focus.
pub fn by_script<T>(change: impl FnOnce() -> T) -> T {
    let before = BY_SCRIPT.replace(true);
    let outcome = change();
    BY_SCRIPT.set(before);
    outcome
}

thread_local! {
    static BY_SCRIPT: Cell<bool> = const { Cell::new(false) };
}

const EVENTS: [&str; 11] = [
    "pointerdown",
    "pointermove",
    "keydown",
    "touchstart",
    "wheel",
    "scroll",
    "beforeinput",
    "input",
    "click",
    "focusin",
    "dragover",
];

/// A pointer that moves reports hundreds of times a second; the limits that hang on it are minutes.
const INTERVAL_MS: f64 = 1_000.0;
