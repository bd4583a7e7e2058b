//! What became of a request, in words.

use crate::client::FetchError;

/// Says why a request brought nothing. Where the server explains itself, its own words are the best there are.
#[must_use]
pub fn fetch_failure(error: &FetchError) -> String {
    match error {
        FetchError::SignedOut => "You are signed out.".to_owned(),
        FetchError::AccountChanged => "Another account is signed in on this device now.".to_owned(),
        FetchError::Unavailable => {
            "The session could not be refreshed in time. You stay signed in.".to_owned()
        }
        FetchError::Network => "The server could not be reached.".to_owned(),
        FetchError::TimedOut => "The server did not answer in time.".to_owned(),
        FetchError::Status { problem: Some(problem), .. } => problem.detail.clone(),
        FetchError::Status { status, problem: None } => format!("The server answered with status {status}."),
        FetchError::Unreadable => "The server's answer could not be understood.".to_owned(),
    }
}
