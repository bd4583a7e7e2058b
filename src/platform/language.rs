//! The languages a browser prefers, and the one its page is marked with (`navigator.languages`, `<html lang>`).

use leptos::prelude::{document, window};

/// The tags (BCP 47) of the languages the person told the browser they read, the one they like best first.
#[must_use]
pub fn preferred() -> Vec<String> {
    window().navigator().languages().iter().filter_map(|tag| tag.as_string()).collect()
}

/// Says what the page is written in, for screen readers, hyphens and translators.
pub fn mark(tag: &str) {
    if let Some(root) = document().document_element() {
        // It cannot fail for an attribute with this name.
        drop(root.set_attribute("lang", tag));
    }
}
