//! The page for paths that lead nowhere.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    components::changing,
    texts::{self, t},
};

/// Says what was asked and leads back.
#[component]
pub fn NotFound(
    /// The path the application is served under.
    base: StoredValue<String>,
) -> impl IntoView {
    let pathname = use_location().pathname;
    let back = base.with_value(|base| super::href(base, super::OVERVIEW));
    let (before, after) = texts::around(t().not_found.lead);
    view! {
        <main class="page page-narrow">
            <h1 tabindex="-1">{t().pages.not_found}</h1>
            <p class="lead">
                {before}
                <code>{changing(move || pathname.get())}</code>
                {after}
            </p>
            <p>
                <a class="button" href=back>{t().not_found.back}</a>
            </p>
        </main>
    }
}
