//! The way through a table that is shown page by page.

use leptos::prelude::*;
use perennial_session::Wall;

use super::{Banner, Tone, changing};
use crate::{
    client::FetchError,
    platform::{dates, numbers::grouped},
    texts::{self, dataset as labels, t},
};

/// Which rows are shown, and the buttons that lead to others. They stay where they are, so that the next page is
/// one more press away.
#[component]
pub fn Pager(
    /// How many rows come before those that are shown.
    offset: Signal<u64>,
    /// How many are on a page.
    on_page: u64,
    /// How many there are in all.
    #[prop(into)]
    total: Signal<u64>,
    /// Whether another page is on its way.
    #[prop(into)]
    busy: Signal<bool>,
    /// The person wants the page that begins after so many rows.
    go: Callback<u64>,
) -> impl IntoView {
    let last = Memo::new(move |_| total.get().saturating_sub(1) / on_page.max(1) * on_page.max(1));
    let is_long = Memo::new(move |_| last.get() > 0);
    let shown = move || {
        let (offset, total) = (offset.get(), total.get());
        labels::shown(offset, on_page.min(total.saturating_sub(offset)), total, grouped)
    };
    let button = move |name: &'static str, target: fn(u64, u64, u64) -> u64| {
        let target = Memo::new(move |_| target(offset.get(), on_page, last.get()));
        let is_here = Memo::new(move |_| target.get() == offset.get());
        view! {
            <button
                type="button"
                class="button"
                aria-disabled=move || is_here.get().then_some("true")
                on:click=move |_| {
                    if !is_here.get_untracked() && !busy.get_untracked() {
                        go.run(target.get_untracked());
                    }
                }
            >
                {name}
            </button>
        }
    };
    let buttons = move || {
        if !is_long.get() {
            return ().into_any();
        }
        view! {
            <nav class="pager-buttons" aria-label=t().dataset.pages>
                {button(t().dataset.first, |_, _, _| 0)}
                {button(t().dataset.previous, |offset, on_page, _| offset.saturating_sub(on_page))}
                {button(t().dataset.next, |offset, on_page, last| offset.saturating_add(on_page).min(last))}
                {button(t().dataset.last, |_, _, last| last)}
            </nav>
        }
        .into_any()
    };
    view! {
        <div class="pager">
            <p class="pager-shown" role="status">{changing(shown)}</p>
            {buttons}
        </div>
    }
}

/// Why a page did not come, with the way to ask for it again.
#[component]
pub fn PageFailed(
    /// Why, if it did not.
    #[prop(into)]
    failed: Signal<Option<FetchError>>,
    /// When what is shown instead came.
    #[prop(into)]
    loaded_at: Signal<Option<Wall>>,
    /// The person wants it to be asked for again.
    again: Callback<()>,
) -> impl IntoView {
    let banner = move |error: FetchError| {
        let shown = loaded_at.get().map(|at| texts::at(t().common.loaded_at, &dates::clock(at)));
        let why = texts::fetch_failure(&error);
        let said = [t().dataset.page_failed, &why, shown.as_deref().unwrap_or_default()].join(" ");
        view! {
            <Banner tone=Tone::Bad>
                <p>{changing(move || said.clone())}</p>
                <button type="button" class="button" on:click=move |_| again.run(())>{t().common.try_again}</button>
            </Banner>
        }
    };
    view! { <div class="trouble" role="alert">{move || failed.get().map(banner)}</div> }
}
