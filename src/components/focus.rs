//! Where the keyboard goes when the control it is on goes away.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::platform::activity::by_script;

/// Moves the focus to the element of this identifier, if it is now on the one of the other.
///
/// To be called before the page changes: the browser forgets where the focus was together with the control.
pub fn hand_over(from: &str, to: String) {
    if document().active_element().is_some_and(|element| element.id() == from) {
        request_animation_frame(move || focus(&to));
    }
}

/// Moves the focus to the element of this identifier.
pub fn focus(id: &str) {
    let element = document().get_element_by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(element) = element {
        // An element that cannot take the focus leaves it where it was.
        drop(by_script(|| element.focus()));
    }
}
