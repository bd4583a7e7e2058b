//! What an access token says about itself.
//!
//! Nothing here is verified, and nothing could be: the application has no key. What a token says is a hint, good
//! enough to know when to ask for the next one, and never a permission. Its `exp` is never compared with
//! a clock; only the length of its life, `exp − iat`, is taken, so a device clock that is wrong by a day
//! changes nothing.

use core::time::Duration;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use jwt_compact::UntrustedToken;
use perennial_session::{Access, HeaderGrant, Secret, Wall};
use serde_json::Value;

use crate::{
    answers::facts,
    dialect::{Claims, Dialect},
    json,
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
    pub fn of(token: &str, names: &Claims) -> Self {
        let Some(claims) = claims(token, [&*names.account, &*names.session, ISSUED_AT, EXPIRES]) else {
            return Self::default();
        };
        let id = |name: &str| claims.get(name).and_then(facts::id);
        let at = |name: &str| claims.get(name).and_then(second);
        let (issued_at, expires_at) = (at(ISSUED_AT), at(EXPIRES));
        let life = || plausible(Duration::from_secs(u64::try_from(expires_at? - issued_at?).ok()?));
        Self {
            account_id: id(&names.account),
            session_id: id(&names.session),
            lifetime: life(),
            issued_at: since_1970(issued_at),
            expires_at: since_1970(expires_at),
            is_signed: is_signed(token),
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
    /// Nothing vouches for it but itself, so it must say whose it is, and how long it lives unless the configuration
    /// does; else there is no use for it, and the answer is taken as if it had carried none. A cache or a proxy may repeat
    /// an old answer: a token that is no later than the one the request was `sent_with`, that has expired at `now` by the
    /// server's clock, that is not signed or that names another session is ignored as well.
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
            lifetime: hint.lifetime.or(self.access_lifetime())?.min(left),
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

/// These claims of a JWT, unverified.
pub(crate) fn claims<'a>(token: &str, names: impl IntoIterator<Item = &'a str>) -> Option<Value> {
    if !is_bearer(token) {
        return None;
    }
    UntrustedToken::new(token).ok()?;
    let written = Base64UrlUnpadded::decode_vec(token.split('.').nth(1)?).ok()?;
    json::object(&written, names)
}

/// Whether a JWT has a signature at all (RFC 7518 section 3.6).
fn is_signed(token: &str) -> bool {
    let Ok(token) = UntrustedToken::new(token) else { return false };
    !token.signature_bytes().is_empty() && !token.algorithm().eq_ignore_ascii_case("none")
}

fn since_1970(second: Option<i64>) -> Option<Duration> {
    u64::try_from(second?).ok().map(Duration::from_secs)
}

/// A `NumericDate` of RFC 7519 section 2, without the fraction of its second. `None` for a year that has more than four
/// digits.
fn second(value: &Value) -> Option<i64> {
    let second = facts::number(value).filter(|second| second.abs() <= LATEST_S)?;
    let whole = i64::try_from(Duration::try_from_secs_f64(second.abs()).ok()?.as_secs()).ok()?;
    Some(if second < 0.0 { -whole } else { whole })
}

const ISSUED_AT: &str = "iat";
const EXPIRES: &str = "exp";

/// The end of the year 9999, in seconds.
const LATEST_S: f64 = 253_402_300_799.0;

/// The longest token that is accepted. It has to fit into a request header again, and common servers take no
/// more than this for all headers together (Node.js 16 KiB; nginx and Apache 8 KiB for one).
const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// The longest lifetime that is believed: 400 days, the longest a browser keeps a cookie (RFC 6265bis section
/// 5.5). Every moment computed with it stays one that a date can show.
pub const MAX_LIFETIME: Duration = Duration::from_secs(400 * 24 * 60 * 60);
