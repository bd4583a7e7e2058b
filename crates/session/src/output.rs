//! Orders that come out of the engine.

use alloc::{boxed::Box, string::String};

use crate::{
    Access, Credential, Ended, IdempotencyKey, Line, Message, Moment, Record, Secret, SharedGrant,
    SignInForm, Snapshot, SocketId, SocketOrder,
};

/// Something to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Call the server, and report with [`crate::Input::Answered`].
    Send(Call),
    /// Give the call up; whatever it still brings is dropped.
    Abort(CallId),
    /// What is to become of a request of the application.
    Request(RequestId, Order),
    /// What is to become of a socket of the application.
    Socket(SocketId, SocketOrder),
    /// Remember this beyond the life of the page.
    Store(Record),
    /// Remember nothing of the session but that it has ended.
    Forget(Ended),
    /// Keep this beside the record, for the next start and for tabs that hear of it in no other way. Only where
    /// [`crate::Settings::grant_store`] says so, and the only order of these that holds credentials.
    Keep(Box<SharedGrant>),
    /// Remove what was kept.
    Discard,
    /// Tell every other tab.
    Broadcast(Message),
    /// Do this with the lock that the tabs share.
    Lock(LockOrder),
    /// Show this.
    Publish(Box<Snapshot>),
    /// Write this to the console.
    Say(Line),
    /// All is done; come back with [`crate::Input::Timeout`] at the deadline, if there is one. Always the last.
    Timeout(Option<Deadline>),
}

/// What to do with the lock that the tabs share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockOrder {
    /// Ask for it, without stealing it, and report with [`crate::Input::LockGranted`].
    Request,
    /// Give it back, or stop waiting for it.
    Release,
}

/// When the engine wants to be woken, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// When.
    pub at: Moment,
    /// How long from the last input.
    pub after: core::time::Duration,
    /// Why.
    pub reason: Reason,
}

/// Why the engine wants to be woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// To ask whether the person is still there.
    InactivityWarning,
    /// To end the session because they are not.
    InactivityLimit,
    /// The server's absolute limit is reached.
    AbsoluteLimit,
    /// To give up a call that was not answered.
    CallTimeout,
    /// The token nears its end.
    Refresh,
    /// To try the refresh again.
    RefreshRetry,
    /// To go on without the lock, or without the answer of another tab.
    Tabs,
    /// To ask the server for the time again.
    Clock,
    /// To tell the server again that a session is over.
    Revocation,
    /// The regular look at the session.
    Heartbeat,
    /// To give up a live connection that does not move, or to make another.
    Sockets,
    /// A request has waited long enough, for a token or for its answer.
    HoldLimit,
    /// To write down when the person was last active.
    StoreActivity,
}

/// A call to the server that only the engine makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The number to answer with.
    pub id: CallId,
    /// What to ask.
    pub kind: CallKind,
}

/// What a call asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallKind {
    /// To sign in.
    SignIn(SignInForm),
    /// For a new token.
    Refresh {
        /// The same for every attempt to replace the same credential, so that a lost answer can be given again.
        key: IdempotencyKey,
        /// What authorises requests now, if anything does.
        access: Option<Access>,
        /// The refresh token, where script holds one.
        refresh: Option<Secret>,
        /// Whose session it is, where that is known: what the answer says of another person is not for this session.
        account: Option<String>,
    },
    /// Whether the session is good.
    Validate {
        /// What authorises requests now.
        access: Access,
    },
    /// For the time, without any credential.
    Clock,
    /// To end the session on the server.
    SignOut {
        /// What authorised requests, if anything did.
        access: Option<Access>,
        /// The refresh token, where script held one.
        refresh: Option<Secret>,
        /// What can end the session and do nothing else, where the server gives such tickets.
        ticket: Option<Secret>,
    },
}

/// The number of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CallId(pub u64);

/// The number of a request of the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RequestId(pub u64);

/// What is to become of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Send it with this credential.
    Send(Credential),
    /// Send the same bytes once more, with this credential.
    Replay(Credential),
    /// Hand the caller the answer that is there.
    Deliver,
    /// Tell the caller that it failed; if it is on its way, call it back.
    Fail(RequestError),
}

/// Why a request failed before the server decided about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestError {
    /// Nobody is signed in.
    SignedOut,
    /// Somebody else is signed in now than when it was asked.
    AccountChanged,
    /// No usable token could be had in time; the session goes on.
    Unavailable,
    /// The server did not answer in time. The request may or may not have got there.
    TimedOut,
}
