//! The rows of a dataset.

use std::sync::Arc;

use leptos::prelude::*;
use perennial_dialect::wire::jobs::{Dataset, Row, Rows};

use super::{
    fetched::Fetched,
    way::{Route, Sort, Way},
};
use crate::{
    client::ApiRequest,
    components::{PageFailed, Pager, changing},
    texts::{dataset as labels, t},
};

/// Which rows are wanted, and those that came.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    rows: Fetched<Rows>,
    path: StoredValue<String>,
    route: Route,
    offset: Memo<u64>,
    sort: Memo<Option<Sort>>,
    on_page: u64,
}

impl Table {
    /// The rows of a dataset that the address asks for, now and whenever it asks for others.
    #[must_use]
    pub fn new(dataset: &Dataset, path: &str, rows: Fetched<Rows>, route: Route) -> Self {
        let (total, columns) = (dataset.rows, dataset.columns.len());
        let on_page = rows_on_a_page(columns);
        let offset = Memo::new(move |_| offset_of(route.way.get().page, on_page, total));
        let sort = Memo::new(move |_| route.way.get().sort.filter(|sort| sort.column < columns));
        let table =
            Self { rows, path: StoredValue::new(format!("{path}/rows")), route, offset, sort, on_page };
        Effect::new(move |_| {
            offset.track();
            sort.track();
            table.load();
        });
        table
    }

    fn load(self) {
        let request = self.path.with_value(|path| ApiRequest::get(path));
        let request = request.query("offset", &self.offset.get_untracked().to_string());
        let request = request.query("limit", &self.on_page.to_string());
        self.rows.load(match self.sort.get_untracked() {
            None => request,
            Some(Sort { column, is_descending }) => request
                .query("sort", &column.to_string())
                .query("order", if is_descending { "desc" } else { "asc" }),
        });
    }

    fn turn_to(self, offset: u64) {
        if offset == self.offset.get_untracked() {
            // The page that did not come.
            return self.load();
        }
        self.route.change(|way| way.page = offset / self.on_page);
    }

    /// Up, down, and back to the order of the file.
    fn sort_by(self, column: usize) {
        let sort = turned(self.sort.get_untracked(), column);
        self.route.change(|way| *way = Way { sort, page: 0, ..*way });
    }
}

/// The table with its pages.
#[component]
pub fn DataTable(
    /// What is shown.
    dataset: Arc<Dataset>,
    /// Which of its rows.
    table: Table,
) -> impl IntoView {
    if dataset.rows == 0 {
        return view! { <p class="empty">{t().dataset.no_rows}</p> }.into_any();
    }
    let total = dataset.rows;
    let head = dataset.columns.iter().enumerate();
    let head = head
        .map(|(index, column)| view! { <Head index name=column.name.clone() is_number=column.is_number table /> })
        .collect_view();
    let numbers: Arc<[bool]> = dataset.columns.iter().map(|column| column.is_number).collect();
    let body = move || {
        let page = table.rows.value.get();
        page.map(|page| page.rows.iter().map(|row| cells(row, &numbers)).collect_view())
    };
    let caption = move || {
        let sort = table.sort.get();
        let sorted = sort.and_then(|sort| Some((dataset.columns.get(sort.column)?, sort.is_descending)));
        labels::table(
            &dataset.name,
            sorted.map(|(column, is_descending)| (column.name.as_str(), is_descending)),
        )
    };
    let go = Callback::new(move |offset| table.turn_to(offset));
    let again = Callback::new(move |()| table.load());
    let offset =
        Signal::derive(move || table.rows.value.with(|page| page.as_ref().map_or(0, |page| page.offset)));
    view! {
        <section class="block">
            <h2>{t().dataset.data}</h2>
            <PageFailed failed=table.rows.failed loaded_at=table.rows.at again />
            <div class="sheet" role="region" tabindex="0" aria-labelledby=CAPTION>
                <table class="grid grid-data">
                    <caption class="visually-hidden" id=CAPTION>{changing(caption)}</caption>
                    <thead>
                        <tr>
                            <th scope="col" class="grid-number">{t().dataset.line}</th>
                            {head}
                        </tr>
                    </thead>
                    <tbody translate="no">{body}</tbody>
                </table>
            </div>
            <Pager offset on_page=table.on_page total busy=table.rows.loading go />
        </section>
    }
    .into_any()
}

/// The head of a column, which sorts.
#[component]
fn Head(index: usize, name: String, is_number: bool, table: Table) -> impl IntoView {
    let sorted = Memo::new(move |_| match table.sort.get() {
        Some(Sort { column, is_descending: true }) if column == index => "descending",
        Some(Sort { column, is_descending: false }) if column == index => "ascending",
        _ => "none",
    });
    let name = if name.trim().is_empty() { t().dataset.unnamed.to_owned() } else { shortened(&name) };
    view! {
        <th scope="col" class:grid-number=is_number aria-sort=move || sorted.get()>
            <button type="button" class="sort" on:click=move |_| table.sort_by(index)>
                <span translate="no">{name}</span>
                <span class="sort-mark" aria-hidden="true"></span>
            </button>
        </th>
    }
}

fn cells(row: &Row, numbers: &[bool]) -> impl IntoView + use<> {
    let fields = row.fields.iter().zip(numbers.iter().copied().chain(std::iter::repeat(false)));
    let fields =
        fields.map(|(field, is_number)| view! { <td class:grid-number=is_number>{shortened(field)}</td> });
    view! {
        <tr>
            <th scope="row" class="grid-number grid-line">{row.line}</th>
            {fields.collect_view()}
        </tr>
    }
}

fn turned(sort: Option<Sort>, column: usize) -> Option<Sort> {
    match sort {
        Some(sort) if sort.column == column => {
            (!sort.is_descending).then_some(Sort { is_descending: true, ..sort })
        }
        Some(_) | None => Some(Sort { column, is_descending: false }),
    }
}

/// Where a page begins: the last one, where there are not so many.
pub(super) fn offset_of(page: u64, on_page: u64, total: u64) -> u64 {
    page.min(total.saturating_sub(1) / on_page).saturating_mul(on_page)
}

fn rows_on_a_page(columns: usize) -> u64 {
    let rows = MOST_CELLS / u64::try_from(columns).unwrap_or(u64::MAX).max(1);
    rows.clamp(FEWEST_ROWS, MOST_ROWS)
}

/// A field as a table can hold it. The download has it whole.
fn shortened(field: &str) -> String {
    match field.char_indices().nth(LONGEST_FIELD) {
        Some((at, _)) => format!("{}…", &field[..at]),
        None => field.to_owned(),
    }
}

const CAPTION: &str = "data-caption";

/// As many rows as a person looks through before searching by other means.
const MOST_ROWS: u64 = 100;

/// Where there are very many columns: still something to compare.
const FEWEST_ROWS: u64 = 10;

/// Browsers lay out as many cells within a blink.
const MOST_CELLS: u64 = 10_000;

/// A field may be a mebibyte long; nobody reads more than this in a cell.
const LONGEST_FIELD: usize = 300;

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn a_column_is_sorted_up_then_down_then_not_at_all() {
        let up = turned(None, 2);
        assert_eq!(up, Some(Sort { column: 2, is_descending: false }));
        let down = turned(up, 2);
        assert_eq!(down, Some(Sort { column: 2, is_descending: true }));
        assert_eq!(turned(down, 2), None);
        assert_eq!(
            turned(down, 1),
            Some(Sort { column: 1, is_descending: false }),
            "another column begins anew"
        );
    }

    #[test]
    fn a_page_that_is_not_there_is_the_last() {
        assert_eq!([0, 1, 2, u64::MAX].map(|page| offset_of(page, 100, 150)), [0, 100, 100, 100]);
        assert_eq!(offset_of(7, 100, 0), 0);
    }

    #[test]
    fn a_wide_table_has_fewer_rows_on_a_page() {
        assert_eq!([0, 8, 100, 200, 1_024].map(rows_on_a_page), [100, 100, 100, 50, 10]);
    }

    #[test]
    fn a_long_field_is_cut_between_characters() {
        assert_eq!(shortened(&"ä".repeat(300)), "ä".repeat(300));
        assert_eq!(shortened(&"ä".repeat(301)), format!("{}…", "ä".repeat(300)));
    }
}
