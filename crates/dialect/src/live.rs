//! Live connections: how one is asked for, what is said over it, and what its end means.
//!
//! Who is there travels in the first message, or with the handshake as a subprotocol or a cookie, never in the address:
//! addresses are written into logs.

use perennial_session::{Access, Credential, Loss, Secret};
use serde_json::Value;

use crate::{
    answers::facts,
    dialect::{Authenticate, Dialect, Live},
    json,
    wire::live::ClientMessage,
};

/// What a connection is made with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handshake {
    /// The path from the root of the page's origin, or an absolute address (`ws:` or `wss:`).
    pub url: String,
    /// The subprotocols to offer; secrets, because one may hold the token.
    pub protocols: Vec<Secret>,
    /// What is to be sent as soon as the connection is there: only where each connection has a token of its own, and
    /// the server wants it in a message.
    pub message: Option<Secret>,
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
    /// What to make a connection with; the token goes with it where the engine says so. `None` where the backend has no
    /// live connections.
    #[must_use]
    pub fn handshake(&self, credential: Option<&Credential>) -> Option<Handshake> {
        let live = self.live.as_ref()?;
        let token = credential.and_then(|it| it.access.token());
        let second = match live.authenticate {
            Authenticate::Message => None,
            Authenticate::Subprotocol => token.map(|it| format!("{}{}", live.token_prefix, it.expose())),
            Authenticate::Cookie => Some(live.cookie_subprotocol.to_owned()),
        };
        let protocols = [Some(live.subprotocol.to_owned()), second].into_iter().flatten();
        let message = match live.authenticate {
            Authenticate::Message => credential.and_then(|it| self.authentication(&it.access)),
            Authenticate::Subprotocol | Authenticate::Cookie => None,
        };
        Some(Handshake { url: self.live_url(live), protocols: protocols.map(Secret::new).collect(), message })
    }

    /// The message that says who is there, where there is a token to say it with.
    #[must_use]
    pub fn authentication(&self, access: &Access) -> Option<Secret> {
        let access_token = access.token()?.expose().to_owned();
        Some(Secret::new(text(&ClientMessage::Authenticate { access_token })))
    }

    /// The message that asks for everything about a topic after the event of this number.
    #[must_use]
    pub fn watch(&self, topic: &str, after: u64) -> String {
        text(&ClientMessage::Watch { topic: topic.to_owned(), after })
    }

    /// Reads a message of the server ([`crate::wire::live::ServerMessage`]). One that is not understood is passed over:
    /// should it have been an event, the next one shows the gap.
    #[must_use]
    pub fn live_message(&self, text: &str) -> Option<LiveMessage> {
        let mut message = json::object(text.as_bytes(), ["type", "number", "after", "event"])?;
        let number = |name: &str| message.get(name).and_then(facts::whole);
        match message.get("type").and_then(facts::text)? {
            "authenticated" => Some(LiveMessage::Accepted),
            "alive" => Some(LiveMessage::Alive),
            "event" => {
                let (number, after) = (number("number")?, number("after")?);
                let event = message.get_mut("event")?.take();
                (after < number).then_some(LiveMessage::Event { after, number, event })
            }
            _ => None,
        }
    }

    /// What the end of a connection with this close code means.
    #[must_use]
    pub fn loss(&self, code: u16) -> Loss {
        match &self.live {
            Some(live) if code == live.unauthenticated_code => Loss::Unauthorized,
            Some(live) if code == live.gone_code => Loss::Gone,
            Some(_) | None => Loss::Interrupted,
        }
    }

    fn live_url(&self, live: &Live) -> String {
        match self.backend.strip_prefix("http") {
            // `http://…` becomes `ws://…`, and `https://…` `wss://…`.
            Some(rest) if live.at.starts_with('/') => format!("ws{rest}{}", live.at),
            Some(_) | None => live.at.clone().into_owned(),
        }
    }
}

fn text(message: &ClientMessage) -> String {
    // Strings and numbers under fixed names: there is nothing in it that could fail.
    serde_json::to_string(message).unwrap_or_default()
}
