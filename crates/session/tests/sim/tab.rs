//! One tab: an engine, its timer, what it has under way, and what it shows.

use std::{collections::BTreeMap, rc::Rc};

use perennial_session::{CallId, Credential, Engine, Event as Noted, Happened, SessionKey, Snapshot, Status};

use crate::{
    server::{Cookie, Question},
    sockets::Page,
    world::Event,
};

#[derive(Debug)]
pub(crate) struct Tab {
    pub(crate) engine: Engine,
    pub(crate) is_open: bool,
    pub(crate) is_hidden: bool,
    pub(crate) frozen: Option<Frozen>,
    /// What came while it was frozen.
    pub(crate) backlog: Vec<Event>,
    /// When its timer is due, on the monotonic clock.
    pub(crate) due: Option<u64>,
    /// The earliest event in the queue that looks at the timer.
    pub(crate) looks_at: Option<u64>,
    pub(crate) fetches: Vec<Rc<Fetch>>,
    pub(crate) requests: BTreeMap<u64, Request>,
    pub(crate) requests_made: u64,
    pub(crate) lock_request: Option<u64>,
    /// What the last request was sent with.
    pub(crate) credential: Option<Credential>,
    /// When the last message that was sent to it arrives: they come in order.
    pub(crate) heard_until: u64,
    pub(crate) snapshot: Snapshot,
    /// What it watches.
    pub(crate) page: Page,
    pub(crate) seen: Seen,
}

/// What the rules know of a tab.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) opened_at: u64,
    /// Since when it has been neither frozen, throttled nor asleep.
    pub(crate) calm_since: u64,
    /// The session whose token it holds.
    pub(crate) session: Option<usize>,
    /// The session of the cookie when it was opened.
    pub(crate) restores: Option<usize>,
    pub(crate) token: Option<usize>,
    /// The token that was last told of or granted, whether it was taken or not.
    pub(crate) last_news: Option<usize>,
    pub(crate) has_token_since: u64,
    /// When the person was last active here, in the session above.
    pub(crate) activity: u64,
    /// When the server first told it the time.
    pub(crate) dated_at: Option<u64>,
    pub(crate) later_until: u64,
    pub(crate) later_told_at: u64,
    /// The key under which it knows the session.
    pub(crate) key: Option<SessionKey>,
    pub(crate) left_cache_at: u64,
    pub(crate) last_call: u64,
    pub(crate) spins: u32,
    /// Whether it has heard anything of the server, or of another tab, since it was opened.
    pub(crate) has_heard: bool,
    pub(crate) restoring_since: u64,
    pub(crate) probe: Option<u64>,
    pub(crate) probe_answered: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Frozen {
    /// Its tasks wait.
    Frozen,
    /// Its fetches and messages are lost as well.
    Bfcache,
}

/// Something on its way to the server for a tab.
#[derive(Clone, Debug)]
pub(crate) struct Fetch {
    pub(crate) number: u64,
    pub(crate) of: Of,
    pub(crate) question: Question,
    pub(crate) cookie: Option<Cookie>,
    pub(crate) sent_at: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    Call(CallId),
    Request(u64),
}

/// A request of the application, as the page sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request {
    pub(crate) stage: Stage,
    /// Since when it has been in this stage.
    pub(crate) since: u64,
    pub(crate) is_stubborn: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Asked,
    Sent,
    RefusedOnce,
    Replayed,
    RefusedTwice,
}

impl Stage {
    /// Whether the engine holds it.
    pub(crate) fn waits(self) -> bool {
        match self {
            Self::Asked | Self::RefusedOnce | Self::RefusedTwice => true,
            Self::Sent | Self::Replayed => false,
        }
    }
}

impl Tab {
    pub(crate) fn new(engine: Engine, now: u64) -> Self {
        Self {
            engine,
            is_open: true,
            is_hidden: false,
            frozen: None,
            backlog: Vec::new(),
            due: None,
            looks_at: None,
            fetches: Vec::new(),
            requests: BTreeMap::new(),
            requests_made: 0,
            lock_request: None,
            credential: None,
            heard_until: 0,
            snapshot: Snapshot::default(),
            page: Page::default(),
            seen: Seen { opened_at: now, calm_since: now, restoring_since: now, ..Seen::default() },
        }
    }

    pub(crate) fn is_running(&self) -> bool {
        self.is_open && self.frozen.is_none()
    }

    pub(crate) fn is_signed_in(&self) -> bool {
        matches!(self.snapshot.status, Status::SignedIn { .. })
    }

    pub(crate) fn is_signed_out(&self) -> bool {
        matches!(self.snapshot.status, Status::SignedOut { .. })
    }

    /// Whether a call has failed since the engine had noted so many events.
    pub(crate) fn has_failed_since(&self, noted: u64) -> bool {
        let is_failure = |event: &Noted| {
            matches!(
                event.what,
                Happened::RefreshFailed { .. }
                    | Happened::ValidationFailed(_)
                    | Happened::SignInFailed(_)
                    | Happened::SignOutUntold(_)
            )
        };
        let new = usize::try_from(self.engine.happened() - noted).unwrap_or(usize::MAX);
        let events: Vec<&Noted> = self.engine.history().collect();
        events.into_iter().rev().take(new).any(is_failure)
    }

    pub(crate) fn take_fetch(&mut self, number: u64) -> Option<Rc<Fetch>> {
        let index = self.fetches.iter().position(|fetch| fetch.number == number)?;
        Some(self.fetches.swap_remove(index))
    }

    pub(crate) fn take_fetch_of(&mut self, of: Of) -> Option<Rc<Fetch>> {
        let index = self.fetches.iter().position(|fetch| fetch.of == of)?;
        Some(self.fetches.swap_remove(index))
    }
}
