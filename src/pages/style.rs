//! Each component in each of its states, on one page of the development builds: for review and for pictures.
//!
//! It speaks English only and holds nothing but examples. No release has it; `cargo xtask build` sees to that by the
//! heading.

mod controls;
mod drawings;
mod session;
mod tables;

use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// Whether this page is what the address asks for.
#[must_use]
pub fn is_asked_for(base: StoredValue<String>) -> bool {
    let pathname = use_location().pathname.get_untracked();
    base.with_value(|base| super::inner(base, &pathname) == STYLE)
}

/// Every component in every state.
#[component]
pub fn Style() -> impl IntoView {
    let sections = [
        ("banners", "Banners", session::banners()),
        ("session", "Session chip", session::chips()),
        ("ring", "Ring", session::rings()),
        ("drawings", "Timeline and chart", drawings::drawings()),
        ("dialogs", "Dialogs", session::dialogs()),
        ("buttons", "Buttons", controls::buttons()),
        ("fields", "Fields", controls::fields()),
        ("choices", "Choices", controls::choices()),
        ("progress", "Progress", controls::progress()),
        ("navigation", "Navigation", controls::navigation()),
        ("text", "Text", tables::text()),
        ("cards", "Cards and facts", tables::cards()),
        ("tables", "Tables and their pages", tables::tables()),
        ("waiting", "On its way, and empty", tables::waiting()),
    ];
    let contents: Vec<_> = sections
        .iter()
        .map(|(id, name, _)| view! { <li><a href=format!("{STYLE}#{id}")>{*name}</a></li> })
        .collect();
    let sections: Vec<_> = sections.into_iter().map(|(id, name, shown)| section(id, name, shown)).collect();
    view! {
        <main class="page">
            <h1 tabindex="-1">{HEADING}</h1>
            <nav aria-label="Components"><ul class="actions">{contents}</ul></nav>
            {sections}
        </main>
    }
}

fn section(id: &'static str, name: &'static str, shown: AnyView) -> AnyView {
    let heading = format!("{id}-heading");
    let labelled_by = heading.clone();
    view! {
        <section class="block" id=id aria-labelledby=labelled_by>
            <h2 id=heading>{name}</h2>
            {shown}
        </section>
    }
    .into_any()
}

/// An example with what it is an example of.
fn example(name: &'static str, shown: impl IntoView) -> AnyView {
    view! {
        <div class="field">
            <p class="soft">{name}</p>
            {shown.into_any()}
        </div>
    }
    .into_any()
}

/// A path that the navigation does not have.
const STYLE: &str = "/style";

/// What `cargo xtask build` looks for in a release, where it must not be.
const HEADING: &str = "Every component in every state";
