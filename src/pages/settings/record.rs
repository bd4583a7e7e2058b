//! What is written down of the session, and for how long.

use leptos::prelude::*;

use crate::{
    pages::keep_record::KeepRecord,
    platform::console::{self, Detail},
    texts::t,
};

/// How much the console is told, and whether the record of activity stays.
#[component]
pub(super) fn Record() -> impl IntoView {
    let texts = &t().settings;
    let detail = RwSignal::new(console::detail());
    let option = move |of: Detail, name: &'static str| {
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name="settings-console"
                    class="choice-box"
                    prop:checked=move || detail.get() == of
                    on:change=move |_| {
                        detail.set(of);
                        console::set_detail(of);
                    }
                />
                {name}
            </label>
        }
    };
    view! {
        <section class="card" aria-labelledby=HEADING>
            <h2 class="card-heading" id=HEADING>{texts.record}</h2>
            <fieldset class="settings-choices" aria-describedby=CONSOLE_HINT>
                <legend class="field-label">{texts.console}</legend>
                {option(Detail::Warnings, texts.warnings)}
                {option(Detail::Events, texts.events)}
                {option(Detail::Everything, texts.everything)}
                <p class="soft settings-hint" id=CONSOLE_HINT>{texts.console_hint}</p>
            </fieldset>
            <KeepRecord hint=KEEP_HINT />
        </section>
    }
}

const HEADING: &str = "settings-record";
const CONSOLE_HINT: &str = "settings-console-hint";
const KEEP_HINT: &str = "settings-keep-hint";
