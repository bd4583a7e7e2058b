//! What an imported file held.

mod actions;
mod fetched;
mod rejected;
mod rows;
mod way;

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_params_map};
use perennial_dialect::wire::jobs::{self as wire, RejectedRows, Rows};
use perennial_session::Wall;

use crate::{
    client::{ApiRequest, FetchError},
    components::{Banner, Skeleton, TimeAgo, Tone, changing},
    pages,
    platform::numbers::grouped,
    texts::{self, dataset as labels, t},
};
use actions::Actions;
use fetched::Fetched;
use rejected::Rejected;
use rows::DataTable;

pub use rejected::REJECTED;

/// The page of one dataset.
#[component]
pub fn Dataset(
    /// What time it is.
    now: Signal<Wall>,
    /// The path the application is served under.
    base: StoredValue<String>,
    /// Takes the name of the dataset while it is looked at.
    show: WriteSignal<Option<String>>,
) -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).unwrap_or_default());
    // A page of its own for each, so that nothing of one is left in another.
    move || view! { <One id=id.get() now base show /> }
}

#[component]
fn One(
    id: String,
    now: Signal<Wall>,
    base: StoredValue<String>,
    show: WriteSignal<Option<String>>,
) -> impl IntoView {
    let path = StoredValue::new(api_path(&id));
    let dataset = Fetched::<wire::Dataset>::new();
    let rows = Fetched::<Rows>::new();
    let rejected = Fetched::<RejectedRows>::new();
    let load = move || match path.get_value() {
        Some(path) => dataset.load(ApiRequest::get(&path)),
        None => dataset.failed.set(Some(GONE)),
    };
    load();
    let name = Memo::new(move |_| dataset.value.with(|dataset| dataset.as_ref().map(|it| it.name.clone())));
    Effect::new(move |_| show.set(name.get()));
    on_cleanup(move || show.set(None));
    let failed = move || dataset.failed.get().map(|error| view! { <Failed error load /> });
    let is_ready = Memo::new(move |_| rows.value.with(Option::is_some) || rows.failed.with(Option::is_some));
    let waits = Memo::new(move |_| !is_ready.get() && dataset.failed.with(Option::is_none));
    view! {
        <main class="page" aria-busy=move || (dataset.loading.get() || rows.loading.get()).then_some("true")>
            <div class="page-top">
                <div>
                    <p class="back">
                        <A href=base.with_value(|base| pages::href(base, pages::QUEUE))>{t().dataset.back}</A>
                    </p>
                    <h1 tabindex="-1">{changing(move || name.get().unwrap_or_else(|| t().pages.dataset.to_owned()))}</h1>
                </div>
                {move || dataset.value.get().zip(path.get_value()).map(|(dataset, path)| {
                    view! { <Actions dataset path base /> }
                })}
            </div>
            {failed}
            {move || waits.get().then(|| view! { <Skeleton label=t().dataset.loading /> })}
            {move || {
                let (dataset, path) = dataset.value.get().zip(path.get_value())?;
                Some(view! { <Contents dataset path rows rejected now is_ready /> })
            }}
        </main>
    }
}

/// The facts and both tables, all at once, so that nothing moves while they come.
#[component]
fn Contents(
    dataset: Arc<wire::Dataset>,
    path: String,
    rows: Fetched<Rows>,
    rejected: Fetched<RejectedRows>,
    now: Signal<Wall>,
    is_ready: Memo<bool>,
) -> impl IntoView {
    let route = way::Route::new();
    let table = rows::Table::new(&dataset, &path, rows, route);
    let refused = rejected::Table::new(&dataset, &path, rejected, route);
    move || {
        if !is_ready.get() {
            return ().into_any();
        }
        let dataset = dataset.clone();
        view! {
            <Facts dataset=dataset.clone() now />
            <DataTable dataset=dataset.clone() table />
            <Rejected dataset table=refused />
        }
        .into_any()
    }
}

#[component]
fn Facts(dataset: Arc<wire::Dataset>, now: Signal<Wall>) -> impl IntoView {
    let fact = |term: &'static str, value: AnyView| {
        view! {
            <div>
                <dt>{term}</dt>
                <dd>{value}</dd>
            </div>
        }
    };
    let columns = u64::try_from(dataset.columns.len()).unwrap_or(u64::MAX);
    view! {
        <dl class="summary">
            {fact(t().dataset.rows, grouped(dataset.rows).into_any())}
            {fact(t().dataset.rejected_rows, grouped(dataset.rejected).into_any())}
            {fact(t().dataset.columns, grouped(columns).into_any())}
            {fact(t().dataset.delimiter, labels::delimiter(&dataset.delimiter).into_any())}
            {fact(t().dataset.encoding, labels::encoding(&dataset.encoding).into_any())}
            {fact(t().dataset.imported, view! { <TimeAgo moment=dataset.created_at.clone() now /> }.into_any())}
        </dl>
    }
}

#[component]
fn Failed(error: FetchError, load: impl Fn() + Copy + Send + 'static) -> impl IntoView {
    let is_gone = matches!(error, FetchError::Status { status: 404, .. });
    let why = if is_gone {
        t().dataset.gone.to_owned()
    } else {
        format!("{} {}", t().dataset.failed, texts::fetch_failure(&error))
    };
    view! {
        <div class="trouble" role="alert">
            <Banner tone=Tone::Bad>
                <p>{changing(move || why.clone())}</p>
                {(!is_gone)
                    .then(|| {
                        view! {
                            <button type="button" class="button" on:click=move |_| load()>{t().common.try_again}</button>
                        }
                    })}
            </Banner>
        </div>
    }
}

/// Where the server has the dataset of this identifier, which came in through the address bar.
fn api_path(id: &str) -> Option<String> {
    let is_name = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_name.then(|| format!("/api/datasets/{id}"))
}

/// What a server would say of a name that cannot be one.
const GONE: FetchError = FetchError::Status { status: 404, problem: None };

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn what_is_no_identifier_leads_nowhere() {
        assert_eq!(api_path("0b9f-7").as_deref(), Some("/api/datasets/0b9f-7"));
        for id in ["", "..", "a/b", "a%2fb", "a?b", "ä"] {
            assert_eq!(api_path(id), None, "{id}");
        }
    }
}
