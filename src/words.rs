//! The engine's words as they are written down where other pages read them: in the storage and in messages.
//!
//! Those pages may be of an older or a newer deployment, so these words are never changed, only added to; and what
//! is read may be anything, so every reading may fail.

mod grant;

use perennial_session::{Doubt, Refusal, SessionKey, SignOutReason, Wall};
use serde::{Deserialize, Serialize};

pub(crate) use grant::{Grant, secret};

/// A [`SessionKey`].
#[derive(Serialize, Deserialize)]
pub(crate) struct Key {
    since_ms: u64,
    salt: String,
}

impl Key {
    pub(crate) fn read(&self) -> Option<SessionKey> {
        Some(SessionKey { since_ms: wall(self.since_ms)?.0, salt: read_hex(&self.salt)?.try_into().ok()? })
    }
}

impl From<SessionKey> for Key {
    fn from(key: SessionKey) -> Self {
        Self { since_ms: key.since_ms, salt: format!("{:016x}", key.salt) }
    }
}

/// A moment, if it is one that a date can show.
pub(crate) fn wall(ms: u64) -> Option<Wall> {
    (ms <= LAST_DATE_MS).then_some(Wall(ms))
}

/// A moment that need not be there, but must be one if it is.
pub(crate) fn optional_wall(ms: Option<u64>) -> Option<Option<Wall>> {
    ms.map_or(Some(None), |ms| wall(ms).map(Some))
}

/// A number as hexadecimal digits, which unlike numbers in JSON keep all their bits in every reader.
pub(crate) fn read_hex(digits: &str) -> Option<u128> {
    // Without this a sign would pass.
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u128::from_str_radix(digits, 16).ok())?
}

/// Why a session ended, in a word.
pub(crate) fn reason(reason: SignOutReason) -> &'static str {
    match reason {
        SignOutReason::ByPerson => "by_person",
        SignOutReason::Inactivity => "inactivity",
        SignOutReason::AbsoluteLimit => "absolute_limit",
        SignOutReason::Refused(Refusal::Unspecified) => "refused",
        SignOutReason::Refused(Refusal::Untried) => "refused_untried",
        SignOutReason::Refused(Refusal::Missing) => "refused_missing",
        SignOutReason::Refused(Refusal::Revoked) => "refused_revoked",
        SignOutReason::Refused(Refusal::Expired) => "refused_expired",
        SignOutReason::Refused(Refusal::Reused) => "refused_reused",
    }
}

pub(crate) fn read_reason(word: &str) -> Option<SignOutReason> {
    REASONS.into_iter().find(|known| reason(*known) == word)
}

/// What was wrong: a word, or the status of an answer.
pub(crate) fn doubt(doubt: Doubt) -> String {
    match doubt {
        Doubt::Network => NETWORK.to_owned(),
        Doubt::TimedOut => TIMED_OUT.to_owned(),
        Doubt::Unreadable => UNREADABLE.to_owned(),
        Doubt::Gateway => GATEWAY.to_owned(),
        Doubt::Status(status) => status.to_string(),
    }
}

pub(crate) fn read_doubt(word: &str) -> Option<Doubt> {
    match word {
        NETWORK => Some(Doubt::Network),
        TIMED_OUT => Some(Doubt::TimedOut),
        UNREADABLE => Some(Doubt::Unreadable),
        GATEWAY => Some(Doubt::Gateway),
        status => status.parse().ok().map(Doubt::Status),
    }
}

const REASONS: [SignOutReason; 9] = [
    SignOutReason::ByPerson,
    SignOutReason::Inactivity,
    SignOutReason::AbsoluteLimit,
    SignOutReason::Refused(Refusal::Unspecified),
    SignOutReason::Refused(Refusal::Untried),
    SignOutReason::Refused(Refusal::Missing),
    SignOutReason::Refused(Refusal::Revoked),
    SignOutReason::Refused(Refusal::Expired),
    SignOutReason::Refused(Refusal::Reused),
];

const NETWORK: &str = "network";
const TIMED_OUT: &str = "timed_out";
const UNREADABLE: &str = "unreadable";
const GATEWAY: &str = "gateway";

/// The last moment of a JavaScript date: 275 760-09-13 (ECMA-262, section "Time Values and Time Range").
const LAST_DATE_MS: u64 = 8_640_000_000_000_000;
