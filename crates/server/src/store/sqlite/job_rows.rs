//! Jobs and events as SQLite gives them, and what they mean.

use perennial_dialect::wire::cause::Cause;
use sqlx::FromRow;

use super::datasets::parse_columns;
use super::rows::{strange, uuid};
use crate::clock::Moment;
use crate::import::{Delimiter, Encoding, Stated};
use crate::store::StoreError;
use crate::store::jobs::{Job, JobDataset, JobEvent, JobState};

#[derive(FromRow)]
pub(super) struct JobRow {
    id: String,
    account_id: String,
    file_name: String,
    size_bytes: i64,
    stated_delimiter: Option<String>,
    stated_encoding: Option<String>,
    state: String,
    message: Option<String>,
    cause: Option<String>,
    attempt: i64,
    dataset_key: Option<i64>,
    dataset_id: Option<String>,
    columns: Option<String>,
    delimiter: Option<String>,
    encoding: Option<String>,
    at_byte: i64,
    at_line: i64,
    rows_accepted: i64,
    rows_rejected: i64,
    last_event: i64,
    file_kept: bool,
    created_at_ms: i64,
    started_at_ms: Option<i64>,
    started_rows: i64,
    updated_at_ms: i64,
    ended_at_ms: Option<i64>,
}

impl TryFrom<JobRow> for Job {
    type Error = StoreError;

    fn try_from(row: JobRow) -> Result<Self, StoreError> {
        let dataset = match (row.dataset_key, row.dataset_id, row.columns, row.delimiter, row.encoding) {
            (Some(key), Some(id), Some(columns), Some(delimiter), Some(encoding)) => Some(JobDataset {
                key,
                id: uuid(&id)?,
                columns: parse_columns(&columns)?,
                delimiter: parse_delimiter(&delimiter)?,
                encoding: parse_encoding(&encoding)?,
            }),
            _ => None,
        };
        let stated = Stated {
            delimiter: row.stated_delimiter.as_deref().map(parse_delimiter).transpose()?,
            encoding: row.stated_encoding.as_deref().map(parse_encoding).transpose()?,
        };
        Ok(Self {
            id: uuid(&row.id)?,
            account_id: uuid(&row.account_id)?,
            file_name: row.file_name,
            size_bytes: row.size_bytes,
            stated,
            state: parse_state(&row.state)?,
            message: row.message,
            cause: parse_cause(row.cause.as_deref()),
            attempt: row.attempt,
            dataset,
            at_byte: row.at_byte,
            at_line: row.at_line,
            rows_accepted: row.rows_accepted,
            rows_rejected: row.rows_rejected,
            last_event: row.last_event,
            file_kept: row.file_kept,
            created_at: Moment::from_unix_ms(row.created_at_ms),
            started_at: row.started_at_ms.map(Moment::from_unix_ms),
            started_rows: row.started_rows,
            updated_at: Moment::from_unix_ms(row.updated_at_ms),
            ended_at: row.ended_at_ms.map(Moment::from_unix_ms),
        })
    }
}

#[derive(FromRow)]
pub(super) struct EventRow {
    number: i64,
    at_ms: i64,
    state: String,
    message: Option<String>,
    cause: Option<String>,
    bytes_read: i64,
    rows_accepted: i64,
    rows_rejected: i64,
}

impl TryFrom<EventRow> for JobEvent {
    type Error = StoreError;

    fn try_from(row: EventRow) -> Result<Self, StoreError> {
        Ok(Self {
            number: row.number,
            at: Moment::from_unix_ms(row.at_ms),
            state: parse_state(&row.state)?,
            message: row.message,
            cause: parse_cause(row.cause.as_deref()),
            bytes_read: row.bytes_read,
            rows_accepted: row.rows_accepted,
            rows_rejected: row.rows_rejected,
        })
    }
}

/// A cause, unless this version does not know it: the sentence beside it is enough to go on with.
pub(super) fn parse_cause<C: Cause>(text: Option<&str>) -> Option<C> {
    C::read(&serde_json::from_str(text?).ok()?)
}

fn parse_state(word: &str) -> Result<JobState, StoreError> {
    JobState::parse(word).ok_or_else(|| strange("state", word))
}

pub(super) fn parse_delimiter(word: &str) -> Result<Delimiter, StoreError> {
    Delimiter::parse(word).ok_or_else(|| strange("delimiter", word))
}

pub(super) fn parse_encoding(word: &str) -> Result<Encoding, StoreError> {
    Encoding::parse(word).ok_or_else(|| strange("encoding", word))
}
