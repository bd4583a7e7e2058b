//! `/api/jobs`: sending files and watching them being read.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http_body_util::BodyExt;
use perennial_dialect::wire::{Problem, jobs as wire};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::app::App;
use crate::import::{Delimiter, Encoding, Stated};
use crate::jobs::{Incoming, SettleError};
use crate::refusal::Refusal;
use crate::routes::body;
use crate::routes::caller::Caller;
use crate::sessions;
use crate::store::StoreError;
use crate::store::jobs::{Job, JobEvent, JobState, NewJob, Retried};

/// What a person says about the file they send.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct About {
    /// What the file is called.
    #[serde(default)]
    name: String,
    /// `comma`, `semicolon`, `tab` or another character of ASCII; found out where it is left out.
    delimiter: Option<String>,
    /// `utf-8` or `windows-1252`; found out where it is left out.
    encoding: Option<String>,
}

/// Takes a file to import, written to disk as it comes.
#[utoipa::path(post, path = "/jobs", params(About),
    request_body(content = String, content_type = "text/csv", description = "The file"),
    responses(
        (status = 201, description = "A job that waits", body = wire::Job),
        (status = 507, description = "The disk of the server is full", body = Problem,
            content_type = "application/problem+json"),
    ))]
pub(super) async fn send(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    about: Result<Query<About>, QueryRejection>,
    request: Request,
) -> Result<Response, Refusal> {
    let Query(about) = about.map_err(|_| {
        Refusal::QueryInvalid("The query knows name, delimiter and encoding, each at most once.")
    })?;
    let stated = stated(&about)?;
    let limits = &app.settings.limits;
    body::require_type(request.headers(), "text/csv")?;
    if announced_length(request.headers()).is_some_and(|length| length > limits.upload_limit_bytes) {
        return Err(Refusal::BodyTooLarge { limit_bytes: limits.upload_limit_bytes });
    }

    let most = limits.jobs_per_account;
    let account_id = caller.account.id;
    require_room(&app, account_id).await?;
    let live = app.store.live_jobs(account_id).await?;
    let incoming = app.jobs.uploads.begin(account_id, live, most).await.map_err(disk_failed)?;
    let mut incoming = incoming.ok_or(Refusal::TooManyJobs { limit: most })?;
    receive(request.into_body(), &mut incoming, limits.upload_limit_bytes).await?;
    // A file takes long to arrive, and its session may have ended meanwhile.
    sessions::live_session(&app, caller.session.id, app.clock.now()).await?;
    let describe =
        |id, size_bytes| NewJob { id, account_id, file_name: file_name(&about.name), size_bytes, stated };
    let id = incoming
        .settle(&*app.store, describe, most, app.clock.now())
        .await?
        .ok_or(Refusal::TooManyJobs { limit: most })?;
    app.jobs.ring();

    let job = app.store.job(account_id, id).await?.ok_or(Refusal::Internal)?;
    let mut response = (StatusCode::CREATED, Json(shown(job))).into_response();
    if let Ok(location) = HeaderValue::try_from(format!("/api/jobs/{id}")) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// Lists the person's jobs, the newest first.
#[utoipa::path(get, path = "/jobs",
    responses((status = 200, description = "The jobs", body = wire::Jobs)))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
) -> Result<Json<wire::Jobs>, Refusal> {
    let jobs = app.store.jobs(caller.account.id, MOST_JOBS).await?;
    Ok(Json(wire::Jobs { jobs: jobs.into_iter().map(shown).collect() }))
}

/// Says how far a job is.
#[utoipa::path(get, path = "/jobs/{id}", params(("id" = String, Path, description = "The job")),
    responses((status = 200, description = "The job", body = wire::Job)))]
pub(super) async fn one(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<Uuid>, PathRejection>,
) -> Result<Json<wire::Job>, Refusal> {
    Ok(Json(shown(find(&app, &caller, id).await?)))
}

/// The event to go on after.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct After {
    /// The number of the last event that is known; 0 for none.
    #[serde(default)]
    after: u32,
}

/// Lists what happened to a job.
#[utoipa::path(get, path = "/jobs/{id}/events", params(("id" = String, Path, description = "The job"), After),
    responses((status = 200, description = "The events", body = wire::JobEvents)))]
pub(super) async fn events(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<Uuid>, PathRejection>,
    after: Result<Query<After>, QueryRejection>,
) -> Result<Json<wire::JobEvents>, Refusal> {
    let Query(after) =
        after.map_err(|_| Refusal::QueryInvalid("The query knows after, the number of an event."))?;
    let job = find(&app, &caller, id).await?;
    let events = app.store.job_events(job.id, after.after.into(), MOST_EVENTS).await?;
    Ok(Json(wire::JobEvents { events: events.into_iter().map(shown_event).collect() }))
}

/// Ends a job.
#[utoipa::path(post, path = "/jobs/{id}/cancel", params(("id" = String, Path, description = "The job")),
    responses((status = 200, description = "The job, cancelled", body = wire::Job)))]
pub(super) async fn cancel(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<Uuid>, PathRejection>,
) -> Result<Json<wire::Job>, Refusal> {
    let job = find(&app, &caller, id).await?;
    if !app.store.cancel_job(job.id, caller.now).await? {
        return Err(Refusal::JobEnded);
    }
    app.live.bells.ring(job.id);
    app.jobs.ring();
    let job = app.store.job(caller.account.id, job.id).await?.ok_or(Refusal::NotFound)?;
    Ok(Json(shown(job)))
}

/// Begins a job anew that failed or was cancelled.
#[utoipa::path(post, path = "/jobs/{id}/retry", params(("id" = String, Path, description = "The job")),
    responses((status = 200, description = "The job, waiting", body = wire::Job)))]
pub(super) async fn retry(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<Uuid>, PathRejection>,
) -> Result<Json<wire::Job>, Refusal> {
    let job = find(&app, &caller, id).await?;
    let limit = app.settings.limits.jobs_per_account;
    require_room(&app, caller.account.id).await?;
    match app.store.retry_job(job.id, limit, caller.now).await? {
        Retried::Queued => {
            app.live.bells.ring(job.id);
            app.jobs.ring();
        }
        Retried::Impossible => return Err(Refusal::JobNotRepeatable),
        Retried::TooMany => return Err(Refusal::TooManyJobs { limit }),
    }
    let job = app.store.job(caller.account.id, job.id).await?.ok_or(Refusal::NotFound)?;
    Ok(Json(shown(job)))
}

async fn find(app: &App, caller: &Caller, id: Result<Path<Uuid>, PathRejection>) -> Result<Job, Refusal> {
    // What is no identifier is nobody's job.
    let Path(id) = id.map_err(|_| Refusal::NotFound)?;
    app.store.job(caller.account.id, id).await?.ok_or(Refusal::NotFound)
}

/// Refuses what would make a dataset too many; a few that come at the same moment may pass together.
async fn require_room(app: &App, account_id: Uuid) -> Result<(), Refusal> {
    let limit = app.settings.limits.datasets_per_account;
    let is_full = app.store.datasets_to_be(account_id).await? >= i64::from(limit);
    if is_full { Err(Refusal::TooManyDatasets { limit }) } else { Ok(()) }
}

fn stated(about: &About) -> Result<Stated, Refusal> {
    let delimiter = match about.delimiter.as_deref() {
        None => None,
        Some(word) => Some(Delimiter::parse(word).ok_or(Refusal::QueryInvalid(
            "The delimiter is comma, semicolon, tab or a single character of ASCII; leave it out to have it found out.",
        ))?),
    };
    let encoding = match about.encoding.as_deref() {
        None => None,
        Some(word) => Some(Encoding::parse(word).ok_or(Refusal::QueryInvalid(
            "The encoding is utf-8 or windows-1252; leave it out to have it found out.",
        ))?),
    };
    Ok(Stated { delimiter, encoding })
}

fn announced_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn receive(mut body: Body, incoming: &mut Incoming<'_>, limit_bytes: u64) -> Result<(), Refusal> {
    loop {
        let frame = tokio::time::timeout(LONGEST_SILENCE, body.frame()).await.map_err(|_| {
            Refusal::BodyMalformed("Nothing more of the file arrived for too long.".to_owned())
        })?;
        let Some(frame) = frame else { return Ok(()) };
        let frame =
            frame.map_err(|_| Refusal::BodyMalformed("The file ended before it was complete.".to_owned()))?;
        let Ok(bytes) = frame.into_data() else { continue };
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if incoming.size_bytes().saturating_add(length) > limit_bytes {
            return Err(Refusal::BodyTooLarge { limit_bytes });
        }
        incoming.write(&bytes).await.map_err(disk_failed)?;
    }
}

/// What a file is called, as text that is safe to show and to save by: no path, nothing invisible, not too long.
fn file_name(stated: &str) -> String {
    let last = stated.rsplit(['/', '\\']).next().unwrap_or_default();
    let visible: String = last.chars().filter(|c| !c.is_control() && !INVISIBLE.contains(c)).collect();
    let name: String = visible.trim().chars().take(LONGEST_NAME).collect();
    if name.trim_matches(['.', ' ']).is_empty() { "import.csv".to_owned() } else { name }
}

fn shown(job: Job) -> wire::Job {
    let rows_read = job.rows_accepted + job.rows_rejected;
    let is_done = job.state == JobState::Done;
    let is_repeatable = matches!(job.state, JobState::Failed | JobState::Cancelled) && job.file_kept;
    wire::Job {
        id: job.id.to_string(),
        size_bytes: count(job.size_bytes),
        state: job.state.as_str().to_owned(),
        bytes_read: count(job.at_byte),
        rows_read: count(rows_read),
        rows_accepted: count(job.rows_accepted),
        rows_rejected: count(job.rows_rejected),
        rows_per_s: rate(&job),
        delimiter: job.dataset.as_ref().map(|dataset| dataset.delimiter.as_str().into_owned()),
        encoding: job.dataset.as_ref().map(|dataset| dataset.encoding.as_str().to_owned()),
        dataset_id: job.dataset.filter(|_| is_done).map(|dataset| dataset.id.to_string()),
        can_retry: is_repeatable,
        last_event: count(job.last_event),
        created_at: job.created_at.to_string(),
        started_at: job.started_at.map(|at| at.to_string()),
        ended_at: job.ended_at.map(|at| at.to_string()),
        file_name: job.file_name,
        message: job.message,
        cause: job.cause,
    }
}

fn rate(job: &Job) -> Option<f64> {
    let rows = job.rows_accepted + job.rows_rejected - job.started_rows;
    let ms = job.updated_at.ms_since(job.started_at?);
    // Both are far below where an f64 counts in ones.
    (rows > 0 && ms > 0).then(|| rows as f64 * 1000.0 / ms as f64)
}

pub(super) fn shown_event(event: JobEvent) -> wire::JobEvent {
    wire::JobEvent {
        number: count(event.number),
        at: event.at.to_string(),
        state: event.state.as_str().to_owned(),
        message: event.message,
        cause: event.cause,
        bytes_read: count(event.bytes_read),
        rows_accepted: count(event.rows_accepted),
        rows_rejected: count(event.rows_rejected),
    }
}

/// A number of the store, where none is negative.
pub(super) fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

impl From<SettleError> for Refusal {
    fn from(error: SettleError) -> Self {
        match error {
            SettleError::Disk(error) => disk_failed(error),
            SettleError::Store(error) => StoreError::into(error),
        }
    }
}

fn disk_failed(error: std::io::Error) -> Refusal {
    tracing::error!(%error, "a file that was sent could not be stored");
    let is_full =
        matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge);
    if is_full { Refusal::NoRoom } else { Refusal::Internal }
}

/// How long a sender may be silent within a file.
const LONGEST_SILENCE: Duration = Duration::from_secs(30);

/// How many characters of a file's name are kept.
const LONGEST_NAME: usize = 200;

/// How many jobs a list holds, the newest first.
const MOST_JOBS: i64 = 200;

/// How many events one answer holds; a job has about a hundred per attempt.
const MOST_EVENTS: i64 = 500;

/// Characters that show nothing and turn the direction of what follows, with which a name can pretend another ending.
const INVISIBLE: &[char] = &[
    '\u{200b}', '\u{200e}', '\u{200f}', '\u{2028}', '\u{2029}', '\u{202a}', '\u{202b}', '\u{202c}',
    '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}', '\u{feff}',
];

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn a_name_is_no_path_shows_what_it_is_and_ends() {
        for (stated, expected) in [
            ("people.csv", "people.csv"),
            ("Müller & Söhne (2).csv", "Müller & Söhne (2).csv"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\Ada\\people.csv", "people.csv"),
            ("a\r\nSet-Cookie: x\0.csv", "aSet-Cookie: x.csv"),
            ("people\u{202e}vsc.exe", "peoplevsc.exe"),
            ("", "import.csv"),
            ("..", "import.csv"),
            ("  / ", "import.csv"),
        ] {
            assert_eq!(file_name(stated), expected, "{stated:?}");
        }
        assert_eq!(file_name(&"ä".repeat(5_000)).chars().count(), 200);
    }
}
