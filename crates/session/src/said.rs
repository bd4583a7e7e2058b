//! What happened, in words for the console of those who look for more than its lines.

use core::fmt;

use crate::{Happened, RefreshCause, Refusal, SignInFailure, SignOutReason};

impl fmt::Display for Happened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Started => f.write_str("Page loaded"),
            Self::SignedIn => f.write_str("Signed in"),
            Self::SignInFailed(failure) => write!(f, "Sign-in failed: {failure}"),
            Self::RefreshSent { cause, failures: 0 } => write!(f, "Asking for a token: {cause}"),
            Self::RefreshSent { cause, failures } => {
                write!(f, "Asking for a token again after {failures} failures: {cause}")
            }
            Self::Refreshed { cause, took } => {
                write!(f, "Token granted after {} ms: {cause}", took.as_millis())
            }
            Self::RefreshFailed { why, .. } => write!(f, "No token: {why}"),
            Self::RefreshLater { .. } => f.write_str("No token: the server asks to wait"),
            Self::RefreshCutOff => f.write_str("No token: the page is being left"),
            Self::Suspected => f.write_str("A token was refused (401)"),
            Self::SocketsRenewed(count) => write!(f, "Live connections with the new token: {count}"),
            Self::ValidationFailed(why) => write!(f, "Session not confirmed: {why}"),
            Self::SignedOut(reason) => write!(f, "Session ended: {reason}"),
            Self::SignOutTold => f.write_str("The server knows of the sign-out"),
            Self::SignOutUntold(why) => write!(f, "The server could not be told of the sign-out: {why}"),
            Self::AccountChanged => f.write_str("Another account is signed in on this device"),
            Self::WentOffline => f.write_str("The device says that it is offline"),
            Self::CameOnline => f.write_str("The network is back"),
            Self::Slept(time) => write!(f, "The device slept for {} s", time.as_secs()),
            Self::ClockDoubted(time) => {
                write!(f, "The device slept for {} s, or its clock was set", time.as_secs())
            }
            Self::ClockWasSet(time) => write!(f, "The device's clock was set by {} s", time.as_secs()),
        }
    }
}

impl fmt::Display for RefreshCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Restore => "the page was loaded",
            Self::Scheduled => "the token nears its end",
            Self::Expired => "the token had expired when it was needed again",
            Self::RequestRefused => "a request was refused (401)",
            Self::SocketRefused => "a live connection was refused",
            Self::ValidationRefused => "the session was not confirmed (401)",
            Self::Manual => "the person asked for it",
            Self::Header => "the server sent one by itself",
            Self::OtherTab => "another tab had one",
        })
    }
}

impl fmt::Display for SignInFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongCredentials => f.write_str("the address or the password is wrong"),
            Self::Refused => f.write_str("the server refused it"),
            Self::WrongOrigin => f.write_str("the server takes no sign-in from this address"),
            Self::TooMany { .. } => f.write_str("too many attempts"),
            Self::CookiesNotKept => f.write_str("the browser does not keep the server's cookies"),
            Self::Unknown(doubt) => doubt.fmt(f),
        }
    }
}

impl fmt::Display for SignOutReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ByPerson => f.write_str("the person signed out"),
            Self::Inactivity => f.write_str("nobody was there"),
            Self::AbsoluteLimit => f.write_str("its time limit was reached"),
            Self::Refused(refusal) => write!(f, "the server refused it ({refusal})"),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unspecified => "without a reason",
            Self::Untried => "without a reason, and the cookie was not seen before",
            Self::Missing => "no credential",
            Self::Revoked => "ended by somebody",
            Self::Expired => "time limit reached",
            Self::Reused => "a credential came back",
        })
    }
}
