//! `/api/datasets`: what imported files held.

mod sending;

use std::sync::Arc;

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use perennial_dialect::wire::{Problem, jobs as wire};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use self::sending::{Rows, Sending};
use super::jobs::count;
use crate::app::App;
use crate::refusal::Refusal;
use crate::routes::caller::Caller;
use crate::store::datasets::{Dataset, MOST_REJECTED_KEPT, Order};

/// Lists the person's datasets, the newest first.
#[utoipa::path(get, path = "/datasets",
    responses((status = 200, description = "The datasets", body = wire::Datasets)))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
) -> Result<Json<wire::Datasets>, Refusal> {
    let datasets = app.store.datasets(caller.account.id).await?;
    Ok(Json(wire::Datasets { datasets: datasets.into_iter().map(shown).collect() }))
}

/// Says what a dataset is.
#[utoipa::path(get, path = "/datasets/{id}", params(("id" = String, Path, description = "The dataset")),
    responses((status = 200, description = "The dataset", body = wire::Dataset)))]
pub(super) async fn one(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<Uuid>, PathRejection>,
) -> Result<Json<wire::Dataset>, Refusal> {
    Ok(Json(shown(find(&app, &caller, id).await?)))
}

/// Deletes a dataset.
#[utoipa::path(delete, path = "/datasets/{id}", params(("id" = String, Path, description = "The dataset")),
    responses((status = 204, description = "It is gone")))]
pub(super) async fn delete(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<Uuid>, PathRejection>,
) -> Result<StatusCode, Refusal> {
    let dataset = find(&app, &caller, id).await?;
    app.store.discard_dataset(dataset.key).await?;
    app.jobs.ring();
    Ok(StatusCode::NO_CONTENT)
}

/// Which rows, and in what order.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Page {
    /// How many rows come before the page.
    #[serde(default)]
    offset: u32,
    /// How many rows the page has, 500 at most; 50 where it is left out.
    #[serde(default = "rows_on_a_page")]
    limit: u32,
    /// The number of the column to sort by, from 0. Rejected rows are not sorted.
    sort: Option<usize>,
    /// In which direction.
    #[param(inline)]
    order: Option<Direction>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Direction {
    Asc,
    Desc,
}

/// Shows a page of rows.
#[utoipa::path(get, path = "/datasets/{id}/rows", params(("id" = String, Path, description = "The dataset"), Page),
    responses(
        (status = 200, description = "The page", body = wire::Rows),
        (status = 429, description = "Too many long answers of this person are under way, with Retry-After",
            body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn rows(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<Uuid>, PathRejection>,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Response, Refusal> {
    let page = parse(page)?;
    let dataset = find(&app, &caller, id).await?;
    let (offset, limit) = (i64::from(page.offset), i64::from(page.limit));
    let mut rows = match page.sort {
        None if page.order.is_some() => {
            return Err(Refusal::QueryInvalid("An order needs a column to sort by."));
        }
        None => Rows::through(&dataset, offset, limit),
        Some(column) => {
            let is_number = dataset
                .columns
                .get(column)
                .ok_or(Refusal::QueryInvalid("There is no column of this number; the first is 0."))?
                .is_number;
            let order = Order { column, is_number, is_descending: page.order == Some(Direction::Desc) };
            let numbers =
                app.store.sorted_numbers(caller.account.id, dataset.key, order, offset, limit).await?;
            Rows::listed(&dataset, numbers)
        }
    };
    let first = rows.next(&app).await?;
    let (total, offset) = (count(dataset.rows), page.offset.into());
    if rows.is_at_end() {
        let rows = first.into_iter().map(sending::shown).collect();
        return Ok(Json(wire::Rows { total, offset, rows }).into_response());
    }
    let sending = Sending::begin(&app, &caller)?;
    Ok(sending.page(total, offset, first, rows)?.into_response())
}

/// Shows a page of the rows that were not taken.
#[utoipa::path(get, path = "/datasets/{id}/rejected", params(("id" = String, Path, description = "The dataset"), Page),
    responses((status = 200, description = "The page", body = wire::RejectedRows)))]
pub(super) async fn rejected(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<Uuid>, PathRejection>,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Json<wire::RejectedRows>, Refusal> {
    let page = parse(page)?;
    if page.sort.is_some() || page.order.is_some() {
        return Err(Refusal::QueryInvalid("Rejected rows come in the order of the file."));
    }
    let dataset = find(&app, &caller, id).await?;
    let rows = app.store.rejected_rows(dataset.key, page.offset.into(), page.limit.into()).await?;
    let rows = rows
        .into_iter()
        .map(|row| wire::RejectedRow {
            line: count(row.line),
            reason: row.reason,
            cause: row.cause,
            beginning: row.beginning,
        })
        .collect();
    Ok(Json(wire::RejectedRows {
        total: count(dataset.rejected),
        kept: count(dataset.rejected.min(MOST_REJECTED_KEPT)),
        offset: page.offset.into(),
        rows,
    }))
}

/// Sends all rows as RFC 4180 has them, read while they are sent.
#[utoipa::path(get, path = "/datasets/{id}/csv", params(("id" = String, Path, description = "The dataset")),
    responses(
        (status = 200, description = "The rows", body = String, content_type = "text/csv"),
        (status = 429, description = "Too many long answers of this person are under way, with Retry-After",
            body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn download(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<Uuid>, PathRejection>,
) -> Result<Response, Refusal> {
    let dataset = find(&app, &caller, id).await?;
    let disposition = disposition(&dataset.name);
    let mut response = Sending::begin(&app, &caller)?.file(dataset)?.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present"));
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    Ok(response)
}

async fn find(app: &App, caller: &Caller, id: Result<Path<Uuid>, PathRejection>) -> Result<Dataset, Refusal> {
    // What is no identifier is nobody's dataset.
    let Path(id) = id.map_err(|_| Refusal::NotFound)?;
    app.store.dataset(caller.account.id, id).await?.ok_or(Refusal::NotFound)
}

fn parse(page: Result<Query<Page>, QueryRejection>) -> Result<Page, Refusal> {
    let Query(page) = page.map_err(|_| {
        Refusal::QueryInvalid(
            "The query knows offset, limit, sort (the number of a column, from 0) and order (asc or desc).",
        )
    })?;
    if !(1..=MOST_ROWS_ON_A_PAGE).contains(&page.limit) {
        return Err(Refusal::QueryInvalid("A page has 1 to 500 rows."));
    }
    Ok(page)
}

fn rows_on_a_page() -> u32 {
    50
}

/// RFC 6266: the name in ASCII for old clients and as it is (RFC 8187) for all others.
fn disposition(name: &str) -> HeaderValue {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " -_.()".contains(c);
    let ascii: String = name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    let encoded: String = name
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect();
    HeaderValue::try_from(format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{encoded}"))
        .unwrap_or(HeaderValue::from_static("attachment"))
}

fn shown(dataset: Dataset) -> wire::Dataset {
    let columns = dataset.columns.into_iter();
    wire::Dataset {
        id: dataset.id.to_string(),
        name: dataset.name,
        columns: columns.map(|c| wire::Column { name: c.name, is_number: c.is_number }).collect(),
        rows: count(dataset.rows),
        rejected: count(dataset.rejected),
        delimiter: dataset.delimiter.as_str().into_owned(),
        encoding: dataset.encoding.as_str().to_owned(),
        created_at: dataset.created_at.to_string(),
    }
}

const MOST_ROWS_ON_A_PAGE: u32 = 500;
