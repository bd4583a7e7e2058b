//! What the queue says.

use super::{
    fetch_failure, fill,
    number::{Group, count},
    t,
};
use crate::client::FetchError;

/// How much of the file has left: `43 % of 12 MB sent`.
#[must_use]
pub fn sent(percent: u64, size: &str) -> String {
    if percent >= 100 {
        return t().queue.sent_all.to_owned();
    }
    fill(t().queue.sent, &[("percent", &percent.to_string()), ("size", size)])
}

/// Why a file was not sent.
#[must_use]
pub fn not_sent(error: &FetchError) -> String {
    match error {
        // Browsers give the same sign for a connection that failed and for a file that is not the same any more.
        FetchError::Network => t().queue.not_sent_network.to_owned(),
        error @ (FetchError::SignedOut
        | FetchError::AccountChanged
        | FetchError::Unavailable
        | FetchError::TimedOut
        | FetchError::Status { .. }
        | FetchError::Unreadable) => fill(t().queue.not_sent, &[("why", &fetch_failure(error))]),
    }
}

/// A text about a file: its accessible names, and what becomes of it.
#[must_use]
pub fn of_file(text: &str, file: &str) -> String {
    fill(text, &[("file", file)])
}

/// How far a job is, after its state.
#[must_use]
pub fn percent(percent: u64) -> String {
    fill(t().queue.percent, &[("percent", &percent.to_string())])
}

/// The accessible name of the link to the rows that were not taken.
#[must_use]
pub fn rejected_of(rejected: u64, file: &str, group: Group) -> String {
    // The name of a file is put in last, because it may look like a place for something else.
    fill(&count(t().queue.rejected_of, rejected, group), &[("file", file)])
}

/// What became of the rows of a file.
#[must_use]
pub fn taken(accepted: u64, rejected: u64, group: Group) -> String {
    match (accepted, rejected) {
        (0, 0) => t().queue.no_rows.to_owned(),
        (_, 0) => count(t().queue.rows_taken, accepted, group),
        (0, _) => count(t().queue.none_taken, rejected, group),
        _ => fill(&count(t().queue.some_taken, accepted, group), &[("rejected", &group(rejected))]),
    }
}

/// What a screen reader hears at the end of a job.
#[must_use]
pub fn ended(file: &str, state: &str, message: Option<&str>) -> String {
    let message = message.and_then(|message| beside(state, message)).unwrap_or_default();
    format!("{file}: {state}. {message}").trim_end().to_owned()
}

/// What the server says of a job, where the state does not say it all.
#[must_use]
pub fn beside<'a>(state: &str, message: &'a str) -> Option<&'a str> {
    (state != t().queue.cancelled || message != CANCELLED_BY_PERSON).then_some(message)
}

/// When a job could not be cancelled or retried.
#[must_use]
pub fn not_done(text: &str, file: &str, why: &str) -> String {
    fill(text, &[("file", file), ("why", why)])
}

/// What the server says of every job that was cancelled.
const CANCELLED_BY_PERSON: &str = "You cancelled it.";

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn what_the_state_says_is_not_said_again() {
        assert_eq!(
            ended("people.csv", t().queue.cancelled, Some("You cancelled it.")),
            "people.csv: Cancelled."
        );
        assert_eq!(
            ended("people.csv", t().queue.cancelled, Some("The server was stopped.")),
            "people.csv: Cancelled. The server was stopped."
        );
        assert_eq!(
            ended("people.csv", t().queue.broken, Some("It is empty.")),
            "people.csv: Failed. It is empty."
        );
        assert_eq!(ended("people.csv", t().queue.done, None), "people.csv: Done.");
    }
}
