//! Live connections, as far as the whole backend knows them: how many there are, what wakes them, and that they
//! have to go.
//!
//! What they say is a matter of the dialect. They hold no events: each reads on in the store when a bell rings.

mod bells;
mod places;

use std::time::Duration;

use tokio::sync::watch;

pub(crate) use bells::{Bells, Listener};
pub(crate) use places::{Place, Places, Strangers};

/// What live connections share.
#[derive(Debug)]
pub(crate) struct Live {
    /// Rung under the identifier of a job that went on, a session that ended, an account whose sessions ended.
    pub(crate) bells: Bells,
    pub(crate) places: Places,
    leaving: watch::Sender<bool>,
}

impl Live {
    pub(crate) fn new() -> Self {
        Self { bells: Bells::default(), places: Places::default(), leaving: watch::Sender::new(false) }
    }

    /// Says when all have to go; true from then on.
    pub(crate) fn leaving(&self) -> watch::Receiver<bool> {
        self.leaving.subscribe()
    }

    /// Tells all connections, and those that come yet, to go.
    pub(crate) fn send_away(&self) {
        self.leaving.send_replace(true);
    }

    /// Sends all away and waits until they are gone, but not for those that do not go.
    pub(crate) async fn close(&self) {
        self.send_away();
        if tokio::time::timeout(LONGEST_FAREWELL, self.places.empty()).await.is_err() {
            tracing::warn!("some live connections did not end in time");
        }
    }
}

/// A connection takes two seconds at most to say why it ends.
const LONGEST_FAREWELL: Duration = Duration::from_secs(4);
