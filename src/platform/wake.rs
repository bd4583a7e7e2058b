//! Signs that time may have passed, that the network came or went, or that the page goes: `visibilitychange`, `focus`,
//! `resume`, `pageshow`, `online`, `offline`, `beforeunload`, `pagehide`.

use std::rc::Rc;

use gloo_events::EventListener;
use perennial_session::Wake;
use wasm_bindgen::JsCast;
use web_sys::{PageTransitionEvent, VisibilityState};

/// Listeners that are registered; dropping them removes them.
#[derive(Debug)]
pub struct Listeners(Vec<EventListener>);

impl Listeners {
    /// Leaves them registered for as long as the page lives.
    pub fn keep(self) {
        self.0.into_iter().for_each(EventListener::forget);
    }
}

/// A sign, as the browser gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// A reason to look at the session.
    Woke(Wake),
    /// The device says that it has no network.
    WentOffline,
    /// The page is about to be left, and may stay after all.
    Leaving,
    /// The page has been left.
    Left,
}

/// Calls back at every sign.
pub fn listen(on_sign: impl Fn(Sign) + 'static) -> Listeners {
    let Some(window) = web_sys::window() else { return Listeners(Vec::new()) };
    let Some(document) = window.document() else { return Listeners(Vec::new()) };
    let on_sign = Rc::new(on_sign);
    let on = |target: &web_sys::EventTarget, name: &'static str, sign: Sign| {
        let on_sign = on_sign.clone();
        EventListener::new(target, name, move |_| on_sign(sign))
    };
    let shown = {
        let (on_sign, page) = (on_sign.clone(), document.clone());
        EventListener::new(&document, "visibilitychange", move |_| {
            if page.visibility_state() == VisibilityState::Visible {
                on_sign(Sign::Woke(Wake::Seen));
            }
        })
    };
    let restored = {
        let on_sign = on_sign.clone();
        EventListener::new(&window, "pageshow", move |event| {
            if event.dyn_ref::<PageTransitionEvent>().is_some_and(PageTransitionEvent::persisted) {
                on_sign(Sign::Woke(Wake::Restored));
            }
        })
    };
    Listeners(vec![
        shown,
        restored,
        // A tab that the browser froze in the background goes on there, before anybody looks at it.
        on(&document, "resume", Sign::Woke(Wake::Seen)),
        on(&window, "focus", Sign::Woke(Wake::Seen)),
        on(&window, "online", Sign::Woke(Wake::Online)),
        on(&window, "offline", Sign::WentOffline),
        on(&window, "beforeunload", Sign::Leaving),
        on(&window, "pagehide", Sign::Left),
    ])
}

/// Whether the device says that it has no network.
#[must_use]
pub fn is_offline() -> bool {
    web_sys::window().is_some_and(|window| !window.navigator().on_line())
}
