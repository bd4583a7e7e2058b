//! The messages of live connections: JSON text frames on the WebSocket `GET /api/events`.
//!
//! A connection watches one thing: a job, or the person's own sessions. What is watched, and the numbers that let a client go on where it stood, are in
//! the messages; who watches is in the first of them, or in the subprotocols that the client offers.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a client says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientMessage {
    /// Who is there: the first message, and again with every newer token of the same session.
    Authenticate {
        /// An access token.
        access_token: String,
    },
    /// What to send from now on. Sent again, it begins anew.
    Watch {
        /// What is watched, such as [`job_topic`] names it.
        topic: String,
        /// The number of the last event that the client has; 0 for none.
        after: u64,
    },
}

impl fmt::Debug for ClientMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Authenticate { access_token: _ } => f.debug_struct("Authenticate").finish_non_exhaustive(),
            Self::Watch { topic, after } => {
                f.debug_struct("Watch").field("topic", topic).field("after", after).finish()
            }
        }
    }
}

/// What a server says about events `E`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage<E> {
    /// A token was accepted.
    Authenticated {
        /// Whole seconds left of it.
        expires_in: u64,
    },
    /// Something happened.
    Event {
        /// The number of the event, higher than that of the one before. Each job counts its own from 1; the list of
        /// sessions is numbered by the server's clock.
        number: u64,
        /// The number of the event sent before this one, or what the client said it has. Less than `number - 1`
        /// means that progress in between was left out for a slow reader, and only progress.
        after: u64,
        /// What happened.
        event: E,
    },
    /// Nothing happened, and the connection works.
    Alive,
}

/// Why a server closes a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Close {
    /// The server is about to stop. Another connection finds its successor.
    GoingAway,
    /// A message was not understood; the reason names what was found and what was expected.
    NotUnderstood,
    /// No token came in time, the token is not good, its session has ended, or it expired and no newer one came.
    Unauthenticated,
    /// There is no such topic for this person.
    NoSuchTopic,
    /// Nothing came from the client for too long, or it took nothing of what was sent.
    Idle,
    /// The person has too many connections.
    TooMany,
}

impl Close {
    /// The close code on the wire.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::GoingAway => 1001,
            Self::NotUnderstood => 4400,
            Self::Unauthenticated => 4401,
            Self::NoSuchTopic => 4404,
            Self::Idle => 4408,
            Self::TooMany => 4429,
        }
    }
}

/// The topic of the events of a job.
#[must_use]
pub fn job_topic(id: &str) -> String {
    format!("{JOB_TOPIC_PREFIX}{id}")
}

/// The topic of the sessions of the person who watches. Each event is the whole list ([`super::Devices`]), and the
/// first is what it is now: so nothing is missed, whatever was left out or never heard.
pub const SESSIONS_TOPIC: &str = "sessions";

/// What the topic of a job begins with; its identifier follows.
pub const JOB_TOPIC_PREFIX: &str = "jobs/";

/// The subprotocol: this version of these messages. It is the only one that a server answers with.
pub const SUBPROTOCOL: &str = "perennial.v1";

/// What the other subprotocol begins with that a client may offer, to authenticate at the handshake; an access token
/// follows.
pub const SUBPROTOCOL_TOKEN_PREFIX: &str = "bearer.";

/// The other subprotocol that a client may offer, to say that the cookie of the handshake authenticates it.
pub const SUBPROTOCOL_COOKIE: &str = "cookie";

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json, to_value};

    use super::{ClientMessage, ServerMessage, job_topic};

    #[test]
    fn messages_are_spelled_as_agreed_and_read_back() {
        let token = ClientMessage::Authenticate { access_token: "a.b.c".to_owned() };
        let watch = ClientMessage::Watch { topic: job_topic("1"), after: 17 };
        for (message, spelled) in [
            (token, json!({ "type": "authenticate", "access_token": "a.b.c" })),
            (watch, json!({ "type": "watch", "topic": "jobs/1", "after": 17 })),
        ] {
            assert_eq!(to_value(&message).unwrap(), spelled);
            assert_eq!(from_value::<ClientMessage>(spelled).unwrap(), message);
        }
        for (message, spelled) in [
            (
                ServerMessage::Authenticated { expires_in: 300 },
                json!({ "type": "authenticated", "expires_in": 300 }),
            ),
            (
                ServerMessage::Event { number: 17, after: 15, event: "x".to_owned() },
                json!({ "type": "event", "number": 17, "after": 15, "event": "x" }),
            ),
            (ServerMessage::Alive, json!({ "type": "alive" })),
        ] {
            assert_eq!(to_value(&message).unwrap(), spelled);
            assert_eq!(from_value::<ServerMessage<String>>(spelled).unwrap(), message);
        }
    }

    #[test]
    fn a_token_is_not_printed() {
        let token = ClientMessage::Authenticate { access_token: "a.secret.token".to_owned() };
        assert_eq!(format!("{token:?}"), "Authenticate { .. }");
    }
}
