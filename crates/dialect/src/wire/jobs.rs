//! The bodies about imports and what comes of them.

use serde::{Deserialize, Serialize};

use super::cause::{self, JobCause, RowCause};

/// The answer of `GET /api/jobs`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(all(feature = "openapi", not(target_family = "wasm")), derive(utoipa::ToSchema))]
pub struct Jobs {
    /// The jobs of this person, the newest first.
    pub jobs: Vec<Job>,
}

/// A file that was sent, and how far the reading of it has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(all(feature = "openapi", not(target_family = "wasm")), derive(utoipa::ToSchema))]
pub struct Job {
    /// The job's identifier.
    pub id: String,
    /// What the file is called.
    pub file_name: String,
    /// How long the file is.
    pub size_bytes: u64,
    /// `queued`, `running`, `done`, `failed` or `cancelled`.
    pub state: String,
    /// What there is to say about the state, in a sentence.
    pub message: Option<String>,
    /// The same for programs, where neither the state nor the numbers say it.
    #[serde(default, deserialize_with = "cause::known", skip_serializing_if = "Option::is_none")]
    pub cause: Option<JobCause>,
    /// How much of the file has been read.
    pub bytes_read: u64,
    /// How many rows have been read, without the header.
    pub rows_read: u64,
    /// How many of them were taken.
    pub rows_accepted: u64,
    /// How many were not.
    pub rows_rejected: u64,
    /// Rows per second since a worker took the job; nothing before the first batch.
    pub rows_per_s: Option<f64>,
    /// `comma`, `semicolon`, `tab` or another character, once it is known.
    pub delimiter: Option<String>,
    /// `utf-8` or `windows-1252`, once it is known.
    pub encoding: Option<String>,
    /// The dataset, once it is complete and as long as it is not deleted.
    pub dataset_id: Option<String>,
    /// Whether the job has ended without a dataset and its file is still there.
    pub can_retry: bool,
    /// The number of the last event.
    pub last_event: u64,
    /// When the file was sent, RFC 3339 in UTC.
    pub created_at: String,
    /// When a worker took the job last, RFC 3339 in UTC.
    pub started_at: Option<String>,
    /// When it ended, RFC 3339 in UTC.
    pub ended_at: Option<String>,
}

/// The answer of `GET /api/jobs/{id}/events`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(all(feature = "openapi", not(target_family = "wasm")), derive(utoipa::ToSchema))]
pub struct JobEvents {
    /// What happened, in order.
    pub events: Vec<JobEvent>,
}

/// What happened to a job: a picture of it right after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(all(feature = "openapi", not(target_family = "wasm")), derive(utoipa::ToSchema))]
pub struct JobEvent {
    /// Counts the events of a job from 1, without gaps.
    pub number: u64,
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// As in [`Job::state`].
    pub state: String,
    /// As in [`Job::message`].
    pub message: Option<String>,
    /// As in [`Job::cause`].
    #[serde(default, deserialize_with = "cause::known", skip_serializing_if = "Option::is_none")]
    pub cause: Option<JobCause>,
    /// As in [`Job::bytes_read`].
    pub bytes_read: u64,
    /// As in [`Job::rows_accepted`].
    pub rows_accepted: u64,
    /// As in [`Job::rows_rejected`].
    pub rows_rejected: u64,
}

/// The answer of `GET /api/datasets`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(all(feature = "openapi", not(target_family = "wasm")), derive(utoipa::ToSchema))]
pub struct Datasets {
    /// The datasets of this person, the newest first.
    pub datasets: Vec<Dataset>,
}

/// What a file held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(all(feature = "openapi", not(target_family = "wasm")), derive(utoipa::ToSchema))]
pub struct Dataset {
    /// The dataset's identifier.
    pub id: String,
    /// What the file was called.
    pub name: String,
    /// Its columns, in the order of the file.
    pub columns: Vec<Column>,
    /// How many rows there are.
    pub rows: u64,
    /// How many rows of the file were not taken.
    pub rejected: u64,
    /// `comma`, `semicolon`, `tab` or another character.
    pub delimiter: String,
    /// `utf-8` or `windows-1252`.
    pub encoding: String,
    /// When reading began, RFC 3339 in UTC.
    pub created_at: String,
}

/// A column of a dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(all(feature = "openapi", not(target_family = "wasm")), derive(utoipa::ToSchema))]
pub struct Column {
    /// What the header says.
    pub name: String,
    /// Whether every field in it is a number or empty, so that it is sorted by value.
    pub is_number: bool,
}

/// The answer of `GET /api/datasets/{id}/rows`: a page of rows.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(all(feature = "openapi", not(target_family = "wasm")), derive(utoipa::ToSchema))]
pub struct Rows {
    /// How many rows there are in all.
    pub total: u64,
    /// How many of them come before this page.
    pub offset: u64,
    /// The page.
    pub rows: Vec<Row>,
}

/// A row of a dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(all(feature = "openapi", not(target_family = "wasm")), derive(utoipa::ToSchema))]
pub struct Row {
    /// Its number in the dataset, from 1.
    pub number: u64,
    /// The line of the file where it begins.
    pub line: u64,
    /// Its fields, as many as there are columns.
    pub fields: Vec<String>,
}

/// The answer of `GET /api/datasets/{id}/rejected`: a page of the rows that were not taken.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(all(feature = "openapi", not(target_family = "wasm")), derive(utoipa::ToSchema))]
pub struct RejectedRows {
    /// How many rows were not taken.
    pub total: u64,
    /// How many of these were kept to be shown, from the first on.
    pub kept: u64,
    /// How many come before this page.
    pub offset: u64,
    /// The page.
    pub rows: Vec<RejectedRow>,
}

/// A row that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(all(feature = "openapi", not(target_family = "wasm")), derive(utoipa::ToSchema))]
pub struct RejectedRow {
    /// The line of the file where it begins.
    pub line: u64,
    /// Why, in a sentence.
    pub reason: String,
    /// Why, for programs; nothing of rows that an older version has read.
    #[serde(default, deserialize_with = "cause::known", skip_serializing_if = "Option::is_none")]
    pub cause: Option<RowCause>,
    /// How the row begins.
    pub beginning: String,
}
