//! `/api/datasets`: what imported files held.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http_body_util::channel::{Channel, Sender};
use perennial_dialect::wire::jobs as wire;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::jobs::count;
use super::session_end::SessionEnd;
use crate::app::App;
use crate::refusal::Refusal;
use crate::routes::caller::Caller;
use crate::store::datasets::{Dataset, MOST_REJECTED_KEPT, Numbered, Order};

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
    responses((status = 200, description = "The page", body = wire::Rows)))]
pub(super) async fn rows(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<Uuid>, PathRejection>,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Json<wire::Rows>, Refusal> {
    let page = parse(page)?;
    let dataset = find(&app, &caller, id).await?;
    let (offset, limit) = (i64::from(page.offset), i64::from(page.limit));
    let rows = match page.sort {
        None if page.order.is_some() => {
            return Err(Refusal::QueryInvalid("An order needs a column to sort by."));
        }
        None => app.store.rows(dataset.key, offset, limit).await?,
        Some(column) => {
            let is_number = dataset
                .columns
                .get(column)
                .ok_or(Refusal::QueryInvalid("There is no column of this number; the first is 0."))?
                .is_number;
            let order = Order { column, is_number, is_descending: page.order == Some(Direction::Desc) };
            app.store.sorted_rows(caller.account.id, dataset.key, order, offset, limit).await?
        }
    };
    let rows = rows.into_iter().map(shown_row).collect();
    Ok(Json(wire::Rows { total: count(dataset.rows), offset: page.offset.into(), rows }))
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
    responses((status = 200, description = "The rows", body = String, content_type = "text/csv")))]
pub(super) async fn download(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<Uuid>, PathRejection>,
) -> Result<Response, Refusal> {
    let dataset = find(&app, &caller, id).await?;
    let disposition = disposition(&dataset.name);
    let (sender, body) = Channel::new(CHUNKS_AHEAD);
    let session_end = SessionEnd::of(&app, &caller);
    tokio::spawn(send(app, dataset, session_end, sender));
    let mut response = Body::new(body).into_response();
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

/// Sends the rows as long as the session lasts; whatever goes wrong breaks the answer off, so that nobody takes half
/// a file for a whole one.
async fn send(
    app: Arc<App>,
    dataset: Dataset,
    session_end: SessionEnd,
    mut sender: Sender<Bytes, std::io::Error>,
) {
    let sent = tokio::select! {
        biased;
        refusal = session_end.reached() => Err(std::io::Error::other(refusal.detail())),
        sent = send_rows(&app, dataset, &mut sender) => sent,
    };
    if let Err(error) = sent {
        tracing::info!(%error, "a download was broken off");
        sender.abort(error);
    }
}

/// Sends the header and the rows, some at a time.
async fn send_rows(
    app: &App,
    dataset: Dataset,
    sender: &mut Sender<Bytes, std::io::Error>,
) -> std::io::Result<()> {
    let header = dataset.columns.into_iter().map(|column| column.name).collect();
    let mut rows: Vec<Vec<String>> = vec![header];
    let mut sent = 0;
    loop {
        let sending = sender.send_data(encode(&rows)?);
        match tokio::time::timeout(app.settings.live_times.stuck, sending).await {
            Ok(Ok(())) => {}
            // Nobody listens any more.
            Ok(Err(_)) => return Ok(()),
            Err(_) => return Err(std::io::Error::other("nothing of it was taken for too long")),
        }
        if sent == dataset.rows {
            return Ok(());
        }
        let found = app.store.rows(dataset.key, sent, ROWS_IN_A_CHUNK).await.map_err(|error| {
            tracing::warn!(%error, "the rows of a download could not be read");
            std::io::Error::other(error)
        })?;
        if found.is_empty() {
            return Err(std::io::Error::other("the dataset was deleted meanwhile"));
        }
        sent += i64::try_from(found.len()).unwrap_or_default();
        rows = found.into_iter().map(|numbered| numbered.row.fields).collect();
    }
}

fn encode(rows: &[Vec<String>]) -> Result<Bytes, std::io::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row)?;
    }
    Ok(writer.into_inner().map_err(|error| error.into_error())?.into())
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

fn shown_row(numbered: Numbered) -> wire::Row {
    wire::Row { number: count(numbered.number), line: count(numbered.row.line), fields: numbered.row.fields }
}

const MOST_ROWS_ON_A_PAGE: u32 = 500;

/// How many rows are read for a download at once; a row is bounded where it is imported.
const ROWS_IN_A_CHUNK: i64 = 200;

/// How much of a download is read before the client has taken what came before.
const CHUNKS_AHEAD: usize = 2;
