//! The page of an installation that cannot start.

use leptos::prelude::*;

use crate::{components::Brand, texts::broken_config as texts};

/// Tells whoever runs the site what is wrong with its configuration. Needs no context.
#[component]
pub fn BrokenConfig(
    /// One sentence for each error.
    errors: Vec<String>,
) -> impl IntoView {
    view! {
        <header class="header">
            <Brand href=super::href(&super::base(), super::OVERVIEW) />
        </header>
        <main class="page page-narrow">
            <h1 tabindex="-1">{texts::HEADING}</h1>
            <p class="lead">{texts::LEAD}</p>
            <ul class="errors">
                {errors.into_iter().map(|error| view! { <li>{marked(&error)}</li> }).collect_view()}
            </ul>
            <p class="soft">{texts::HINT}</p>
        </main>
    }
}

/// The sentence with what stands between backquotes set apart.
fn marked(sentence: &str) -> Vec<AnyView> {
    let parts = sentence.split('`').enumerate();
    parts
        .map(|(index, part)| {
            let part = part.to_owned();
            if index % 2 == 1 { view! { <code>{part}</code> }.into_any() } else { part.into_any() }
        })
        .collect()
}
