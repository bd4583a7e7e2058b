//! The state of a session, in words.

use perennial_session::{
    Doubt, Health, RefreshCause, Refusal, SignInFailure, SignOutReason, Snapshot, Status, Wall,
};

use super::{fill, left, length, t};

/// The session in one line: what a screen reader is told when it changes, and the rest, which ticks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chip {
    /// Says what kind of state it is; it changes only with the kind.
    pub said: String,
    /// Says how long, and is hidden from screen readers.
    pub counted: String,
}

/// Says how the session is doing; `clock` says a moment in the reader's time zone.
#[must_use]
pub fn chip(snapshot: &Snapshot, now: Wall, clock: fn(Wall) -> String) -> Chip {
    let texts = &t().session;
    let restoring = snapshot.status == Status::Restoring;
    let calm = if restoring { texts.restoring } else { texts.signed_in };
    let (said, counted) = match snapshot.health {
        Health::Fresh => match snapshot.next_refresh {
            Some(at) if !restoring => {
                (calm.to_owned(), after_a_dot(&fill(texts.next_refresh, &[("when", &inside(at, now))])))
            }
            _ => (calm.to_owned(), String::new()),
        },
        Health::Resting => (calm.to_owned(), after_a_dot(texts.when_needed)),
        // A refresh takes a blink and concerns nobody: it is shown, not announced.
        Health::Refreshing if restoring => (calm.to_owned(), String::new()),
        Health::Refreshing => (calm.to_owned(), after_a_dot(texts.refreshing_now)),
        Health::Retrying { at, .. } => (texts.retrying.to_owned(), format!(" {}", inside(at, now))),
        Health::WaitingForServer { until } => {
            (fill(texts.waiting, &[("clock", &clock(until))]), String::new())
        }
        Health::Offline => (texts.offline.to_owned(), String::new()),
        Health::Unconfirmed { .. } => (fill(texts.unconfirmed, &[("calm", calm)]), String::new()),
    };
    Chip { said, counted }
}

/// Says how the session is doing in a sentence, with what is wrong and what happens next.
#[must_use]
pub fn health(health: Health, now: Wall, clock: fn(Wall) -> String) -> String {
    let texts = &t().session;
    match health {
        Health::Fresh => texts.fresh.to_owned(),
        Health::Resting => texts.resting.to_owned(),
        Health::Refreshing => texts.refreshing.to_owned(),
        // Neither time nor another attempt helps: the gateway shows its page when the address is loaded again.
        Health::Retrying { why: Doubt::Gateway, .. } | Health::Unconfirmed { why: Doubt::Gateway } => {
            t().request.gateway.to_owned()
        }
        Health::Retrying { at, why } => {
            fill(texts.retrying_why, &[("when", &inside(at, now)), ("why", &doubt(why))])
        }
        Health::WaitingForServer { until } => fill(texts.waiting_asked, &[("clock", &clock(until))]),
        Health::Offline => texts.offline_calm.to_owned(),
        Health::Unconfirmed { why } => fill(texts.unconfirmed_why, &[("why", &doubt(why))]),
    }
}

/// Says what the ring shows: how long, and until what.
#[must_use]
pub fn next_refresh(snapshot: &Snapshot, now: Wall) -> (String, &'static str) {
    let texts = &t().session;
    let count = |at: Wall| left(at.0.saturating_sub(now.0));
    match (snapshot.health, snapshot.next_refresh) {
        (Health::Retrying { at, .. } | Health::WaitingForServer { until: at }, _) => {
            (count(at), texts.to_next_try)
        }
        (Health::Offline, _) => (texts.paused.to_owned(), texts.while_offline),
        (Health::Resting, _) => (texts.paused.to_owned(), texts.until_needed),
        (_, Some(at)) => (count(at), texts.to_next_refresh),
        (Health::Refreshing, None) => (texts.now.to_owned(), texts.refreshing_now),
        (Health::Fresh | Health::Unconfirmed { .. }, None) => {
            (texts.on_demand.to_owned(), texts.no_fixed_time)
        }
    }
}

/// Says why a refresh happened.
#[must_use]
pub fn cause(cause: RefreshCause) -> &'static str {
    let texts = &t().cause;
    match cause {
        RefreshCause::Restore => texts.restore,
        RefreshCause::Scheduled => texts.scheduled,
        RefreshCause::Expired => texts.expired,
        RefreshCause::RequestRefused => texts.request_refused,
        RefreshCause::SocketRefused => texts.socket_refused,
        RefreshCause::ValidationRefused => texts.validation_refused,
        RefreshCause::Manual => texts.manual,
        RefreshCause::Header => texts.header,
        RefreshCause::OtherTab => texts.other_tab,
    }
}

/// Says why a session ended.
#[must_use]
pub fn sign_out_reason(reason: SignOutReason, inactivity_limit_s: u64) -> String {
    let texts = &t().ended;
    match reason {
        SignOutReason::ByPerson => texts.by_person.to_owned(),
        SignOutReason::Inactivity => fill(texts.inactivity, &[("limit", &length(inactivity_limit_s))]),
        SignOutReason::AbsoluteLimit | SignOutReason::Refused(Refusal::Expired) => texts.expired.to_owned(),
        SignOutReason::Refused(Refusal::Revoked) => texts.revoked.to_owned(),
        SignOutReason::Refused(Refusal::Reused) => texts.reused.to_owned(),
        SignOutReason::Refused(Refusal::Missing | Refusal::Unspecified) => texts.unspecified.to_owned(),
        SignOutReason::Refused(Refusal::Untried) => texts.untried.to_owned(),
    }
}

/// Says why a sign-in failed: what an assistive technology announces, and what follows it and may tick.
#[must_use]
pub fn sign_in_failure(failure: SignInFailure, now: Wall, clock: fn(Wall) -> String) -> Chip {
    let texts = &t().sign_in;
    let (said, counted) = match failure {
        SignInFailure::WrongCredentials => (texts.wrong.to_owned(), String::new()),
        SignInFailure::Refused => (texts.refused.to_owned(), String::new()),
        // Trying again does not help: it is the address in the bar that is wrong, or the server's list of its own.
        SignInFailure::WrongOrigin => (texts.wrong_address.to_owned(), String::new()),
        SignInFailure::TooMany { until } if until > now => (
            fill(texts.too_many, &[("clock", &clock(until))]),
            fill(texts.too_many_left, &[("left", &left(until.0 - now.0))]),
        ),
        SignInFailure::TooMany { .. } => (texts.now.to_owned(), String::new()),
        SignInFailure::CookiesNotKept => (texts.no_cookies.to_owned(), String::new()),
        SignInFailure::Unknown(Doubt::Network | Doubt::TimedOut) => (texts.network.to_owned(), String::new()),
        SignInFailure::Unknown(Doubt::Gateway) => (t().request.gateway.to_owned(), String::new()),
        SignInFailure::Unknown(why @ (Doubt::Status(_) | Doubt::Unreadable)) => {
            (fill(texts.trouble, &[("why", &doubt(why))]), String::new())
        }
    };
    Chip { said, counted }
}

fn inside(at: Wall, now: Wall) -> String {
    match at.0.saturating_sub(now.0) {
        0 => t().time.now.to_owned(),
        left_ms => fill(t().time.inside, &[("left", &left(left_ms))]),
    }
}

fn after_a_dot(text: &str) -> String {
    format!(" · {text}")
}

/// Says what was wrong, as the end of a sentence.
fn doubt(why: Doubt) -> String {
    let texts = &t().session;
    match why {
        Doubt::Network => texts.doubt_network.to_owned(),
        Doubt::TimedOut => texts.doubt_timed_out.to_owned(),
        Doubt::Status(status) => fill(texts.doubt_status, &[("status", &status.to_string())]),
        Doubt::Unreadable => texts.doubt_unreadable.to_owned(),
        Doubt::Gateway => texts.doubt_gateway.to_owned(),
    }
}

#[cfg(test)]
mod tests;
