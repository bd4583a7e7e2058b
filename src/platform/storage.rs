//! What outlives the page (`localStorage`): the record of the session, and no credential.

use gloo_storage::{LocalStorage, Storage as _, errors::StorageError};
use perennial_session::{IdempotencyKey, Record, Remembered, Wall};
use serde::{Deserialize, Serialize};

/// Reads what an earlier page stored. Any other value under the key is unreadable, whoever wrote it.
#[must_use]
pub fn load() -> Remembered {
    if !is_available() {
        return Remembered::Unreadable;
    }
    match LocalStorage::get::<Stored>(KEY) {
        Ok(stored) => stored.into_record().map_or(Remembered::Unreadable, Remembered::Session),
        Err(StorageError::KeyNotFound(_)) => Remembered::Nothing,
        Err(StorageError::SerdeError(_) | StorageError::JsError(_)) => Remembered::Unreadable,
    }
}

/// Stores the record.
///
/// # Errors
/// Why it was not stored: no storage, or no room in it.
pub fn store(record: Record) -> Result<(), String> {
    if !is_available() {
        return Err("the browser offers no storage to this page".into());
    }
    LocalStorage::set(KEY, Stored::from(record)).map_err(|error| error.to_string())
}

/// Removes the record.
pub fn forget() {
    if is_available() {
        LocalStorage::delete(KEY);
    }
}

/// Touching storage that is switched off throws, and gloo makes a panic of that; so it is touched here first.
fn is_available() -> bool {
    web_sys::window().is_some_and(|window| matches!(window.local_storage(), Ok(Some(_))))
}

/// The record as it lies in the storage; the version lets a later one change it.
#[derive(Serialize, Deserialize)]
struct Stored {
    version: u32,
    last_activity_ms: u64,
    kept: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attempt: Option<String>,
}

impl Stored {
    fn into_record(self) -> Option<Record> {
        if self.version != VERSION {
            return None;
        }
        let attempt = match self.attempt {
            Some(hex) => Some(IdempotencyKey(u128::from_str_radix(&hex, 16).ok()?)),
            None => None,
        };
        Some(Record { last_activity: Wall(self.last_activity_ms), kept: self.kept, attempt })
    }
}

impl From<Record> for Stored {
    fn from(record: Record) -> Self {
        Self {
            version: VERSION,
            last_activity_ms: record.last_activity.0,
            kept: record.kept,
            attempt: record.attempt.map(|key| key.to_string()),
        }
    }
}

const KEY: &str = "perennial.session";

const VERSION: u32 = 1;
