//! What the console may call: `window.perennial`.

use std::{future::Future, pin::Pin};

use js_sys::{Object, Reflect};
use wasm_bindgen::{JsValue, closure::Closure};
use wasm_bindgen_futures::future_to_promise;

/// A wish that says in the end whether it was granted.
pub type Outcome = Pin<Box<dyn Future<Output = bool>>>;

/// Offers `window.perennial.refresh()`, a promise of true or false. Nothing else can be had from it, and nobody can put
/// anything else in its place.
///
/// # Errors
/// What the browser threw, where the window takes no such property.
pub fn offer(refresh: impl Fn() -> Outcome + 'static) -> Result<(), JsValue> {
    let refresh = Closure::<dyn Fn() -> js_sys::Promise>::new(move || {
        let outcome = refresh();
        future_to_promise(async move { Ok(JsValue::from_bool(outcome.await)) })
    });
    let handle = Object::new();
    Reflect::set(&handle, &"refresh".into(), &refresh.into_js_value())?;
    Object::freeze(&handle);
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let property = Object::new();
    Reflect::set(&property, &"value".into(), &handle)?;
    Object::define_property(window.as_ref(), &"perennial".into(), &property);
    Ok(())
}
