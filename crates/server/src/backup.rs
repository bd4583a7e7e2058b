//! `backup`: a copy of the data directory that is one moment of it, made while the server runs.
//!
//! A backup is a data directory itself: the server starts on it, or on a copy of it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::private_file;
use crate::store::sqlite::SqliteStore;

/// What a backup holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backup {
    /// How long the copy of the database is.
    pub(crate) database_bytes: u64,
    /// How many files that were sent are in it.
    pub(crate) files: usize,
}

/// Copies what is in `data_dir` to the new directory `to`. Nothing is there before all of it is, and on the disk.
///
/// # Errors
/// [`Failure::Backup`] when there is nothing to copy, or `to` exists or cannot be made; the store's own when the copy
/// turns out not to be sound.
pub(crate) async fn make(data_dir: &Path, to: &Path) -> Result<Backup, Failure> {
    let failed = |found: String| Failure::Backup { path: to.to_owned(), found };
    let data = DataDir::at(data_dir);
    if !data.database_path().is_file() {
        return Err(failed(format!("there is no database {} to copy", data.database_path().display())));
    }
    if to.exists() {
        return Err(failed("it exists already".to_owned()));
    }
    let name = to.file_name().ok_or_else(|| failed("it has no name".to_owned()))?.to_string_lossy();
    let part = to.with_file_name(format!("{name}.part-{}", std::process::id()));
    let made = copy(&data, &part, &failed).await.and_then(|backup| {
        fs::rename(&part, to)
            .and_then(|()| private_file::sync_directory(to))
            .map_err(|error| failed(error.to_string()))?;
        Ok(backup)
    });
    if made.is_err() {
        // What went wrong is told already, and half a backup is none.
        fs::remove_dir_all(&part).ok();
    }
    made
}

async fn copy(data: &DataDir, part: &Path, failed: &impl Fn(String) -> Failure) -> Result<Backup, Failure> {
    let broken = |error: io::Error| failed(error.to_string());
    let copy = DataDir::at(part);
    crate::data_dir::make(part).map_err(broken)?;
    crate::data_dir::make(&copy.uploads_path()).map_err(broken)?;
    if data.keys_path().exists() {
        private_file::create(&copy.keys_path(), &fs::read(data.keys_path()).map_err(broken)?)
            .map_err(broken)?;
    }
    // A job that waits in the copied database has its file: it was there before the copy, or it is there after it.
    copy_files(data, &copy).map_err(broken)?;
    SqliteStore::copy(&data.database_path(), &copy.database_path()).await?;
    copy_files(data, &copy).map_err(broken)?;
    // Damage is found now, and not on the day that the backup is needed.
    SqliteStore::look(&copy.database_path()).await?;
    let database_bytes = fs::metadata(copy.database_path()).map_err(broken)?.len();
    let files = fs::read_dir(copy.uploads_path()).map_err(broken)?.count();
    private_file::sync_directory(&copy.database_path()).map_err(broken)?;
    Ok(Backup { database_bytes, files })
}

/// Copies the files that were sent and are not in the copy yet. They never change; one that is gone meanwhile has been
/// read.
fn copy_files(data: &DataDir, copy: &DataDir) -> io::Result<()> {
    let entries = match fs::read_dir(data.uploads_path()) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    for entry in entries {
        let from: PathBuf = entry?.path();
        let Some(name) = from.file_name().filter(|_| from.extension().is_some_and(|kind| kind == "csv"))
        else {
            continue;
        };
        let to = copy.uploads_path().join(name);
        if to.exists() {
            continue;
        }
        match fs::copy(&from, &to) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            other => {
                other?;
                fs::File::open(&to)?.sync_all()?;
            }
        }
    }
    Ok(())
}
