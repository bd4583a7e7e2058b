//! Facts that go into the engine.

use alloc::string::String;

use crate::{
    Answer, CallId, Ended, HeaderGrant, Message, Record, RequestId, Secret, SocketEvent, SocketId, Wall,
};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// The application has started, and this is what the device remembers.
    Start(Remembered),
    /// The person wants to sign in.
    SignIn(SignInForm),
    /// The person wants to sign out.
    SignOut,
    /// The person wants a new token now.
    RefreshNow,
    /// The person answered the question whether they are still there.
    Extend,
    /// The person did something: pointer, key, touch or scroll. Never traffic.
    Activity,
    /// Something suggests that time may have passed or the network may be back.
    Woke(Wake),
    /// The device says that it has no network.
    WentOffline,
    /// The page is about to be left (`beforeunload`), and may stay after all. Browsers end the calls of a page that goes, so
    /// that a call without an answer says nothing from now on.
    Leaving,
    /// The page has been left (`pagehide`). [`Wake::Restored`] says where it comes back.
    Left,
    /// A call ended.
    Answered {
        /// The call, as the engine numbered it.
        call: CallId,
        /// What the server said.
        answer: Answer,
    },
    /// Something about a request of the application.
    Request {
        /// The request, as the application numbered it; numbers are never used twice.
        id: RequestId,
        /// What about it.
        event: RequestEvent,
    },
    /// Something about a socket of the application.
    Socket {
        /// The socket, as the application numbered it; numbers are never used twice.
        id: SocketId,
        /// What about it.
        event: SocketEvent,
    },
    /// An ordinary answer carried a fresh token.
    HeaderToken {
        /// The request it answered; it must not have been settled yet.
        request: RequestId,
        /// The token.
        grant: HeaderGrant,
    },
    /// The lock that was asked for with [`crate::LockOrder::Request`] is held.
    LockGranted,
    /// Another tab said something.
    Heard(Message),
    /// Another tab has written to the store; [`crate::Engine::recall`] says what.
    RecordChanged,
    /// The server said what time it is, in the answer that is reported next.
    ServerDate(Wall),
    /// The moment of the last [`crate::Deadline`] may have come.
    Timeout,
}

/// What the device remembers of the last run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remembered {
    /// Nothing: nobody is signed in on this device.
    Nothing,
    /// The record that was last stored.
    Session(Record),
    /// A session that has ended.
    Ended(Ended),
    /// It cannot be known: the storage is switched off or holds what nobody wrote.
    Unreadable,
}

/// What a person signs in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInForm {
    /// What shows who they are.
    pub proof: Proof,
    /// Whether to stay signed in on this device.
    pub keep: bool,
}

/// What shows who a person is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// What they typed.
    Password {
        /// The name or address.
        identifier: String,
        /// The password.
        password: Secret,
    },
    /// What an authorization server sent the browser back with (RFC 6749 section 4.1).
    Code {
        /// The authorization code.
        code: Secret,
        /// What shows that the code was asked for here (RFC 7636).
        verifier: Secret,
        /// What the ID token must hold (OpenID Connect Core 1.0 section 3.1.2.1).
        nonce: String,
        /// Where the browser was sent back to.
        redirect_uri: String,
    },
}

/// Why a session deserves a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// The page became visible or got the focus.
    Seen,
    /// The page came back from the back/forward cache with the state it was left in.
    Restored,
    /// The device says that the network is back.
    Online,
}

/// What happened to a request of the application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestEvent {
    /// It wants to be sent.
    Asked {
        /// Its method and path without the query: a request that the server answers with 401 whatever the token
        /// is known by this name.
        endpoint: String,
    },
    /// Some of its bytes have moved since it was sent, either way.
    Progressed,
    /// It was answered with 401.
    Refused,
    /// It ended in any other way, or nobody waits for it.
    Settled,
}
