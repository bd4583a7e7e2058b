//! What becomes of the record.

use leptos::prelude::*;

use crate::{contexts::use_recorder, platform::preferences, texts::t};

/// Says what is kept and for how long, and lets the person decide.
#[component]
pub fn Kept() -> impl IntoView {
    let recorder = use_recorder();
    let texts = &t().activity;
    let is_kept = RwSignal::new(preferences::keeps_record());
    let keep = move |event| {
        let keeps = event_target_checked(&event);
        preferences::set_keeps_record(keeps);
        is_kept.set(keeps);
    };
    view! {
        <section class="card" aria-labelledby=HEADING>
            <h2 class="card-heading" id=HEADING>{texts.kept}</h2>
            <p class="soft">{texts.kept_explained}</p>
            <label class="choice">
                <input type="checkbox" class="choice-box" prop:checked=is_kept on:change=keep />
                {t().settings.keep_record}
            </label>
            <div class="actions">
                <button type="button" class="button" on:click=move |_| recorder.clear()>{texts.forget}</button>
            </div>
        </section>
    }
}

const HEADING: &str = "kept-heading";
