//! The person's activity: pointer, key, touch, scroll, and input of every other kind.
//!
//! Dictation, an emoji picker, an input method, a screen reader or a drag press no key and move no pointer in the page.
//! They are seen by what they cause: text, a click, another focus, a drag over the page.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, Event, EventTarget, PointerEvent};

/// Listeners that are registered; dropping them removes them.
#[derive(Debug)]
pub struct Listeners(#[expect(dead_code, reason = "held for its drop")] Vec<EventListener>);

/// Calls back when the person does something, at most once a second.
///
/// Events that a script made up are not a person, nor is what happens during [`by_script`], nor what the page causes by
/// changing (`Scene`). They are listened to in the capture phase, so that no handler of the page can hide one.
pub fn listen(on_activity: impl Fn() + 'static) -> Listeners {
    let Some(window) = web_sys::window() else { return Listeners(Vec::new()) };
    let on_activity = Rc::new(on_activity);
    let last_ms = Rc::new(Cell::new(f64::NEG_INFINITY));
    let scene = Rc::new(RefCell::new(Scene::default()));
    let listeners = EVENTS.iter().map(|name| {
        let (on_activity, last_ms, scene) = (on_activity.clone(), last_ms.clone(), scene.clone());
        let listener = move |event: &Event| {
            if event.is_trusted()
                && !BY_SCRIPT.get()
                && scene.borrow_mut().is_changed_by_person(name, event)
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

/// What pointer moves and scrolls are compared with.
///
/// Browsers report a pointer that moves when the page moves beneath a pointer that rests, and a scroll when what is
/// scrolled grows or shrinks. A page that shows what goes on elsewhere would keep an empty chair signed in. So a move
/// counts when the pointer is elsewhere on the screen than it was, and a scroll when what it scrolls is as large as it was.
/// The first of each is only remembered: a person's hand causes many.
#[derive(Default)]
struct Scene {
    pointer: Option<(i32, i32)>,
    scrolled: Option<(EventTarget, [i32; 4])>,
}

impl Scene {
    fn is_changed_by_person(&mut self, name: &str, event: &Event) -> bool {
        match name {
            "pointermove" => {
                let Some(event) = event.dyn_ref::<PointerEvent>() else { return false };
                let pointer = (event.screen_x(), event.screen_y());
                self.pointer.replace(pointer).is_some_and(|before| before != pointer)
            }
            "scroll" => {
                let Some((target, extent)) = event.target().and_then(|target| {
                    let extent = extent(&target)?;
                    Some((target, extent))
                }) else {
                    return false;
                };
                let scrolled = (target, extent);
                let before = self.scrolled.replace(scrolled.clone());
                before.as_ref() == Some(&scrolled)
            }
            _ => true,
        }
    }
}

/// What is there to scroll, and how much of it is seen, in CSS pixels.
fn extent(target: &EventTarget) -> Option<[i32; 4]> {
    let element = match target.dyn_ref::<Document>() {
        Some(document) => document.document_element(),
        None => target.dyn_ref::<Element>().cloned(),
    }?;
    Some([element.scroll_width(), element.scroll_height(), element.client_width(), element.client_height()])
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
