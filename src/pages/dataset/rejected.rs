//! The rows of the file that were not taken.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use perennial_dialect::wire::jobs::{Dataset, RejectedRow, RejectedRows};

use super::{fetched::Fetched, rows::offset_of, way::Route};
use crate::{
    client::ApiRequest,
    components::{PageFailed, Pager, changing, focus},
    platform::numbers::grouped,
    texts::{dataset as labels, reason, t},
};

/// Which rows are wanted, and those that came.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    rows: Fetched<RejectedRows>,
    path: StoredValue<String>,
    route: Route,
    offset: Memo<u64>,
}

impl Table {
    /// The rows that the address asks for, now and whenever it asks for others.
    #[must_use]
    pub fn new(dataset: &Dataset, path: &str, rows: Fetched<RejectedRows>, route: Route) -> Self {
        let total = dataset.rejected;
        let offset = Memo::new(move |_| offset_of(route.way.get().rejected, ON_PAGE, total));
        let table = Self { rows, path: StoredValue::new(format!("{path}/rejected")), route, offset };
        Effect::new(move |_| {
            offset.track();
            if total > 0 {
                table.load();
            }
        });
        table
    }

    fn load(self) {
        let offset = self.offset.get_untracked();
        let request = self.path.with_value(|path| ApiRequest::get(path));
        self.rows.load(request.query("offset", &offset.to_string()).query("limit", &ON_PAGE.to_string()));
    }

    fn turn_to(self, offset: u64) {
        if offset == self.offset.get_untracked() {
            // The page that did not come.
            return self.load();
        }
        self.route.change(|way| way.rejected = offset / ON_PAGE);
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
    let rows = table.rows;
    let go = Callback::new(move |offset: u64| table.turn_to(offset));
    let again = Callback::new(move |()| table.load());
    let offset = Signal::derive(move || rows.value.with(|page| page.as_ref().map_or(0, |page| page.offset)));
    let kept = Memo::new(move |_| rows.value.with(|page| page.as_ref().map(|page| page.kept)));
    let reasons =
        move || rows.value.with(|page| page.as_ref().map(|page| page.rows.clone()).unwrap_or_default());
    view! {
        <p class="soft">{changing(move || kept.get().map(|kept| labels::kept(rejected, kept, grouped)))}</p>
        <PageFailed failed=rows.failed loaded_at=rows.at again />
        <div class="sheet" role="region" tabindex="0" aria-labelledby=REJECTED>
            <table class="grid">
                <thead>
                    <tr>
                        <th scope="col" class="grid-number">{t().dataset.line}</th>
                        <th scope="col">{t().dataset.reason}</th>
                        <th scope="col">{t().dataset.beginning}</th>
                    </tr>
                </thead>
                <tbody>
                    <For each=reasons key=|row| row.line let(row)>{reason_row(&row)}</For>
                </tbody>
            </table>
        </div>
        {move || kept.get().map(|total| view! { <Pager offset on_page=ON_PAGE total busy=rows.loading go /> })}
    }
}

fn reason_row(row: &RejectedRow) -> impl IntoView + use<> {
    let why = row.cause.as_ref().map_or_else(|| row.reason.clone(), reason::of_row);
    view! {
        <tr>
            <th scope="row" class="grid-number grid-line">{row.line}</th>
            <td class="grid-reason">{why}</td>
            <td class="grid-raw" translate="no">{row.beginning.clone()}</td>
        </tr>
    }
}

/// The identifier of the heading, which other pages lead to.
pub const REJECTED: &str = "rejected";

/// Reasons are read one by one.
const ON_PAGE: u64 = 50;
