//! The page for paths that lead nowhere.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::texts;

/// Says what was asked and leads back.
#[component]
pub fn NotFound(
    /// The path the application is served under.
    base: StoredValue<String>,
) -> impl IntoView {
    let pathname = use_location().pathname;
    let back = base.with_value(|base| super::href(base, super::OVERVIEW));
    view! {
        <main class="page page-narrow">
            <h1 tabindex="-1">{texts::NOT_FOUND}</h1>
            <p class="lead">
                {texts::not_found::LEAD}
                <code>{move || pathname.get()}</code>
                "."
            </p>
            <p>
                <a class="button" href=back>{texts::not_found::BACK}</a>
            </p>
        </main>
    }
}
