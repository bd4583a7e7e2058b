//! The record of what happened: what explains every change afterwards, free of secrets.

use alloc::collections::VecDeque;
use core::time::Duration;

use crate::{Doubt, RefreshCause, SignInFailure, SignOutReason, Wall};

/// Something that happened, and when by the device's wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Wall,
    /// What.
    pub what: Happened,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// The page was loaded.
    Started,
    /// The person signed in.
    SignedIn,
    /// A sign-in failed.
    SignInFailed(SignInFailure),
    /// The server was asked for a token.
    RefreshSent {
        /// Why.
        cause: RefreshCause,
        /// How many attempts in a row have failed before this one.
        failures: u32,
    },
    /// A token came.
    Refreshed {
        /// What had caused it.
        cause: RefreshCause,
        /// How long it took from the sending of the request.
        took: Duration,
    },
    /// A refresh brought nothing; the next attempt is made then.
    RefreshFailed {
        /// What was wrong.
        why: Doubt,
        /// When it is tried again.
        retry_at: Wall,
    },
    /// The server wants no refresh before then.
    RefreshLater {
        /// Until when.
        until: Wall,
    },
    /// The call for a token ended with the page, which seemed to go. Nothing is known of it, and it has not failed.
    RefreshCutOff,
    /// The server refused the token to a request or a validation, and a refresh will tell what that means.
    Suspected,
    /// So many live connections have taken a new token.
    SocketsRenewed(u32),
    /// A validation decided nothing.
    ValidationFailed(Doubt),
    /// The session ended.
    SignedOut(SignOutReason),
    /// The server was told that the session is over.
    SignOutTold,
    /// The server could not be told yet.
    SignOutUntold(Doubt),
    /// Somebody else is signed in on this device now.
    AccountChanged,
    /// The device said that it has no network.
    WentOffline,
    /// The device said that the network is back.
    CameOnline,
    /// Time passed that only the wall clock saw.
    Slept(Duration),
    /// The same, but it would have ended the session, so the server's clock was asked.
    ClockDoubted(Duration),
    /// The server's clock showed that the device's had been set, and that no such time had passed.
    ClockWasSet(Duration),
}

/// The last things that happened.
#[derive(Debug, Default)]
pub(crate) struct History {
    events: VecDeque<Event>,
    noted: u64,
}

impl History {
    /// Writes down what happened, and forgets the oldest where there would be more than the limit.
    pub(crate) fn note(&mut self, event: Event, limit: usize) {
        self.noted = self.noted.saturating_add(1);
        if self.events.len() >= limit {
            self.events.pop_front();
        }
        if limit > 0 {
            self.events.push_back(event);
        }
    }

    /// How many events there have been, forgotten ones included.
    pub(crate) fn noted(&self) -> u64 {
        self.noted
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Event> {
        self.events.iter()
    }
}
