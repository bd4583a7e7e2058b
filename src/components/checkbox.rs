//! A box to tick.

use leptos::prelude::*;

/// A box to tick, with its label.
#[component]
pub fn Checkbox(
    /// What it means.
    label: &'static str,
    /// Whether it is ticked.
    chosen: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <label class="choice">
            <input
                type="checkbox"
                class="choice-box"
                prop:checked=chosen
                on:change=move |event| chosen.set(event_target_checked(&event))
            />
            {label}
        </label>
    }
}
