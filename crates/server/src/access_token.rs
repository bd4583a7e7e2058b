//! Access tokens: JWTs with HS256, a `kid`, and the session they belong to.

use chrono::DateTime;
use jwt_compact::alg::Hs256;
use jwt_compact::{AlgorithmExt, Claims, Header, UntrustedToken};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Moment;
use crate::keys::KeyRing;
use crate::store::Session;

/// A token just made.
pub(crate) struct Issued {
    /// The JWT.
    pub(crate) token: String,
    /// Seconds it lives from the moment it was made, at least.
    pub(crate) expires_in_s: u64,
}

/// What a token with a good signature says.
pub(crate) struct Presented {
    /// The session it belongs to.
    pub(crate) session_id: Uuid,
    issued_at_s: i64,
    expires_at_s: i64,
}

impl Presented {
    /// When its time is over.
    pub(crate) fn expires_at(&self) -> Moment {
        Moment::from_unix_ms(self.expires_at_s.saturating_mul(1000))
    }

    /// Whether its time is over.
    pub(crate) fn is_expired(&self, now: Moment) -> bool {
        now >= self.expires_at()
    }

    /// Whether an answer should carry its successor: less than `min(300 s, lifetime / 5)` is left.
    pub(crate) fn is_due(&self, now: Moment) -> bool {
        let lifetime_ms = self.expires_at_s.saturating_sub(self.issued_at_s).saturating_mul(1000);
        let left_ms = self.expires_at_s.saturating_mul(1000).saturating_sub(now.unix_ms);
        left_ms < LONGEST_BUFFER_MS.min(lifetime_ms / 5)
    }

    /// Whether `successor` lives longer; near the absolute limit of a session none does.
    pub(crate) fn is_outlived_by(&self, successor: &Issued, now: Moment) -> bool {
        let lives_s = i64::try_from(successor.expires_in_s).unwrap_or(i64::MAX);
        now.unix_s_rounded_up().saturating_add(lives_s) > self.expires_at_s
    }
}

/// Makes a token for the session, which ends with the session if that is sooner.
///
/// Its life is counted from the next whole second, so it is never shorter than what `expires_in_s` promises.
pub(crate) fn issue(keys: &KeyRing, session: &Session, lifetime_s: u64, now: Moment) -> Option<Issued> {
    let expires_in_s = lifetime_s.min(session.remaining_s(now));
    let issued_at_s = now.unix_s_rounded_up();
    let expires_at_s = issued_at_s.saturating_add(i64::try_from(expires_in_s).ok()?);
    let mut claims = Claims::new(Owner { sub: session.account_id, sid: session.id });
    claims.issued_at = DateTime::from_timestamp(issued_at_s, 0);
    claims.expiration = DateTime::from_timestamp(expires_at_s, 0);
    let key = keys.signing();
    let header = Header::empty().with_token_type("JWT").with_key_id(key.kid.as_str());
    let token = Hs256.token(&header, &claims, key.access()).ok()?;
    Some(Issued { token, expires_in_s })
}

/// Reads a token, if one of the keys signed it.
pub(crate) fn verify(keys: &KeyRing, token: &str) -> Option<Presented> {
    let untrusted = UntrustedToken::new(token).ok()?;
    let key = keys.by_kid(untrusted.header().key_id.as_deref()?)?;
    let token = Hs256.validator::<Owner>(key.access()).validate(&untrusted).ok()?;
    let claims = token.claims();
    Some(Presented {
        session_id: claims.custom.sid,
        issued_at_s: claims.issued_at?.timestamp(),
        expires_at_s: claims.expiration?.timestamp(),
    })
}

#[derive(Serialize, Deserialize)]
struct Owner {
    sub: Uuid,
    sid: Uuid,
}

/// Five minutes, as the application refreshes.
const LONGEST_BUFFER_MS: i64 = 300_000;
