//! Access tokens: JWTs with HS256 or `EdDSA`, a `kid`, and the session they belong to.
//!
//! A token is verified by the algorithm that it names, with a key that is for this algorithm alone. So the public key
//! is never taken for a secret (RFC 8725 section 3.1), and tokens stay good when the algorithm of new ones is changed.

use chrono::DateTime;
use jwt_compact::alg::{Ed25519, Hs256};
use jwt_compact::{AlgorithmExt, Claims, Header, UntrustedToken};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Moment;
use crate::dialect::Dialect;
use crate::keys::KeyRing;
use crate::settings::{Settings, SigningAlgorithm};
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
    /// Whose it is.
    pub(crate) account_id: Uuid,
    /// The session it belongs to.
    pub(crate) session_id: Uuid,
    /// The dialect it was made for.
    pub(crate) dialect: Dialect,
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

    /// Whether an answer should carry its successor: less than a fifth of its life is left, and less than the buffer of
    /// its dialect.
    pub(crate) fn is_due(&self, now: Moment) -> bool {
        let Some(longest_buffer_s) = self.dialect.longest_buffer_s() else { return false };
        let longest_buffer_ms = i64::try_from(longest_buffer_s).unwrap_or(i64::MAX).saturating_mul(1000);
        let lifetime_ms = self.expires_at_s.saturating_sub(self.issued_at_s).saturating_mul(1000);
        let left_ms = self.expires_at_s.saturating_mul(1000).saturating_sub(now.unix_ms);
        left_ms < longest_buffer_ms.min(lifetime_ms / 5)
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
pub(crate) fn issue(keys: &KeyRing, session: &Session, settings: &Settings, now: Moment) -> Option<Issued> {
    let expires_in_s =
        settings.limits.access_token_lifetime_s_in(session.dialect).min(session.remaining_s(now));
    let issued_at_s = now.unix_s_rounded_up();
    let expires_at_s = issued_at_s.saturating_add(i64::try_from(expires_in_s).ok()?);
    let owner = Owner {
        iss: Some(ISSUER.to_owned()),
        sub: session.account_id,
        sid: session.id,
        aud: session.dialect,
    };
    let mut claims = Claims::new(owner);
    claims.issued_at = DateTime::from_timestamp(issued_at_s, 0);
    claims.expiration = DateTime::from_timestamp(expires_at_s, 0);
    let key = keys.signing();
    let header = Header::empty().with_token_type(KIND).with_key_id(key.kid.as_str());
    let token = match settings.signing_algorithm {
        SigningAlgorithm::Hs256 => Hs256.token(&header, &claims, key.hs256()),
        SigningAlgorithm::EdDsa => Ed25519.token(&header, &claims, key.ed25519()),
    }
    .ok()?;
    Some(Issued { token, expires_in_s })
}

/// Reads a token, if one of the keys signed it, as one of this kind, of this issuer and for this time on.
///
/// One that has expired is read all the same. A header that must be understood is not (RFC 7515 section 4.1.11).
pub(crate) fn verify(keys: &KeyRing, token: &str, now: Moment) -> Option<Presented> {
    let untrusted = UntrustedToken::<Extensions>::try_from(token).ok()?;
    let header = untrusted.header();
    let is_of_this_kind = header.token_type.as_deref().is_none_or(|kind| kind.eq_ignore_ascii_case(KIND));
    if header.other_fields.crit.is_some() || !is_of_this_kind {
        return None;
    }
    let key = keys.by_kid(untrusted.header().key_id.as_deref()?)?;
    let token = match untrusted.algorithm() {
        "HS256" => Hs256.validator::<Owner>(key.hs256()).validate(&untrusted),
        "EdDSA" => Ed25519.validator::<Owner>(key.ed25519_public()).validate(&untrusted),
        _ => return None,
    }
    .ok()?;
    let claims = token.claims();
    let is_of_this_issuer = claims.custom.iss.as_deref().is_none_or(|issuer| issuer == ISSUER);
    let is_for_later = claims.not_before.is_some_and(|from| from.timestamp_millis() > now.unix_ms);
    if !is_of_this_issuer || is_for_later {
        return None;
    }
    Some(Presented {
        account_id: claims.custom.sub,
        session_id: claims.custom.sid,
        dialect: claims.custom.aud,
        issued_at_s: claims.issued_at?.timestamp(),
        expires_at_s: claims.expiration?.timestamp(),
    })
}

#[derive(Serialize, Deserialize)]
struct Owner {
    /// A token that was made before it was said has none.
    #[serde(default)]
    iss: Option<String>,
    sub: Uuid,
    sid: Uuid,
    /// A token that was made before there were others has none.
    #[serde(default)]
    aud: Dialect,
}

/// What of a header is neither the kind nor the key.
#[derive(Clone, Deserialize)]
struct Extensions {
    /// Which extensions must be understood; none is known here.
    crit: Option<serde::de::IgnoredAny>,
}

/// The type of an access token, as this backend and others write it.
const KIND: &str = "JWT";

/// Who makes these tokens. The address of this backend would change with its host name.
const ISSUER: &str = "perennial";

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct OwnerBefore {
        sub: Uuid,
        sid: Uuid,
    }

    #[test]
    fn a_token_of_before_there_were_other_dialects_is_one_of_perennial() {
        let dir = tempfile::tempdir().unwrap();
        let now = Moment::from_unix_ms(1_795_190_400_000);
        let keys = KeyRing::open(&dir.path().join("keys"), now).unwrap();
        let owner = OwnerBefore { sub: Uuid::new_v4(), sid: Uuid::new_v4() };
        let sid = owner.sid;
        let mut claims = Claims::new(owner);
        claims.issued_at = DateTime::from_timestamp(1_795_190_400, 0);
        claims.expiration = DateTime::from_timestamp(1_795_191_300, 0);
        let header = Header::empty().with_key_id(keys.signing().kid.as_str());
        let token = Hs256.token(&header, &claims, keys.signing().hs256()).unwrap();
        let presented = verify(&keys, &token, now).unwrap();
        assert_eq!((presented.session_id, presented.dialect), (sid, Dialect::Perennial));
    }

    /// A token with these claims beside its own, and this header.
    fn made<H: Serialize>(keys: &KeyRing, header: Header<H>, claims: serde_json::Value) -> String {
        let mut all = serde_json::json!({ "sub": Uuid::new_v4(), "sid": Uuid::new_v4() });
        all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
        let mut claims = Claims::new(all);
        claims.issued_at = DateTime::from_timestamp(1_795_190_400, 0);
        claims.expiration = DateTime::from_timestamp(1_795_191_300, 0);
        Hs256
            .token(&header.with_key_id(keys.signing().kid.as_str()), &claims, keys.signing().hs256())
            .unwrap()
    }

    #[derive(Clone, Serialize)]
    struct Critical {
        crit: [&'static str; 1],
    }

    #[test]
    fn a_token_of_another_kind_or_issuer_for_later_or_with_what_must_be_understood_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let now = Moment::from_unix_ms(1_795_190_400_000);
        let keys = KeyRing::open(&dir.path().join("keys"), now).unwrap();
        let is_one = |token: String| verify(&keys, &token, now).is_some();
        let none = || serde_json::json!({});
        let jwt = || Header::empty().with_token_type("JWT");
        assert!(is_one(made(&keys, jwt(), none())));
        assert!(is_one(made(&keys, jwt(), serde_json::json!({ "iss": "perennial", "nbf": 1_795_190_400 }))));
        for claims in [
            serde_json::json!({ "iss": "https://elsewhere.example" }),
            serde_json::json!({ "nbf": 1_795_190_401 }),
        ] {
            assert!(!is_one(made(&keys, jwt(), claims.clone())), "{claims}");
        }
        assert!(!is_one(made(&keys, Header::empty().with_token_type("sign-out+jwt"), none())));
        assert!(!is_one(made(&keys, Header::new(Critical { crit: ["exp"] }), none())));
    }
}
