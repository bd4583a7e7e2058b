//! The outline of what is on its way.

use leptos::prelude::*;

/// Grey lines in the place of a list. The style sheet shows them after 300 ms: what comes sooner needs none.
#[component]
pub fn Skeleton(
    /// What a screen reader hears.
    label: &'static str,
    /// How many lines.
    #[prop(default = 3)]
    lines: usize,
) -> impl IntoView {
    view! {
        <div class="skeleton">
            <p class="visually-hidden">{label}</p>
            {(0..lines).map(|_| view! { <div class="skeleton-line" aria-hidden="true"></div> }).collect_view()}
        </div>
    }
}
