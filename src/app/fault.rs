//! The last page: what stands where the application stood before it failed.

use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement};

use crate::{
    report,
    texts::{BRAND, t},
};

/// Puts the page in the place of all others. It is plain HTML, because nothing of the application may run any more, and
/// its buttons are `boot.js`'s. It is made element by element: a policy of the page may refuse markup, and that may be
/// why the application failed.
pub fn show(message: &str, place: Option<&str>) {
    let Some(body) = document().body() else { return };
    let details = report::details(message, place);
    if let Ok(page) = page(&details) {
        body.set_text_content(None);
        // An element that was just made fits into a body.
        drop(body.append_child(&page));
    }
    document().set_title(&format!("{} · {BRAND}", t().notices.stopped));
    let heading = document().query_selector("h1").ok().flatten();
    if let Some(heading) = heading.and_then(|heading| heading.dyn_into::<HtmlElement>().ok()) {
        // A heading that does not take the focus is read all the same: what follows it is an alert.
        drop(heading.focus());
    }
}

fn page(details: &str) -> Result<Element, JsValue> {
    let texts = &t().notices;
    let brand = element("span", &[("class", "brand")], Some(BRAND), &[])?;
    let header = element("header", &[("class", "header")], None, &[brand])?;
    let heading = element("h1", &[("tabindex", "-1")], Some(texts.stopped), &[])?;
    let lead = element("p", &[("class", "lead")], Some(texts.stopped_lead), &[])?;
    let hint = element("p", &[], Some(texts.stopped_hint), &[])?;
    let reload = [("type", "button"), ("class", "button button-primary"), ("data-does", "reload")];
    let reload = element("button", &reload, Some(texts.reload), &[])?;
    let copy = [("type", "button"), ("class", "button"), ("data-does", "copy"), ("data-done", texts.copied)];
    let copy = element("button", &copy, Some(texts.copy), &[])?;
    let actions = element("div", &[("class", "failure-actions")], None, &[reload, copy])?;
    let summary = element("summary", &[], Some(texts.details), &[])?;
    let pre = element("pre", &[("tabindex", "0")], Some(details), &[])?;
    let details = element("details", &[], None, &[summary, pre])?;
    let failure = [("class", "failure"), ("role", "alert")];
    let failure = element("div", &failure, None, &[lead, hint, actions, details])?;
    let main = element("main", &[("class", "page page-narrow")], None, &[heading, failure])?;
    element("div", &[("class", "frame")], None, &[header, main])
}

fn element(
    tag: &str,
    attributes: &[(&str, &str)],
    text: Option<&str>,
    children: &[Element],
) -> Result<Element, JsValue> {
    let element = document().create_element(tag)?;
    for (name, value) in attributes {
        element.set_attribute(name, value)?;
    }
    if text.is_some() {
        element.set_text_content(text);
    }
    for child in children {
        element.append_child(child)?;
    }
    Ok(element)
}
