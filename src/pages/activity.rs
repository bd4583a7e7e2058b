//! What happened to the session, and why.

mod drawing;
mod export;
mod figures;
mod kept;
mod table;
mod words;

use leptos::prelude::*;
use perennial_session::Wall;

use crate::{
    components::{Chart, Legend, Skeleton},
    contexts::{use_auth, use_recorder},
    guard::is_stuck,
    platform::dates,
    record::Kind,
    texts::{fill, plural, t},
};
use export::Export;
use figures::FigureList;
use kept::Kept;
use table::Table;

/// The record, as figures, as a chart and as a table.
#[component]
pub fn Activity(
    /// What time it is.
    now: Signal<Wall>,
) -> impl IntoView {
    let recorder = use_recorder();
    let (entries, is_known) = (recorder.entries(), recorder.is_known());
    let shown = RwSignal::new(None::<Kind>);
    let chosen = Memo::new(move |_| {
        let is_shown = |kind: Option<Kind>, what: &crate::record::What| kind.is_none_or(|kind| what.is(kind));
        entries.with(|entries| {
            entries.iter().copied().filter(|entry| is_shown(shown.get(), &entry.what)).collect::<Vec<_>>()
        })
    });
    let is_empty = Memo::new(move |_| entries.with(|entries| entries.is_empty()));
    let columns = Memo::new(move |_| {
        let first = entries.with(|entries| entries.first().map(|entry| entry.at));
        chosen.with(|chosen| {
            entries.with(|entries| drawing::columns(chosen, entries, first.unwrap_or(now.get()), now.get()))
        })
    });
    let label = move || {
        let count = chosen.with(Vec::len) as u64;
        let from = entries.with(|entries| entries.first().map_or(now.get(), |entry| entry.at));
        let events = fill(plural(t().activity.most, count), &[("n", &count.to_string())]);
        let (from, until) = (dates::date_and_clock(from), dates::date_and_clock(now.get()));
        fill(t().activity.chart, &[("events", &events), ("from", &from), ("until", &until)])
    };
    let most = move || {
        let most = u64::from(columns.with(crate::components::Columns::most));
        fill(plural(t().activity.most, most), &[("n", &most.to_string())])
    };
    let legend = move || view! { <Legend marks=drawing::legend(shown.get()) spans=drawing::spans() /> };
    view! {
        <main class="page">
            <div class="page-top">
                <div>
                    <h1 tabindex="-1">{t().activity.heading}</h1>
                    <p class="lead">{t().activity.introduction}</p>
                </div>
                {move || is_known.get().then(|| view! { <Export entries now /> })}
            </div>
            {move || is_known.get().then(|| view! { <FigureList entries now /> })}
            {move || {
                if !is_known.get() {
                    return view! { <Waiting /> }.into_any();
                }
                if is_empty.get() {
                    return view! { <p class="empty">{t().activity.empty}</p> }.into_any();
                }
                view! {
                    <Choice shown />
                    <section class="card">
                        <Chart columns label=Signal::derive(label) most=Signal::derive(most) />
                        {legend}
                    </section>
                    <Table chosen />
                }
                .into_any()
            }}
            <Kept />
        </main>
    }
}

/// While it is not known what happened: that is not to say that nothing did.
#[component]
fn Waiting() -> impl IntoView {
    let is_stuck = is_stuck(use_auth().snapshot());
    move || {
        if is_stuck.get() {
            view! { <p class="empty">{t().activity.waiting}</p> }.into_any()
        } else {
            view! { <Skeleton label=t().session.restoring /> }.into_any()
        }
    }
}

/// Which kind is shown: one of five, always one.
#[component]
fn Choice(shown: RwSignal<Option<Kind>>) -> impl IntoView {
    let texts = &t().activity;
    let option = move |kind: Option<Kind>, name: &'static str| {
        view! {
            <label class="segment">
                <input
                    type="radio"
                    name="kind"
                    class="segment-input"
                    prop:checked=move || shown.get() == kind
                    on:change=move |_| shown.set(kind)
                />
                <span class="segment-name">{name}</span>
            </label>
        }
        .into_any()
    };
    view! {
        <fieldset class="segments segments-wrap">
            <legend class="segments-name">{texts.show}</legend>
            {option(None, texts.all)}
            {option(Some(Kind::Refresh), texts.kind_refreshes)}
            {option(Some(Kind::Trouble), texts.kind_trouble)}
            {option(Some(Kind::Session), texts.kind_sessions)}
            {option(Some(Kind::Connection), texts.kind_connections)}
        </fieldset>
    }
}
