//! The response side: what an answer means, by this table and no other.
//!
//! | asked | answer | meaning |
//! |---|---|---|
//! | sign-in | 2xx with a usable token, or a cookie beside what is not listed as refused | granted |
//! | | 401 | wrong credentials, or refused in the words that the body has for people |
//! | | what the dialect lists as refused | refused, with those words |
//! | any of these | 401 with a page and without `WWW-Authenticate`, or a redirect | unknown: something in front of the backend |
//! | sign-in | 403 with the reference backend's word for it | from a wrong origin |
//! | | 429 with `Retry-After` | later |
//! | refresh | 2xx with a usable token, or a cookie beside what is not listed as refused | granted |
//! | | 401, or what the dialect lists as refused | refused, with the reason the body gives |
//! | | 429 or 503 with `Retry-After` | later |
//! | validate | 401, or what the dialect lists as refused | unauthorized, with the reason the body gives |
//! | | any other 2xx with a JSON object | valid |
//! | sign-out | 2xx, empty or JSON | done |
//! | | 401, 404 | no session was recognised; it may go on |
//! | the time | any with a `Date` | that |
//! | any | anything else | unknown |
//!
//! Bodies are read by [`json`], so that nothing but the facts that a dialect names can be wrong with one.
//! A token is usable if it can be sent as a bearer token. Where cookies are the credentials, a JSON object says that they
//! are there, and after a refresh so does an empty answer. A 2xx must be JSON to count, because a captive portal answers
//! 200 with a page of its own, and it must not contradict itself: `{"authenticated": false}` says nothing, neither that
//! the session is good nor that it is over.
//! The time is taken from any answer that did not come out of a cache, whatever its status.

pub(crate) mod facts;
mod grant;
mod refused;

use core::{fmt, time::Duration};

use perennial_session::{
    Access, AccessBy, Answer, CallKind, ClockAnswer, Confirmed, Doubt, Grant, HeaderGrant, RefreshAnswer,
    SignInAnswer, SignInForm, SignOutAnswer, ValidateAnswer, Wall,
};
use serde_json::Value;

use crate::{
    dialect::{Dialect, Gateway401},
    http_date::since_1970,
    json, oauth,
    retry_after::retry_after,
    token::Hint,
};

/// An answer as it came over the wire. `Debug` shows neither the body, which may hold a token, nor the fresh one.
#[derive(Clone, PartialEq, Eq)]
pub struct WireAnswer {
    /// The HTTP status; 0 for a redirect, of which the browser lets nothing be seen.
    pub status: u16,
    /// The header `Retry-After`.
    pub retry_after: Option<String>,
    /// The header `Date`.
    pub date: Option<String>,
    /// The header `Age`, which only an answer out of a cache has.
    pub age: Option<String>,
    /// The header `Content-Type`.
    pub content_type: Option<String>,
    /// The header `WWW-Authenticate`.
    pub www_authenticate: Option<String>,
    /// The header that the dialect names for a fresh token ([`Dialect::new_token_header`]).
    pub new_token: Option<String>,
    /// The body.
    pub body: Vec<u8>,
    /// When the answer came, in milliseconds since 1970 on the device's clock.
    pub received_wall_ms: u64,
}

impl fmt::Debug for WireAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WireAnswer")
            .field("status", &self.status)
            .field("retry_after", &self.retry_after)
            .field("date", &self.date)
            .field("age", &self.age)
            .field("content_type", &self.content_type)
            .field("body_bytes", &self.body.len())
            .field("received_wall_ms", &self.received_wall_ms)
            .finish()
    }
}

impl WireAnswer {
    /// What time it was at the server when it answered, if the answer says so (`Date`, RFC 9110 section 6.6.1).
    ///
    /// An answer out of a cache says when somebody else asked; it tells no time.
    #[must_use]
    pub fn server_date(&self) -> Option<Wall> {
        server_date(self.date.as_deref(), self.age.as_deref())
    }

    /// The same as a length, since the beginning of 1970.
    fn server_time(&self) -> Option<Duration> {
        self.server_date().map(|date| Duration::from_millis(date.0))
    }
}

/// What time it was at the server, by the headers `Date` and `Age` of its answer.
#[must_use]
pub fn server_date(date: Option<&str>, age: Option<&str>) -> Option<Wall> {
    let from_cache = age.is_some_and(|age| age.trim_ascii() != "0");
    let date = date.filter(|_| !from_cache).and_then(since_1970)?;
    u64::try_from(date.as_millis()).ok().map(Wall)
}

impl Dialect {
    /// Says what the server answered to a call.
    #[must_use]
    pub fn answer(&self, call: &CallKind, wire: &WireAnswer) -> Answer {
        match call {
            CallKind::SignIn(form) => Answer::SignIn(self.to_sign_in(form, wire)),
            CallKind::Refresh { account, .. } => Answer::Refresh(self.to_refresh(account.as_deref(), wire)),
            CallKind::Validate { access } => Answer::Validate(self.to_validate(access, wire)),
            CallKind::Clock => Answer::Clock(to_clock(wire)),
            CallKind::SignOut { .. } => Answer::SignOut(self.to_sign_out(wire)),
        }
    }

    fn to_sign_in(&self, form: &SignInForm, wire: &WireAnswer) -> SignInAnswer {
        match (wire.status, retry_after(wire)) {
            (200..=299, _) => match self.sign_in_grant(form, wire) {
                Some(grant) if is_seen(&grant) || !self.is_listed(&self.refused_sign_in, wire) => {
                    SignInAnswer::Granted(grant)
                }
                Some(_) | None if self.is_listed(&self.refused_sign_in, wire) => {
                    SignInAnswer::Refused { message: self.message(wire) }
                }
                Some(_) | None => SignInAnswer::Unknown(Doubt::Unreadable),
            },
            (401, _) if self.is_of_gateway(wire) => SignInAnswer::Unknown(Doubt::Gateway),
            (401, _) => match self.message(wire) {
                None => SignInAnswer::WrongCredentials,
                message => SignInAnswer::Refused { message },
            },
            (403, _) if self.is_of_wrong_origin(wire) => SignInAnswer::WrongOrigin,
            (400..=499, _) if self.is_listed(&self.refused_sign_in, wire) => {
                SignInAnswer::Refused { message: self.message(wire) }
            }
            (429, Some(wait)) => SignInAnswer::Later(wait),
            (status, _) => SignInAnswer::Unknown(doubt(status)),
        }
    }

    fn to_refresh(&self, account: Option<&str>, wire: &WireAnswer) -> RefreshAnswer {
        match (wire.status, retry_after(wire)) {
            (200..=299, _) => match self.refresh_grant(account, wire) {
                Some(grant) if is_seen(&grant) || !self.is_listed(&self.refused, wire) => {
                    RefreshAnswer::Granted(grant)
                }
                Some(_) | None if self.is_listed(&self.refused, wire) => {
                    RefreshAnswer::Refused(self.refusal(wire))
                }
                Some(_) | None => RefreshAnswer::Unknown(Doubt::Unreadable),
            },
            (401, _) if self.is_of_gateway(wire) => RefreshAnswer::Unknown(Doubt::Gateway),
            (401, _) => RefreshAnswer::Refused(self.refusal(wire)),
            (400..=499, _) if self.is_listed(&self.refused, wire) => {
                RefreshAnswer::Refused(self.refusal(wire))
            }
            (429 | 503, Some(wait)) => RefreshAnswer::Later(wait),
            (status, _) => RefreshAnswer::Unknown(doubt(status)),
        }
    }

    fn to_validate(&self, access: &Access, wire: &WireAnswer) -> ValidateAnswer {
        match wire.status {
            200..=299 | 400..=499 if self.is_listed(&self.refused_validate, wire) => {
                ValidateAnswer::Unauthorized(self.refusal(wire))
            }
            200..=299 => self
                .confirmed(access, wire)
                .map_or(ValidateAnswer::Unknown(Doubt::Unreadable), ValidateAnswer::Valid),
            401 if self.is_of_gateway(wire) => ValidateAnswer::Unknown(Doubt::Gateway),
            401 => ValidateAnswer::Unauthorized(self.refusal(wire)),
            status => ValidateAnswer::Unknown(doubt(status)),
        }
    }

    fn to_sign_out(&self, wire: &WireAnswer) -> SignOutAnswer {
        if self.is_of_gateway(wire) { SignOutAnswer::Unknown(Doubt::Gateway) } else { to_sign_out(wire) }
    }

    /// Whether something in front of the backend gave this answer, and so nothing was said about the session. The backend
    /// speaks JSON, says with which scheme it is to be asked (RFC 9110 section 15.5.2) where it says anything else, and
    /// sends nobody to another place.
    #[must_use]
    pub fn is_from_between(
        &self,
        status: u16,
        content_type: Option<&str>,
        www_authenticate: Option<&str>,
    ) -> bool {
        let media_type = content_type.and_then(|it| it.split(';').next()).unwrap_or_default();
        let is_page = media_type.trim_ascii().eq_ignore_ascii_case("text/html");
        let is_told_apart = match self.gateway_401 {
            Gateway401::Doubt => true,
            Gateway401::Refused => false,
        };
        status == 0 || (is_told_apart && status == 401 && is_page && www_authenticate.is_none())
    }

    fn is_of_gateway(&self, wire: &WireAnswer) -> bool {
        self.is_from_between(wire.status, wire.content_type.as_deref(), wire.www_authenticate.as_deref())
    }

    fn confirmed(&self, access: &Access, wire: &WireAnswer) -> Option<Confirmed> {
        let body = self.consistent_body(wire)?;
        let now = wire.server_time();
        let of_token = access.token().and_then(|token| Hint::of(token.expose(), &self.claims).lifetime);
        Some(Confirmed {
            account: self.account(&body),
            lifetime: self.lifetime(&body, &self.answers.expires_in, now),
            whole_lifetime: of_token.or(self.access_lifetime()),
            session_lifetime: self.lifetime(&body, &self.answers.session_expires_in, now),
            landing: self.landing(&body),
            renewed: self.renewed(access, wire),
        })
    }

    /// The fresh token beside the body. Where a cookie authorises, a token is none of script's business.
    fn renewed(&self, access: &Access, wire: &WireAnswer) -> Option<HeaderGrant> {
        let value = wire.new_token.as_deref().filter(|_| self.access == AccessBy::Token)?;
        self.header_grant(value, access, wire.server_date())
    }

    /// What a body says of all that the dialect asks for.
    fn body(&self, wire: &WireAnswer) -> Option<Value> {
        json::object(&wire.body, self.paths())
    }

    /// The same of a body that does not say no while its status says yes.
    fn consistent_body(&self, wire: &WireAnswer) -> Option<Value> {
        self.body(wire).filter(is_consistent)
    }

    fn paths(&self) -> impl Iterator<Item = &str> {
        self.answers.paths().chain(VERDICTS).chain([oauth::ID_TOKEN])
    }
}

/// Whether a grant shows its credential. Where it is a cookie, nothing but what the body says can tell a grant from a
/// refusal.
fn is_seen(grant: &Grant) -> bool {
    grant.access.token().is_some()
}

/// Who answers does not matter: any gateway on the way has a better clock than a device whose clock is in doubt.
fn to_clock(wire: &WireAnswer) -> ClockAnswer {
    wire.server_date().map_or(ClockAnswer::Unknown(Doubt::Unreadable), ClockAnswer::Date)
}

/// A 401 or 404 confirms nothing: it may be the token alone that is refused, while what refreshes it lives on.
fn to_sign_out(wire: &WireAnswer) -> SignOutAnswer {
    let is_readable = || {
        json::is_empty(&wire.body) || json::object(&wire.body, VERDICTS).is_some_and(|it| is_consistent(&it))
    };
    match wire.status {
        200..=299 if is_readable() => SignOutAnswer::Done,
        200..=299 => SignOutAnswer::Unknown(Doubt::Unreadable),
        status @ (401 | 404) => SignOutAnswer::NoSession { status },
        status => SignOutAnswer::Unknown(doubt(status)),
    }
}

pub(crate) fn doubt(status: u16) -> Doubt {
    if status == 0 { Doubt::Gateway } else { Doubt::Status(status) }
}

fn is_consistent(body: &Value) -> bool {
    !VERDICTS.iter().any(|name| body.get(name) == Some(&Value::Bool(false)))
}

/// The fields by which backends say in the body what others say by the status alone.
const VERDICTS: [&str; 2] = ["authenticated", "success"];
