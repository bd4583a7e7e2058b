//! Sign-out tickets: JWTs that can end one session and do nothing else.
//!
//! An application may keep one for a sign-out that the network keeps from arriving, also when its browser is closed and
//! the refresh cookie goes with it. So they have a key of their own: an access token is no ticket, and a ticket is refused
//! wherever an access token is asked for.

use chrono::DateTime;
use jwt_compact::alg::Hs256;
use jwt_compact::{AlgorithmExt, Claims, Header, UntrustedToken};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::keys::KeyRing;
use crate::store::Session;

/// Makes a ticket, which ends with the session's absolute limit.
pub(crate) fn issue(keys: &KeyRing, session: &Session) -> Option<String> {
    let mut claims = Claims::new(Subject { sid: session.id });
    claims.expiration = DateTime::from_timestamp(session.expires_at.unix_ms / 1000, 0);
    let key = keys.signing();
    let header = Header::empty().with_token_type(KIND).with_key_id(key.kid.as_str());
    Hs256.token(&header, &claims, key.sign_out()).ok()
}

/// Reads which session a ticket ends, if one of the keys signed it. One that has expired names a session that is over, and
/// there is no harm in ending it once more.
pub(crate) fn verify(keys: &KeyRing, ticket: &str) -> Option<Uuid> {
    let untrusted = UntrustedToken::new(ticket).ok()?;
    let header = untrusted.header();
    if header.token_type.as_deref() != Some(KIND) {
        return None;
    }
    let key = keys.by_kid(header.key_id.as_deref()?)?;
    let token = Hs256.validator::<Subject>(key.sign_out()).validate(&untrusted).ok()?;
    Some(token.claims().custom.sid)
}

#[derive(Serialize, Deserialize)]
struct Subject {
    sid: Uuid,
}

/// The type that tells tickets from all other tokens (RFC 8725 section 3.11).
const KIND: &str = "sign-out+jwt";
