//! The sessions of a person on their way to one client.
//!
//! There is no history of them: each event is the whole list, made from what is true when it can be sent. The first
//! comes at once, so a client that was away has everything again.

use perennial_dialect::wire::live::ServerMessage;
use perennial_dialect::wire::{Device, Devices};
use uuid::Uuid;

use crate::clock::Moment;
use crate::live::Listener;
use crate::routes::perennial::jobs::count;
use crate::routes::perennial::sessions::device;
use crate::store::{Store, StoreError};

/// The list that is watched, and what the client was told of it last.
#[derive(Debug)]
pub(super) struct Roll {
    account_id: Uuid,
    session_id: Uuid,
    bell: Listener,
    /// The number of the last event sent, or the one that the client said it has.
    sent: i64,
    told: Option<Vec<Device>>,
    next: Option<(i64, Vec<Device>)>,
    /// Whether the store may hold something else than was told.
    has_news: bool,
}

impl Roll {
    pub(super) fn new(account_id: Uuid, session_id: Uuid, bell: Listener, after: u64) -> Self {
        let sent = i64::try_from(after).unwrap_or(i64::MAX);
        Self { account_id, session_id, bell, sent, told: None, next: None, has_news: true }
    }

    /// Waits for the bell, after which there may be news.
    pub(super) async fn rung(&mut self) {
        self.bell.rung().await;
        self.has_news = true;
    }

    /// There may be news though no bell rang.
    pub(super) fn look_again(&mut self) {
        self.has_news = true;
    }

    /// Whether the store has to be asked what comes next.
    pub(super) fn wants_page(&self) -> bool {
        self.next.is_none() && self.has_news
    }

    /// Reads the list. One that the client has already is not sent again.
    pub(super) async fn read(&mut self, store: &dyn Store, now: Moment) -> Result<(), StoreError> {
        let sessions = store.live_sessions(self.account_id, now).await?.into_iter();
        let devices = sessions.map(|session| device(session, self.session_id)).collect();
        self.has_news = false;
        if self.told.as_ref() != Some(&devices) {
            // By the clock, so that lists of two connections, or of two servers, have an order for whoever hears both.
            let number = now.unix_ms.max(self.sent.saturating_add(1));
            self.next = Some((number, devices));
        }
        Ok(())
    }

    /// The next event, as it is sent.
    pub(super) fn next(&mut self) -> Option<ServerMessage<Devices>> {
        let (number, sessions) = self.next.take()?;
        let after = std::mem::replace(&mut self.sent, number);
        self.told = Some(sessions.clone());
        Some(ServerMessage::Event { number: count(number), after: count(after), event: Devices { sessions } })
    }
}
