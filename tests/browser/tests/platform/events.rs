use std::{cell::RefCell, rc::Rc};

use perennial::platform::{
    activity,
    wake::{self, Sign},
};
use perennial_session::Wake;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Event, HtmlElement, PageTransitionEvent, PageTransitionEventInit, Window};

fn window() -> Window {
    web_sys::window().unwrap()
}

fn fire(name: &str) {
    window().dispatch_event(&Event::new(name).unwrap()).unwrap();
}

/// What a listener heard.
type Heard<T> = Rc<RefCell<Vec<T>>>;

#[wasm_bindgen_test]
fn the_network_the_focus_a_thawed_and_a_restored_page_are_each_heard_for_what_they_are() {
    let heard: Heard<Sign> = Rc::default();
    let listeners = wake::listen({
        let heard = heard.clone();
        move |sign| heard.borrow_mut().push(sign)
    });
    fire("offline");
    fire("online");
    fire("focus");
    for name in ["visibilitychange", "resume"] {
        window().document().unwrap().dispatch_event(&Event::new(name).unwrap()).unwrap();
    }
    let restored = PageTransitionEventInit::new();
    restored.set_persisted(true);
    let restored = PageTransitionEvent::new_with_event_init_dict("pageshow", &restored).unwrap();
    window().dispatch_event(&restored).unwrap();
    assert_eq!(
        *heard.borrow(),
        [
            Sign::WentOffline,
            Sign::Woke(Wake::Online),
            Sign::Woke(Wake::Seen),
            Sign::Woke(Wake::Seen),
            Sign::Woke(Wake::Seen),
            Sign::Woke(Wake::Restored),
        ]
    );
    drop(listeners);
    fire("online");
    assert_eq!(heard.borrow().len(), 6, "a dropped listener hears nothing");
}

#[wasm_bindgen_test]
fn a_page_that_goes_says_so_before_its_calls_end_and_when_it_has_gone() {
    let heard: Heard<Sign> = Rc::default();
    let _listeners = wake::listen({
        let heard = heard.clone();
        move |sign| heard.borrow_mut().push(sign)
    });
    fire("beforeunload");
    fire("pagehide");
    assert_eq!(*heard.borrow(), [Sign::Leaving, Sign::Left]);
}

#[wasm_bindgen_test]
fn a_page_that_was_merely_loaded_was_not_restored() {
    let heard: Heard<Sign> = Rc::default();
    let _listeners = wake::listen({
        let heard = heard.clone();
        move |sign| heard.borrow_mut().push(sign)
    });
    window().dispatch_event(&PageTransitionEvent::new("pageshow").unwrap()).unwrap();
    assert_eq!(*heard.borrow(), []);
}

/// Real activity takes a real person or a WebDriver; the end-to-end suite has one.
#[wasm_bindgen_test]
fn an_event_that_a_script_made_up_is_not_a_person() {
    let heard: Heard<()> = Rc::default();
    let _listeners = activity::listen({
        let heard = heard.clone();
        move || heard.borrow_mut().push(())
    });
    for name in EVENTS {
        fire(name);
    }
    assert_eq!(heard.borrow().len(), 0);
}

/// Field 54: no key is pressed by somebody who dictates, or whose screen reader moves the focus.
#[wasm_bindgen_test]
fn text_that_comes_without_a_key_is_a_person_and_a_focus_that_a_script_moves_is_not() {
    let document = window().document().unwrap();
    let field: HtmlElement = document.create_element("textarea").unwrap().unchecked_into();
    document.body().unwrap().append_child(&field).unwrap();
    let heard: Heard<()> = Rc::default();
    let _listeners = activity::listen({
        let heard = heard.clone();
        move || heard.borrow_mut().push(())
    });
    activity::by_script(|| field.focus()).unwrap();
    assert_eq!(heard.borrow().len(), 0);
    // A command of the browser: its events are those of text that was dictated.
    js_sys::Function::new_no_args("document.execCommand('insertText', false, 'dictated')")
        .call0(&wasm_bindgen::JsValue::UNDEFINED)
        .unwrap();
    assert_eq!(heard.borrow().len(), 1);
    field.remove();
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

#[wasm_bindgen_test]
fn a_test_browser_is_online() {
    assert!(!wake::is_offline());
}
