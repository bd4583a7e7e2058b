//! Die Texte auf Deutsch.

use super::catalog::{Language, Texts};

pub(super) static TEXTS: Texts = Texts {
    name: "Deutsch",
    tag: "de-DE",
    plurals: &["one", "other"],
    language: Language { choice: "Sprache", system: "Wie der Browser es vorgibt" },
};
