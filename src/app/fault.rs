//! The last page: what stands where the application stood before it failed.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::{
    report,
    texts::{BRAND, t},
};

/// Puts the page in the place of all others. It is plain HTML, because nothing of the application may run any more, and
/// its buttons are `boot.js`'s.
pub fn show(message: &str, place: Option<&str>) {
    let texts = &t().notices;
    let Some(body) = document().body() else { return };
    // Every text comes from the catalog but the details, which are put in as text.
    body.set_inner_html(&format!(
        "<div class=\"frame\"><header class=\"header\"><span class=\"brand\">{BRAND}</span></header>\
         <main class=\"page page-narrow\"><h1 tabindex=\"-1\">{}</h1>\
         <div class=\"failure\" role=\"alert\"><p class=\"lead\">{}</p><p>{}</p>\
         <div class=\"failure-actions\"><button type=\"button\" class=\"button button-primary\" data-does=\"reload\">{}</button>\
         <button type=\"button\" class=\"button\" data-does=\"copy\" data-done=\"{}\">{}</button></div>\
         <details><summary>{}</summary><pre tabindex=\"0\"></pre></details></div></main></div>",
        texts.stopped,
        texts.stopped_lead,
        texts.stopped_hint,
        texts.reload,
        texts.copied,
        texts.copy,
        texts.details,
    ));
    if let Ok(Some(pre)) = document().query_selector(".failure pre") {
        pre.set_text_content(Some(&report::details(message, place)));
    }
    document().set_title(&format!("{} · {BRAND}", texts.stopped));
    let heading = document().query_selector("h1").ok().flatten();
    if let Some(heading) = heading.and_then(|heading| heading.dyn_into::<HtmlElement>().ok()) {
        // A heading that does not take the focus is read all the same: what follows it is an alert.
        drop(heading.focus());
    }
}
