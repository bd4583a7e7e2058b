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
        | FetchError::Unreadable
        | FetchError::Gateway) => fill(t().queue.not_sent, &[("why", &fetch_failure(error))]),
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

/// What came of a file that was read to its end, by the counts alone: the server says the same, but in one language.
#[must_use]
pub fn outcome(taken: u64, rejected: u64, group: Group) -> String {
    match (taken, rejected) {
        (0, 0) => t().queue.only_header.to_owned(),
        (taken, 0) => count(t().queue.all_taken, taken, group),
        (0, rejected) => count(t().queue.all_rejected, rejected, group),
        (taken, rejected) => {
            fill(&count(t().queue.some_rejected, taken, group), &[("rejected", &group(rejected))])
        }
    }
}

/// What a screen reader hears at the end of a job.
#[must_use]
pub fn ended(file: &str, state: &str, outcome: Option<&str>) -> String {
    format!("{file}: {state}. {}", outcome.unwrap_or_default()).trim_end().to_owned()
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

    use super::{super::spoken::in_german, *};

    #[test]
    fn what_the_state_says_is_not_said_again() {
        let (cancelled, broken) = (t().queue.cancelled, t().queue.broken);
        assert_eq!(beside(cancelled, "You cancelled it."), None);
        assert_eq!(beside(cancelled, "The server was stopped."), Some("The server was stopped."));
        assert_eq!(beside(broken, "It is empty."), Some("It is empty."));
    }

    #[test]
    fn the_end_of_a_job_is_heard_with_what_came_of_it() {
        assert_eq!(
            ended("people.csv", t().queue.broken, Some("It is empty.")),
            "people.csv: Failed. It is empty."
        );
        assert_eq!(ended("people.csv", t().queue.done, None), "people.csv: Done.");
    }

    #[test]
    fn what_came_of_a_file_is_said_in_the_language_of_the_reader() {
        let plain = |number: u64| number.to_string();
        for (taken, rejected, english, german) in [
            (
                0,
                0,
                "The file has a header and no rows.",
                "Die Datei hat eine Kopfzeile und keine weiteren Zeilen.",
            ),
            (1, 0, "1 row taken.", "1 Zeile übernommen."),
            (800, 0, "800 rows taken.", "800 Zeilen übernommen."),
            (0, 3, "No row was taken; 3 rows rejected.", "Keine Zeile übernommen, 3 abgewiesen."),
            (60, 1, "60 rows taken, 1 rejected.", "60 Zeilen übernommen, 1 abgewiesen."),
        ] {
            assert_eq!(outcome(taken, rejected, plain), english);
            assert_eq!(in_german(|| outcome(taken, rejected, plain)), german);
        }
    }
}
