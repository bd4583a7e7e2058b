//! Refresh tokens, and what presenting one means.
//!
//! A token is derived from its session and generation, so the same successor can be given again without being
//! kept: the store holds hashes only.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::clock::Moment;
use crate::dialect::Dialect;
use crate::keys::Key;
use crate::settings::Limits;
use crate::store::{Chain, RevokedWhy, Rotation};

/// A refresh token: 256 bits that are worth a session.
pub(crate) struct RefreshToken([u8; 32]);

/// What the store keeps of a refresh token.
pub type TokenHash = [u8; 32];

impl RefreshToken {
    /// The token of this generation of this session.
    pub(crate) fn derive(key: &Key, session_id: Uuid, generation: i64) -> Self {
        Self(key.derive_refresh(&[session_id.as_bytes(), &generation.to_be_bytes()]))
    }

    /// Reads what [`Self::encode`] wrote.
    pub(crate) fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }

    /// The token as the cookie carries it.
    pub(crate) fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What the store knows it by. The token has 256 random bits, so a fast hash hides it well.
    pub(crate) fn hash(&self) -> TokenHash {
        Sha256::digest(self.0).into()
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshToken(…)")
    }
}

/// What presenting a refresh token means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// It is the current one: it gets a successor.
    Current,
    /// The request was answered a moment ago and nothing suggests theft: it gets the same successor again.
    Repeated,
    /// A late duplicate of a request that was answered, whose answer has itself been used since.
    Superseded,
    /// It is good, but is renewed in another dialect.
    Foreign,
    /// Somebody else has used it: the session ends.
    Stolen,
    /// The session was ended.
    Revoked(RevokedWhy),
    /// The session reached its absolute limit.
    Expired,
}

/// Judges a presented token by the session's chain of tokens.
///
/// A superseded token is a sign of theft, with two exceptions that cost no honest person a session: a repeated
/// request whose answer was lost, known by its `Idempotency-Key`, and two tabs that refresh at the same moment.
///
/// A repetition may leave after the answer has replaced the cookie: that of a second tab, or of a page that died before
/// it had read the answer. It carries the current token then, under the key that made it. If it rotated again and its
/// answer were lost, the browser would go on with a superseded token under the next key, which looks like theft. It may
/// even arrive when the next refresh has superseded that token: it is late then, and no theft.
///
/// In a dialect that is not the session's own a token gets nothing, because the rules of the two may differ: one that is
/// good for a single use would be good for many. One that was stolen ends its session wherever it turns up.
pub(crate) fn judge(
    chain: &Chain,
    dialect: Dialect,
    idempotency_key: Option<&str>,
    now: Moment,
    limits: &Limits,
) -> Meaning {
    let meaning = judge_at_home(chain, idempotency_key, now, limits);
    let is_renewable = matches!(meaning, Meaning::Current | Meaning::Repeated | Meaning::Superseded);
    if is_renewable && dialect != chain.session.dialect { Meaning::Foreign } else { meaning }
}

fn judge_at_home(chain: &Chain, idempotency_key: Option<&str>, now: Moment, limits: &Limits) -> Meaning {
    if let Some(why) = chain.session.revoked {
        return Meaning::Revoked(why);
    }
    if chain.session.remaining_s(now) == 0 {
        return Meaning::Expired;
    }
    let is_within = |rotation: &Rotation, window_s: u64| now < rotation.at.plus_s(window_s);
    let is_repeat_of = |rotation: &Rotation| {
        let is_same_request = idempotency_key.is_some() && idempotency_key == rotation.by.as_deref();
        is_same_request && is_within(rotation, limits.idempotency_window_s)
    };
    let made_it = chain.made.as_ref().is_some_and(is_repeat_of);
    let Some(superseded) = &chain.superseded else {
        return if made_it { Meaning::Repeated } else { Meaning::Current };
    };
    let is_previous = chain.generation + 1 == chain.session.generation;
    match (is_previous, is_repeat_of(superseded)) {
        (true, true) => Meaning::Repeated,
        (false, true) => Meaning::Superseded,
        (true, false) if is_within(superseded, limits.refresh_overlap_s) => Meaning::Repeated,
        (_, false) if made_it => Meaning::Superseded,
        (_, false) => Meaning::Stolen,
    }
}
