use gloo_timers::future::TimeoutFuture;
use leptos::{mount::mount_to, prelude::*};
use perennial::{
    components::{SessionChip, Tone, changing},
    texts::Chip,
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

fn place() -> HtmlElement {
    let document = web_sys::window().unwrap().document().unwrap();
    let place: HtmlElement = document.create_element("div").unwrap().unchecked_into();
    document.body().unwrap().append_child(&place).unwrap();
    place
}

/// Does what the translator of Chrome does: each text node gives way to two elements, one inside the other.
fn translate(place: &HtmlElement) {
    js_sys::Function::new_with_args(
        "place",
        "const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
        const texts = [];
        while (walker.nextNode()) texts.push(walker.currentNode);
        for (const text of texts.filter((text) => text.data.trim() && !text.parentNode.closest('font'))) {
            const [outer, inner] = [document.createElement('font'), document.createElement('font')];
            inner.textContent = `[${text.data}]`;
            outer.append(inner);
            text.replaceWith(outer);
        }",
    )
    .call1(&JsValue::UNDEFINED, place)
    .unwrap();
}

async fn shows(place: &HtmlElement, text: &str) {
    TimeoutFuture::new(0).await;
    assert_eq!(place.text_content().unwrap(), text);
}

/// Field 55.
#[wasm_bindgen_test]
async fn a_text_that_changes_is_seen_whatever_a_translator_has_made_of_the_one_before() {
    let place = place();
    let said = RwSignal::new(Some("Waiting".to_owned()));
    let _mounted =
        mount_to(place.clone(), move || view! { <p>"State: " {changing(move || said.get())} "!"</p> });
    shows(&place, "State: Waiting!").await;
    translate(&place);
    shows(&place, "[State: ][Waiting][!]").await;
    said.set(Some("Done".to_owned()));
    shows(&place, "[State: ]Done[!]").await;
    translate(&place);
    said.set(None);
    shows(&place, "[State: ][!]").await;
    said.set(Some("Failed".to_owned()));
    shows(&place, "[State: ]Failed[!]").await;
    said.set(Some("Failed again".to_owned()));
    shows(&place, "[State: ]Failed again[!]").await;
    place.remove();
}

/// Field 55.
#[wasm_bindgen_test]
async fn the_chip_of_a_translated_page_does_not_go_on_saying_what_was() {
    let place = place();
    let said = RwSignal::new(("Signed in", ""));
    let _mounted = mount_to(place.clone(), move || {
        let chip = Memo::new(move |_| {
            let (said, counted) = said.get();
            Chip { said: said.to_owned(), counted: counted.to_owned() }
        });
        view! { <SessionChip chip tone=Memo::new(|_| Tone::Good) /> }
    });
    shows(&place, "Signed in").await;
    translate(&place);
    said.set(("Retrying", " in 3 s"));
    shows(&place, "Retrying in 3 s").await;
    translate(&place);
    said.set(("Retrying", " in 2 s"));
    shows(&place, "[Retrying] in 2 s").await;
    place.remove();
}
