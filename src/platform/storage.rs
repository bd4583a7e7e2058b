//! What outlives the page (`localStorage`): the record of the session, and no credential but one that can end a session that
//! is over.

use gloo_events::EventListener;
use gloo_storage::{LocalStorage, Storage as _, errors::StorageError};
use perennial_session::{Ended, IdempotencyKey, Record, Remembered, SessionKey};
use serde::{Deserialize, Serialize};

use super::{changes, former, kept, names};
use crate::words::{self, Key};

/// Reads what this page or another stored last. Any other value under the key is unreadable, whoever wrote it.
#[must_use]
pub fn load() -> Remembered {
    if !is_available() {
        return Remembered::Unreadable;
    }
    match LocalStorage::get::<Stored>(key()) {
        Ok(stored) => stored.read().unwrap_or(Remembered::Unreadable),
        Err(StorageError::KeyNotFound(_)) => Remembered::Nothing,
        Err(StorageError::SerdeError(_) | StorageError::JsError(_)) => Remembered::Unreadable,
    }
}

/// Reads what is remembered when the page starts. What a version before this one stored is taken over.
///
/// A store that takes nothing may have taken no record either: it is as good as unreadable, and the server is asked.
#[must_use]
pub fn load_first() -> Remembered {
    if is_empty() {
        return Remembered::Nothing;
    }
    if load() == Remembered::Nothing {
        former::take_over();
    }
    match load() {
        Remembered::Nothing => Remembered::Unreadable,
        known @ (Remembered::Session(_) | Remembered::Ended(_) | Remembered::Unreadable) => known,
    }
}

/// Whether nothing was stored although the store takes something, as at a first visit: what [`Remembered::Nothing`]
/// says, without the code that reads.
#[must_use]
pub fn is_empty() -> bool {
    let storage = web_sys::window().and_then(|window| window.local_storage().ok().flatten());
    storage.is_some_and(|storage| {
        matches!(storage.get_item(&key()), Ok(None)) && !former::is_there() && takes_a_record(&storage)
    })
}

/// Whether there is room for a record. A full store takes a short text and no longer one, so the probe is as long.
fn takes_a_record(storage: &web_sys::Storage) -> bool {
    let name = names::of_session("probe");
    let is_taken = storage.set_item(&name, &" ".repeat(LONGEST_RECORD)).is_ok();
    // It fails only where nothing can be stored.
    drop(storage.remove_item(&name));
    is_taken
}

/// Stores the record.
///
/// # Errors
/// Why it was not stored: no storage, or no room in it.
pub fn store(record: Record) -> Result<(), String> {
    write(&record.into())
}

/// Stores that the session has ended, in the place of its record.
///
/// # Errors
/// Why it was not stored. The record is then gone all the same, if there is a storage at all.
pub fn store_ended(ended: Ended) -> Result<(), String> {
    let stored = ended.into();
    write(&stored).or_else(|_| {
        // The end of a session is shorter than its record, so there is room once that is gone.
        forget();
        write(&stored)
    })
}

/// Removes whatever is there.
pub fn forget() {
    if is_available() {
        LocalStorage::delete(key());
    }
}

/// A listener that is registered; dropping it removes it.
#[derive(Debug)]
pub struct Listener(#[expect(dead_code, reason = "held for its drop")] Option<EventListener>);

/// Calls back when another page has changed what [`load`] gives, or the grant that is kept beside it.
pub fn listen(on_change: impl Fn() + 'static) -> Listener {
    Listener(changes::listen(|changed| changed == key() || kept::is_key(changed), on_change))
}

fn write(stored: &Stored) -> Result<(), String> {
    if !is_available() {
        return Err("the browser offers no storage to this page".into());
    }
    LocalStorage::set(key(), stored).map_err(|error| error.to_string())
}

/// Touching storage that is switched off throws, and gloo makes a panic of that; so it is touched here first.
fn is_available() -> bool {
    web_sys::window().is_some_and(|window| matches!(window.local_storage(), Ok(Some(_))))
}

/// What lies in the storage, in all versions: which fields there must be depends on the version, and on whether the
/// session has ended.
#[derive(Default, Serialize, Deserialize)]
struct Stored {
    version: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session: Option<Key>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revoke: Option<bool>,
    /// What can end the session and do nothing else. A page of an older deployment passes it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ticket: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_activity_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kept: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attempt: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    not_before_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token_from_ms: Option<u64>,
}

impl Stored {
    fn read(self) -> Option<Remembered> {
        match self.version {
            // The first deployment knew of no session keys. Its record is that of a session older than all others, so
            // that it is restored where nothing else is known, and counts for nothing where something is.
            FIRST_VERSION => self.record(OLDEST).map(Remembered::Session),
            VERSION => {
                let session = self.session.as_ref()?.read()?;
                match self.ended.as_deref() {
                    Some(word) => {
                        let (reason, revoke) = (words::read_reason(word)?, self.revoke?);
                        // One that cannot be sent is none. The end stands.
                        let ticket = self.ticket.and_then(words::secret).filter(|_| revoke);
                        Some(Remembered::Ended(Ended { session, reason, revoke, ticket }))
                    }
                    None => self.record(session).map(Remembered::Session),
                }
            }
            _ => None,
        }
    }

    fn record(&self, session: SessionKey) -> Option<Record> {
        let attempt = match &self.attempt {
            Some(digits) => Some(IdempotencyKey(words::read_hex(digits)?)),
            None => None,
        };
        Some(Record {
            session,
            last_activity: words::wall(self.last_activity_ms?)?,
            kept: self.kept?,
            attempt,
            not_before: words::optional_wall(self.not_before_ms)?,
            token_from: words::optional_wall(self.token_from_ms)?,
        })
    }
}

impl From<Record> for Stored {
    fn from(record: Record) -> Self {
        Self {
            version: VERSION,
            session: Some(record.session.into()),
            last_activity_ms: Some(record.last_activity.0),
            kept: Some(record.kept),
            attempt: record.attempt.map(|key| key.to_string()),
            not_before_ms: record.not_before.map(|moment| moment.0),
            token_from_ms: record.token_from.map(|moment| moment.0),
            ..Self::default()
        }
    }
}

impl From<Ended> for Stored {
    fn from(ended: Ended) -> Self {
        Self {
            version: VERSION,
            session: Some(ended.session.into()),
            ended: Some(words::reason(ended.reason).to_owned()),
            revoke: Some(ended.revoke),
            ticket: ended.ticket.map(|ticket| ticket.expose().to_owned()),
            ..Self::default()
        }
    }
}

const OLDEST: SessionKey = SessionKey { since_ms: 0, salt: 0 };

fn key() -> String {
    names::of_session("session")
}

/// In bytes: a record with all its fields has less than 300.
const LONGEST_RECORD: usize = 400;

const VERSION: u32 = 2;

/// That of the deployments before tabs acted as one.
const FIRST_VERSION: u32 = 1;
