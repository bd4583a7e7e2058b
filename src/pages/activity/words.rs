//! What happened, and why, in words: every change has a reason that a person can read.

use perennial_session::{Doubt, Refusal, SignInFailure, SignOutReason};

use crate::{
    platform::dates,
    record::{Outcome, What},
    texts::{self, fill, t},
};

/// What happened.
pub fn what(what: &What) -> &'static str {
    let texts = &t().happened;
    match what {
        What::Started => texts.started,
        What::SignedIn { .. } => texts.signed_in,
        What::SignInFailed(_) => texts.sign_in_failed,
        What::Refresh { outcome, .. } => match outcome {
            Outcome::Granted { .. } => texts.refreshed,
            Outcome::Failed { .. } => texts.refresh_failed,
            Outcome::Later { .. } => texts.refresh_later,
            Outcome::Refused => texts.refresh_refused,
        },
        What::Suspected => texts.suspected,
        What::ValidationFailed(_) => texts.check_failed,
        What::SignedOut(_) => texts.signed_out,
        What::SignOutTold => texts.told,
        What::SignOutUntold(_) => texts.untold,
        What::AccountChanged => texts.account_changed,
        What::WentOffline => texts.went_offline,
        What::CameOnline => texts.came_online,
        What::Slept(_) => texts.slept,
        What::ClockDoubted(_) => texts.clock_doubted,
        What::ClockWasSet(_) => texts.clock_was_set,
    }
}

/// Why, and what came of it.
pub fn why(what: &What, inactivity_limit_s: u64) -> String {
    let texts = &t().happened;
    let said = match what {
        What::Refresh { cause: of, outcome, .. } => return refresh(texts::cause(*of), outcome),
        What::SignInFailed(SignInFailure::TooMany { until }) => {
            return fill(texts.too_many, &[("clock", &dates::second(*until))]);
        }
        What::SignInFailed(SignInFailure::Unknown(why)) => return doubt(*why),
        What::ValidationFailed(why) => return fill(texts.check_failed_why, &[("doubt", &doubt(*why))]),
        What::SignOutUntold(why) => return fill(texts.untold_why, &[("doubt", &doubt(*why))]),
        What::SignedOut(SignOutReason::Inactivity) => {
            return fill(texts.out_inactivity, &[("limit", &texts::length(inactivity_limit_s))]);
        }
        What::SignedOut(reason) => out(*reason),
        What::SignInFailed(SignInFailure::WrongCredentials) => texts.wrong,
        What::SignInFailed(SignInFailure::Refused) => texts.not_accepted,
        What::SignInFailed(SignInFailure::WrongOrigin) => texts.wrong_origin,
        What::SignInFailed(SignInFailure::CookiesNotKept) => t().sign_in.no_cookies,
        What::Started => texts.started_why,
        What::SignedIn { .. } => texts.signed_in_why,
        What::Suspected => texts.suspected_why,
        What::SignOutTold => texts.told_why,
        What::AccountChanged => texts.account_changed_why,
        What::WentOffline => texts.went_offline_why,
        What::CameOnline => texts.came_online_why,
        What::Slept(_) => texts.slept_why,
        What::ClockDoubted(_) => texts.clock_doubted_why,
        What::ClockWasSet(_) => texts.clock_was_set_why,
    };
    said.to_owned()
}

fn refresh(cause: &str, outcome: &Outcome) -> String {
    let texts = &t().happened;
    match outcome {
        Outcome::Granted { .. } => sentence(cause),
        Outcome::Failed { why, retry_at } => {
            let (why, clock) = (doubt(*why), dates::second(*retry_at));
            fill(texts.refresh_failed_why, &[("doubt", &why), ("cause", cause), ("clock", &clock)])
        }
        Outcome::Later { until } => {
            fill(texts.refresh_later_why, &[("clock", &dates::second(*until)), ("cause", cause)])
        }
        Outcome::Refused => fill(texts.refresh_refused_why, &[("cause", cause)]),
    }
}

fn doubt(doubt: Doubt) -> String {
    let texts = &t().request;
    match doubt {
        Doubt::Network => texts.network.to_owned(),
        Doubt::TimedOut => texts.timed_out.to_owned(),
        Doubt::Status(status) => fill(texts.status, &[("status", &status.to_string())]),
        Doubt::Unreadable => texts.unreadable.to_owned(),
        Doubt::Gateway => texts.gateway.to_owned(),
    }
}

fn out(reason: SignOutReason) -> &'static str {
    let texts = &t().happened;
    match reason {
        SignOutReason::ByPerson => texts.out_by_person,
        // Said with the limit where it is known.
        SignOutReason::Inactivity => texts.out_inactivity,
        SignOutReason::AbsoluteLimit | SignOutReason::Refused(Refusal::Expired) => texts.out_limit,
        SignOutReason::Refused(Refusal::Revoked) => texts.out_revoked,
        SignOutReason::Refused(Refusal::Reused) => texts.out_reused,
        SignOutReason::Refused(Refusal::Missing | Refusal::Unspecified | Refusal::Untried) => {
            texts.out_refused
        }
    }
}

/// A cause is the end of a sentence; alone it is one.
fn sentence(cause: &str) -> String {
    let mut letters = cause.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).chain(['.']).collect()
}
