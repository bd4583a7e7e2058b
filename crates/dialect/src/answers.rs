//! The response side: what an answer means, by this table and no other.
//!
//! | asked | answer | meaning |
//! |---|---|---|
//! | sign-in | 2xx with a usable credential | granted |
//! | | 401 | wrong credentials |
//! | any of these | 401 with a page and without `WWW-Authenticate` | unknown: something in front of the backend |
//! | | 429 with `Retry-After` | later |
//! | refresh | 2xx with a usable credential | granted |
//! | | 401, or what the dialect lists as refused | refused, with the reason the body gives |
//! | | 429 or 503 with `Retry-After` | later |
//! | validate | 2xx with a JSON object | valid |
//! | | 401 | unauthorized, with the reason the body gives |
//! | sign-out | 2xx, empty or JSON | done |
//! | | 401, 404 | no session was recognised; it may go on |
//! | the time | any with a `Date` | that |
//! | any | anything else | unknown |
//!
//! A token is usable if it can be sent as a bearer token. Where cookies are the credentials, a JSON object says that they
//! are there, and after a refresh so does an empty answer. A 2xx must be JSON to count, because a captive portal answers
//! 200 with a page of its own, and it must not contradict itself: `{"authenticated": false}` says nothing, neither that
//! the session is good nor that it is over.
//! The time is taken from any answer that did not come out of a cache, whatever its status.

pub(crate) mod facts;

use core::{fmt, time::Duration};
use std::sync::Arc;

use perennial_session::{
    Access, AccessBy, Account, Answer, CallKind, ClockAnswer, Confirmed, Doubt, Grant, HeaderGrant, Proof,
    RefreshAnswer, Refusal, Secret, SignInAnswer, SignInForm, SignOutAnswer, ValidateAnswer, Wall,
};
use serde_json::{Map, Value};

use crate::{
    address::is_own_path,
    dialect::{Dialect, Gateway401, Paths, RefreshCredential},
    http_date::since_1970,
    retry_after::retry_after,
    token::{Hint, is_bearer, is_refresh_token},
};

/// An answer as it came over the wire. `Debug` shows neither the body, which may hold a token, nor the fresh one.
#[derive(Clone, PartialEq, Eq)]
pub struct WireAnswer {
    /// The HTTP status; 0 for an answer the browser does not let be seen.
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
            CallKind::Refresh { .. } => Answer::Refresh(self.to_refresh(wire)),
            CallKind::Validate { access } => Answer::Validate(self.to_validate(access, wire)),
            CallKind::Clock => Answer::Clock(to_clock(wire)),
            CallKind::SignOut { .. } => Answer::SignOut(self.to_sign_out(wire)),
        }
    }

    fn to_sign_in(&self, form: &SignInForm, wire: &WireAnswer) -> SignInAnswer {
        match (wire.status, retry_after(wire)) {
            (200..=299, _) => self
                .sign_in_grant(form, wire)
                .map_or(SignInAnswer::Unknown(Doubt::Unreadable), SignInAnswer::Granted),
            (401, _) if self.is_of_gateway(wire) => SignInAnswer::Unknown(Doubt::Gateway),
            (401, _) => SignInAnswer::WrongCredentials,
            (429, Some(wait)) => SignInAnswer::Later(wait),
            (status, _) => SignInAnswer::Unknown(doubt(status)),
        }
    }

    fn to_refresh(&self, wire: &WireAnswer) -> RefreshAnswer {
        match (wire.status, retry_after(wire)) {
            (200..=299, _) => self
                .refresh_grant(wire)
                .map_or(RefreshAnswer::Unknown(Doubt::Unreadable), RefreshAnswer::Granted),
            (401, _) if self.is_of_gateway(wire) => RefreshAnswer::Unknown(Doubt::Gateway),
            (401, _) => RefreshAnswer::Refused(self.refusal(wire)),
            (400..=499, _) if self.is_listed_as_refused(wire) => RefreshAnswer::Refused(self.refusal(wire)),
            (429 | 503, Some(wait)) => RefreshAnswer::Later(wait),
            (status, _) => RefreshAnswer::Unknown(doubt(status)),
        }
    }

    fn to_validate(&self, access: &Access, wire: &WireAnswer) -> ValidateAnswer {
        match wire.status {
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
    /// speaks JSON, and says with which scheme it is to be asked (RFC 9110 section 15.5.2) where it says anything else.
    #[must_use]
    pub fn is_gateway_401(
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
        is_told_apart && status == 401 && is_page && www_authenticate.is_none()
    }

    fn is_of_gateway(&self, wire: &WireAnswer) -> bool {
        self.is_gateway_401(wire.status, wire.content_type.as_deref(), wire.www_authenticate.as_deref())
    }

    fn confirmed(&self, access: &Access, wire: &WireAnswer) -> Option<Confirmed> {
        let body = consistent_object(&wire.body)?;
        let now = wire.server_time();
        Some(Confirmed {
            account: self.account(&body),
            lifetime: self.lifetime(&body, &self.answers.expires_in, now),
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

    /// A provider's answer to a sign-in must say who signed in, where it was asked to. Many an ID token holds no more than
    /// the identifier; even so it settles whose name userinfo may give later (OpenID Connect Core 1.0 section 5.3.2).
    fn sign_in_grant(&self, form: &SignInForm, wire: &WireAnswer) -> Option<Grant> {
        let body = consistent_object(&wire.body)?;
        let mut grant = self.grant(&body, wire)?;
        if let (Some(client), Proof::Code { nonce, .. }) = (self.client(), &form.proof) {
            let claims = client.signed_in(&body, nonce)?;
            grant.account = claims.and_then(|claims| self.account(&claims)).or(grant.account);
        }
        Some(grant)
    }

    fn refresh_grant(&self, wire: &WireAnswer) -> Option<Grant> {
        let body = if self.access == AccessBy::Cookie && wire.body.trim_ascii().is_empty() {
            Value::Object(Map::new())
        } else {
            consistent_object(&wire.body)?
        };
        let mut grant = self.grant(&body, wire)?;
        let claims = self.client().and_then(|client| client.refreshed(&body));
        grant.account = claims.and_then(|claims| self.account(&claims)).or(grant.account);
        Some(grant)
    }

    fn grant(&self, body: &Value, wire: &WireAnswer) -> Option<Grant> {
        let answers = &self.answers;
        let (access, hint) = match self.access {
            AccessBy::Cookie => (Access::Cookie, Hint::default()),
            AccessBy::Token => {
                let token = self.access_token(body)?;
                (Access::Token(Secret::new(token)), Hint::of(token, &self.claims))
            }
        };
        let now = wire.server_time().or(hint.issued_at);
        Some(Grant {
            access,
            refresh: self.refresh_token(body)?,
            lifetime: self.lifetime(body, &answers.expires_in, now).or(hint.lifetime),
            account: self.account(body).or_else(|| self.account_of_token(hint.account_id)),
            session_id: facts::first(body, &answers.session_id, facts::id).or(hint.session_id),
            session_lifetime: self.lifetime(body, &answers.session_expires_in, now),
            landing: self.landing(body),
            sign_out_ticket: facts::first(body, &answers.sign_out_ticket, facts::text)
                .filter(|ticket| is_bearer(ticket))
                .map(Secret::new),
        })
    }

    fn access_token<'a>(&self, body: &'a Value) -> Option<&'a str> {
        let kind = facts::first(body, &self.answers.token_type, facts::text);
        if kind.is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
            return None;
        }
        facts::first(body, &self.answers.access_token, facts::text).filter(|token| is_bearer(token))
    }

    /// The refresh token: `Some(None)` where there is none or script is to hold none. One that cannot be sent makes the
    /// whole answer useless: the one before may be void already.
    fn refresh_token(&self, body: &Value) -> Option<Option<Secret>> {
        let is_sendable: fn(&str) -> bool = match self.refresh.by {
            RefreshCredential::Cookie | RefreshCredential::AccessBearer => return Some(None),
            RefreshCredential::RefreshBearer => is_bearer,
            RefreshCredential::Body { .. } => is_refresh_token,
        };
        let there = |value| Some(value).filter(|value: &&Value| !value.is_null());
        match facts::first(body, &self.answers.refresh_token, there) {
            None => Some(None),
            Some(value) => Some(Some(Secret::new(facts::text(value).filter(|token| is_sendable(token))?))),
        }
    }

    fn lifetime(&self, body: &Value, paths: &Paths, now: Option<Duration>) -> Option<Duration> {
        let unit = self.answers.expires_in_unit;
        facts::first(body, paths, |value| facts::lifetime(value, unit, now))
    }

    fn landing(&self, body: &Value) -> Option<String> {
        let path = facts::first(body, &self.answers.landing, facts::text)?;
        Some(path).filter(|path| is_own_path(path)).map(str::to_owned)
    }

    /// Reads who is meant. Only the identifier is indispensable; a name is derived where there is none.
    fn account(&self, body: &Value) -> Option<Arc<Account>> {
        let answers = &self.answers;
        let id = facts::first(body, &answers.user_id, facts::id)?;
        let email = facts::first(body, &answers.user_email, facts::text).unwrap_or_default().to_owned();
        let derived = if email.is_empty() { &id } else { &email };
        let name = facts::first(body, &answers.user_name, facts::text).unwrap_or(derived).to_owned();
        let roles = facts::first(body, &answers.user_roles, facts::words).unwrap_or_default();
        Some(Arc::new(Account { id, name, email, roles }))
    }

    /// An account of which no more than the identifier is known; only where nobody can be asked for more.
    fn account_of_token(&self, id: Option<String>) -> Option<Arc<Account>> {
        let id = id.filter(|_| self.endpoints.validate.is_none())?;
        Some(Arc::new(Account { name: id.clone(), id, email: String::new(), roles: Vec::new() }))
    }

    fn is_listed_as_refused(&self, wire: &WireAnswer) -> bool {
        let listed = || self.refused.iter().filter(|refused| refused.status == wire.status);
        if listed().next().is_none() {
            return false;
        }
        let body = object(&wire.body).unwrap_or_default();
        listed()
            .any(|refused| facts::find(&body, &refused.field).and_then(Value::as_str) == Some(&refused.value))
    }

    /// Says why a refusal refuses; to be called for nothing else.
    fn refusal(&self, wire: &WireAnswer) -> Refusal {
        let body = object(&wire.body);
        let reason = body.as_ref().and_then(|body| facts::first(body, &self.answers.reason, facts::text));
        self.refusals
            .iter()
            .find(|(word, _)| Some(*word) == reason)
            .map_or(Refusal::Unspecified, |(_, refusal)| *refusal)
    }
}

/// Who answers does not matter: any gateway on the way has a better clock than a device whose clock is in doubt.
fn to_clock(wire: &WireAnswer) -> ClockAnswer {
    wire.server_date().map_or(ClockAnswer::Unknown(Doubt::Unreadable), ClockAnswer::Date)
}

/// A 401 or 404 confirms nothing: it may be the token alone that is refused, while what refreshes it lives on.
fn to_sign_out(wire: &WireAnswer) -> SignOutAnswer {
    let is_readable = || wire.body.trim_ascii().is_empty() || consistent_object(&wire.body).is_some();
    match wire.status {
        200..=299 if is_readable() => SignOutAnswer::Done,
        200..=299 => SignOutAnswer::Unknown(Doubt::Unreadable),
        status @ (401 | 404) => SignOutAnswer::NoSession { status },
        status => SignOutAnswer::Unknown(doubt(status)),
    }
}

pub(crate) fn doubt(status: u16) -> Doubt {
    if status == 0 { Doubt::Unreadable } else { Doubt::Status(status) }
}

/// A body that is a JSON object and does not say no while its status says yes.
fn consistent_object(body: &[u8]) -> Option<Value> {
    let says_no = |body: &Value| VERDICTS.iter().any(|name| body.get(name) == Some(&Value::Bool(false)));
    object(body).filter(|body| !says_no(body))
}

pub(crate) fn object(body: &[u8]) -> Option<Value> {
    if body.len() > MAX_BODY_BYTES {
        return None;
    }
    serde_json::from_slice(body).ok().filter(Value::is_object)
}

/// The fields by which backends say in the body what others say by the status alone.
const VERDICTS: [&str; 2] = ["authenticated", "success"];

/// The largest body that is read: far above any list of roles, far below what would make a page stutter.
const MAX_BODY_BYTES: usize = 256 * 1024;
