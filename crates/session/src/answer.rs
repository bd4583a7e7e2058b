//! What the server said, in the engine's own words.
//!
//! A dialect turns status, headers and body into these; the engine never sees the wire.

use alloc::{string::String, sync::Arc, vec::Vec};
use core::{fmt, time::Duration};

use crate::{Access, Secret, ServerText, Wall};

/// A person, as the server describes them.
///
/// It goes from hand to hand as it came, so it is shared and not copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// What tells this account from every other.
    pub id: String,
    /// The person's name; empty where no answer has said it.
    pub name: String,
    /// The address the person signs in with; empty where no answer has said it.
    pub email: String,
    /// What the person may do; `None` where no answer has said it.
    pub roles: Option<Vec<String>>,
}

impl Account {
    /// What the person is shown by: the name, without it the address, without that the identifier.
    #[must_use]
    pub fn shown_name(&self) -> &str {
        [&self.name, &self.email].into_iter().find(|it| !it.is_empty()).unwrap_or(&self.id)
    }

    /// Whether nothing is known that people know themselves by.
    pub(crate) fn is_bare(&self) -> bool {
        self.name.is_empty() && self.email.is_empty()
    }

    /// Keeps what was known of the same account before and this answer leaves out.
    pub(crate) fn or_known(mut self: Arc<Self>, known: &Self) -> Arc<Self> {
        let lacks = self.name.is_empty() || self.email.is_empty() || self.roles.is_none();
        if lacks && self.id == known.id {
            let account = Arc::make_mut(&mut self);
            for (said, known) in [(&mut account.name, &known.name), (&mut account.email, &known.email)] {
                if said.is_empty() {
                    said.clone_from(known);
                }
            }
            if account.roles.is_none() {
                account.roles.clone_from(&known.roles);
            }
        }
        self
    }
}

/// A new access token and what came with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The access token, or that there is a cookie.
    pub access: Access,
    /// The refresh token, where script is to hold one. `None` leaves the one that was held before in force.
    pub refresh: Option<Secret>,
    /// How long the token lives, counted from the moment the request was sent. `None` for an opaque token
    /// about which the server said nothing: it is refreshed when it is refused.
    pub lifetime: Option<Duration>,
    /// Whose token it is, where the answer says so. Where nothing ever said, the server is asked before anybody is shown
    /// as signed in.
    pub account: Option<Arc<Account>>,
    /// The session the token belongs to, where the server has such a name.
    pub session_id: Option<String>,
    /// How long until the server's absolute limit, counted from the moment the request was sent.
    pub session_lifetime: Option<Duration>,
    /// Where the person lands after signing in.
    pub landing: Option<String>,
    /// What can end this session on the server and do nothing else. `None` leaves the one that was held before in force.
    pub sign_out_ticket: Option<Secret>,
}

/// A token that came in the header of an ordinary answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderGrant {
    /// The access token.
    pub access: Secret,
    /// How long the token lives, counted from the moment the request was sent.
    pub lifetime: Duration,
    /// Whose token it says it is.
    pub account_id: String,
    /// The session it says it belongs to.
    pub session_id: Option<String>,
}

/// The answer to one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// To a sign-in.
    SignIn(SignInAnswer),
    /// To a refresh.
    Refresh(RefreshAnswer),
    /// To a validation.
    Validate(ValidateAnswer),
    /// To a question about the time.
    Clock(ClockAnswer),
    /// To a sign-out.
    SignOut(SignOutAnswer),
}

impl Answer {
    /// Why it decides nothing, where it does not.
    pub(crate) fn doubt(&self) -> Option<Doubt> {
        match self {
            Self::SignIn(SignInAnswer::Unknown(doubt))
            | Self::Refresh(RefreshAnswer::Unknown(doubt))
            | Self::Validate(ValidateAnswer::Unknown(doubt))
            | Self::Clock(ClockAnswer::Unknown(doubt))
            | Self::SignOut(SignOutAnswer::Unknown(doubt)) => Some(*doubt),
            Self::SignIn(_) | Self::Refresh(_) | Self::Validate(_) | Self::Clock(_) | Self::SignOut(_) => {
                None
            }
        }
    }
}

/// What a sign-in was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInAnswer {
    /// The person is who they say.
    Granted(Grant),
    /// The address or the password is wrong.
    WrongCredentials,
    /// The server does not let this person in: for a wrong password, or for something that it says in its own words.
    Refused {
        /// Its own words, where it has any.
        message: Option<ServerText>,
    },
    /// The server takes no sign-in from the origin of this page.
    WrongOrigin,
    /// Too many attempts: not before this much time has passed.
    Later(Duration),
    /// Nobody knows.
    Unknown(Doubt),
}

/// What a refresh was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefreshAnswer {
    /// A new token.
    Granted(Grant),
    /// The session is over, in so many words.
    Refused(Refusal),
    /// Not before this much time has passed (`Retry-After`).
    Later(Duration),
    /// Nobody knows.
    Unknown(Doubt),
}

/// What a validation was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValidateAnswer {
    /// The session is good.
    Valid(Confirmed),
    /// The token was refused (401).
    Unauthorized(Refusal),
    /// Nobody knows.
    Unknown(Doubt),
}

/// What the server says of a session that is good.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Confirmed {
    /// Who is signed in, where the answer says so.
    pub account: Option<Arc<Account>>,
    /// How long what authorises requests still lives, counted from the moment the request was sent.
    pub lifetime: Option<Duration>,
    /// How long it lives in all, from when it was given, where that is known.
    pub whole_lifetime: Option<Duration>,
    /// How long until the absolute limit, counted from the moment the request was sent.
    pub session_lifetime: Option<Duration>,
    /// Where the person lands after signing in.
    pub landing: Option<String>,
    /// A fresh token that the answer carried in its header.
    pub renewed: Option<HeaderGrant>,
}

/// What a question about the time was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockAnswer {
    /// The time at the server (`Date`).
    Date(Wall),
    /// Nobody knows.
    Unknown(Doubt),
}

/// What a sign-out was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignOutAnswer {
    /// The server ended the session, or knows that it is over.
    Done,
    /// The server recognised no session (401, 404). The credential may be at fault, and the session may go on.
    NoSession {
        /// The status it answered with.
        status: u16,
    },
    /// Nobody knows.
    Unknown(Doubt),
}

/// Why the server refuses a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It did not say.
    Unspecified,
    /// It did not say, and has not seen the cookie since somebody signed in here: the session has ended, or the browser did
    /// not keep the cookie. No answer says so; the engine does.
    Untried,
    /// There was no credential to look at, as after the browser was closed.
    Missing,
    /// Somebody ended the session: the same person on another device, or an administrator.
    Revoked,
    /// The session reached its absolute limit.
    Expired,
    /// A credential that had been used already came back, as a stolen one would.
    Reused,
}

/// Why an answer says nothing about the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The server could not be reached.
    Network,
    /// The server did not answer in time.
    TimedOut,
    /// The server answered with a status that decides nothing.
    Status(u16),
    /// The answer could not be understood.
    Unreadable,
    /// Something in front of the server refused the request or leads it elsewhere, most likely for a sign-in of its own.
    Gateway,
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network => f.write_str("the server could not be reached"),
            Self::TimedOut => f.write_str("the server did not answer in time"),
            Self::Status(status) => write!(f, "the server answered with status {status}"),
            Self::Unreadable => f.write_str("the server's answer could not be understood"),
            Self::Gateway => f.write_str("something in front of the server wants a sign-in of its own"),
        }
    }
}
