//! What a page has no longer, as WebKit takes it away from one that has been left.

use js_sys::{Object, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};

/// Does something while the window has no such property.
pub(super) fn without<T>(name: &str, act: impl FnOnce() -> T) -> T {
    let (window, name) = (web_sys::window().unwrap(), JsValue::from(name));
    let own = Object::get_own_property_descriptor(&window, &name);
    let none = Object::new();
    Reflect::set(&none, &"configurable".into(), &JsValue::TRUE).unwrap();
    Reflect::set(&none, &"value".into(), &JsValue::UNDEFINED).unwrap();
    Object::define_property(&window, &name, &none);
    let outcome = act();
    Object::define_property(&window, &name, own.unchecked_ref());
    outcome
}
