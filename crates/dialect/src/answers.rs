//! The response side: what an answer means, by this table and no other.
//!
//! | asked | answer | meaning |
//! |---|---|---|
//! | sign-in | 2xx with a usable token, or a cookie beside what is not listed as refused | granted |
//! | | 401 | wrong credentials, or refused in the words that the body has for people |
//! | | what the dialect lists as refused | refused, with those words |
//! | | 403 with the reference backend's word for it | from a wrong origin |
//! | | 429 with `Retry-After` | later |
//! | refresh | 2xx with a usable token, or a cookie beside what is not listed as refused | granted |
//! | | 401, or what the dialect lists as refused | refused, with the reason the body gives |
//! | | 429 or 503 with `Retry-After` | later |
//! | validate | 401, or what the dialect lists as refused | unauthorized, with the reason the body gives |
//! | | any other 2xx with a JSON object | valid |
//! | sign-out | 2xx, empty or JSON | done |
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
mod refused;

use core::{fmt, time::Duration};
use std::sync::Arc;

use perennial_session::{
    Access, AccessBy, Account, Answer, CallKind, ClockAnswer, Confirmed, Doubt, Grant, HeaderGrant, Proof,
    RefreshAnswer, Secret, SignInAnswer, SignInForm, SignOutAnswer, ValidateAnswer, Wall,
};
use serde_json::{Value, json};

use crate::{
    address::is_own_path,
    dialect::{Dialect, Paths, RefreshCredential},
    http_date::since_1970,
    json, oauth,
    retry_after::retry_after,
    token::{Hint, is_bearer, is_refresh_token, plausible},
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
        let from_cache = self.age.as_deref().is_some_and(|age| age.trim_ascii() != "0");
        let date = self.date.as_deref().filter(|_| !from_cache).and_then(since_1970)?;
        u64::try_from(date.as_millis()).ok().map(Wall)
    }

    /// The same as a length, since the beginning of 1970.
    fn server_time(&self) -> Option<Duration> {
        self.server_date().map(|date| Duration::from_millis(date.0))
    }
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
            CallKind::SignOut { .. } => Answer::SignOut(to_sign_out(wire)),
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
            401 => ValidateAnswer::Unauthorized(self.refusal(wire)),
            status => ValidateAnswer::Unknown(doubt(status)),
        }
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
            renewed: self.renewed(wire),
        })
    }

    /// The fresh token beside the body. Where a cookie authorises, a token is none of script's business.
    fn renewed(&self, wire: &WireAnswer) -> Option<HeaderGrant> {
        let value = wire.new_token.as_deref().filter(|_| self.access == AccessBy::Token)?;
        self.header_grant(value)
    }

    /// A provider's answer to a sign-in must say who signed in, where it was asked to. Many an ID token holds no more than
    /// the identifier; even so it settles whose name userinfo may give later (OpenID Connect Core 1.0 section 5.3.2).
    fn sign_in_grant(&self, form: &SignInForm, wire: &WireAnswer) -> Option<Grant> {
        let body = self.consistent_body(wire)?;
        let mut grant = self.grant(&body, wire)?;
        if let (Some(client), Proof::Code { nonce, .. }) = (self.client(), &form.proof) {
            let claims = client.signed_in(&body, nonce, &self.answers)?;
            grant.account = claims.and_then(|claims| self.account(&claims)).or(grant.account);
        }
        Some(grant)
    }

    /// An ID token in it must name the person whose session it is (OpenID Connect Core 1.0 section 12.2). Tokens of somebody
    /// else are not taken.
    fn refresh_grant(&self, account: Option<&str>, wire: &WireAnswer) -> Option<Grant> {
        let body = if self.access == AccessBy::Cookie && json::is_empty(&wire.body) {
            json!({})
        } else {
            self.consistent_body(wire)?
        };
        let mut grant = self.grant(&body, wire)?;
        let claims = self.client().and_then(|client| client.refreshed(&body, &self.answers));
        let named = claims.and_then(|claims| self.account(&claims));
        if named.as_ref().zip(account).is_some_and(|(named, account)| named.id != account) {
            return None;
        }
        grant.account = named.or(grant.account);
        Some(grant)
    }

    /// The ID token of an answer that grants something, where there is one and it is good.
    #[must_use]
    pub fn id_token(&self, call: &CallKind, wire: &WireAnswer) -> Option<Secret> {
        let is_granted = match self.answer(call, wire) {
            Answer::SignIn(SignInAnswer::Granted(_)) | Answer::Refresh(RefreshAnswer::Granted(_)) => true,
            Answer::SignIn(_)
            | Answer::Refresh(_)
            | Answer::Validate(_)
            | Answer::Clock(_)
            | Answer::SignOut(_) => false,
        };
        let client = self.client().filter(|_| is_granted)?;
        let body = self.body(wire)?;
        client.refreshed(&body, &self.answers)?;
        body.get(oauth::ID_TOKEN)?.as_str().map(Secret::new)
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
            lifetime: self
                .lifetime(body, &answers.expires_in, now)
                .or(hint.lifetime)
                .or(self.access_lifetime()),
            account: self.account(body).or_else(|| self.account_of_token(hint.account_id)),
            session_id: facts::first(body, &answers.session_id, facts::id).or(hint.session_id),
            session_lifetime: self.lifetime(body, &answers.session_expires_in, now),
            landing: self.landing(body),
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

    /// How long an access credential lives by the configuration.
    pub(crate) fn access_lifetime(&self) -> Option<Duration> {
        self.access_lifetime_s.map(Duration::from_secs).and_then(plausible)
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
        let derived = || if email.is_empty() { id.clone() } else { email.clone() };
        let name = facts::first(body, &answers.user_name, facts::text).map(str::to_owned);
        let name = name.or_else(|| facts::joined(body, &answers.user_name_parts)).unwrap_or_else(derived);
        let roles = facts::first(body, &answers.user_roles, facts::words).unwrap_or_default();
        Some(Arc::new(Account { id, name, email, roles }))
    }

    /// An account of which no more than the identifier is known; only where nobody can be asked for more.
    fn account_of_token(&self, id: Option<String>) -> Option<Arc<Account>> {
        let id = id.filter(|_| self.endpoints.validate.is_none())?;
        Some(Arc::new(Account { name: id.clone(), id, email: String::new(), roles: Vec::new() }))
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

/// A 401 is a doubt here as well: it may be the token alone that is refused, while the cookie lives on.
fn to_sign_out(wire: &WireAnswer) -> SignOutAnswer {
    let is_readable = || {
        json::is_empty(&wire.body) || json::object(&wire.body, VERDICTS).is_some_and(|it| is_consistent(&it))
    };
    match wire.status {
        200..=299 if is_readable() => SignOutAnswer::Done,
        200..=299 => SignOutAnswer::Unknown(Doubt::Unreadable),
        status => SignOutAnswer::Unknown(doubt(status)),
    }
}

pub(crate) fn doubt(status: u16) -> Doubt {
    if status == 0 { Doubt::Unreadable } else { Doubt::Status(status) }
}

fn is_consistent(body: &Value) -> bool {
    !VERDICTS.iter().any(|name| body.get(name) == Some(&Value::Bool(false)))
}

/// The fields by which backends say in the body what others say by the status alone.
const VERDICTS: [&str; 2] = ["authenticated", "success"];
