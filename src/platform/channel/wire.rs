//! Messages as text.

use perennial_session::{Message, MessageBody, TabId};
use serde::{Deserialize, Serialize};

use crate::words::{self, Grant, Key};

/// Writes a message; `None` where no tab would read it for its length.
pub(super) fn write(message: &Message) -> Option<String> {
    let wire = Wire {
        version: message.version,
        from: format!("{:016x}", message.from.0),
        body: body(&message.body),
    };
    serde_json::to_string(&wire).ok().filter(|text| text.len() <= MAX_BYTES)
}

/// Reads what somebody wrote; `None` for all that is not a message of this version.
pub(super) fn read(text: &str) -> Option<Message> {
    if text.len() > MAX_BYTES {
        return None;
    }
    // The version comes first: a later one may have given the same names another meaning.
    let Version { version } = serde_json::from_str(text).ok()?;
    if version != Message::VERSION {
        return None;
    }
    let wire: Wire = serde_json::from_str(text).ok()?;
    let from = TabId(words::read_hex(&wire.from)?.try_into().ok()?);
    Some(Message { version, from, body: read_body(wire.body)? })
}

#[derive(Deserialize)]
struct Version {
    version: u16,
}

#[derive(Serialize, Deserialize)]
struct Wire {
    version: u16,
    from: String,
    body: Body,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Body {
    Hello { session: Option<Key>, newer_than_ms: Option<u64> },
    Granted(Grant),
    SignedOut { session: Key, reason: String },
    Activity { session: Key, at_ms: u64 },
    Waiting { session: Key, at_ms: u64, until_ms: u64, why: Option<String> },
}

fn body(body: &MessageBody) -> Body {
    match body {
        MessageBody::Hello { session, newer_than } => {
            Body::Hello { session: session.map(Key::from), newer_than_ms: newer_than.map(|at| at.0) }
        }
        MessageBody::Granted(grant) => Body::Granted(Grant::from(&**grant)),
        MessageBody::SignedOut { session, reason } => {
            Body::SignedOut { session: (*session).into(), reason: words::reason(*reason).to_owned() }
        }
        MessageBody::Activity { session, at } => Body::Activity { session: (*session).into(), at_ms: at.0 },
        MessageBody::Waiting { session, at, until, why } => Body::Waiting {
            session: (*session).into(),
            at_ms: at.0,
            until_ms: until.0,
            why: why.map(words::doubt),
        },
    }
}

fn read_body(body: Body) -> Option<MessageBody> {
    Some(match body {
        Body::Hello { session, newer_than_ms } => MessageBody::Hello {
            session: session.map_or(Some(None), |key| key.read().map(Some))?,
            newer_than: words::optional_wall(newer_than_ms)?,
        },
        Body::Granted(grant) => MessageBody::Granted(Box::new(grant.read()?)),
        Body::SignedOut { session, reason } => {
            MessageBody::SignedOut { session: session.read()?, reason: words::read_reason(&reason)? }
        }
        Body::Activity { session, at_ms } => {
            MessageBody::Activity { session: session.read()?, at: words::wall(at_ms)? }
        }
        Body::Waiting { session, at_ms, until_ms, why } => MessageBody::Waiting {
            session: session.read()?,
            at: words::wall(at_ms)?,
            until: words::wall(until_ms)?,
            why: why.map_or(Some(None), |word| words::read_doubt(&word).map(Some))?,
        },
    })
}

/// The longest message: four times the longest token, which leaves room for any sensible list of roles.
const MAX_BYTES: usize = 64 * 1024;
