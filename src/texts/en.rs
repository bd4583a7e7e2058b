//! The texts in English.

use super::catalog::{Language, States, Texts};

pub(super) static TEXTS: Texts = Texts {
    name: "English",
    tag: "en-GB",
    plurals: &["one", "other"],
    language: Language { choice: "Language", system: "As the browser prefers" },
    states: States {
        device_gone: "{device} is not signed in any more.",
        device_came: "{device} has just signed in.",
        switched: "You are now signed in as {name}, as in your other tab.",
        already_in: "Your sign-in was not used: {name} is signed in here already. To sign in as somebody else, sign out first.",
        ok: "OK",
        limit_heading: "Your session ends soon",
        limit_lead: "No session lasts longer than this one has. You will be signed out in",
        limit_spoken: "No session lasts longer than this one has. You will be signed out in {length}.",
        limit_advice: "This cannot be extended. Finish what you are doing now, or sign out and sign in again to begin a new session.",
        limit_title: "{countdown} left · Your session ends soon",
        still_chosen: "{file} was not sent, because you were signed out. It is still chosen: start the import again.",
    },
};
