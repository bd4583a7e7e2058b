//! Datasets in SQLite.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use sqlx::pool::PoolConnection;
use sqlx::{FromRow, Sqlite};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;
use uuid::Uuid;

use super::SqliteStore;
use super::job_rows::{parse_cause, parse_delimiter, parse_encoding};
use super::open::LONGEST_WAIT;
use super::rows::uuid;
use crate::clock::Moment;
use crate::import::Accepted;
use crate::store::StoreError;
use crate::store::datasets::{AtOnce, Column, Dataset, DatasetStore, KeptRejected, Numbered, Order};

#[async_trait]
impl DatasetStore for SqliteStore {
    async fn datasets(&self, account_id: Uuid) -> Result<Vec<Dataset>, StoreError> {
        let rows: Vec<DatasetRow> = sqlx::query_as(
            "SELECT * FROM datasets WHERE account_id = ? AND state = 'complete' ORDER BY created_at_ms DESC, key DESC",
        )
        .bind(account_id.to_string())
        .fetch_all(&self.reader)
        .await?;
        rows.into_iter().map(Dataset::try_from).collect()
    }

    async fn datasets_to_be(&self, account_id: Uuid) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar(
            "SELECT (SELECT count(*) FROM datasets WHERE account_id = ?1 AND state = 'complete')
                + (SELECT count(*) FROM jobs WHERE account_id = ?1 AND state IN ('queued', 'running'))",
        )
        .bind(account_id.to_string())
        .fetch_one(&self.reader)
        .await?;
        Ok(count)
    }

    async fn dataset(&self, account_id: Uuid, id: Uuid) -> Result<Option<Dataset>, StoreError> {
        let row: Option<DatasetRow> =
            sqlx::query_as("SELECT * FROM datasets WHERE id = ? AND account_id = ? AND state = 'complete'")
                .bind(id.to_string())
                .bind(account_id.to_string())
                .fetch_optional(&self.reader)
                .await?;
        row.map(Dataset::try_from).transpose()
    }

    async fn rows(&self, key: i64, offset: i64, most: AtOnce) -> Result<Vec<Numbered>, StoreError> {
        // Numbers have no gaps, so an offset is a number.
        let sizes: Vec<(i64, i64)> = sqlx::query_as(
            "SELECT number, octet_length(fields) FROM dataset_rows WHERE dataset_key = ? AND number > ?
             ORDER BY number LIMIT ?",
        )
        .bind(key)
        .bind(offset)
        .bind(i64::try_from(most.rows).unwrap_or(i64::MAX))
        .fetch_all(&self.pages)
        .await?;
        let fitting = fitting(sizes.iter().map(|(_, bytes)| *bytes), most);
        let Some((last, _)) = sizes.get(fitting.saturating_sub(1)) else { return Ok(Vec::new()) };
        let rows: Vec<NumberedRow> = sqlx::query_as(
            "SELECT number, line, fields FROM dataset_rows WHERE dataset_key = ? AND number > ? AND number <= ?
             ORDER BY number",
        )
        .bind(key)
        .bind(offset)
        .bind(last)
        .fetch_all(&self.pages)
        .await?;
        rows.into_iter().map(Numbered::try_from).collect()
    }

    async fn rows_of(&self, key: i64, numbers: &[i64], most: AtOnce) -> Result<Vec<Numbered>, StoreError> {
        let numbers = &numbers[..numbers.len().min(most.rows)];
        let sizes: Vec<(i64, i64)> = sqlx::query_as(
            "SELECT number, octet_length(fields) FROM dataset_rows
             WHERE dataset_key = ? AND number IN (SELECT value FROM json_each(?))",
        )
        .bind(key)
        .bind(list(numbers))
        .fetch_all(&self.pages)
        .await?;
        let sizes: BTreeMap<i64, i64> = sizes.into_iter().collect();
        let bytes = numbers.iter().map(|number| sizes.get(number).copied().unwrap_or_default());
        let numbers = &numbers[..fitting(bytes, most).min(numbers.len())];
        let rows: Vec<NumberedRow> = sqlx::query_as(
            "SELECT number, line, fields FROM dataset_rows
             WHERE dataset_key = ? AND number IN (SELECT value FROM json_each(?))",
        )
        .bind(key)
        .bind(list(numbers))
        .fetch_all(&self.pages)
        .await?;
        let mut rows: BTreeMap<i64, NumberedRow> = rows.into_iter().map(|row| (row.number, row)).collect();
        numbers.iter().filter_map(|number| rows.remove(number)).map(Numbered::try_from).collect()
    }

    async fn sorted_numbers(
        &self,
        account_id: Uuid,
        key: i64,
        order: Order,
        offset: i64,
        most: i64,
    ) -> Result<Vec<i64>, StoreError> {
        let (_turn, mut connection) = self.turn_to_sort(account_id).await?;
        // It is dropped with this future when the request is abandoned.
        let asked = Arc::new(());
        let asker = Arc::downgrade(&asked);
        connection
            .lock_handle()
            .await?
            .set_progress_handler(STEPS_BETWEEN_LOOKS, move || asker.strong_count() > 0);
        let numbers = sqlx::query_scalar(
            "SELECT number FROM (
                SELECT number, json_extract(fields, ?2) AS field
                FROM dataset_rows WHERE dataset_key = ?1)
             ORDER BY field = '',
                CASE WHEN NOT ?4 THEN CASE WHEN ?3 THEN CAST(field AS REAL) ELSE field END END COLLATE NOCASE,
                CASE WHEN ?4 THEN CASE WHEN ?3 THEN CAST(field AS REAL) ELSE field END END COLLATE NOCASE DESC,
                number
             LIMIT ?5 OFFSET ?6",
        )
        .bind(key)
        .bind(format!("$[{}]", order.column))
        .bind(order.is_number)
        .bind(order.is_descending)
        .bind(most)
        .bind(offset)
        .fetch_all(&mut *connection)
        .await?;
        drop(asked);
        Ok(numbers)
    }

    async fn rejected_rows(&self, key: i64, offset: i64, most: i64) -> Result<Vec<KeptRejected>, StoreError> {
        let rows: Vec<RejectedRow> = sqlx::query_as(
            "SELECT line, reason, cause, beginning FROM rejected_rows WHERE dataset_key = ? AND number > ?
             ORDER BY number LIMIT ?",
        )
        .bind(key)
        .bind(offset)
        .bind(most)
        .fetch_all(&self.pages)
        .await?;
        Ok(rows.into_iter().map(KeptRejected::from).collect())
    }

    async fn discard_dataset(&self, key: i64) -> Result<(), StoreError> {
        sqlx::query("UPDATE datasets SET state = 'discarded' WHERE key = ?")
            .bind(key)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    async fn sweep_rows(&self) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let key: Option<i64> =
            sqlx::query_scalar("SELECT key FROM datasets WHERE state = 'discarded' LIMIT 1")
                .fetch_optional(&mut *transaction)
                .await?;
        let Some(key) = key else { return Ok(false) };
        let rows = sqlx::query(
            "DELETE FROM dataset_rows WHERE dataset_key = ?1 AND number IN (
                SELECT number FROM dataset_rows WHERE dataset_key = ?1 LIMIT ?2)",
        )
        .bind(key)
        .bind(SWEPT_AT_ONCE)
        .execute(&mut *transaction)
        .await?;
        if rows.rows_affected() == 0 {
            // Few enough, by how many are kept at all, to go at once.
            sqlx::query("DELETE FROM rejected_rows WHERE dataset_key = ?")
                .bind(key)
                .execute(&mut *transaction)
                .await?;
            sqlx::query("DELETE FROM datasets WHERE key = ?").bind(key).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }
}

impl SqliteStore {
    /// Waits for this person's turn and for a connection to sort with, as long as anybody waits for one.
    async fn turn_to_sort(
        &self,
        account_id: Uuid,
    ) -> Result<(OwnedSemaphorePermit, PoolConnection<Sqlite>), StoreError> {
        let waiting = async {
            let turn = self.sorting.take(account_id).await;
            Ok((turn, self.sorter.acquire().await?))
        };
        timeout(LONGEST_WAIT, waiting).await.unwrap_or(Err(StoreError::Busy))
    }
}

/// How many rows of these sizes may be read at once.
fn fitting(sizes: impl Iterator<Item = i64>, most: AtOnce) -> usize {
    let mut bytes = 0i64;
    let held = sizes.take_while(|size| {
        bytes = bytes.saturating_add(*size);
        bytes <= most.bytes
    });
    held.count().max(1)
}

fn list(numbers: &[i64]) -> String {
    let numbers: Vec<String> = numbers.iter().map(i64::to_string).collect();
    format!("[{}]", numbers.join(","))
}

#[derive(FromRow)]
struct DatasetRow {
    key: i64,
    id: String,
    name: String,
    columns: String,
    delimiter: String,
    encoding: String,
    rows: i64,
    rejected: i64,
    created_at_ms: i64,
}

impl TryFrom<DatasetRow> for Dataset {
    type Error = StoreError;

    fn try_from(row: DatasetRow) -> Result<Self, StoreError> {
        Ok(Self {
            key: row.key,
            id: uuid(&row.id)?,
            name: row.name,
            columns: parse_columns(&row.columns)?,
            delimiter: parse_delimiter(&row.delimiter)?,
            encoding: parse_encoding(&row.encoding)?,
            rows: row.rows,
            rejected: row.rejected,
            created_at: Moment::from_unix_ms(row.created_at_ms),
        })
    }
}

#[derive(FromRow)]
struct NumberedRow {
    number: i64,
    line: i64,
    fields: String,
}

impl TryFrom<NumberedRow> for Numbered {
    type Error = StoreError;

    fn try_from(row: NumberedRow) -> Result<Self, StoreError> {
        let fields =
            serde_json::from_str(&row.fields).map_err(|error| StoreError::Failed(Box::new(error)))?;
        Ok(Self { number: row.number, row: Accepted { line: row.line, fields } })
    }
}

#[derive(FromRow)]
struct RejectedRow {
    line: i64,
    reason: String,
    cause: Option<String>,
    beginning: String,
}

impl From<RejectedRow> for KeptRejected {
    fn from(row: RejectedRow) -> Self {
        Self {
            line: row.line,
            reason: row.reason,
            cause: parse_cause(row.cause.as_deref()),
            beginning: row.beginning,
        }
    }
}

pub(super) fn columns_json(columns: &[Column]) -> Result<String, StoreError> {
    serde_json::to_string(columns).map_err(|error| StoreError::Failed(Box::new(error)))
}

pub(super) fn parse_columns(text: &str) -> Result<Vec<Column>, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Failed(Box::new(error)))
}

/// How many rows are deleted before other writers have their turn.
const SWEPT_AT_ONCE: i64 = 2_000;

/// How many steps of SQLite's machine are sorted between looks whether anybody still wants the rows: some hundred
/// looks a second, which cost nothing to speak of.
const STEPS_BETWEEN_LOOKS: i32 = 100_000;
