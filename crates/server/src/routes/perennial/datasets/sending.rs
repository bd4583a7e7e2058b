//! Rows that are sent while they are read: no more of them is in memory than a piece or two, however long they are and
//! however slowly they are taken.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use csv::QuoteStyle;
use http_body_util::channel::{Channel, Sender};
use perennial_dialect::wire::jobs as wire;

use super::super::jobs::count;
use super::super::session_end::SessionEnd;
use crate::app::App;
use crate::counts::Share;
use crate::refusal::Refusal;
use crate::routes::caller::Caller;
use crate::store::StoreError;
use crate::store::datasets::{AtOnce, Dataset, Numbered};

/// Rows that are still to be read.
pub(super) struct Rows {
    key: i64,
    left: Left,
    at_once: AtOnce,
}

enum Left {
    /// All behind this one, up to the last.
    Through { before: i64, last: i64 },
    /// Those of these numbers, from this place in the list on.
    Listed { numbers: Vec<i64>, at: usize },
}

impl Rows {
    /// At most `most` rows in the order of the file.
    pub(super) fn through(dataset: &Dataset, before: i64, most: i64) -> Self {
        let last = dataset.rows.min(before.saturating_add(most));
        Self { key: dataset.key, left: Left::Through { before, last }, at_once: ON_A_PAGE }
    }

    /// The rows of these numbers.
    pub(super) fn listed(dataset: &Dataset, numbers: Vec<i64>) -> Self {
        Self { key: dataset.key, left: Left::Listed { numbers, at: 0 }, at_once: ON_A_PAGE }
    }

    /// Whether all were read.
    pub(super) fn is_at_end(&self) -> bool {
        match &self.left {
            Left::Through { before, last } => before >= last,
            Left::Listed { numbers, at } => *at >= numbers.len(),
        }
    }

    /// The next ones, bounded by their number and their bytes; none at the end.
    ///
    /// # Errors
    /// That they are not there any more, or what the store said.
    pub(super) async fn next(&mut self, app: &App) -> Result<Vec<Numbered>, Refusal> {
        if self.is_at_end() {
            return Ok(Vec::new());
        }
        let found = self.read(app).await?;
        if found.is_empty() {
            // It was deleted meanwhile.
            return Err(Refusal::NotFound);
        }
        match &mut self.left {
            Left::Through { before, .. } => *before += i64::try_from(found.len()).unwrap_or(i64::MAX),
            Left::Listed { at, .. } => *at += found.len(),
        }
        Ok(found)
    }

    async fn read(&self, app: &App) -> Result<Vec<Numbered>, StoreError> {
        match &self.left {
            Left::Through { before, last } => {
                let rows = usize::try_from(last - before).unwrap_or(usize::MAX).min(self.at_once.rows);
                app.store.rows(self.key, *before, AtOnce { rows, ..self.at_once }).await
            }
            Left::Listed { numbers, at } => app.store.rows_of(self.key, &numbers[*at..], self.at_once).await,
        }
    }
}

/// A long answer on its way to a person, as long as the session lasts.
pub(super) struct Sending {
    app: Arc<App>,
    session_end: SessionEnd,
    share: Share,
}

impl Sending {
    /// # Errors
    /// When too many are on their way to this person.
    pub(super) fn begin(app: &Arc<App>, caller: &Caller) -> Result<Self, Refusal> {
        let limit = app.settings.limits.downloads_per_account;
        let share = app.downloads.take(caller.account.id, limit);
        let share = share.ok_or(Refusal::TooManyDownloads { limit })?;
        Ok(Self { app: Arc::clone(app), session_end: SessionEnd::of(app, caller), share })
    }

    /// A page as JSON: these rows, and those that are left.
    pub(super) fn page(
        self,
        total: u64,
        offset: u64,
        first: Vec<Numbered>,
        left: Rows,
    ) -> Result<axum::response::Response, Refusal> {
        let mut begin = format!("{{\"total\":{total},\"offset\":{offset},\"rows\":[").into_bytes();
        // Before each but the first there is a comma.
        begin.extend_from_slice(json(first).map_err(failed)?.get(1..).unwrap_or_default());
        let body = self.body(begin.into(), left, json, b"]}");
        let mut response = axum::response::Response::new(body);
        let kind = axum::http::HeaderValue::from_static("application/json");
        response.headers_mut().insert(axum::http::header::CONTENT_TYPE, kind);
        Ok(response)
    }

    /// A whole dataset as RFC 4180 has it.
    pub(super) fn file(self, dataset: Dataset) -> Result<Body, Refusal> {
        let rows = Rows { at_once: OF_A_FILE, ..Rows::through(&dataset, 0, dataset.rows) };
        let header = dataset.columns.into_iter().map(|column| column.name).collect();
        let begin = encode(&[header]).map_err(failed)?;
        Ok(self.body(begin, rows, csv, b""))
    }

    fn body(self, begin: Bytes, rows: Rows, encode: Encode, end: &'static [u8]) -> Body {
        let (sender, body) = Channel::new(PIECES_AHEAD);
        tokio::spawn(self.send(begin, rows, encode, end, sender));
        Body::new(body)
    }

    /// Whatever goes wrong breaks the answer off, so that nobody takes half of it for the whole.
    async fn send(
        self,
        begin: Bytes,
        rows: Rows,
        encode: Encode,
        end: &'static [u8],
        mut sender: Sender<Bytes, std::io::Error>,
    ) {
        let Self { app, session_end, share } = self;
        let sent = tokio::select! {
            biased;
            refusal = session_end.reached() => Err(std::io::Error::other(refusal.detail())),
            sent = send_pieces(&app, begin, rows, encode, end, &mut sender) => sent,
        };
        if let Err(error) = sent {
            tracing::info!(%error, "a download was broken off");
            sender.abort(error);
        }
        drop(share);
    }
}

/// How rows are written.
type Encode = fn(Vec<Numbered>) -> std::io::Result<Bytes>;

async fn send_pieces(
    app: &App,
    begin: Bytes,
    mut rows: Rows,
    encode: Encode,
    end: &'static [u8],
    sender: &mut Sender<Bytes, std::io::Error>,
) -> std::io::Result<()> {
    let mut piece = begin;
    let mut is_end_said = end.is_empty();
    loop {
        let sending = sender.send_data(piece);
        match tokio::time::timeout(app.settings.live_times.stuck, sending).await {
            Ok(Ok(())) => {}
            // Nobody listens any more.
            Ok(Err(_)) => return Ok(()),
            Err(_) => return Err(std::io::Error::other("nothing of it was taken for too long")),
        }
        if rows.is_at_end() {
            if std::mem::replace(&mut is_end_said, true) {
                return Ok(());
            }
            piece = Bytes::from_static(end);
            continue;
        }
        let found = rows.next(app).await.map_err(|refusal| {
            tracing::warn!(reason = refusal.reason(), "the rows of a download could not be read");
            std::io::Error::other(refusal.detail())
        })?;
        piece = encode(found)?;
    }
}

fn csv(rows: Vec<Numbered>) -> std::io::Result<Bytes> {
    let rows: Vec<_> = rows.into_iter().map(|numbered| numbered.row.fields).collect();
    encode(&rows)
}

fn encode(rows: &[Vec<String>]) -> std::io::Result<Bytes> {
    // A mark before a row is no data to whoever reads it (Field 61), unless a quotation mark comes first.
    let begins_with_mark = |row: &Vec<String>| row.first().is_some_and(|field| field.starts_with('\u{feff}'));
    let style = if rows.iter().any(begins_with_mark) { QuoteStyle::Always } else { QuoteStyle::Necessary };
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .quote_style(style)
        .from_writer(Vec::new());
    for row in rows {
        writer.write_record(row)?;
    }
    Ok(writer.into_inner().map_err(|error| error.into_error())?.into())
}

/// A comma and a row, and so on.
fn json(rows: Vec<Numbered>) -> std::io::Result<Bytes> {
    let mut text = Vec::new();
    for row in rows {
        text.push(b',');
        serde_json::to_writer(&mut text, &shown(row))?;
    }
    Ok(text.into())
}

pub(super) fn shown(numbered: Numbered) -> wire::Row {
    wire::Row { number: count(numbered.number), line: count(numbered.row.line), fields: numbered.row.fields }
}

fn failed(error: std::io::Error) -> Refusal {
    tracing::error!(%error, "rows could not be written");
    Refusal::Internal
}

/// How much of a page is read at once: all rows it may have, unless they are long. A single one is bounded where it is
/// imported.
const ON_A_PAGE: AtOnce = AtOnce { rows: 500, bytes: 256 << 10 };

/// How much of a file is read at once.
const OF_A_FILE: AtOnce = AtOnce { rows: 200, ..ON_A_PAGE };

/// How much is read before the client has taken what came before.
const PIECES_AHEAD: usize = 1;
