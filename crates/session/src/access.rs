//! What authorises requests.

use crate::{Generation, Secret};

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
    pub(crate) refresh: Option<Secret>,
}
