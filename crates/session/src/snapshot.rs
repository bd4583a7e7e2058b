//! What the application may show.

use alloc::{string::String, sync::Arc};
use core::time::Duration;

use crate::{Account, Doubt, Refusal, Refused, ServerText, Wall};

/// The session as a person may see it, free of secrets; moments are those of the device's wall clock.
///
/// The default is what may be shown before the engine has said anything: that it is being found out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Whether somebody is signed in.
    pub status: Status,
    /// How the session is doing.
    pub health: Health,
    /// When the token will be refreshed by itself, if it will.
    pub next_refresh: Option<Wall>,
    /// When the token was asked for: the start of its life.
    pub token_from: Option<Wall>,
    /// When the token expires, as far as is known.
    pub token_until: Option<Wall>,
    /// The last refresh that brought a token.
    pub last_refresh: Option<LastRefresh>,
    /// When the session ends for want of activity: present only while the person is being asked.
    pub inactivity_ends: Option<Wall>,
    /// When the server's absolute limit ends the session.
    pub session_ends: Option<Wall>,
    /// Whether the server could not be told of a sign-out yet, and nothing is left to tell it with once this page is closed.
    pub is_sign_out_untold: bool,
    /// How the sign-in under way is doing.
    pub sign_in: SignInProgress,
    /// What the server says itself of the sign-in that it refused. It may name the person, and is nowhere but here: neither
    /// in the history nor in storage.
    pub sign_in_message: Option<ServerText>,
}

impl Snapshot {
    /// What an engine publishes that was started where nothing is remembered, as at a first visit: nobody is signed in,
    /// and nothing has to be found out. For those who show it before they have an engine.
    #[must_use]
    pub fn of_nobody() -> Self {
        Self { status: Status::SignedOut { reason: None }, ..Self::default() }
    }
}

impl Snapshot {
    /// Whether all but the status is the same.
    pub(crate) fn is_but_for_status(&self, other: &Self) -> bool {
        let Self {
            status: _,
            health,
            next_refresh,
            token_from,
            token_until,
            last_refresh,
            inactivity_ends,
            session_ends,
            is_sign_out_untold,
            sign_in,
            sign_in_message,
        } = self;
        *health == other.health
            && *next_refresh == other.next_refresh
            && *token_from == other.token_from
            && *token_until == other.token_until
            && *last_refresh == other.last_refresh
            && *inactivity_ends == other.inactivity_ends
            && *session_ends == other.session_ends
            && *is_sign_out_untold == other.is_sign_out_untold
            && *sign_in == other.sign_in
            && *sign_in_message == other.sign_in_message
    }
}

/// Whether somebody is signed in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// It is being found out; nothing is decided before.
    #[default]
    Restoring,
    /// Nobody.
    SignedOut {
        /// Why the session that was there ended; `None` when there was none.
        reason: Option<SignOutReason>,
    },
    /// Somebody.
    SignedIn {
        /// Who.
        account: Arc<Account>,
        /// Where they land after signing in.
        landing: Option<String>,
    },
}

/// Why a session ended. There is no fifth reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignOutReason {
    /// The person wanted it.
    ByPerson,
    /// The server refused the credential.
    Refused(Refusal),
    /// Nobody was there for as long as the limit allows.
    Inactivity,
    /// The server's absolute limit was reached.
    AbsoluteLimit,
}

/// How a session is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Health {
    /// All is well.
    #[default]
    Fresh,
    /// The token is left to expire: the next one is asked for when something needs it.
    Resting,
    /// A refresh is under way.
    Refreshing,
    /// The last refresh failed; the next is tried then.
    Retrying {
        /// When.
        at: Wall,
        /// What was wrong.
        why: Doubt,
    },
    /// The server asked not to be asked before then.
    WaitingForServer {
        /// Until when.
        until: Wall,
    },
    /// The device has no network.
    Offline,
    /// The server could not confirm the session when it was last asked.
    Unconfirmed {
        /// What was wrong.
        why: Doubt,
    },
}

/// A refresh that brought a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastRefresh {
    /// When the token came.
    pub at: Wall,
    /// What caused it.
    pub cause: RefreshCause,
    /// How long it took.
    pub took: Duration,
}

/// What causes a refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshCause {
    /// The page was loaded.
    Restore,
    /// The token neared its end.
    Scheduled,
    /// The token had expired when one was needed again.
    Expired,
    /// A request was refused with 401.
    RequestRefused,
    /// The token was refused to a live connection.
    SocketRefused,
    /// The validation was refused with 401.
    ValidationRefused,
    /// The person asked for it.
    Manual,
    /// The server put a token into the header of an ordinary answer.
    Header,
    /// Another tab had one.
    OtherTab,
}

impl RefreshCause {
    /// Whether the token in use was refused, so that using it is a waste until it is replaced.
    pub(crate) fn is_suspicion(self) -> bool {
        self.refused().is_some()
    }

    /// To what the token in use was refused, if it was.
    pub(crate) fn refused(self) -> Option<Refused> {
        match self {
            Self::RequestRefused => Some(Refused::Request),
            Self::SocketRefused => Some(Refused::Socket),
            Self::ValidationRefused => Some(Refused::Validation),
            Self::Restore
            | Self::Scheduled
            | Self::Expired
            | Self::Manual
            | Self::Header
            | Self::OtherTab => None,
        }
    }
}

/// How a sign-in is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignInProgress {
    /// Nobody has tried.
    #[default]
    Idle,
    /// The server is being asked.
    Pending,
    /// It failed.
    Failed(SignInFailure),
}

/// Why a sign-in failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInFailure {
    /// The address or the password is wrong.
    WrongCredentials,
    /// The server refused it; [`Snapshot::sign_in_message`] is what it says of that.
    Refused,
    /// The server takes no sign-in from the origin of this page.
    WrongOrigin,
    /// Too many attempts.
    TooMany {
        /// When it may be tried again.
        until: Wall,
    },
    /// The server granted a cookie, and the first call with it came without.
    CookiesNotKept,
    /// The server did not decide.
    Unknown(Doubt),
}
