//! The figures at the top.

use std::sync::Arc;

use leptos::prelude::*;
use perennial_session::Wall;

use crate::{
    components::changing,
    platform::numbers::{self, grouped},
    record::{Entry, Figures, figures},
    texts::{self, fill, t},
};

/// What the record comes to.
#[component]
pub fn FigureList(entries: ReadSignal<Arc<Vec<Entry>>>, now: Signal<Wall>) -> impl IntoView {
    let figures = Memo::new(move |_| entries.with(|entries| figures(entries, now.get())));
    let texts = &t().activity;
    let figure = move |name: &'static str, value: fn(&Figures) -> String| {
        view! { <div class="figure"><dt>{name}</dt><dd>{changing(move || figures.with(value))}</dd></div> }
            .into_any()
    };
    view! {
        <section class="figures" aria-label=texts.figures>
            <dl class="figure-list">
                {figure(texts.refreshes, |figures| grouped(figures.refreshes))}
                {figure(texts.success, success)}
                {figure(texts.p50, |figures| ms(figures.p50_ms))}
                {figure(texts.p95, |figures| ms(figures.p95_ms))}
                {figure(texts.sign_ins, |figures| grouped(figures.sign_ins))}
                {figure(texts.offline_time, |figures| length(figures.offline_ms))}
                {figure(texts.longest_outage, |figures| length(figures.longest_outage_ms))}
            </dl>
            <p class="figures-note">{texts.outage_explained}</p>
        </section>
    }
}

/// All of them is only said of all of them.
fn success(figures: &Figures) -> String {
    if figures.refreshes == 0 {
        return t().activity.none.to_owned();
    }
    let tenths = figures.granted.saturating_mul(1_000) / figures.refreshes;
    fill(t().activity.percent, &[("n", &numbers::tenths(tenths))])
}

fn ms(ms: Option<u64>) -> String {
    ms.map_or_else(|| t().activity.none.to_owned(), |ms| fill(t().activity.ms, &[("n", &grouped(ms))]))
}

fn length(ms: u64) -> String {
    if ms == 0 { t().activity.none.to_owned() } else { texts::left(ms) }
}
