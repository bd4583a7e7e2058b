//! What the queue says.

use crate::client::FetchError;

use super::{fetch_failure, number::Group};

/// Under the heading.
pub const INTRODUCTION: &str = "Files on their way into datasets. Imports go on without you.";
/// Heading of the form.
pub const NEW: &str = "New import";
/// Label of the file chooser.
pub const FILE: &str = "CSV file";
/// What the file chooser takes.
pub const FILE_HINT: &str = "Choose a file or drop it here. Fields are separated by commas, semicolons or tabs; the first row names the columns.";
/// What opens the choices of how a file is read.
pub const READ_WRONGLY: &str = "If a file is read wrongly";
/// The choice that leaves it to the server.
pub const FIND_OUT: &str = "Find out";
/// The button that sends the file.
pub const START: &str = "Start import";
/// When nothing was chosen.
pub const NO_FILE: &str = "Choose a file first.";
/// When several files were dropped.
pub const ONE_FILE: &str = "Please drop one file at a time.";
/// When a file was chosen or dropped while another is being sent.
pub const ONE_AT_A_TIME: &str = "One file at a time: this one can be sent when the other has been.";
/// Name of the bar while a file is being sent.
pub const SENDING: &str = "Sending the file";
/// When the whole file has left and the server has not answered yet.
pub const SENT: &str = "Sent. Waiting for the server…";
/// After the person called the sending back.
pub const NOT_SENT_CANCELLED: &str = "Cancelled. Nothing was imported.";

/// Name of the table.
pub const TABLE: &str = "Imports";
/// Column of the table.
pub const COLUMN_FILE: &str = "File";
/// Column of the table.
pub const COLUMN_STATE: &str = "State";
/// Column of the table.
pub const COLUMN_TAKEN: &str = "Rows taken";
/// Column of the table.
pub const COLUMN_REJECTED: &str = "Rejected";
/// Column of the table.
pub const COLUMN_RATE: &str = "Rows per second";
/// Column of the table.
pub const COLUMN_STARTED: &str = "Started";
/// Column of the table.
pub const COLUMN_ACTIONS: &str = "Actions";
/// Column of the table.
pub const COLUMN_DETAILS: &str = "Details";

/// What a screen reader hears while the list is on its way.
pub const LOADING: &str = "Loading your imports";
/// Heading of the failure when there is nothing to show.
pub const FAILED: &str = "Your imports could not be loaded.";
/// Before the first job.
pub const EMPTY: &str = "No imports yet. The first file you send appears here.";
/// While the connection of a job is being made anew.
pub const RECONNECTING: &str = "Reconnecting…";
/// The button of a job that did not come to its end.
pub const RETRY: &str = "Retry";
/// The link to what a job brought.
pub const OPEN: &str = "Open";

/// State of a job.
pub const QUEUED: &str = "Waiting";
/// State of a job.
pub const RUNNING: &str = "Importing";
/// State of a job.
pub const DONE: &str = "Done";
/// State of a job.
pub const BROKEN: &str = "Failed";
/// State of a job.
pub const CANCELLED: &str = "Cancelled";
/// What the server says of every job that was cancelled.
const CANCELLED_BY_PERSON: &str = "You cancelled it.";
/// Where there is no number yet.
pub const NONE: &str = "–";
/// Before a worker has taken the job.
pub const NOT_STARTED: &str = "not yet";
/// State of a job of which this version has not heard.
pub const UNKNOWN: &str = "Unknown";

/// How much of the file has left: `43 % of 12 MB sent`.
#[must_use]
pub fn sent(percent: u64, size: &str) -> String {
    if percent >= 100 { SENT.to_owned() } else { format!("{percent} % of {size} sent") }
}

/// Why a file was not sent.
#[must_use]
pub fn not_sent(error: &FetchError) -> String {
    match error {
        // Browsers give the same sign for both.
        FetchError::Network => {
            "The file did not reach the server: the connection failed, or the file was changed or moved after you chose it. Try again, or choose it again."
                .to_owned()
        }
        error @ (FetchError::SignedOut
        | FetchError::AccountChanged
        | FetchError::Unavailable
        | FetchError::TimedOut
        | FetchError::Status { .. }
        | FetchError::Unreadable) => format!("The file was not imported. {}", fetch_failure(error)),
    }
}

/// What a person reads who was signed out while a file was on its way, once they are back.
#[must_use]
pub fn not_sent_signed_out(file: &str) -> String {
    format!("{file} was not sent, because you were signed out. Choose it again.")
}

/// How far a job is, after its state.
#[must_use]
pub fn percent(percent: u64) -> String {
    format!("{percent} %")
}

/// The accessible name of the bar of a job.
#[must_use]
pub fn progress_of(file: &str) -> String {
    format!("Progress of {file}")
}

/// The accessible name of the button that ends a job.
#[must_use]
pub fn cancel(file: &str) -> String {
    format!("Cancel {file}")
}

/// The accessible name of the button that begins a job anew.
#[must_use]
pub fn retry(file: &str) -> String {
    format!("Retry {file}")
}

/// The accessible name of the link to what a job brought.
#[must_use]
pub fn open(file: &str) -> String {
    format!("Open {file}")
}

/// The accessible name of the link to the rows that were not taken.
#[must_use]
pub fn rejected_of(rejected: u64, file: &str, group: Group) -> String {
    let rows = super::number::count(rejected, "rejected row", group);
    format!("{rows} of {file}")
}

/// What a screen reader hears when a job has been taken.
#[must_use]
pub fn taken(file: &str) -> String {
    format!("{file} was sent. Its import is waiting for its turn.")
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
    (state != CANCELLED || message != CANCELLED_BY_PERSON).then_some(message)
}

/// When a job could not be cancelled.
#[must_use]
pub fn not_cancelled(file: &str, why: &str) -> String {
    format!("The import of {file} was not cancelled. {why}")
}

/// When a job could not be retried.
#[must_use]
pub fn not_retried(file: &str, why: &str) -> String {
    format!("The import of {file} was not retried. {why}")
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn what_the_state_says_is_not_said_again() {
        assert_eq!(ended("people.csv", CANCELLED, Some("You cancelled it.")), "people.csv: Cancelled.");
        assert_eq!(
            ended("people.csv", CANCELLED, Some("The server was stopped.")),
            "people.csv: Cancelled. The server was stopped."
        );
        assert_eq!(ended("people.csv", BROKEN, Some("It is empty.")), "people.csv: Failed. It is empty.");
        assert_eq!(ended("people.csv", DONE, None), "people.csv: Done.");
    }
}
