//! The texts in English.

use super::catalog::{Language, Notices, Texts};

pub(super) static TEXTS: Texts = Texts {
    name: "English",
    tag: "en-GB",
    plurals: &["one", "other"],
    language: Language { choice: "Language", system: "As the browser prefers" },
    notices: Notices {
        reload: "Reload",
        try_again: "Try again",
        copy: "Copy details",
        copied: "Copied",
        details: "Details",
        waits_for_network: "This will be loaded when you are back online.",
        waits_for_server: "This will be loaded when the server answers again.",
        new_version: "A new version is ready.",
        stopped: "Perennial has stopped",
        stopped_lead: "A fault in the application has stopped this tab. Nothing on it works any more.",
        stopped_hint: "Your session is safe: reload the page and you go on where you were. If it happens again, \
            pass on the details. They hold no password and no key.",
        not_loaded: "This page could not be loaded.",
        not_loaded_hint: "Check your connection and try again. If a new version was installed meanwhile, reload.",
        not_shown: "This page could not be shown.",
        not_shown_hint: "Something in it was not as expected. Try again; if that does not help, pass on the details. \
            They hold no password and no key.",
    },
};
