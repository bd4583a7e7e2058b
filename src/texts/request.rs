//! What became of a request, in words.

use super::{fill, reason, t};
use crate::client::FetchError;

/// Says why a request brought nothing. Where the server explains itself, nobody knows better.
#[must_use]
pub fn fetch_failure(error: &FetchError) -> String {
    let texts = &t().request;
    match error {
        FetchError::SignedOut => texts.signed_out.to_owned(),
        FetchError::AccountChanged => texts.account_changed.to_owned(),
        FetchError::Unavailable => texts.unavailable.to_owned(),
        FetchError::Network => texts.network.to_owned(),
        FetchError::TimedOut => texts.timed_out.to_owned(),
        FetchError::Status { status, problem } => {
            let explained = problem.as_ref().and_then(reason::of_problem);
            explained.unwrap_or_else(|| fill(texts.status, &[("status", &status.to_string())]))
        }
        FetchError::Unreadable => texts.unreadable.to_owned(),
        FetchError::Gateway => texts.gateway.to_owned(),
    }
}
