//! One job from its claim to its end.

use std::sync::Arc;

use perennial_dialect::wire::cause::JobCause;
use uuid::Uuid;

use crate::app::App;
use crate::import::{self, Batch, Place, Rows, Unreadable};
use crate::store::StoreError;
use crate::store::datasets::Column;
use crate::store::jobs::{Job, JobDataset, Progress};

/// How working on a job ended.
#[derive(Debug)]
pub(super) enum Outcome {
    /// The whole file was read.
    Done { message: String },
    /// The file cannot be read, or not by this server.
    Failed { cause: JobCause },
    /// The claim does not hold any more.
    Lost,
    /// The process is about to end.
    Interrupted,
}

/// Reads the file of a claimed job from where the job stands to the end.
pub(super) async fn run(app: &Arc<App>, job: &Job) -> Outcome {
    read(app, job).await.unwrap_or_else(|stopped| stopped)
}

async fn read(app: &Arc<App>, job: &Job) -> Result<Outcome, Outcome> {
    let (mut dataset, place) = match &job.dataset {
        Some(dataset) => {
            (dataset.clone(), Place { byte: unsigned(job.at_byte), line: unsigned(job.at_line) })
        }
        None => begin(app, job).await?,
    };
    let path = app.jobs.uploads.path(job.id);
    let names = dataset.columns.iter().map(|column| column.name.clone()).collect();
    let (delimiter, encoding) = (dataset.delimiter, dataset.encoding);
    let mut rows = blocking(move || Ok(Rows::open(&path, delimiter, encoding, names, place)?)).await?;
    let (mut accepted, mut rejected) = (job.rows_accepted, job.rows_rejected);
    loop {
        if app.jobs.is_closing_time() {
            return Err(Outcome::Interrupted);
        }
        let batch;
        (rows, batch) = blocking(move || {
            let batch = rows.next_batch()?;
            Ok((rows, batch))
        })
        .await?;
        judge_columns(&mut dataset.columns, &batch);
        accepted += length(batch.accepted.len());
        rejected += length(batch.rejected.len());
        add(app, job, &dataset, &batch).await?;
        if batch.is_last {
            return Ok(Outcome::Done { message: summary(accepted, rejected) });
        }
    }
}

/// Finds out what the file is and makes its dataset.
async fn begin(app: &App, job: &Job) -> Result<(JobDataset, Place), Outcome> {
    let (path, stated) = (app.jobs.uploads.path(job.id), job.stated);
    let form = blocking(move || import::inspect(&path, stated)).await?;
    let columns =
        form.columns.into_iter().map(|name| Column { name, is_number: true }).collect::<Vec<Column>>();
    let progress = Progress {
        accepted: &[],
        rejected: &[],
        columns: &columns,
        at_byte: signed(form.place.byte),
        at_line: signed(form.place.line),
    };
    let (delimiter, encoding) = (form.delimiter, form.encoding);
    let wanted = JobDataset { key: 0, id: Uuid::new_v4(), columns: columns.clone(), delimiter, encoding };
    loop {
        match app.store.begin_dataset(job, &wanted, &progress, app.clock.now()).await {
            Ok(Some(dataset)) => {
                app.live.bells.ring(job.id);
                return Ok((dataset, form.place));
            }
            Ok(None) => return Err(Outcome::Lost),
            Err(error) => give_up_unless_passing(app, job, &error).await?,
        }
    }
}

async fn add(app: &App, job: &Job, dataset: &JobDataset, batch: &Batch) -> Result<(), Outcome> {
    let progress = Progress {
        accepted: &batch.accepted,
        rejected: &batch.rejected,
        columns: &dataset.columns,
        at_byte: signed(batch.place.byte),
        at_line: signed(batch.place.line),
    };
    loop {
        match app.store.add_rows(job, dataset.key, &progress, app.clock.now()).await {
            Ok(true) => {
                app.live.bells.ring(job.id);
                return Ok(());
            }
            Ok(false) => return Err(Outcome::Lost),
            Err(error) => give_up_unless_passing(app, job, &error).await?,
        }
    }
}

/// Returns when the same may be tried again. A store that is busy has made this wait for its turn already, a disk is
/// given time; anything else will not pass by itself.
async fn give_up_unless_passing(app: &App, job: &Job, error: &StoreError) -> Result<(), Outcome> {
    if app.jobs.is_closing_time() {
        return Err(Outcome::Interrupted);
    }
    match error {
        StoreError::Busy => Ok(()),
        StoreError::Disk(_) => {
            tracing::warn!(%error, job = %job.id, "the rows of a job cannot be stored for now");
            app.jobs.nap().await;
            Ok(())
        }
        StoreError::EmailTaken | StoreError::Failed(_) => {
            tracing::error!(%error, job = %job.id, "the rows of a job could not be stored");
            Err(Outcome::Failed { cause: JobCause::NotStored })
        }
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Unreadable> + Send + 'static,
) -> Result<T, Outcome> {
    let found = match tokio::task::spawn_blocking(work).await {
        Ok(Ok(result)) => return Ok(result),
        Ok(Err(Unreadable::File(cause))) => return Err(Outcome::Failed { cause }),
        Ok(Err(Unreadable::Disk(found))) => found,
        Err(panicked) => panicked.to_string(),
    };
    tracing::error!(found, "a file that was sent could not be read");
    Err(Outcome::Failed { cause: JobCause::CopyUnreadable })
}

fn judge_columns(columns: &mut [Column], batch: &Batch) {
    for (index, column) in columns.iter_mut().enumerate().filter(|(_, column)| column.is_number) {
        column.is_number = batch.accepted.iter().all(|row| is_number(&row.fields[index]));
    }
}

/// Whether a field is empty or a number that SQLite reads as this one.
fn is_number(field: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e' | 'E');
    field.is_empty() || (field.chars().all(is_plain) && field.parse::<f64>().is_ok_and(f64::is_finite))
}

fn summary(accepted: i64, rejected: i64) -> String {
    match (accepted, rejected) {
        (0, 0) => "The file has a header and no rows.".to_owned(),
        (_, 0) => format!("{} taken.", import::count(accepted, "row")),
        (0, _) => format!("No row was taken; {} rejected.", import::count(rejected, "row")),
        _ => {
            let rejected = import::grouped(&rejected.to_string());
            format!("{} taken, {rejected} rejected.", import::count(accepted, "row"))
        }
    }
}

fn length(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}
