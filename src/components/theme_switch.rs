//! Light, dark, or as the system prefers.

use leptos::prelude::*;

use crate::{platform::theme::Theme, texts::t};

/// Three radio buttons, one of which is always chosen.
#[component]
pub fn ThemeSwitch(
    /// What tells it from another on the same page.
    name: &'static str,
    /// The theme in force.
    #[prop(into)]
    chosen: Signal<Theme>,
    /// The person wants another.
    choose: Callback<Theme>,
) -> impl IntoView {
    let option = move |theme: Theme, label: &'static str| {
        view! {
            <label class="segment">
                <input
                    type="radio"
                    name=name
                    class="segment-input"
                    prop:checked=move || chosen.get() == theme
                    on:change=move |_| choose.run(theme)
                />
                <span class="segment-name">{label}</span>
            </label>
        }
    };
    view! {
        <fieldset class="segments">
            <legend class="segments-name">{t().theme.name}</legend>
            {option(Theme::System, t().theme.system)}
            {option(Theme::Light, t().theme.light)}
            {option(Theme::Dark, t().theme.dark)}
        </fieldset>
    }
}
