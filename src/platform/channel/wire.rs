//! Messages as text.

use core::time::Duration;

use perennial_dialect::token;
use perennial_session::{Account, Message, MessageBody, Secret, SharedGrant, TabId};
use serde::{Deserialize, Serialize};

use crate::platform::words::{self, Key};

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

#[derive(Serialize, Deserialize)]
struct Grant {
    session: Key,
    access: String,
    from_ms: u64,
    lifetime_ms: Option<u64>,
    user: User,
    session_id: Option<String>,
    session_ends_ms: Option<u64>,
    kept: bool,
    last_activity_ms: u64,
    server_date_ms: Option<(u64, u64)>,
    landing: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct User {
    id: String,
    name: String,
    email: String,
    roles: Vec<String>,
}

fn body(body: &MessageBody) -> Body {
    match body {
        MessageBody::Hello { session, newer_than } => {
            Body::Hello { session: session.map(Key::from), newer_than_ms: newer_than.map(|at| at.0) }
        }
        MessageBody::Granted(grant) => Body::Granted(write_grant(grant)),
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
        Body::Granted(grant) => MessageBody::Granted(Box::new(read_grant(grant)?)),
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

fn write_grant(grant: &SharedGrant) -> Grant {
    let Account { id, name, email, roles } = Account::clone(&grant.account);
    Grant {
        session: grant.session.into(),
        access: grant.access.expose().to_owned(),
        from_ms: grant.from.0,
        lifetime_ms: grant.lifetime.map(|life| u64::try_from(life.as_millis()).unwrap_or(u64::MAX)),
        user: User { id, name, email, roles },
        session_id: grant.session_id.clone(),
        session_ends_ms: grant.session_ends.map(|end| end.0),
        kept: grant.kept,
        last_activity_ms: grant.last_activity.0,
        server_date_ms: grant.server_date.map(|(date, at)| (date.0, at.0)),
        landing: grant.landing.clone(),
    }
}

/// Nothing that the dialect would refuse from a server is taken from a tab.
fn read_grant(grant: Grant) -> Option<SharedGrant> {
    let User { id, name, email, roles } = grant.user;
    if !token::is_bearer(&grant.access) || id.is_empty() {
        return None;
    }
    let lifetime = match grant.lifetime_ms {
        Some(ms) => Some(token::plausible(Duration::from_millis(ms))?),
        None => None,
    };
    Some(SharedGrant {
        session: grant.session.read()?,
        access: Secret::new(grant.access),
        from: words::wall(grant.from_ms)?,
        lifetime,
        account: Account { id, name, email, roles }.into(),
        session_id: grant.session_id,
        session_ends: words::optional_wall(grant.session_ends_ms)?,
        kept: grant.kept,
        last_activity: words::wall(grant.last_activity_ms)?,
        server_date: match grant.server_date_ms {
            Some((date, at)) => Some((words::wall(date)?, words::wall(at)?)),
            None => None,
        },
        landing: grant.landing,
    })
}

/// The longest message: four times the longest token, which leaves room for any sensible list of roles.
const MAX_BYTES: usize = 64 * 1024;
