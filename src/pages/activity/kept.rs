//! What becomes of the record.

use leptos::prelude::*;

use crate::{
    components::changing,
    contexts::use_recorder,
    pages::keep_record::KeepRecord,
    platform::numbers::grouped,
    record::{LONGEST_MS, MOST_ENTRIES},
    texts::{fill, t},
};

/// Says what is kept and for how long, and lets the person decide.
#[component]
pub fn Kept() -> impl IntoView {
    let recorder = use_recorder();
    let is_known = recorder.is_known();
    let forgotten = RwSignal::new(false);
    let forget = move |_| {
        recorder.clear();
        forgotten.set(true);
    };
    let texts = &t().activity;
    let (most, days) = (grouped(MOST_ENTRIES as u64), grouped(LONGEST_MS / DAY_MS));
    view! {
        <section class="card" aria-labelledby=HEADING>
            <h2 class="card-heading" id=HEADING>{texts.kept}</h2>
            <p class="soft">{fill(texts.kept_explained, &[("n", &most), ("days", &days)])}</p>
            <KeepRecord hint=HINT />
            <div class="actions">
                <button type="button" class="button" disabled=move || !is_known.get() on:click=forget>
                    {texts.forget}
                </button>
                <p class="soft" role="status">{changing(move || forgotten.get().then_some(t().activity.forgotten))}</p>
            </div>
        </section>
    }
}

const HEADING: &str = "kept-heading";
const HINT: &str = "kept-hint";
const DAY_MS: u64 = 24 * 3_600_000;
