//! The theme a person chose on this device.

use leptos::prelude::document;

use super::{names, preferences};

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
    named(root.and_then(|root| root.get_attribute(ATTRIBUTE)).as_deref())
}

/// Puts the theme in force and remembers it. Where storage is switched off, it lasts as long as the page.
pub fn apply(theme: Theme) {
    show(theme);
    preferences::write(&key(), theme.name());
}

/// Puts in force what another tab chooses, and calls back with it, for as long as the page.
pub fn follow(on_change: impl Fn(Theme) + 'static) {
    preferences::follow(key(), move || {
        let theme = named(preferences::read(&key()).as_deref());
        show(theme);
        on_change(theme);
    });
}

impl Theme {
    /// What it is stored as; the system's choice is the absence of any.
    fn name(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some(LIGHT),
            Self::Dark => Some(DARK),
        }
    }
}

fn named(name: Option<&str>) -> Theme {
    match name {
        Some(LIGHT) => Theme::Light,
        Some(DARK) => Theme::Dark,
        _ => Theme::System,
    }
}

fn show(theme: Theme) {
    if let Some(root) = document().document_element() {
        // Neither can fail for an attribute with this name.
        drop(match theme.name() {
            Some(name) => root.set_attribute(ATTRIBUTE, name),
            None => root.remove_attribute(ATTRIBUTE),
        });
    }
}

/// Where `boot.js` finds the theme, unquoted.
fn key() -> String {
    names::of_device("theme")
}

/// Where the style sheets find it.
const ATTRIBUTE: &str = "data-theme";

const LIGHT: &str = "light";
const DARK: &str = "dark";
