use std::{cell::Cell, rc::Rc};

use js_sys::{Function, Object, Promise, Reflect};
use perennial::platform::handle;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

/// One test, because a page offers the handle once.
#[wasm_bindgen_test]
async fn the_console_may_refresh_and_nothing_else() {
    let granted = Rc::new(Cell::new(true));
    let outcome = granted.clone();
    handle::offer(move || {
        let outcome = outcome.clone();
        Box::pin(async move { outcome.get() })
    })
    .unwrap();

    let window = JsValue::from(web_sys::window().unwrap());
    let handle = Reflect::get(&window, &"perennial".into()).unwrap();
    let object: &Object = handle.unchecked_ref();
    assert_eq!(Object::keys(object).length(), 1);
    let refresh: Function = Reflect::get(&handle, &"refresh".into()).unwrap().dyn_into().unwrap();
    let call = async || {
        let promise: Promise = refresh.call0(&JsValue::UNDEFINED).unwrap().dyn_into().unwrap();
        JsFuture::from(promise).await.unwrap()
    };
    assert_eq!(call().await, JsValue::TRUE);
    granted.set(false);
    assert_eq!(call().await, JsValue::FALSE);

    assert!(!Reflect::set(&handle, &"refresh".into(), &JsValue::NULL).unwrap_or(false), "it can be replaced");
    assert!(
        !Reflect::set(&window, &"perennial".into(), &JsValue::NULL).unwrap_or(false),
        "it can be replaced"
    );
}
