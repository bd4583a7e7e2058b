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
use crate::keys::Key;
use crate::settings::Limits;
use crate::store::{Chain, RevokedWhy};

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
    /// It was superseded a moment ago and nothing suggests theft: it gets the same successor again.
    Repeated,
    /// A late duplicate of a request that was answered, whose answer has itself been used since.
    Superseded,
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
pub(crate) fn judge(chain: &Chain, idempotency_key: Option<&str>, now: Moment, limits: &Limits) -> Meaning {
    if let Some(why) = chain.session.revoked {
        return Meaning::Revoked(why);
    }
    if chain.session.remaining_s(now) == 0 {
        return Meaning::Expired;
    }
    let Some(superseded) = &chain.superseded else { return Meaning::Current };
    let is_previous = chain.generation + 1 == chain.session.generation;
    let is_within = |window_s: u64| now < superseded.at.plus_s(window_s);
    let is_same_request = idempotency_key.is_some() && idempotency_key == superseded.by.as_deref();
    match (is_previous, is_same_request && is_within(limits.idempotency_window_s)) {
        (true, true) => Meaning::Repeated,
        (false, true) => Meaning::Superseded,
        (true, false) if is_within(limits.refresh_overlap_s) => Meaning::Repeated,
        (_, false) => Meaning::Stolen,
    }
}
