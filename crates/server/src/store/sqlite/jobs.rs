//! Jobs in SQLite.
//!
//! Whatever changes a job writes the event that says so in the same transaction, and whatever a worker writes is
//! bound to its claim: of two workers that think a job is theirs, one finds that nothing was changed.

use async_trait::async_trait;
use perennial_dialect::wire::cause::JobCause;
use serde_json::json;
use sqlx::{Sqlite, Transaction};
use uuid::Uuid;

use super::SqliteStore;
use super::datasets::columns_json;
use super::job_rows::{EventRow, JobRow};
use super::rows::uuid;
use crate::clock::Moment;
use crate::import::{Delimiter, Encoding};
use crate::sentences;
use crate::store::StoreError;
use crate::store::datasets::MOST_REJECTED_KEPT;
use crate::store::jobs::{
    Ending, Job, JobDataset, JobEvent, JobState, JobStore, NewJob, Progress, Queue, Retried,
};

#[async_trait]
impl JobStore for SqliteStore {
    async fn add_job(&self, job: &NewJob, most: u32, now: Moment) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        if live(&mut transaction, job.account_id).await? >= i64::from(most) {
            return Ok(false);
        }
        sqlx::query(
            "INSERT INTO jobs (id, account_id, file_name, size_bytes, stated_delimiter, stated_encoding, state,
                created_at_ms, queued_at_ms, updated_at_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'queued', ?7, ?7, ?7)",
        )
        .bind(job.id.to_string())
        .bind(job.account_id.to_string())
        .bind(&job.file_name)
        .bind(job.size_bytes)
        .bind(job.stated.delimiter.map(Delimiter::as_str))
        .bind(job.stated.encoding.map(Encoding::as_str))
        .bind(now.unix_ms)
        .execute(&mut *transaction)
        .await?;
        add_event(&mut transaction, &job.id.to_string(), now).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn live_jobs(&self, account_id: Uuid) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar(LIVE).bind(account_id.to_string()).fetch_one(&self.reader).await?)
    }

    async fn jobs(&self, account_id: Uuid, most: i64) -> Result<Vec<Job>, StoreError> {
        let rows: Vec<JobRow> = sqlx::query_as(
            "SELECT jobs.*, datasets.id AS dataset_id, datasets.columns, datasets.delimiter, datasets.encoding
             FROM jobs LEFT JOIN datasets ON datasets.key = jobs.dataset_key AND datasets.state <> 'discarded'
             WHERE jobs.account_id = ? ORDER BY jobs.created_at_ms DESC, jobs.rowid DESC LIMIT ?",
        )
        .bind(account_id.to_string())
        .bind(most)
        .fetch_all(&self.reader)
        .await?;
        rows.into_iter().map(Job::try_from).collect()
    }

    async fn job(&self, account_id: Uuid, id: Uuid) -> Result<Option<Job>, StoreError> {
        let row: Option<JobRow> =
            sqlx::query_as(JOB).bind(id.to_string()).fetch_optional(&self.reader).await?;
        let job = row.map(Job::try_from).transpose()?;
        Ok(job.filter(|job| job.account_id == account_id))
    }

    async fn job_events(&self, id: Uuid, after: i64, most: i64) -> Result<Vec<JobEvent>, StoreError> {
        let rows: Vec<EventRow> = sqlx::query_as(
            "SELECT * FROM job_events WHERE job_id = ? AND number > ? ORDER BY number LIMIT ?",
        )
        .bind(id.to_string())
        .bind(after)
        .bind(most)
        .fetch_all(&self.reader)
        .await?;
        rows.into_iter().map(JobEvent::try_from).collect()
    }

    async fn cancel_job(&self, id: Uuid, now: Moment) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let done = sqlx::query(
            "UPDATE jobs SET state = 'cancelled', message = 'You cancelled it.', cause = NULL, updated_at_ms = ?1,
                ended_at_ms = ?1
             WHERE id = ?2 AND state IN ('queued', 'running')",
        )
        .bind(now.unix_ms)
        .bind(id.to_string())
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        discard_dataset_of(&mut transaction, &id.to_string()).await?;
        add_event(&mut transaction, &id.to_string(), now).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn retry_job(&self, id: Uuid, most: u32, now: Moment) -> Result<Retried, StoreError> {
        let mut transaction = self.begin().await?;
        let account: Option<String> = sqlx::query_scalar(
            "SELECT account_id FROM jobs WHERE id = ? AND state IN ('failed', 'cancelled') AND file_kept = 1",
        )
        .bind(id.to_string())
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(account) = account else { return Ok(Retried::Impossible) };
        if live(&mut transaction, uuid(&account)?).await? >= i64::from(most) {
            return Ok(Retried::TooMany);
        }
        sqlx::query(
            "UPDATE jobs SET state = 'queued', message = NULL, cause = NULL, dataset_key = NULL, at_byte = 0, at_line = 1,
                rows_accepted = 0, rows_rejected = 0, started_at_ms = NULL, started_rows = 0,
                queued_at_ms = ?1, updated_at_ms = ?1, ended_at_ms = NULL
             WHERE id = ?2",
        )
        .bind(now.unix_ms)
        .bind(id.to_string())
        .execute(&mut *transaction)
        .await?;
        add_event(&mut transaction, &id.to_string(), now).await?;
        transaction.commit().await?;
        Ok(Retried::Queued)
    }

    async fn claim_job(&self, now: Moment) -> Result<Option<Job>, StoreError> {
        let mut transaction = self.begin().await?;
        let next: Option<String> = sqlx::query_scalar(
            "SELECT id FROM jobs AS next
             WHERE state = 'queued' AND NOT EXISTS (
                SELECT 1 FROM jobs WHERE account_id = next.account_id AND state = 'running')
             ORDER BY (SELECT max(served) FROM jobs WHERE account_id = next.account_id), queued_at_ms, rowid
             LIMIT 1",
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(id) = next else { return Ok(None) };
        sqlx::query(
            "UPDATE jobs SET state = 'running', attempt = attempt + 1, served = (SELECT max(served) + 1 FROM jobs),
                started_at_ms = ?1, started_rows = rows_accepted + rows_rejected, updated_at_ms = ?1
             WHERE id = ?2",
        )
        .bind(now.unix_ms)
        .bind(&id)
        .execute(&mut *transaction)
        .await?;
        add_event(&mut transaction, &id, now).await?;
        let row: JobRow = sqlx::query_as(JOB).bind(&id).fetch_one(&mut *transaction).await?;
        transaction.commit().await?;
        row.try_into().map(Some)
    }

    async fn begin_dataset(
        &self,
        job: &Job,
        dataset: &JobDataset,
        progress: &Progress<'_>,
        now: Moment,
    ) -> Result<Option<JobDataset>, StoreError> {
        let mut transaction = self.begin().await?;
        let made = sqlx::query(
            "INSERT INTO datasets (id, account_id, name, columns, delimiter, encoding, state, created_at_ms)
             VALUES (?, ?, ?, ?, ?, ?, 'importing', ?)",
        )
        .bind(dataset.id.to_string())
        .bind(job.account_id.to_string())
        .bind(&job.file_name)
        .bind(columns_json(&dataset.columns)?)
        .bind(dataset.delimiter.as_str().into_owned())
        .bind(dataset.encoding.as_str())
        .bind(now.unix_ms)
        .execute(&mut *transaction)
        .await?;
        let key = made.last_insert_rowid();
        sqlx::query("UPDATE jobs SET dataset_key = ? WHERE id = ?")
            .bind(key)
            .bind(job.id.to_string())
            .execute(&mut *transaction)
            .await?;
        if !advance(&mut transaction, job, progress, now).await? {
            return Ok(None);
        }
        transaction.commit().await?;
        Ok(Some(JobDataset { key, ..dataset.clone() }))
    }

    async fn add_rows(
        &self,
        job: &Job,
        dataset_key: i64,
        progress: &Progress<'_>,
        now: Moment,
    ) -> Result<bool, StoreError> {
        // Made before the one connection that writes is taken.
        let rows = encode(progress.accepted.iter().map(|row| json!([row.line, row.fields])))?;
        let rejected = progress.rejected.iter();
        let rejected = encode(
            rejected.map(|row| json!([row.line, sentences::of_row(&row.cause), row.cause, row.beginning])),
        )?;
        let columns = columns_json(progress.columns)?;
        let mut transaction = self.begin().await?;
        // The numbers go on from those of the job, so they are read before it is moved on.
        sqlx::query(
            "INSERT INTO dataset_rows (dataset_key, number, line, fields)
             SELECT ?1, jobs.rows_accepted + added.key + 1, json_extract(added.value, '$[0]'),
                json_extract(added.value, '$[1]')
             FROM jobs, json_each(?2) AS added WHERE jobs.id = ?3 AND jobs.attempt = ?4 AND jobs.state = 'running'",
        )
        .bind(dataset_key)
        .bind(rows)
        .bind(job.id.to_string())
        .bind(job.attempt)
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "INSERT INTO rejected_rows (dataset_key, number, line, reason, cause, beginning)
             SELECT ?1, jobs.rows_rejected + added.key + 1, json_extract(added.value, '$[0]'),
                json_extract(added.value, '$[1]'), json_extract(added.value, '$[2]'),
                json_extract(added.value, '$[3]')
             FROM jobs, json_each(?2) AS added
             WHERE jobs.id = ?3 AND jobs.attempt = ?4 AND jobs.state = 'running'
                AND jobs.rows_rejected + added.key + 1 <= ?5",
        )
        .bind(dataset_key)
        .bind(rejected)
        .bind(job.id.to_string())
        .bind(job.attempt)
        .bind(MOST_REJECTED_KEPT)
        .execute(&mut *transaction)
        .await?;
        sqlx::query("UPDATE datasets SET columns = ?1 WHERE key = ?2 AND columns <> ?1")
            .bind(columns)
            .bind(dataset_key)
            .execute(&mut *transaction)
            .await?;
        let still_holds = advance(&mut transaction, job, progress, now).await?;
        if still_holds {
            transaction.commit().await?;
        }
        Ok(still_holds)
    }

    async fn end_job(&self, job: &Job, ending: &Ending, now: Moment) -> Result<bool, StoreError> {
        let id = job.id.to_string();
        let mut transaction = self.begin().await?;
        let done = sqlx::query(
            "UPDATE jobs SET state = ?1, message = ?2, cause = ?3, updated_at_ms = ?4, ended_at_ms = ?4
             WHERE id = ?5 AND attempt = ?6 AND state = 'running'",
        )
        .bind(ending.state().as_str())
        .bind(ending.message())
        .bind(ending.cause().map(cause_json).transpose()?)
        .bind(now.unix_ms)
        .bind(&id)
        .bind(job.attempt)
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        if ending.state() == JobState::Done {
            sqlx::query(
                "UPDATE datasets SET state = 'complete', rows = jobs.rows_accepted, rejected = jobs.rows_rejected
                 FROM jobs WHERE jobs.id = ? AND datasets.key = jobs.dataset_key",
            )
            .bind(&id)
            .execute(&mut *transaction)
            .await?;
        } else {
            discard_dataset_of(&mut transaction, &id).await?;
        }
        add_event(&mut transaction, &id, now).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn queue(&self) -> Result<Queue, StoreError> {
        let (queued, running, oldest_ms): (i64, i64, Option<i64>) = sqlx::query_as(
            "SELECT COUNT(*) FILTER (WHERE state = 'queued'), COUNT(*) FILTER (WHERE state = 'running'),
                MIN(queued_at_ms) FILTER (WHERE state = 'queued')
             FROM jobs WHERE state IN ('queued', 'running')",
        )
        .fetch_one(&self.reader)
        .await?;
        Ok(Queue { queued, running, oldest_queued_at: oldest_ms.map(Moment::from_unix_ms) })
    }

    async fn requeue_jobs(&self, now: Moment) -> Result<u64, StoreError> {
        let mut transaction = self.begin().await?;
        let ids: Vec<String> = sqlx::query_scalar("SELECT id FROM jobs WHERE state = 'running'")
            .fetch_all(&mut *transaction)
            .await?;
        for id in &ids {
            sqlx::query(
                "UPDATE jobs SET state = 'queued', message = ?1, cause = ?2, updated_at_ms = ?3 WHERE id = ?4",
            )
            .bind(sentences::of_job(JobCause::Restarted))
            .bind(cause_json(JobCause::Restarted)?)
            .bind(now.unix_ms)
            .bind(id)
            .execute(&mut *transaction)
            .await?;
            add_event(&mut transaction, id, now).await?;
        }
        transaction.commit().await?;
        Ok(u64::try_from(ids.len()).unwrap_or(u64::MAX))
    }

    async fn forget_jobs(&self, before: Moment) -> Result<u64, StoreError> {
        let done = sqlx::query("DELETE FROM jobs WHERE ended_at_ms < ?")
            .bind(before.unix_ms)
            .execute(&self.writer)
            .await?;
        Ok(done.rows_affected())
    }

    async fn jobs_with_files(&self, most: u32) -> Result<Vec<Uuid>, StoreError> {
        let mut transaction = self.begin().await?;
        sqlx::query(
            "UPDATE jobs SET file_kept = 0
             WHERE file_kept = 1 AND (state = 'done' OR id IN (
                SELECT id FROM (
                    SELECT id, row_number() OVER (PARTITION BY account_id ORDER BY ended_at_ms DESC, rowid DESC) AS place
                    FROM jobs WHERE state IN ('failed', 'cancelled') AND file_kept = 1)
                WHERE place > ?))",
        )
        .bind(most)
        .execute(&mut *transaction)
        .await?;
        let ids: Vec<String> = sqlx::query_scalar("SELECT id FROM jobs WHERE file_kept = 1")
            .fetch_all(&mut *transaction)
            .await?;
        transaction.commit().await?;
        ids.iter().map(|id| uuid(id)).collect()
    }
}

async fn live(transaction: &mut Transaction<'static, Sqlite>, account_id: Uuid) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar(LIVE).bind(account_id.to_string()).fetch_one(&mut **transaction).await?)
}

/// Moves a claimed job on; says whether the claim held. A hundredth of the file is worth an event.
async fn advance(
    transaction: &mut Transaction<'static, Sqlite>,
    job: &Job,
    progress: &Progress<'_>,
    now: Moment,
) -> Result<bool, StoreError> {
    let before: Option<i64> =
        sqlx::query_scalar("SELECT at_byte FROM jobs WHERE id = ? AND attempt = ? AND state = 'running'")
            .bind(job.id.to_string())
            .bind(job.attempt)
            .fetch_optional(&mut **transaction)
            .await?;
    let Some(before) = before else { return Ok(false) };
    sqlx::query(
        "UPDATE jobs SET at_byte = ?1, at_line = ?2, rows_accepted = rows_accepted + ?3,
            rows_rejected = rows_rejected + ?4, message = NULL, cause = NULL, updated_at_ms = ?5
         WHERE id = ?6",
    )
    .bind(progress.at_byte)
    .bind(progress.at_line)
    .bind(i64::try_from(progress.accepted.len()).unwrap_or_default())
    .bind(i64::try_from(progress.rejected.len()).unwrap_or_default())
    .bind(now.unix_ms)
    .bind(job.id.to_string())
    .execute(&mut **transaction)
    .await?;
    let hundredths = |byte: i64| byte.saturating_mul(100) / job.size_bytes.max(1);
    if hundredths(progress.at_byte) > hundredths(before) {
        add_event(transaction, &job.id.to_string(), now).await?;
    }
    Ok(true)
}

async fn add_event(
    transaction: &mut Transaction<'static, Sqlite>,
    id: &str,
    now: Moment,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE jobs SET last_event = last_event + 1 WHERE id = ?")
        .bind(id)
        .execute(&mut **transaction)
        .await?;
    sqlx::query(
        "INSERT INTO job_events
            (job_id, number, at_ms, state, message, cause, bytes_read, rows_accepted, rows_rejected)
         SELECT id, last_event, ?1, state, message, cause, at_byte, rows_accepted, rows_rejected
         FROM jobs WHERE id = ?2",
    )
    .bind(now.unix_ms)
    .bind(id)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

async fn discard_dataset_of(
    transaction: &mut Transaction<'static, Sqlite>,
    id: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE datasets SET state = 'discarded' WHERE key = (SELECT dataset_key FROM jobs WHERE id = ?)",
    )
    .bind(id)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

fn cause_json(cause: JobCause) -> Result<String, StoreError> {
    serde_json::to_string(&cause).map_err(|error| StoreError::Failed(Box::new(error)))
}

fn encode(rows: impl Iterator<Item = serde_json::Value>) -> Result<String, StoreError> {
    serde_json::to_string(&rows.collect::<Vec<_>>()).map_err(|error| StoreError::Failed(Box::new(error)))
}

const LIVE: &str = "SELECT count(*) FROM jobs WHERE account_id = ? AND state IN ('queued', 'running')";

const JOB: &str =
    "SELECT jobs.*, datasets.id AS dataset_id, datasets.columns, datasets.delimiter, datasets.encoding
     FROM jobs LEFT JOIN datasets ON datasets.key = jobs.dataset_key AND datasets.state <> 'discarded'
     WHERE jobs.id = ?";
