//! The record as a file to keep.

use std::sync::Arc;

use leptos::prelude::*;
use perennial_session::Wall;

use super::words;
use crate::{
    components::changing,
    contexts::use_config,
    platform::{dates, save},
    record::{self, Entry, Words},
    texts::t,
};

/// The buttons that save all of the record, whatever is shown of it.
#[component]
pub fn Export(entries: ReadSignal<Arc<Vec<Entry>>>, now: Signal<Wall>) -> impl IntoView {
    let failed = RwSignal::new(false);
    let limit_s = use_config().timing.inactivity_limit_s;
    let save = move |format: Format| {
        let describe = move |entry: &Entry| {
            format!("{}: {}", words::what(&entry.what), words::why(&entry.what, limit_s))
        };
        let words = Words { moment: dates::rfc3339, description: &describe };
        let entries = entries.get_untracked();
        let saved = match format {
            Format::Json => {
                let text = record::json(&entries, now.get_untracked(), words);
                save::save_text(&text, "application/json", "perennial-activity.json")
            }
            Format::Csv => {
                save::save_text(&record::csv(&entries, words), "text/csv", "perennial-activity.csv")
            }
        };
        failed.set(saved.is_err());
    };
    let button = move |format: Format, name: &'static str| {
        view! { <button type="button" class="button" on:click=move |_| save(format)>{name}</button> }
            .into_any()
    };
    view! {
        <div class="dataset-actions export">
            <div class="actions">
                {button(Format::Json, t().activity.export_json)}
                {button(Format::Csv, t().activity.export_csv)}
            </div>
            <p class="dataset-trouble" role="alert">
                {changing(move || failed.get().then_some(t().activity.not_saved))}
            </p>
        </div>
    }
}

#[derive(Clone, Copy)]
enum Format {
    Json,
    Csv,
}
