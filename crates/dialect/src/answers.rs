//! The response side: what an answer means, by this table and no other.
//!
//! | asked | answer | meaning |
//! |---|---|---|
//! | sign-in | 2xx with a usable token | granted |
//! | | 401 | wrong credentials |
//! | | 429 with `Retry-After` | later |
//! | refresh | 2xx with a usable token | granted |
//! | | 401 | refused, with the reason the body gives |
//! | | 429 or 503 with `Retry-After` | later |
//! | validate | 2xx with a JSON object | valid |
//! | | 401 | unauthorized, with the reason the body gives |
//! | sign-out | 2xx, empty or JSON | done |
//! | the time | any with a `Date` | that |
//! | any | anything else | unknown |
//!
//! A token is usable if it can be sent as a bearer token and if its account is known, from the body or from
//! the token itself. A 2xx must be JSON to count, because a captive portal answers 200 with a page of its own.
//! The time is taken from any answer that did not come out of a cache, whatever its status.

use core::{fmt, time::Duration};
use std::sync::Arc;

use perennial_session::{
    Account, Answer, CallKind, ClockAnswer, Doubt, Grant, RefreshAnswer, Refusal, Secret, SignInAnswer,
    SignOutAnswer, ValidateAnswer, Wall,
};
use serde_json::Value;

use crate::{
    dialect::Dialect,
    http_date::since_1970,
    retry_after::retry_after,
    token::{Hint, MAX_LIFETIME, is_bearer, plausible},
};

/// An answer as it came over the wire. `Debug` shows no body: it may hold a token.
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
}

impl Dialect {
    /// Says what the server answered to a call.
    #[must_use]
    pub fn answer(&self, call: &CallKind, wire: &WireAnswer) -> Answer {
        match call {
            CallKind::SignIn(_) => Answer::SignIn(self.to_sign_in(wire)),
            CallKind::Refresh { .. } => Answer::Refresh(self.to_refresh(wire)),
            CallKind::Validate { .. } => Answer::Validate(self.to_validate(wire)),
            CallKind::Clock => Answer::Clock(to_clock(wire)),
            CallKind::SignOut { .. } => Answer::SignOut(to_sign_out(wire)),
        }
    }

    fn to_sign_in(&self, wire: &WireAnswer) -> SignInAnswer {
        match (wire.status, retry_after(wire)) {
            (200..=299, _) => {
                self.grant(wire).map_or(SignInAnswer::Unknown(Doubt::Unreadable), SignInAnswer::Granted)
            }
            (401, _) => SignInAnswer::WrongCredentials,
            (429, Some(wait)) => SignInAnswer::Later(wait),
            (status, _) => SignInAnswer::Unknown(doubt(status)),
        }
    }

    fn to_refresh(&self, wire: &WireAnswer) -> RefreshAnswer {
        match (wire.status, retry_after(wire)) {
            (200..=299, _) => {
                self.grant(wire).map_or(RefreshAnswer::Unknown(Doubt::Unreadable), RefreshAnswer::Granted)
            }
            (401, _) => RefreshAnswer::Refused(self.refusal(wire)),
            (429 | 503, Some(wait)) => RefreshAnswer::Later(wait),
            (status, _) => RefreshAnswer::Unknown(doubt(status)),
        }
    }

    fn to_validate(&self, wire: &WireAnswer) -> ValidateAnswer {
        match wire.status {
            200..=299 => match object(&wire.body) {
                Some(body) => ValidateAnswer::Valid {
                    account: self.account(&body, None),
                    session_lifetime: lifetime(&body, self.answer_fields.session_expires_in),
                },
                None => ValidateAnswer::Unknown(Doubt::Unreadable),
            },
            401 => ValidateAnswer::Unauthorized(self.refusal(wire)),
            status => ValidateAnswer::Unknown(doubt(status)),
        }
    }

    fn grant(&self, wire: &WireAnswer) -> Option<Grant> {
        let fields = &self.answer_fields;
        let body = object(&wire.body)?;
        let access = text(&body, fields.access_token).filter(|token| is_bearer(token))?;
        if text(&body, fields.token_type).is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
            return None;
        }
        let hint = Hint::of(access);
        Some(Grant {
            access: Secret::new(access),
            lifetime: lifetime(&body, fields.expires_in).or(hint.lifetime),
            account: self.account(&body, hint.account_id)?,
            session_id: text(&body, fields.session_id).map(str::to_owned).or(hint.session_id),
            session_lifetime: lifetime(&body, fields.session_expires_in),
            landing: text(&body, fields.landing).filter(|path| is_own_path(path)).map(str::to_owned),
        })
    }

    /// Reads who is meant. Only the identifier is indispensable; a name is derived where there is none.
    fn account(&self, body: &Value, fallback_id: Option<String>) -> Option<Arc<Account>> {
        let fields = &self.answer_fields;
        let id = text(body, fields.user_id).map(str::to_owned).or(fallback_id)?;
        let email = text(body, fields.user_email).unwrap_or_default().to_owned();
        let derived = if email.is_empty() { &id } else { &email };
        let name = text(body, fields.user_name).unwrap_or(derived).to_owned();
        let roles =
            body.pointer(fields.user_roles).and_then(Value::as_array).map_or_else(Vec::new, |roles| {
                roles.iter().filter_map(Value::as_str).map(str::to_owned).collect()
            });
        Some(Arc::new(Account { id, name, email, roles }))
    }

    /// Says why a 401 refuses; to be called for no other status.
    fn refusal(&self, wire: &WireAnswer) -> Refusal {
        let body = object(&wire.body);
        let reason = body.as_ref().and_then(|body| text(body, self.answer_fields.problem_reason));
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

/// A 401 is a doubt here as well: it may be the token alone that is refused, while the cookie lives on.
fn to_sign_out(wire: &WireAnswer) -> SignOutAnswer {
    match wire.status {
        200..=299 if wire.body.trim_ascii().is_empty() || object(&wire.body).is_some() => SignOutAnswer::Done,
        200..=299 => SignOutAnswer::Unknown(Doubt::Unreadable),
        status => SignOutAnswer::Unknown(doubt(status)),
    }
}

fn doubt(status: u16) -> Doubt {
    if status == 0 { Doubt::Unreadable } else { Doubt::Status(status) }
}

fn object(body: &[u8]) -> Option<Value> {
    if body.len() > MAX_BODY_BYTES {
        return None;
    }
    serde_json::from_slice(body).ok().filter(Value::is_object)
}

fn text<'a>(body: &'a Value, pointer: &str) -> Option<&'a str> {
    body.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// Reads a number of seconds; what is no number, negative or less than a second says nothing.
fn lifetime(body: &Value, pointer: &str) -> Option<Duration> {
    let seconds = body.pointer(pointer)?.as_f64()?.min(MAX_LIFETIME.as_secs_f64());
    plausible(Duration::try_from_secs_f64(seconds).ok()?)
}

/// Whether a landing place is a path of this application and cannot lead anywhere else: browsers take
/// a backslash for a slash, drop control characters, and read two slashes as the start of a host name.
fn is_own_path(path: &str) -> bool {
    path.starts_with('/') && !path.starts_with("//") && !path.chars().any(|c| c == '\\' || c.is_control())
}

/// The largest body that is read: far above any list of roles, far below what would make a page stutter.
const MAX_BODY_BYTES: usize = 256 * 1024;
