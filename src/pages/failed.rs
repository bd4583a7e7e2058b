//! What stands in the place of a page whose code could not be loaded.

use leptos::prelude::*;

use crate::{components::Failure, contexts::use_build, report, texts::t};

/// Says that the page is not there, with a way to try again. Code that is gone may be that of an older build, so that a
/// newer one is looked for.
#[component]
pub fn Failed(
    /// The heading of the page.
    heading: &'static str,
    /// What the program says of it.
    message: String,
    /// The person wants it to be tried again.
    on_retry: Callback<()>,
) -> impl IntoView {
    let texts = &t().notices;
    use_build().suspect();
    view! {
        <main class="page">
            <h1 tabindex="-1">{heading}</h1>
            <Failure what=texts.not_loaded hint=texts.not_loaded_hint details=report::details(&message, None) on_retry />
        </main>
    }
}
