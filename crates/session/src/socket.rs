//! The words for live connections: WebSockets that carry on with each new token.
//!
//! The application watches something and gets a *socket*; the engine makes as many *connections* for it, one after the
//! other or two for a moment, as tokens and losses require. Whoever listens never notices which one is in use:
//! [`Position`] lets every event through once.

use crate::Credential;

/// The number of a socket, as the application chose it; numbers are never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SocketId(pub u64);

/// The number of a connection, as the engine chose it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConnectionId(pub u64);

/// How a new token reaches a connection that is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Renewal {
    /// It is sent over the connection, as the first one was.
    #[default]
    InBand,
    /// The server looks at tokens only when a connection is made: another one is made with the new token, and the old one
    /// is closed once that is accepted.
    Reconnect,
}

/// What happened to a socket or to one of its connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SocketEvent {
    /// Somebody wants to listen.
    Asked,
    /// The connection is there; nothing has been sent over it.
    Opened(ConnectionId),
    /// The server has accepted the token that was sent last.
    Accepted(ConnectionId),
    /// Something came over the connection. Where much does, it is enough to say so now and then.
    Heard(ConnectionId),
    /// The connection is closed, or could not be made.
    Lost(ConnectionId, Loss),
    /// Nobody listens any more.
    Settled,
}

/// Why a connection was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// The server refused the token, or no longer accepts the one it had.
    Unauthorized,
    /// The server has nothing of the kind for this person.
    Gone,
    /// Anything else: the network, a restart, a limit.
    Interrupted,
}

/// What is to become of a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SocketOrder {
    /// Make a connection.
    Connect {
        /// Its number.
        connection: ConnectionId,
        /// What the server is to see when it is made: only with [`Renewal::Reconnect`].
        credential: Option<Credential>,
    },
    /// Send the token over the connection: its first message, and later a newer one.
    Authenticate {
        /// The connection.
        connection: ConnectionId,
        /// The token.
        credential: Credential,
    },
    /// Close the connection. Nothing it still says is heard.
    Close(ConnectionId),
    /// Tell whoever listens that there is no more; the socket is forgotten.
    Fail(SocketError),
}

/// Why a socket ended although somebody listened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SocketError {
    /// Nobody is signed in.
    SignedOut,
    /// Somebody else is signed in now than when it was asked for.
    AccountChanged,
    /// The server has nothing of the kind for this person.
    Gone,
    /// There are more sockets than any page needs.
    TooMany,
}

/// How far somebody has come in a stream of events that are numbered from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position(u64);

/// What an event is to somebody who has come so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// The next one.
    New,
    /// It was there before, over this connection or another.
    Repeated,
    /// Some before it are missing: they are to be asked for again, and it with them.
    Gap,
}

impl Position {
    /// The place right after the event of this number; 0 is the beginning.
    #[must_use]
    pub fn after(number: u64) -> Self {
        Self(number)
    }

    /// The number of the last event that was taken.
    #[must_use]
    pub fn number(self) -> u64 {
        self.0
    }

    /// Takes an event that stands for all those after the number `after` up to `number`, if it is the next.
    pub fn take(&mut self, after: u64, number: u64) -> Taken {
        if number <= self.0 {
            Taken::Repeated
        } else if after > self.0 {
            Taken::Gap
        } else {
            self.0 = number;
            Taken::New
        }
    }
}
