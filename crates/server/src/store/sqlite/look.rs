//! Reading the file without opening it as a store: to judge it, and to copy it.

use std::path::Path;

use sqlx::migrate::Migrate as _;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};

use super::SqliteStore;
use super::open::{LONGEST_WAIT, MIGRATIONS, check, said};
use crate::failure::Failure;
use crate::private_file;

/// What is to be said of a sound file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// How many migrations the next start would make.
    pub(crate) pending: usize,
}

impl SqliteStore {
    /// Reads through the file and writes nothing, whether a server uses it or not.
    ///
    /// # Errors
    /// What [`Self::open`] would refuse it for.
    pub(crate) async fn look(path: &Path) -> Result<Look, Failure> {
        let failed = |found: String| Failure::Database { path: path.to_owned(), found };
        if let Some(found) = private_file::too_open(path).map_err(|error| failed(error.to_string()))? {
            return Err(Failure::TooOpen { path: path.to_owned(), found, remedy: "run chmod 600 on it" });
        }
        let mut connection = read(path).await.map_err(|error| failed(said(&error)))?;
        let looked = judge(&mut connection, path, &failed).await;
        // Nothing was written, so nothing can be lost by an end that fails.
        connection.close().await.ok();
        looked
    }

    /// Writes the file as it is at one moment to `to`, and brings that to the disk. Others go on writing meanwhile.
    ///
    /// # Errors
    /// What SQLite or the system said, about the file of the two that it is about.
    pub(crate) async fn copy(path: &Path, to: &Path) -> Result<(), Failure> {
        let failed = |path: &Path, found: String| Failure::Database { path: path.to_owned(), found };
        // Made here and not by SQLite, so that nobody else may read it.
        private_file::ensure(to).map_err(|error| failed(to, error.to_string()))?;
        let mut connection = read(path).await.map_err(|error| failed(path, said(&error)))?;
        let copied = sqlx::query("VACUUM INTO ?")
            .bind(to.to_string_lossy().into_owned())
            .execute(&mut connection)
            .await
            .map_err(|error| failed(path, said(&error)));
        connection.close().await.ok();
        copied?;
        // SQLite leaves that to the caller here.
        std::fs::File::open(to)
            .and_then(|file| file.sync_all())
            .map_err(|error| failed(to, error.to_string()))
    }
}

async fn read(path: &Path) -> Result<SqliteConnection, sqlx::Error> {
    // Without a log there is nobody who writes; then even the companions of the file are not made.
    let is_still = !path.with_extension("sqlite3-wal").exists();
    let options = SqliteConnectOptions::new().filename(path).read_only(true).immutable(is_still);
    SqliteConnection::connect_with(&options.busy_timeout(LONGEST_WAIT)).await
}

async fn judge(
    connection: &mut SqliteConnection,
    path: &Path,
    failed: &impl Fn(String) -> Failure,
) -> Result<Look, Failure> {
    check(&mut *connection).await.map_err(failed)?;
    let is_new: bool = sqlx::query_scalar(
        "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '_sqlx_migrations')",
    )
    .fetch_one(&mut *connection)
    .await
    .map_err(|error| failed(said(&error)))?;
    let done = match is_new {
        true => Vec::new(),
        false => connection
            .list_applied_migrations(MIGRATIONS.table_name.as_ref())
            .await
            .map_err(|error| failed(error.to_string()))?,
    };
    for migration in &done {
        let known = MIGRATIONS.iter().find(|known| known.version == migration.version);
        if known.is_none_or(|known| known.checksum != migration.checksum) {
            return Err(Failure::OtherVersion { path: path.to_owned(), version: migration.version });
        }
    }
    Ok(Look { pending: MIGRATIONS.iter().count() - done.len() })
}
