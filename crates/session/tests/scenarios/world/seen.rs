//! What a world has seen the engine do.

use std::time::Duration;

use perennial_session::{
    Access, Call, CallId, CallKind, Deadline, Generation, Happened, Health, IdempotencyKey, Order, Output,
    Record, RequestError, RequestId, Secret, SignOutReason, Snapshot, Status, WORDS, Wall,
};

use super::{TOKEN, World};

impl World {
    pub(crate) fn snapshot(&self) -> Snapshot {
        self.engine.snapshot()
    }

    pub(crate) fn engine_as_debug_text(&self) -> String {
        format!("{:?}", self.engine)
    }

    pub(crate) fn deadline(&self) -> Option<Deadline> {
        self.deadline
    }

    pub(crate) fn outputs(&self) -> &[Output] {
        &self.outputs
    }

    pub(crate) fn record(&self) -> Option<Record> {
        self.record
    }

    /// What the device remembered when the page was loaded again.
    pub(crate) fn remembered_at_start(&self) -> Option<Record> {
        self.remembered
    }

    pub(crate) fn is_signed_in(&self) -> bool {
        matches!(self.snapshot().status, Status::SignedIn { .. })
    }

    pub(crate) fn is_restoring(&self) -> bool {
        self.snapshot().status == Status::Restoring
    }

    /// Why the session ended, if one did.
    pub(crate) fn sign_out_reason(&self) -> Option<SignOutReason> {
        match self.snapshot().status {
            Status::SignedOut { reason } => reason,
            Status::Restoring | Status::SignedIn { .. } => None,
        }
    }

    pub(crate) fn health(&self) -> Health {
        self.snapshot().health
    }

    pub(crate) fn open_calls(&self) -> impl ExactSizeIterator<Item = (CallId, &CallKind)> {
        self.open.iter().map(|(call, kind)| (*call, kind))
    }

    /// How long ago a call was sent.
    pub(crate) fn age_of(&self, call: CallId) -> Duration {
        self.rules.age_of(call)
    }

    /// How many requests have neither ended nor are on their way.
    pub(crate) fn waiting_requests(&self) -> usize {
        self.rules.waiting_requests()
    }

    pub(crate) fn open_call(&self, is_wanted: impl Fn(&CallKind) -> bool) -> CallId {
        let found = self.open.iter().find(|(_, kind)| is_wanted(kind));
        *found.unwrap_or_else(|| panic!("no such call among {:?}", self.open)).0
    }

    pub(crate) fn open_refresh(&self) -> (CallId, IdempotencyKey) {
        let found = self.open.iter().find_map(|(call, kind)| match kind {
            CallKind::Refresh { key, .. } => Some((*call, *key)),
            CallKind::SignIn(_) | CallKind::Validate { .. } | CallKind::SignOut { .. } | CallKind::Clock => {
                None
            }
        });
        found.unwrap_or_else(|| panic!("no refresh among {:?}", self.open))
    }

    pub(crate) fn is_refreshing(&self) -> bool {
        self.open.values().any(|kind| matches!(kind, CallKind::Refresh { .. }))
    }

    pub(crate) fn is_validating(&self) -> bool {
        self.open.values().any(|kind| matches!(kind, CallKind::Validate { .. }))
    }

    /// How many refreshes were sent since the beginning.
    pub(crate) fn refreshes(&self) -> usize {
        self.calls().filter(|call| matches!(call.kind, CallKind::Refresh { .. })).count()
    }

    /// What the engine's own record tells.
    pub(crate) fn happened(&self) -> Vec<Happened> {
        self.engine.history().map(|event| event.what).collect()
    }

    /// How many validations were sent since the beginning.
    pub(crate) fn validations(&self) -> usize {
        self.calls().filter(|call| matches!(call.kind, CallKind::Validate { .. })).count()
    }

    /// The numbers of the tokens that sign-outs were sent with, in order; zero for none.
    pub(crate) fn revoked(&self) -> Vec<u64> {
        let access = |call: &Call| match &call.kind {
            CallKind::SignOut { access, .. } => Some(access.as_ref().map_or(0, number_of)),
            CallKind::SignIn(_) | CallKind::Refresh { .. } | CallKind::Validate { .. } | CallKind::Clock => {
                None
            }
        };
        self.calls().filter_map(access).collect()
    }

    /// How many sign-ins were sent since the beginning.
    pub(crate) fn sign_ins(&self) -> usize {
        self.calls().filter(|call| matches!(call.kind, CallKind::SignIn(_))).count()
    }

    pub(crate) fn was_aborted(&self, call: CallId) -> bool {
        self.outputs.contains(&Output::Abort(call))
    }

    /// What the console shows.
    pub(crate) fn lines(&self) -> Vec<String> {
        let line = |output: &Output| {
            let Output::Say(line) = output else { return None };
            WORDS.say(*line)
        };
        self.outputs.iter().filter_map(line).collect()
    }

    /// What became of a request so far: `send 1` is "sent with the first token".
    pub(crate) fn fate(&self, id: u64) -> Vec<String> {
        let told = |output: &Output| {
            let Output::Request(of, order) = output else { return None };
            (*of == RequestId(id)).then(|| match order {
                Order::Send(credential) => format!("send {}", number_of(&credential.access)),
                Order::Replay(credential) => format!("replay {}", number_of(&credential.access)),
                Order::Deliver => "deliver".into(),
                Order::Fail(RequestError::SignedOut) => "signed out".into(),
                Order::Fail(RequestError::AccountChanged) => "account changed".into(),
                Order::Fail(RequestError::Unavailable) => "unavailable".into(),
                Order::Fail(RequestError::TimedOut) => "timed out".into(),
            })
        };
        self.outputs.iter().filter_map(told).collect()
    }

    /// The generation a request was last sent with.
    pub(crate) fn generation_of(&self, id: u64) -> Option<Generation> {
        self.outputs.iter().rev().find_map(|output| {
            let Output::Request(of, Order::Send(it) | Order::Replay(it)) = output else { return None };
            (*of == RequestId(id)).then_some(it.generation)
        })
    }

    pub(super) fn calls(&self) -> impl Iterator<Item = &Call> {
        self.outputs.iter().filter_map(|output| {
            let Output::Send(call) = output else { return None };
            Some(call)
        })
    }

    /// How long until the refresh that is scheduled.
    pub(crate) fn next_refresh_in(&self) -> Duration {
        let Some(Wall(at)) = self.snapshot().next_refresh else { panic!("no refresh is scheduled") };
        Duration::from_millis(at.saturating_sub(self.wall_ms))
    }
}

pub(super) fn number_of(access: &Access) -> u64 {
    access
        .token()
        .map(Secret::expose)
        .unwrap_or_default()
        .trim_start_matches(TOKEN)
        .parse()
        .unwrap_or(u64::MAX)
}
