//! One at a time of each person, in the order in which they asked.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::OwnedMutexGuard;
use uuid::Uuid;

/// A line per person that waits or is served.
#[derive(Debug, Default)]
pub(super) struct Turns(Mutex<BTreeMap<Uuid, Weak<Line>>>);

type Line = tokio::sync::Mutex<()>;

impl Turns {
    /// Waits until everything this person asked for before is done or given up; the turn lasts until it is dropped.
    pub(super) async fn take(&self, account_id: Uuid) -> OwnedMutexGuard<()> {
        self.line(account_id).lock_owned().await
    }

    fn line(&self, account_id: Uuid) -> Arc<Line> {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = lines.get(&account_id).and_then(Weak::upgrade) {
            return line;
        }
        // Only who comes anew adds a line, so this is when those that nobody stands in any more go.
        lines.retain(|_, line| line.strong_count() > 0);
        let line = Arc::default();
        lines.insert(account_id, Arc::downgrade(&line));
        line
    }
}
