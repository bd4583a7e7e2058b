//! The state of a session, in words.

use perennial_session::{
    Doubt, Health, RefreshCause, Refusal, SignInFailure, SignOutReason, Snapshot, Status, Wall,
};

use super::time::{left, length};

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
    let restoring = snapshot.status == Status::Restoring;
    let calm = if restoring { super::RESTORING } else { "Signed in" };
    let (said, counted) = match snapshot.health {
        Health::Fresh => match snapshot.next_refresh {
            Some(at) if !restoring => (calm.to_owned(), format!(" · next refresh {}", inside(at, now))),
            _ => (calm.to_owned(), String::new()),
        },
        // A refresh takes a blink and concerns nobody: it is shown, not announced.
        Health::Refreshing if restoring => (calm.to_owned(), String::new()),
        Health::Refreshing => (calm.to_owned(), " · refreshing".to_owned()),
        Health::Retrying { at, .. } => ("Retrying".to_owned(), format!(" {}", inside(at, now))),
        Health::WaitingForServer { until } => {
            (format!("Waiting for the server until {}", clock(until)), String::new())
        }
        Health::Offline => ("Offline".to_owned(), String::new()),
        Health::Unconfirmed { .. } => (format!("{calm}, not confirmed"), String::new()),
    };
    Chip { said, counted }
}

/// Says how the session is doing in a sentence, with what is wrong and what happens next.
#[must_use]
pub fn health(health: Health, now: Wall, clock: fn(Wall) -> String) -> String {
    match health {
        Health::Fresh => "Fresh".to_owned(),
        Health::Refreshing => "Refreshing".to_owned(),
        Health::Retrying { at, why } => format!("Retrying {}: {}", inside(at, now), doubt(why)),
        Health::WaitingForServer { until } => {
            format!("Waiting for the server until {}, as it asked", clock(until))
        }
        Health::Offline => "Offline: you stay signed in".to_owned(),
        Health::Unconfirmed { why } => format!("Not confirmed: {}. You stay signed in.", doubt(why)),
    }
}

/// Says what the ring shows: how long, and until what.
#[must_use]
pub fn next_refresh(snapshot: &Snapshot, now: Wall) -> (String, &'static str) {
    let count = |at: Wall| left(at.0.saturating_sub(now.0));
    match (snapshot.health, snapshot.next_refresh) {
        (Health::Retrying { at, .. } | Health::WaitingForServer { until: at }, _) => {
            (count(at), "to next try")
        }
        (Health::Offline, _) => ("Paused".to_owned(), "while offline"),
        (_, Some(at)) => (count(at), "to next refresh"),
        (Health::Refreshing, None) => ("Now".to_owned(), "refreshing"),
        (Health::Fresh | Health::Unconfirmed { .. }, None) => ("On demand".to_owned(), "no fixed time"),
    }
}

/// Says why a refresh happened.
#[must_use]
pub fn cause(cause: RefreshCause) -> &'static str {
    match cause {
        RefreshCause::Restore => "because the page was loaded",
        RefreshCause::Scheduled => "because the token neared its end",
        RefreshCause::RequestRefused => "because the server refused a request",
        RefreshCause::SocketRefused => "because the server refused a live connection",
        RefreshCause::ValidationRefused => "because the server did not accept the token any more",
        RefreshCause::Manual => "because you asked for it",
        RefreshCause::Header => "because the server sent a new token by itself",
        RefreshCause::OtherTab => "by another tab",
    }
}

/// Says why a session ended.
#[must_use]
pub fn sign_out_reason(reason: SignOutReason, inactivity_limit_s: u64) -> String {
    match reason {
        SignOutReason::ByPerson => "You signed out.".to_owned(),
        SignOutReason::Inactivity => {
            format!("You were signed out after {} without activity.", length(inactivity_limit_s))
        }
        SignOutReason::AbsoluteLimit | SignOutReason::Refused(Refusal::Expired) => {
            "Your session reached its time limit. Please sign in again.".to_owned()
        }
        SignOutReason::Refused(Refusal::Revoked) => "You were signed out on another device.".to_owned(),
        SignOutReason::Refused(Refusal::Reused) => {
            "Your session was ended for your safety because its credential was used a second time. Please sign in again."
                .to_owned()
        }
        SignOutReason::Refused(Refusal::Missing | Refusal::Unspecified) => {
            "Your session has ended. Please sign in again.".to_owned()
        }
    }
}

/// Says why a sign-in failed: what an assistive technology announces, and what follows it and may tick.
#[must_use]
pub fn sign_in_failure(failure: SignInFailure, now: Wall, clock: fn(Wall) -> String) -> Chip {
    let (said, counted) = match failure {
        SignInFailure::WrongCredentials => ("The email or the password is not right.".to_owned(), String::new()),
        SignInFailure::TooMany { until } if until > now => (
            format!("Too many attempts. You can try again at {}", clock(until)),
            format!(", in {}.", left(until.0 - now.0)),
        ),
        SignInFailure::TooMany { .. } => ("You can try again now.".to_owned(), String::new()),
        SignInFailure::Unknown(Doubt::Network | Doubt::TimedOut) => (
            "The server cannot be reached. What you typed is still here: sign in again when you are connected."
                .to_owned(),
            String::new(),
        ),
        // Trying again does not help: it is the address in the bar that is wrong, or the server's list of its own.
        SignInFailure::Unknown(Doubt::Status(403)) => (
            "The server accepts no sign-in from this address. Open the application by its proper address, or tell whoever runs it."
                .to_owned(),
            String::new(),
        ),
        SignInFailure::Unknown(why @ (Doubt::Status(_) | Doubt::Unreadable)) => (
            format!(
                "You could not be signed in: {}. What you typed is still here: try again in a moment.",
                doubt(why)
            ),
            String::new(),
        ),
    };
    Chip { said, counted }
}

/// Says where a person goes after signing in.
#[must_use]
pub fn return_note(page: &str) -> String {
    format!("After signing in you return to {page}.")
}

fn inside(at: Wall, now: Wall) -> String {
    match at.0.saturating_sub(now.0) {
        0 => "now".to_owned(),
        left_ms => format!("in {}", left(left_ms)),
    }
}

/// Says what was wrong, as the end of a sentence.
fn doubt(why: Doubt) -> String {
    match why {
        Doubt::Network => "the server could not be reached".to_owned(),
        Doubt::TimedOut => "the server did not answer in time".to_owned(),
        Doubt::Status(status) => format!("the server answered with status {status}"),
        Doubt::Unreadable => "the server's answer could not be understood".to_owned(),
    }
}

#[cfg(test)]
mod tests;
