//! The theme a person chose on this device.

use leptos::prelude::document;

use super::preferences;

/// Light, dark, or as the system prefers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// As the system prefers.
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// The theme in force: what `boot.js` put on the document before the first paint.
#[must_use]
pub fn read() -> Theme {
    let root = document().document_element();
    match root.and_then(|root| root.get_attribute(ATTRIBUTE)).as_deref() {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::System,
    }
}

/// Puts the theme in force and remembers it. Where storage is switched off, it lasts as long as the page.
pub fn apply(theme: Theme) {
    let name = match theme {
        Theme::System => None,
        Theme::Light => Some("light"),
        Theme::Dark => Some("dark"),
    };
    if let Some(root) = document().document_element() {
        // Neither can fail for an attribute with this name.
        drop(match name {
            Some(name) => root.set_attribute(ATTRIBUTE, name),
            None => root.remove_attribute(ATTRIBUTE),
        });
    }
    preferences::write(KEY, name);
}

/// Where `boot.js` finds the theme, unquoted.
const KEY: &str = "perennial.theme";

/// Where the style sheets find it.
const ATTRIBUTE: &str = "data-theme";
