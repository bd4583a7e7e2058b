//! What an access token says about itself.
//!
//! Nothing here is verified, and nothing could be: the application has no key. What a token says is a hint, good
//! enough to know when to ask for the next one, and never a permission. Its `exp` is never compared with
//! a clock; only the length of its life, `exp − iat`, is taken, so a device clock that is wrong by a day
//! changes nothing.

use core::time::Duration;

use jwt_compact::{Claims, UntrustedToken};
use perennial_session::{Access, HeaderGrant, Secret, Wall};
use serde_json::{Map, Value};

use crate::{
    answers::facts,
    dialect::{self, Dialect},
};

/// The claims of a token that matter here; an opaque token has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hint {
    /// Whose token it says it is.
    pub account_id: Option<String>,
    /// The session it says it belongs to.
    pub session_id: Option<String>,
    /// How long it says it lives (`exp − iat`).
    pub lifetime: Option<Duration>,
    /// When it says it was made, since the beginning of 1970 on the server's clock (`iat`).
    pub issued_at: Option<Duration>,
    /// When it says it ends, on the same clock (`exp`).
    pub expires_at: Option<Duration>,
    /// Whether it has a signature at all (RFC 7518 section 3.6).
    pub is_signed: bool,
}

impl Hint {
    /// Reads what a token says about itself: nothing, if it is not a JWT.
    #[must_use]
    pub fn of(token: &str, names: &dialect::Claims) -> Self {
        let Some((claims, is_signed)) = read(token) else { return Self::default() };
        let id = |name: &str| claims.custom.get(name).and_then(facts::id);
        Self {
            account_id: id(&names.account),
            session_id: id(&names.session),
            lifetime: life(&claims),
            issued_at: since_1970(claims.issued_at.map(|at| at.timestamp())),
            expires_at: since_1970(claims.expiration.map(|at| at.timestamp())),
            is_signed,
        }
    }
}

impl Hint {
    /// Whether the token belongs where the other does and is later than it, as far as both say.
    fn may_succeed(&self, held: &Self) -> bool {
        let agrees = |new: &Option<String>, old: &Option<String>| match (new, old) {
            (Some(new), Some(old)) => new == old,
            (None, _) | (_, None) => true,
        };
        let is_later = match (self.expires_at, held.expires_at) {
            (Some(new), Some(old)) => new > old,
            (None, _) | (_, None) => true,
        };
        let is_older = match (self.issued_at, held.issued_at) {
            (Some(new), Some(old)) => new < old,
            (None, _) | (_, None) => false,
        };
        agrees(&self.account_id, &held.account_id)
            && agrees(&self.session_id, &held.session_id)
            && is_later
            && !is_older
    }
}

impl Dialect {
    /// Reads the token that came in the [`Self::new_token_header`] of an ordinary answer.
    ///
    /// Nothing vouches for it but itself, so it must say whose it is and how long it lives; else there is
    /// no use for it, and the answer is taken as if it had carried none. A cache or a proxy may repeat an old answer: a token
    /// that is no later than the one the request was `sent_with`, that has expired at `now` by the server's clock, that is
    /// not signed or that names another session is ignored as well.
    #[must_use]
    pub fn header_grant(&self, value: &str, sent_with: &Access, now: Option<Wall>) -> Option<HeaderGrant> {
        let token = value.trim_ascii();
        let hint = Hint::of(token, &self.claims);
        let held = sent_with.token().map(|held| Hint::of(held.expose(), &self.claims)).unwrap_or_default();
        if !hint.is_signed || !hint.may_succeed(&held) {
            return None;
        }
        let now = now.map(|now| Duration::from_millis(now.0));
        let left = match (hint.expires_at, now) {
            (Some(end), Some(now)) => plausible(end.checked_sub(now)?)?,
            (None, _) | (_, None) => MAX_LIFETIME,
        };
        Some(HeaderGrant {
            access: Secret::new(token),
            lifetime: hint.lifetime?.min(left),
            account_id: hint.account_id?,
            session_id: hint.session_id,
        })
    }
}

/// Whether a text can be sent as a bearer token: the `b64token` of RFC 6750 section 2.1, of bearable size.
#[must_use]
pub fn is_bearer(token: &str) -> bool {
    let body = token.trim_end_matches('=');
    !body.is_empty()
        && token.len() <= MAX_TOKEN_BYTES
        && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte))
}

/// A lifetime that can be worked with: nothing under a second, nothing over [`MAX_LIFETIME`].
///
/// A token that is over as soon as it begins would be replaced without end, so it is treated as one that
/// says nothing about its life: it is used until it is refused.
#[must_use]
pub fn plausible(lifetime: Duration) -> Option<Duration> {
    (lifetime.as_secs() > 0).then(|| lifetime.min(MAX_LIFETIME))
}

/// Whether a text can be sent as a refresh token: the visible characters of RFC 6749 appendix A.17, of bearable size.
#[must_use]
pub fn is_refresh_token(token: &str) -> bool {
    !token.is_empty()
        && token.len() <= MAX_TOKEN_BYTES
        && token.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
}

/// The claims of a JWT, unverified.
pub(crate) fn claims(token: &str) -> Option<Claims<Map<String, Value>>> {
    read(token).map(|(claims, _)| claims)
}

/// The same, and whether it has a signature.
fn read(token: &str) -> Option<(Claims<Map<String, Value>>, bool)> {
    if !is_bearer(token) {
        return None;
    }
    let token = UntrustedToken::new(token).ok()?;
    let is_signed = !token.signature_bytes().is_empty() && !token.algorithm().eq_ignore_ascii_case("none");
    Some((token.deserialize_claims_unchecked().ok()?, is_signed))
}

fn since_1970(timestamp: Option<i64>) -> Option<Duration> {
    u64::try_from(timestamp?).ok().map(Duration::from_secs)
}

fn life<T>(claims: &Claims<T>) -> Option<Duration> {
    let seconds = claims.expiration?.timestamp().checked_sub(claims.issued_at?.timestamp())?;
    plausible(Duration::from_secs(u64::try_from(seconds).ok()?))
}

/// The longest token that is accepted. It has to fit into a request header again, and common servers take no
/// more than this for all headers together (Node.js 16 KiB; nginx and Apache 8 KiB for one).
const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// The longest lifetime that is believed: 400 days, the longest a browser keeps a cookie (RFC 6265bis section
/// 5.5). Every moment computed with it stays one that a date can show.
pub const MAX_LIFETIME: Duration = Duration::from_secs(400 * 24 * 60 * 60);
