//! The rows of the file that were not taken.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use perennial_dialect::wire::jobs::{Dataset, RejectedRows};

use super::fetched::Fetched;
use crate::{
    client::ApiRequest,
    components::{PageFailed, Pager, focus},
    platform::numbers::grouped,
    texts::{dataset as labels, t},
};

/// Which rows are wanted, and those that came.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    rows: Fetched<RejectedRows>,
    path: StoredValue<String>,
    wanted: RwSignal<u64>,
}

impl Table {
    /// None yet.
    #[must_use]
    pub fn new(path: &str, rows: Fetched<RejectedRows>) -> Self {
        Self { rows, path: StoredValue::new(format!("{path}/rejected")), wanted: RwSignal::new(0) }
    }

    /// Asks for the rows from here on.
    pub fn load(self, offset: u64) {
        self.wanted.set(offset);
        let request = self.path.with_value(|path| ApiRequest::get(path));
        self.rows.load(request.query("offset", &offset.to_string()).query("limit", &ON_PAGE.to_string()));
    }
}

/// What was not taken, row by row, with the reason.
#[component]
pub fn Rejected(
    /// What is shown.
    dataset: Arc<Dataset>,
    /// Which of its rows.
    table: Table,
) -> impl IntoView {
    let hash = use_location().hash;
    // The queue leads here. What it leads to has only now come.
    Effect::new(move |_| {
        if hash.with_untracked(|hash| hash.strip_prefix('#') == Some(REJECTED)) {
            focus::focus(REJECTED);
        }
    });
    view! {
        <section class="block">
            <h2 id=REJECTED tabindex="-1">{t().dataset.rejected}</h2>
            {if dataset.rejected == 0 {
                view! { <p class="soft">{t().dataset.nothing_rejected}</p> }.into_any()
            } else {
                view! { <RejectedTable rejected=dataset.rejected table /> }.into_any()
            }}
        </section>
    }
}

#[component]
fn RejectedTable(rejected: u64, table: Table) -> impl IntoView {
    let Table { rows, wanted, .. } = table;
    let go = Callback::new(move |offset| table.load(offset));
    let again = Callback::new(move |()| table.load(wanted.get_untracked()));
    let offset = Signal::derive(move || rows.value.with(|page| page.as_ref().map_or(0, |page| page.offset)));
    let kept = Memo::new(move |_| rows.value.with(|page| page.as_ref().map(|page| page.kept)));
    view! {
        <p class="soft">{move || kept.get().map(|kept| labels::kept(rejected, kept, grouped))}</p>
        <PageFailed failed=rows.failed again />
        <div class="sheet" role="region" tabindex="0" aria-labelledby=REJECTED>
            <table class="grid">
                <thead>
                    <tr>
                        <th scope="col" class="grid-number">{t().dataset.line}</th>
                        <th scope="col">{t().dataset.reason}</th>
                        <th scope="col">{t().dataset.beginning}</th>
                    </tr>
                </thead>
                <tbody>{move || rows.value.get().map(|page| body(&page))}</tbody>
            </table>
        </div>
        {move || kept.get().map(|total| view! { <Pager offset on_page=ON_PAGE total busy=rows.loading go /> })}
    }
}

fn body(page: &RejectedRows) -> impl IntoView + use<> {
    let rows = page.rows.iter().map(|row| {
        view! {
            <tr>
                <th scope="row" class="grid-number grid-line">{row.line}</th>
                <td class="grid-reason">{row.reason.clone()}</td>
                <td class="grid-raw">{row.beginning.clone()}</td>
            </tr>
        }
    });
    rows.collect_view()
}

/// The identifier of the heading, which other pages lead to.
pub const REJECTED: &str = "rejected";

/// Reasons are read one by one.
const ON_PAGE: u64 = 50;
