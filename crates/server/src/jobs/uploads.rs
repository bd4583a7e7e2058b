//! The files that people send, one per job, until nobody needs them any more.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use tokio::fs::File;
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use crate::clock::Moment;
use crate::private_file;
use crate::store::jobs::{JobStore, NewJob};
use crate::store::{Store, StoreError};

/// The directory of these files.
#[derive(Debug)]
pub(crate) struct Uploads {
    dir: PathBuf,
    /// How many files each person is sending at this moment.
    under_way: Mutex<BTreeMap<Uuid, u32>>,
    /// Held while a file and its job come to be, and while files without a job are removed.
    settling: tokio::sync::Mutex<()>,
}

/// A file on its way in. What is not settled is removed, whatever ends it.
#[derive(Debug)]
pub(crate) struct Incoming<'a> {
    uploads: &'a Uploads,
    account_id: Uuid,
    id: Uuid,
    file: Option<File>,
    size_bytes: u64,
}

impl Uploads {
    pub(super) fn new(dir: PathBuf) -> Self {
        Self { dir, under_way: Mutex::default(), settling: tokio::sync::Mutex::default() }
    }

    /// Where the file of a job lies.
    pub(super) fn path(&self, id: Uuid) -> PathBuf {
        self.dir.join(format!("{id}.csv"))
    }

    fn part_path(&self, id: Uuid) -> PathBuf {
        self.dir.join(format!("{id}.part"))
    }

    /// Begins to take a file; nothing when this person has `most` jobs and files under way.
    pub(crate) async fn begin(
        &self,
        account_id: Uuid,
        live: i64,
        most: u32,
    ) -> io::Result<Option<Incoming<'_>>> {
        {
            let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
            let count = under_way.get(&account_id).copied().unwrap_or_default();
            if live.saturating_add(count.into()) >= i64::from(most) {
                return Ok(None);
            }
            under_way.insert(account_id, count + 1);
        }
        // From here on its end gives the place back.
        let mut incoming =
            Incoming { uploads: self, account_id, id: Uuid::new_v4(), file: None, size_bytes: 0 };
        let options = private_file::private_options().create_new(true).to_owned();
        incoming.file = Some(tokio::fs::OpenOptions::from(options).open(self.part_path(incoming.id)).await?);
        Ok(Some(incoming))
    }

    /// Removes what earlier processes left half-sent.
    pub(super) fn remove_parts(&self) {
        self.remove(|name| name.ends_with(".part"));
    }

    /// Removes the files that no job needs.
    pub(super) async fn tidy(&self, store: &dyn Store) -> Result<(), StoreError> {
        let _settling = self.settling.lock().await;
        let needed = store.jobs_with_files(FILES_KEPT_PER_ACCOUNT).await?;
        self.remove(|name| {
            let id = name.strip_suffix(".csv").and_then(|id| id.parse::<Uuid>().ok());
            id.is_some_and(|id| !needed.contains(&id))
        });
        Ok(())
    }

    fn remove(&self, is_unneeded: impl Fn(&str) -> bool) {
        let Ok(entries) = fs::read_dir(&self.dir) else { return };
        for entry in entries.flatten() {
            if entry.file_name().to_str().is_some_and(&is_unneeded)
                && let Err(error) = fs::remove_file(entry.path())
            {
                tracing::warn!(%error, "a file that is not needed any more could not be removed");
            }
        }
    }
}

impl Incoming<'_> {
    /// Writes some more.
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            file.write_all(bytes).await?;
            self.size_bytes += u64::try_from(bytes.len()).unwrap_or_default();
        }
        Ok(())
    }

    /// How much was written.
    pub(crate) fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// Makes the file outlive a crash and adds its job; the job's identifier, unless there are too many.
    pub(crate) async fn settle(
        mut self,
        store: &dyn Store,
        describe: impl FnOnce(Uuid, i64) -> NewJob,
        most: u32,
        now: Moment,
    ) -> Result<Option<Uuid>, SettleError> {
        if let Some(mut file) = self.file.take() {
            file.flush().await?;
            file.sync_all().await?;
        }
        let _settling = self.uploads.settling.lock().await;
        let path = self.uploads.path(self.id);
        fs::rename(self.uploads.part_path(self.id), &path)?;
        private_file::sync_directory(&path)?;
        let job = describe(self.id, i64::try_from(self.size_bytes).unwrap_or(i64::MAX));
        let added = JobStore::add_job(store, &job, most, now).await;
        if !matches!(added, Ok(true)) {
            fs::remove_file(&path)?;
        }
        Ok(added?.then_some(self.id))
    }
}

impl Drop for Incoming<'_> {
    fn drop(&mut self) {
        let mut under_way = self.uploads.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        match under_way.get_mut(&self.account_id) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(under_way.remove(&self.account_id)),
        }
        // Settled, it has another name.
        fs::remove_file(self.uploads.part_path(self.id)).ok();
    }
}

/// Why a file that was sent did not become a job.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettleError {
    #[error("{0}")]
    Disk(#[from] io::Error),
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// How many files of jobs that failed or were cancelled are kept per person, so that these can be repeated.
const FILES_KEPT_PER_ACCOUNT: u32 = 5;
