//! When the program has failed: panics, and exceptions of the browser that came through it.

use std::{
    panic::{self, PanicHookInfo},
    sync::atomic::{AtomicBool, Ordering},
};

use gloo_events::EventListener;
use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::ErrorEvent;

use super::lock;

/// Whether the program has failed in this page. Nothing of it may go on then: what it knows may be half of the truth.
#[must_use]
pub fn has_happened() -> bool {
    HAPPENED.load(Ordering::Relaxed)
}

/// Calls back once, with what happened and where, when the program has failed. The console is told first.
pub fn catch(show: fn(message: &str, place: Option<&str>)) {
    panic::set_hook(Box::new(move |info| {
        console_error_panic_hook::hook(info);
        stop(|| show(message(info), info.location().map(place).as_deref()));
    }));
    let Some(window) = web_sys::window() else { return };
    EventListener::new(&window, "error", move |event| {
        let error = event.dyn_ref::<ErrorEvent>().map(ErrorEvent::error);
        let Some(text) = error.and_then(|error| thrown_through_program(&error)) else { return };
        stop(|| show(&text, None));
    })
    .forget();
}

/// Lets nothing go on from here.
fn stop(show: impl FnOnce()) {
    if !HAPPENED.swap(true, Ordering::Relaxed) {
        lock::abandon();
        show();
    }
}

fn message<'a>(info: &'a PanicHookInfo<'_>) -> &'a str {
    let payload = info.payload();
    let owned = payload.downcast_ref::<String>().map(String::as_str);
    owned.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no message")
}

/// The file with its last folders, which say enough: what is before them is of the machine that built it.
fn place(location: &panic::Location<'_>) -> String {
    let parts: Vec<&str> = location.file().split(['/', '\\']).collect();
    let file = parts[parts.len().saturating_sub(FOLDERS)..].join("/");
    format!("{file}:{}:{}", location.line(), location.column())
}

/// What an exception says that was not caught before it had left the program.
fn thrown_through_program(error: &JsValue) -> Option<String> {
    let of = |key: &str| Reflect::get(error, &key.into()).ok()?.as_string();
    let stack = of("stack")?;
    stack.contains("wasm").then(|| of("message")).flatten()
}

static HAPPENED: AtomicBool = AtomicBool::new(false);

const FOLDERS: usize = 4;
