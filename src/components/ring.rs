//! A length of time as a ring that empties.

use leptos::prelude::*;

use super::changing;

/// A ring with the time left in words inside. The ring itself says nothing that the words do not.
#[component]
pub fn Ring(
    /// How much is left, from 0 to 1.
    #[prop(into)]
    share: Signal<f64>,
    /// How much is left, in words.
    #[prop(into)]
    value: Signal<String>,
    /// What is being waited for.
    #[prop(into)]
    note: Signal<&'static str>,
) -> impl IntoView {
    view! {
        <div class="ring">
            <svg class="ring-drawing" viewBox="0 0 120 120" aria-hidden="true">
                <circle class="ring-track" cx="60" cy="60" r="54" />
                // Drawn to a length of 100, so that the gap is a percentage.
                <circle
                    class="ring-left"
                    cx="60"
                    cy="60"
                    r="54"
                    pathLength="100"
                    stroke-dasharray="100"
                    stroke-dashoffset=move || format!("{:.2}", 100.0 * (1.0 - share.get().clamp(0.0, 1.0)))
                />
            </svg>
            <p class="ring-words">
                <strong class="ring-value">{changing(move || value.get())}</strong>
                " "
                <span class="ring-note">{changing(move || note.get())}</span>
            </p>
        </div>
    }
}
