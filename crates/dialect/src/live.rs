//! Live connections: how one is asked for, what is said over it, and what its end means.
//!
//! Who is there travels in the first message, or with the handshake as a subprotocol, never in the address: addresses are
//! written into logs.

use perennial_session::{Credential, Loss, Secret};
use serde_json::Value;

use crate::{
    dialect::Dialect,
    wire::live::{ClientMessage, ServerMessage},
};

/// What a connection is made with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handshake {
    /// The path from the root of the origin.
    pub path: &'static str,
    /// The subprotocols to offer; secrets, because one may hold the token.
    pub protocols: Vec<Secret>,
}

/// What the server says over a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LiveMessage {
    /// The token that was sent last is accepted.
    Accepted,
    /// Something happened.
    Event {
        /// The number of what was sent before it.
        after: u64,
        /// Its own number.
        number: u64,
        /// What happened.
        event: Value,
    },
    /// Nothing happened, and the connection works.
    Alive,
}

impl Dialect {
    /// What to make a connection with; the token goes with it where the engine says so.
    #[must_use]
    pub fn handshake(&self, credential: Option<&Credential>) -> Handshake {
        let token = credential.map(|it| format!("{}{}", self.live.token_prefix, it.access.expose()));
        let protocols = [Some(self.live.subprotocol.to_owned()), token].into_iter().flatten();
        Handshake { path: self.live.path, protocols: protocols.map(Secret::new).collect() }
    }

    /// The message that says who is there.
    #[must_use]
    pub fn authentication(&self, access: &Secret) -> Secret {
        Secret::new(text(&ClientMessage::Authenticate { access_token: access.expose().to_owned() }))
    }

    /// The message that asks for everything about a topic after the event of this number.
    #[must_use]
    pub fn watch(&self, topic: &str, after: u64) -> String {
        text(&ClientMessage::Watch { topic: topic.to_owned(), after })
    }

    /// Reads a message of the server. One that is not understood is passed over: should it have been an event, the next
    /// one shows the gap.
    #[must_use]
    pub fn live_message(&self, text: &str) -> Option<LiveMessage> {
        if text.len() > LONGEST_MESSAGE {
            return None;
        }
        Some(match serde_json::from_str(text).ok()? {
            ServerMessage::Authenticated { expires_in: _ } => LiveMessage::Accepted,
            ServerMessage::Event { number, after, event } if after < number => {
                LiveMessage::Event { after, number, event }
            }
            ServerMessage::Event { .. } => return None,
            ServerMessage::Alive => LiveMessage::Alive,
        })
    }

    /// What the end of a connection with this close code means.
    #[must_use]
    pub fn loss(&self, code: u16) -> Loss {
        if code == self.live.unauthenticated_code {
            Loss::Unauthorized
        } else if code == self.live.gone_code {
            Loss::Gone
        } else {
            Loss::Interrupted
        }
    }
}

fn text(message: &ClientMessage) -> String {
    // Strings and numbers under fixed names: there is nothing in it that could fail.
    serde_json::to_string(message).unwrap_or_default()
}

/// Longer than any event by far, and no longer than a page can bear.
const LONGEST_MESSAGE: usize = 1 << 20;
