//! Lines in which those of one kind wait for each other, in the order in which they asked, and nobody else does.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A line for each kind of which somebody waits or is served.
pub(crate) struct Lines<K> {
    /// How many of one kind are served at the same time.
    at_once: usize,
    lines: Mutex<BTreeMap<K, Weak<Semaphore>>>,
}

impl<K: Ord> Lines<K> {
    pub(crate) fn new(at_once: usize) -> Self {
        Self { at_once, lines: Mutex::default() }
    }

    /// Waits until enough of what this kind asked for before is done or given up; the turn lasts until it is dropped.
    pub(crate) async fn take(&self, kind: K) -> OwnedSemaphorePermit {
        let line = self.line(kind);
        match Arc::clone(&line).acquire_owned().await {
            Ok(turn) => turn,
            // No line is ever closed.
            Err(_) => std::future::pending().await,
        }
    }

    fn line(&self, kind: K) -> Arc<Semaphore> {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = lines.get(&kind).and_then(Weak::upgrade) {
            return line;
        }
        // Only who comes anew adds a line, so this is when those that nobody stands in any more go.
        lines.retain(|_, line| line.strong_count() > 0);
        let line = Arc::new(Semaphore::new(self.at_once));
        lines.insert(kind, Arc::downgrade(&line));
        line
    }
}

impl<K> fmt::Debug for Lines<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lines").field("at_once", &self.at_once).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::Lines;

    #[tokio::test]
    async fn those_of_one_kind_wait_for_each_other_and_leave_no_line_behind() {
        let lines = Lines::new(2);
        let one = lines.take("ada").await;
        let two = lines.take("ada").await;
        assert!(lines.take("ada").now_or_never().is_none());
        let other = lines.take("eve").now_or_never();
        assert!(other.is_some());
        drop(one);
        assert!(lines.take("ada").now_or_never().is_some());
        drop((two, other));
        drop(lines.take("kay").await);
        drop(lines.take("lea").await);
        assert_eq!(lines.lines.lock().unwrap().len(), 1);
    }
}
