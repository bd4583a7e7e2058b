//! Opening the file: refusing what is damaged, then bringing its tables up to date.

use std::path::Path;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, SqliteExecutor, SqlitePool};
use tokio::sync::Mutex;

use super::SqliteStore;
use crate::failure::Failure;
use crate::lines::Lines;
use crate::private_file;

impl SqliteStore {
    /// Opens the file, making it when there is none.
    ///
    /// # Errors
    /// [`Failure::Database`] when it is damaged or cannot be written, [`Failure::OtherVersion`] when it has
    /// tables this version does not know. The file is left as it was found.
    pub(crate) async fn open(path: &Path) -> Result<Self, Failure> {
        let failed = |found: String| Failure::Database { path: path.to_owned(), found };
        // Made here and not by SQLite, so that nobody else may read it; its companions inherit the mode.
        private_file::ensure(path).map_err(|error| failed(error.to_string()))?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            // A rotation that a power cut takes back would leave a browser with a token nobody knows.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(LONGEST_WAIT);
        let writer = pool(1, options.clone()).await.map_err(|error| failed(said(&error)))?;
        check(&writer).await.map_err(failed)?;
        if let Some(found) = private_file::too_open(path).map_err(|error| failed(error.to_string()))? {
            return Err(Failure::TooOpen { path: path.to_owned(), found, remedy: "run chmod 600 on it" });
        }
        MIGRATIONS.run(&writer).await.map_err(|error| {
            if let MigrateError::VersionMissing(version) | MigrateError::VersionMismatch(version) = error {
                return Failure::OtherVersion { path: path.to_owned(), version };
            }
            failed(error.to_string())
        })?;
        let reading = async |connections| {
            pool(connections, options.clone()).await.map_err(|error| failed(said(&error)))
        };
        let (reader, pages, sorter) =
            (reading(READERS).await?, reading(PAGES_AT_ONCE).await?, reading(SORTS_AT_ONCE).await?);
        let proven = Mutex::default();
        Ok(Self { options, reader, pages, sorter, sorting: Lines::new(1), writer, proven })
    }
}

async fn pool(connections: u32, options: SqliteConnectOptions) -> Result<SqlitePool, sqlx::Error> {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(LONGEST_WAIT)
        // SQLite ends a transaction by itself when the disk fails it. The connection then still counts it as open,
        // and would refuse to begin another one for ever; it is closed and the next caller gets a new one.
        .after_release(|connection, _| {
            Box::pin(async move {
                // A rollback that was sent on its way is done once this is answered.
                connection.ping().await?;
                Ok(!connection.is_in_transaction())
            })
        })
        .connect_with(options)
        .await
}

/// Reads through the file's structure; what it finds wrong, in words.
pub(super) async fn check(from: impl SqliteExecutor<'_>) -> Result<(), String> {
    let found: String =
        sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(from).await.map_err(|error| said(&error))?;
    if found == "ok" { Ok(()) } else { Err(found.replace('\n', " ")) }
}

/// What SQLite itself said, without the layers around it.
pub(super) fn said(error: &sqlx::Error) -> String {
    error.as_database_error().map_or_else(|| error.to_string(), |found| found.message().to_owned())
}

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// How long a statement waits for its turn before the caller is told to come back.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(5);

const READERS: u32 = 4;

/// A page takes milliseconds, so two serve many people and downloads.
const PAGES_AT_ONCE: u32 = 2;

/// Each keeps a core busy for as long as it takes; two people can sort at the same time, and the rest of the machine
/// is left to everybody.
const SORTS_AT_ONCE: u32 = 2;
