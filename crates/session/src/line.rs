//! The lines that operators watch the console for.

use core::fmt;

use crate::{Doubt, Loss};

/// One line of the console; no line ever holds a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// A token nears its end.
    Expiring {
        /// Seconds left.
        left_s: u64,
    },
    /// A token was refused with a 401, and another is asked for.
    Refused(Refused),
    /// A refresh brought a token.
    Refreshed {
        /// Whether a live connection has taken it.
        has_sockets: bool,
    },
    /// A refresh brought a token, and no live connection could take it.
    SocketsNotUpdated(Loss),
    /// Live connections have taken a new token, each in its way.
    Reconnected {
        /// How many.
        sockets: u32,
    },
    /// A refresh brought nothing.
    RefreshFailed(Doubt),
    /// The server wants no refresh for a while.
    RefreshLater {
        /// Seconds to wait.
        wait_s: u64,
    },
    /// The server refused the session.
    Unauthorized,
    /// The session has ended for another reason.
    SignedOut(End),
    /// A validation decided nothing.
    ValidationFailed(Doubt),
    /// A token came in the header of an ordinary answer.
    AutoRefreshed,
    /// Somebody else is signed in on this device now.
    AccountChanged,
}

/// To what a token was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// A request of the application.
    Request,
    /// The question whether the session is good.
    Validation,
    /// A live connection.
    Socket,
}

/// Why a session has ended that the server did not refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The person wanted it.
    ByPerson,
    /// Nobody was there.
    Inactivity {
        /// For how long.
        minutes: u64,
    },
    /// The server's absolute limit was reached.
    TimeLimit,
}

impl Line {
    /// Whether the line speaks of trouble.
    #[must_use]
    pub fn is_trouble(self) -> bool {
        match self {
            // What comes of a refused token the next line says.
            Self::Expiring { .. }
            | Self::Refused(_)
            | Self::Refreshed { .. }
            | Self::Reconnected { .. }
            | Self::SignedOut(_)
            | Self::AutoRefreshed => false,
            Self::RefreshFailed(_)
            | Self::SocketsNotUpdated(_)
            | Self::RefreshLater { .. }
            | Self::Unauthorized
            | Self::ValidationFailed(_)
            | Self::AccountChanged => true,
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expiring { left_s } => write!(f, "Token expiring in {left_s}s, attempting refresh..."),
            Self::Refreshed { has_sockets: false } => f.write_str("Token refreshed successfully"),
            Self::Refreshed { has_sockets: true } => {
                f.write_str("Token refreshed successfully (WebSocket updated)")
            }
            Self::Refused(what) => write!(f, "{what} unauthorized (401), attempting refresh..."),
            Self::SocketsNotUpdated(why) => write!(f, "Failed to update WebSocket token: {why}"),
            Self::SignedOut(end) => write!(f, "Signed out: {end}"),
            Self::Reconnected { sockets } => {
                write!(f, "Reconnected {sockets} WebSocket connections with new token")
            }
            Self::RefreshFailed(why) => write!(f, "Failed to refresh token: {why}"),
            Self::RefreshLater { wait_s } => {
                write!(f, "Failed to refresh token: the server asks to wait {wait_s}s")
            }
            Self::Unauthorized => f.write_str("Session unauthorized (401), logging out"),
            Self::ValidationFailed(why) => {
                write!(f, "Session validation error (non-401), keeping session: {why}")
            }
            Self::AutoRefreshed => f.write_str("Token auto-refreshed by backend"),
            Self::AccountChanged => f.write_str("Another account is signed in on this device, switching"),
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Request => "Request",
            Self::Validation => "Session validation",
            Self::Socket => "WebSocket",
        })
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ByPerson => f.write_str("by you"),
            Self::Inactivity { minutes: 1 } => f.write_str("after 1 minute without activity"),
            Self::Inactivity { minutes } => write!(f, "after {minutes} minutes without activity"),
            Self::TimeLimit => f.write_str("time limit reached"),
        }
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unauthorized => "the server refused it",
            Self::Gone => "the server has nothing to listen to",
            Self::Interrupted => "the connection was lost",
        })
    }
}
