//! The directory where the backend keeps everything: database, keys, demo password.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::failure::Failure;
use crate::private_file;
use crate::store::Store;
use crate::store::sqlite::SqliteStore;

/// A directory this process may write to.
#[derive(Clone, Debug)]
pub(crate) struct DataDir {
    path: PathBuf,
}

impl DataDir {
    /// Makes the directory if it is missing, for its owner only, and tries to write there.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        make(path)
            .and_then(|()| try_to_write(path))
            .map_err(|found| Failure::DataDir { path: path.to_owned(), found })?;
        require_own(path)?;
        Ok(Self { path: path.to_owned() })
    }

    /// The directory as it is, which may be missing or broken; nothing is made or tried.
    pub(crate) fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// The file with the database.
    pub(crate) fn database_path(&self) -> PathBuf {
        self.path.join("perennial.sqlite3")
    }

    /// The directory of the files that were sent, whether it is there or not.
    pub(crate) fn uploads_path(&self) -> PathBuf {
        self.path.join("uploads")
    }

    /// The file with the signing keys.
    pub(crate) fn keys_path(&self) -> PathBuf {
        self.path.join("keys.json")
    }

    /// The file with the demo account's password.
    pub(crate) fn demo_password_path(&self) -> PathBuf {
        self.path.join("demo-password")
    }

    /// The directory of the files that were sent, made for its owner only if it is missing.
    pub(crate) fn uploads_dir(&self) -> Result<PathBuf, Failure> {
        let path = self.uploads_path();
        make(&path).map_err(|found| Failure::DataDir { path: path.clone(), found })?;
        require_own(&path)?;
        Ok(path)
    }

    /// Opens the database.
    pub(crate) async fn open_store(&self) -> Result<Arc<dyn Store>, Failure> {
        Ok(Arc::new(SqliteStore::open(&self.database_path()).await?))
    }
}

/// Makes the directory for its owner only, unless it exists.
pub(crate) fn make(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(path)
}

/// Refuses a directory that others may write to.
pub(crate) fn require_own(path: &Path) -> Result<(), Failure> {
    let found = private_file::is_writable_by_others(path)
        .map_err(|found| Failure::DataDir { path: path.to_owned(), found })?;
    match found {
        Some(found) => Err(Failure::TooOpen { path: path.to_owned(), found, remedy: "run chmod 700 on it" }),
        None => Ok(()),
    }
}

fn try_to_write(path: &Path) -> io::Result<()> {
    let trial = path.join(format!("trial-{}", std::process::id()));
    fs::write(&trial, b"")?;
    fs::remove_file(trial)
}
