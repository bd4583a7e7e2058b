//! What a connection watches.

use perennial_dialect::wire::Devices;
use perennial_dialect::wire::jobs::JobEvent;
use perennial_dialect::wire::live::ServerMessage;
use serde::Serialize;

use super::feed::Feed;
use super::roll::Roll;
use crate::app::App;
use crate::store::StoreError;

/// A job, or the sessions of a person.
#[derive(Debug)]
pub(super) enum Watched {
    Job(Feed),
    Sessions(Roll),
}

/// An event of either, as it is sent.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Said {
    Job(ServerMessage<JobEvent>),
    Sessions(ServerMessage<Devices>),
}

impl Watched {
    /// Waits for the bell, after which there may be news.
    pub(super) async fn rung(&mut self) {
        match self {
            Self::Job(feed) => feed.rung().await,
            Self::Sessions(roll) => roll.rung().await,
        }
    }

    /// There may be news though no bell rang.
    pub(super) fn look_again(&mut self) {
        match self {
            Self::Job(feed) => feed.look_again(),
            Self::Sessions(roll) => roll.look_again(),
        }
    }

    /// The client took its last message slowly. A list is never late: it is made when it can be sent.
    pub(super) fn lag(&mut self) {
        match self {
            Self::Job(feed) => feed.lag(),
            Self::Sessions(_) => {}
        }
    }

    /// Whether the store has to be asked what comes next.
    pub(super) fn wants_page(&self) -> bool {
        match self {
            Self::Job(feed) => feed.wants_page(),
            Self::Sessions(roll) => roll.wants_page(),
        }
    }

    /// Reads what comes next.
    pub(super) async fn read_page(&mut self, app: &App) -> Result<(), StoreError> {
        match self {
            Self::Job(feed) => feed.read_page(&*app.store).await,
            Self::Sessions(roll) => roll.read(&*app.store, app.clock.now()).await,
        }
    }

    /// The next event, as it is sent.
    pub(super) fn next(&mut self) -> Option<Said> {
        match self {
            Self::Job(feed) => feed.next().map(Said::Job),
            Self::Sessions(roll) => roll.next().map(Said::Sessions),
        }
    }
}
