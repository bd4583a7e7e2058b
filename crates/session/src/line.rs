//! The lines that operators watch the console for.

use alloc::{
    borrow::ToOwned as _,
    string::{String, ToString as _},
};
use core::fmt;

use crate::{Doubt, Loss};

/// One line of the console; no line ever holds a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// The page was loaded, and the session is watched from now on.
    Started,
    /// The server is asked whether the session is good.
    Checking,
    /// A token nears its end.
    Expiring {
        /// Seconds left.
        left_s: u64,
    },
    /// A token was refused with a 401, and another is asked for.
    Refused(Refused),
    /// A request whose token was refused is sent once more with the new one.
    Replaying,
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
            Self::Started
            | Self::Checking
            | Self::Expiring { .. }
            | Self::Refused(_)
            | Self::Replaying
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

/// The words of a system whose operators have read them for years. `{}` stands for what the line tells.
///
/// A line without words is not said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// [`Line::Started`].
    pub started: Option<&'static str>,
    /// [`Line::Checking`].
    pub checking: Option<&'static str>,
    /// [`Line::Expiring`], with the seconds that are left.
    pub expiring: &'static str,
    /// [`Line::Refused`], with what was refused.
    pub refused: &'static str,
    /// [`Line::Replaying`].
    pub replaying: Option<&'static str>,
    /// [`Line::Refreshed`].
    pub refreshed: &'static str,
    /// [`Line::Refreshed`] where a live connection has taken the token.
    pub refreshed_with_sockets: &'static str,
    /// [`Line::SocketsNotUpdated`], with the reason.
    pub sockets_not_updated: &'static str,
    /// [`Line::Reconnected`], with the number of connections.
    pub reconnected: &'static str,
    /// [`Line::RefreshFailed`] and [`Line::RefreshLater`], with the reason.
    pub refresh_failed: &'static str,
    /// [`Line::Unauthorized`].
    pub unauthorized: &'static str,
    /// [`Line::SignedOut`], with the reason.
    pub signed_out: &'static str,
    /// [`Line::ValidationFailed`], with the reason.
    pub validation_failed: &'static str,
    /// [`Line::AutoRefreshed`].
    pub auto_refreshed: &'static str,
    /// [`Line::AccountChanged`].
    pub account_changed: &'static str,
}

/// The words where a system has none of its own.
pub const WORDS: Words = Words {
    started: None,
    checking: None,
    expiring: "Token expiring in {}s, attempting refresh...",
    refused: "{} unauthorized (401), attempting refresh...",
    replaying: None,
    refreshed: "Token refreshed successfully",
    refreshed_with_sockets: "Token refreshed successfully (WebSocket updated)",
    sockets_not_updated: "Failed to update WebSocket token: {}",
    reconnected: "Reconnected {} WebSocket connections with new token",
    refresh_failed: "Failed to refresh token: {}",
    unauthorized: "Session unauthorized (401), logging out",
    signed_out: "Signed out: {}",
    validation_failed: "Session validation error (non-401), keeping session: {}",
    auto_refreshed: "Token auto-refreshed by backend",
    account_changed: "Another account is signed in on this device, switching",
};

impl Words {
    /// The line in these words, or `None` where they have none for it.
    #[must_use]
    pub fn say(&self, line: Line) -> Option<String> {
        let with = |words: &str, value: &dyn fmt::Display| words.replacen("{}", &value.to_string(), 1);
        Some(match line {
            Line::Started => self.started?.to_owned(),
            Line::Checking => self.checking?.to_owned(),
            Line::Expiring { left_s } => with(self.expiring, &left_s),
            Line::Refused(what) => with(self.refused, &what),
            Line::Replaying => self.replaying?.to_owned(),
            Line::Refreshed { has_sockets: false } => self.refreshed.to_owned(),
            Line::Refreshed { has_sockets: true } => self.refreshed_with_sockets.to_owned(),
            Line::SocketsNotUpdated(why) => with(self.sockets_not_updated, &why),
            Line::Reconnected { sockets } => with(self.reconnected, &sockets),
            Line::RefreshFailed(why) => with(self.refresh_failed, &why),
            Line::RefreshLater { wait_s } => {
                with(self.refresh_failed, &format_args!("the server asks to wait {wait_s}s"))
            }
            Line::Unauthorized => self.unauthorized.to_owned(),
            Line::SignedOut(end) => with(self.signed_out, &end),
            Line::ValidationFailed(why) => with(self.validation_failed, &why),
            Line::AutoRefreshed => self.auto_refreshed.to_owned(),
            Line::AccountChanged => self.account_changed.to_owned(),
        })
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
