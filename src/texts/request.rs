//! What became of a request, in words.

use super::{fill, t};
use crate::client::FetchError;

/// Says why a request brought nothing. Where the server explains itself, its own words are the best there are.
#[must_use]
pub fn fetch_failure(error: &FetchError) -> String {
    let texts = &t().request;
    match error {
        FetchError::SignedOut => texts.signed_out.to_owned(),
        FetchError::AccountChanged => texts.account_changed.to_owned(),
        FetchError::Unavailable => texts.unavailable.to_owned(),
        FetchError::Network => texts.network.to_owned(),
        FetchError::TimedOut => texts.timed_out.to_owned(),
        FetchError::Status { problem: Some(problem), .. } => problem.detail.clone(),
        FetchError::Status { status, problem: None } => {
            fill(texts.status, &[("status", &status.to_string())])
        }
        FetchError::Unreadable => texts.unreadable.to_owned(),
    }
}
