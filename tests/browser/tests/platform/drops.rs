use std::{cell::RefCell, rc::Rc};

use perennial::platform::drops;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

/// Drags something over the page and drops it there; says whether the browser was kept from treating it in its way.
fn drag(what: &str) -> bool {
    drag_to("document.body", what)
}

fn drag_to(place: &str, what: &str) -> bool {
    let script = format!(
        "const dataTransfer = new DataTransfer();
        const place = {place};
        {what}
        const drag = (kind) => new DragEvent(kind, {{ bubbles: true, cancelable: true, dataTransfer }});
        const kept = ['dragover', 'drop'].map((kind) => !place.dispatchEvent(drag(kind)));
        return kept[0] && kept[1];"
    );
    js_sys::Function::new_no_args(&script).call0(&JsValue::UNDEFINED).unwrap() == JsValue::TRUE
}

const FILE: &str = "dataTransfer.items.add(new File(['a,b'], 'dropped.csv'));";
const TEXT: &str = "dataTransfer.setData('text/plain', 'dragged');";
const LINK: &str = "dataTransfer.setData('text/uri-list', 'https://example.org/');";

/// Field 59.
#[wasm_bindgen_test]
fn a_file_that_is_dropped_anywhere_is_taken_or_refused_and_never_opened() {
    let told: Rc<RefCell<Vec<String>>> = Rc::default();
    let (over, files) = (told.clone(), told.clone());
    let listeners = drops::listen(
        move |is_over| {
            over.borrow_mut().push(format!("over: {is_over}"));
            is_over
        },
        move |dropped| files.borrow_mut().push(dropped.get(0).unwrap().name()),
    );
    assert!(drag(FILE));
    assert_eq!(*told.borrow(), ["over: true", "over: false", "dropped.csv"]);
    told.borrow_mut().clear();
    assert!(!drag(TEXT), "a text may be dragged into a field");
    drop(listeners);
    drops::keep_page();
    assert!(drag(FILE), "where nobody takes it, nothing happens");
    assert!(drag(LINK), "a link is not followed either");
    assert!(!drag(TEXT));
    let field = "document.body.appendChild(document.createElement('input'))";
    assert!(!drag_to(field, LINK), "a link may be dragged into a field");
    assert!(told.borrow().is_empty());
}
