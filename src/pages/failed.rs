//! What stands in the place of a page that could not be loaded or shown.

use leptos::prelude::*;

use crate::{components::Failure, contexts::use_build, report, texts::t};

/// Why there is no page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Its code did not come.
    NotLoaded,
    /// What there is to show could not be shown.
    NotShown,
}

/// Says that the page is not there, with a way to try again. Code that is gone may be that of an older build, so that a
/// newer one is looked for.
#[component]
pub fn Failed(
    /// The heading of the page.
    heading: &'static str,
    /// Why it is not there.
    fault: Fault,
    /// What the program says of it.
    message: String,
    /// The person wants it to be tried again.
    on_retry: Callback<()>,
) -> impl IntoView {
    let texts = &t().notices;
    let (what, hint) = match fault {
        Fault::NotLoaded => {
            use_build().suspect();
            (texts.not_loaded, texts.not_loaded_hint)
        }
        Fault::NotShown => (texts.not_shown, texts.not_shown_hint),
    };
    view! {
        <main class="page">
            <h1 tabindex="-1">{heading}</h1>
            <Failure what hint details=report::details(&message, None) on_retry />
        </main>
    }
}
