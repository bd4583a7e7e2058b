//! The lines that operators watch the console for.

use core::fmt;

use crate::Doubt;

/// One line of the console; no line ever holds a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// A token nears its end.
    Expiring {
        /// Seconds left.
        left_s: u64,
    },
    /// A refresh brought a token.
    Refreshed {
        /// Whether it goes on to live connections.
        has_sockets: bool,
    },
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
    /// A validation decided nothing.
    ValidationFailed(Doubt),
    /// A token came in the header of an ordinary answer.
    AutoRefreshed,
    /// Somebody else is signed in on this device now.
    AccountChanged,
}

impl Line {
    /// Whether the line speaks of trouble.
    #[must_use]
    pub fn is_trouble(self) -> bool {
        match self {
            Self::Expiring { .. }
            | Self::Refreshed { .. }
            | Self::Reconnected { .. }
            | Self::AutoRefreshed => false,
            Self::RefreshFailed(_)
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
