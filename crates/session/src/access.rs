//! What authorises requests.

use crate::{Generation, Grant, Moment, Secret};

/// What the server knows the requests of a session by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// A token that the application sends.
    Token(Secret),
    /// A cookie that the browser sends and that no script sees. One cannot be told from the next.
    Cookie,
}

impl Access {
    /// The token, where there is one.
    #[must_use]
    pub fn token(&self) -> Option<&Secret> {
        match self {
            Self::Token(token) => Some(token),
            Self::Cookie => None,
        }
    }
}

impl From<Secret> for Access {
    fn from(token: Secret) -> Self {
        Self::Token(token)
    }
}

/// What authorises requests, and its generation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// What the answers to requests sent with it are told apart by.
    pub generation: Generation,
    /// The token or cookie.
    pub access: Access,
}

/// What a session is held by on this device, as far as script sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) access: Option<Access>,
    /// When the access token expires, where that is known.
    pub(crate) until: Option<Moment>,
    pub(crate) refresh: Option<Secret>,
    /// What can end the session on the server and do nothing else.
    pub(crate) ticket: Option<Secret>,
}

impl Held {
    /// Takes what a grant brought to a call that was sent then, in the place of what was held before.
    pub(crate) fn granted(grant: Grant, sent_at: Option<Moment>, before: Option<Self>) -> Self {
        let until = sent_at.zip(grant.lifetime).map(|(sent_at, lifetime)| sent_at + lifetime);
        let before = before.unwrap_or_default();
        Self {
            access: Some(grant.access),
            until,
            refresh: grant.refresh.or(before.refresh),
            ticket: grant.sign_out_ticket.or(before.ticket),
        }
    }

    /// Whether there is an access token, and it is known to have expired.
    pub(crate) fn has_expired(&self, now: Moment) -> bool {
        let is_token = self.access.as_ref().is_some_and(|access| access.token().is_some());
        is_token && self.until.is_some_and(|until| until <= now)
    }

    /// The same without an access token that is known to have expired, which is sent to nobody.
    pub(crate) fn without_expired(&self, now: Moment) -> Self {
        let is_over = self.has_expired(now);
        Self { access: self.access.clone().filter(|_| !is_over), ..self.clone() }
    }
}
