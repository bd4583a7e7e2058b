//! How many there are of each kind, and of all.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

/// Numbers of what is open, by whose it is. A kind of which there is none any more takes no memory.
#[derive(Debug)]
pub(crate) struct Counts<K> {
    all: u32,
    each: BTreeMap<K, u32>,
}

impl<K> Default for Counts<K> {
    fn default() -> Self {
        Self { all: 0, each: BTreeMap::new() }
    }
}

impl<K: Clone + Ord> Counts<K> {
    /// How many there are of all kinds together.
    pub(crate) fn all(&self) -> u32 {
        self.all
    }

    /// Counts one more, unless there are `most` of this kind.
    pub(crate) fn add(&mut self, kind: &K, most: u32) -> bool {
        let count = self.each.get(kind).copied().unwrap_or_default();
        let has_room = count < most;
        if has_room {
            self.each.insert(kind.clone(), count + 1);
            self.all += 1;
        }
        has_room
    }

    /// Counts one less of this kind.
    pub(crate) fn remove(&mut self, kind: &K) {
        self.all -= 1;
        match self.each.get_mut(kind) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(self.each.remove(kind)),
        }
    }
}

/// Something of which each person may have so many at a time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shares(Arc<Mutex<Counts<Uuid>>>);

/// One of them, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Share {
    shares: Shares,
    account_id: Uuid,
}

impl Shares {
    /// One more for this person; nothing when there are `most`.
    pub(crate) fn take(&self, account_id: Uuid, most: u32) -> Option<Share> {
        self.lock().add(&account_id, most).then(|| Share { shares: self.clone(), account_id })
    }

    fn lock(&self) -> MutexGuard<'_, Counts<Uuid>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.shares.lock().remove(&self.account_id);
    }
}
