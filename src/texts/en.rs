//! The texts in English.

use super::catalog::{Language, Texts};

pub(super) static TEXTS: Texts = Texts {
    name: "English",
    tag: "en-GB",
    plurals: &["one", "other"],
    language: Language { choice: "Language", system: "As the browser prefers" },
};
