//! Bells that wake whoever waits for news of a job, a session or an account.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use uuid::Uuid;

/// The bells that somebody listens to. Ringing says that something changed, and nothing of what.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bells(Arc<Mutex<BTreeMap<Uuid, watch::Sender<()>>>>);

/// Somebody who listens. A bell that nobody listens to any more is taken down.
#[derive(Debug)]
pub(crate) struct Listener {
    id: Uuid,
    rings: watch::Receiver<()>,
    bells: Bells,
}

impl Bells {
    /// Listens from now on.
    pub(crate) fn listen(&self, id: Uuid) -> Listener {
        let rings = self.hung().entry(id).or_default().subscribe();
        Listener { id, rings, bells: self.clone() }
    }

    pub(crate) fn ring(&self, id: Uuid) {
        if let Some(bell) = self.hung().get(&id) {
            bell.send_replace(());
        }
    }

    fn hung(&self) -> MutexGuard<'_, BTreeMap<Uuid, watch::Sender<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener {
    /// Waits until the bell has rung since the last time this was waited for. Several rings count as one.
    pub(crate) async fn rung(&mut self) {
        if self.rings.changed().await.is_err() {
            // A bell hangs as long as somebody listens, so this one cannot have been taken down.
            std::future::pending().await
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut hung = self.bells.hung();
        if hung.get(&self.id).is_some_and(|bell| bell.receiver_count() <= 1) {
            hung.remove(&self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::Bells;

    #[tokio::test]
    async fn a_ring_reaches_who_listened_before_and_a_bell_hangs_as_long_as_somebody_listens() {
        let (bells, [one, other]) = (Bells::default(), [Uuid::new_v4(), Uuid::new_v4()]);
        bells.ring(one);
        let (mut first, mut second) = (bells.listen(one), bells.listen(one));
        bells.ring(other);
        assert!(!first.rings.has_changed().unwrap());
        bells.ring(one);
        bells.ring(one);
        first.rung().await;
        second.rung().await;
        assert!(!first.rings.has_changed().unwrap(), "several rings count as one");
        drop(first);
        bells.ring(one);
        second.rung().await;
        drop(second);
        assert!(bells.hung().is_empty());
    }
}
