//! One tab: an engine, and what belongs to it alone.

use std::collections::{BTreeMap, VecDeque};

use perennial_session::{
    Access, CallId, CallKind, Engine, Input, Output, Reading, RequestError, RequestId, Settings, SharedGrant,
    SignOutReason, Snapshot, Status,
};

pub(crate) struct Tab {
    pub(super) engine: Engine,
    /// What came while it was frozen.
    pub(super) inbox: Option<VecDeque<Input>>,
    pub(super) is_gone: bool,
    /// What is kept for this tab alone.
    pub(crate) grant: Option<SharedGrant>,
    pub(super) is_throttled: bool,
    pub(super) waits_for_lock: bool,
    pub(super) deadline: Option<u64>,
    /// Counts how often the timer was set: only the last counts.
    pub(super) armed: u64,
    pub(super) open: BTreeMap<CallId, CallKind>,
    pub(crate) outputs: Vec<(u64, Output)>,
    pub(super) fates: BTreeMap<RequestId, Vec<RequestFate>>,
}

/// What became of a request of the page.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum RequestFate {
    Sent(Access),
    Delivered,
    Failed(RequestError),
}

impl Tab {
    pub(super) fn new(settings: Settings, seed: u8, reading: Reading) -> Self {
        Self {
            engine: Engine::new(settings, [seed; 32], reading),
            inbox: None,
            is_gone: false,
            grant: None,
            is_throttled: false,
            waits_for_lock: false,
            deadline: None,
            armed: 0,
            open: BTreeMap::new(),
            outputs: Vec::new(),
            fates: BTreeMap::new(),
        }
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        self.engine.snapshot()
    }

    /// Who is signed in.
    pub(crate) fn account(&self) -> Option<String> {
        match self.snapshot().status {
            Status::SignedIn { account, .. } => Some(account.id.clone()),
            Status::Restoring | Status::SignedOut { .. } => None,
        }
    }

    pub(crate) fn is_in(&self) -> bool {
        self.account().is_some()
    }

    pub(crate) fn is_out(&self) -> bool {
        matches!(self.snapshot().status, Status::SignedOut { .. })
    }

    pub(crate) fn is_restoring(&self) -> bool {
        self.snapshot().status == Status::Restoring
    }

    /// Why the session ended, if one did.
    pub(crate) fn reason(&self) -> Option<SignOutReason> {
        match self.snapshot().status {
            Status::SignedOut { reason } => reason,
            Status::Restoring | Status::SignedIn { .. } => None,
        }
    }

    /// What it waits for from the server.
    pub(crate) fn open_calls(&self) -> impl Iterator<Item = (CallId, &CallKind)> {
        self.open.iter().map(|(call, kind)| (*call, kind))
    }

    pub(crate) fn is_refreshing(&self) -> bool {
        self.open.values().any(|kind| matches!(kind, CallKind::Refresh { .. }))
    }

    pub(crate) fn outputs(&self) -> impl Iterator<Item = &Output> {
        self.outputs.iter().map(|(_, output)| output)
    }

    /// What became of a request so far.
    pub(crate) fn fate(&self, id: RequestId) -> &[RequestFate] {
        self.fates.get(&id).map_or(&[], Vec::as_slice)
    }
}
