//! The record as text, as it lies in the storage: a line that says what it is, one that says whose, and one per entry.
//!
//! Lines of words and numbers, because a record is written often: they cost a fraction of what JSON does, on the device
//! and in the program.

use perennial_session::{Doubt, RefreshCause, SignInFailure, Wall};

use super::{Entry, MOST_ENTRIES, Outcome, Record, What};
use crate::words;

/// Writes a record; `None` for an account whose identifier is no line.
#[must_use]
pub fn write(record: &Record) -> Option<String> {
    if record.account.chars().any(char::is_control) {
        return None;
    }
    let mut text = format!("{HEAD}\n{}\n", record.account);
    for entry in &record.entries {
        text.push_str(&entry.at.0.to_string());
        for word in [entry.what.word().to_owned()].into_iter().chain(details(&entry.what)) {
            text.push(' ');
            text.push_str(&word);
        }
        text.push('\n');
    }
    Some(text)
}

/// Reads a record, whoever wrote it. A line that says nothing to this version is passed over.
#[must_use]
pub fn read(text: &str) -> Option<Record> {
    if text.len() > LONGEST {
        return None;
    }
    let mut lines = text.lines();
    lines.next().filter(|head| *head == HEAD)?;
    let account = lines.next().filter(|account| !account.is_empty())?.to_owned();
    let mut entries: Vec<Entry> = lines.filter_map(read_entry).take(MOST_ENTRIES).collect();
    entries.sort_by_key(|entry| entry.at);
    Some(Record { account, entries })
}

/// The word for what caused a refresh.
pub(super) fn cause(cause: RefreshCause) -> &'static str {
    match cause {
        RefreshCause::Restore => "restore",
        RefreshCause::Scheduled => "scheduled",
        RefreshCause::Expired => "expired",
        RefreshCause::RequestRefused => "request_refused",
        RefreshCause::SocketRefused => "socket_refused",
        RefreshCause::ValidationRefused => "validation_refused",
        RefreshCause::Manual => "manual",
        RefreshCause::Header => "header",
        RefreshCause::OtherTab => "other_tab",
    }
}

fn details(what: &What) -> Vec<String> {
    match *what {
        What::Started
        | What::Suspected
        | What::SignOutTold
        | What::AccountChanged
        | What::WentOffline
        | What::CameOnline => Vec::new(),
        What::SignedIn { token_ms } => vec![optional(token_ms)],
        What::SignInFailed(SignInFailure::WrongCredentials) => vec![WRONG.into()],
        What::SignInFailed(SignInFailure::Refused) => vec![REFUSED.into()],
        What::SignInFailed(SignInFailure::WrongOrigin) => vec![WRONG_ORIGIN.into()],
        What::SignInFailed(SignInFailure::TooMany { until }) => vec![TOO_MANY.into(), until.0.to_string()],
        What::SignInFailed(SignInFailure::CookiesNotKept) => vec![NO_COOKIES.into()],
        What::SignInFailed(SignInFailure::Unknown(doubt)) => vec![UNKNOWN.into(), words::doubt(doubt)],
        What::Refresh { cause: of, took_ms, outcome } => {
            let mut details = vec![cause(of).into(), took_ms.to_string()];
            match outcome {
                Outcome::Granted { token_ms } => details.extend([GRANTED.into(), optional(token_ms)]),
                Outcome::Failed { why, retry_at } => {
                    details.extend([FAILED.into(), words::doubt(why), retry_at.0.to_string()]);
                }
                Outcome::Later { until } => details.extend([LATER.into(), until.0.to_string()]),
                Outcome::Refused => details.push(REFUSED.into()),
            }
            details
        }
        What::ValidationFailed(doubt) | What::SignOutUntold(doubt) => vec![words::doubt(doubt)],
        What::SignedOut(reason) => vec![words::reason(reason).into()],
        What::Slept(ms) | What::ClockDoubted(ms) | What::ClockWasSet(ms) => vec![ms.to_string()],
    }
}

fn read_entry(line: &str) -> Option<Entry> {
    let mut parts = Parts(line.split(' '));
    let at = parts.wall()?;
    let what = match parts.word()? {
        "started" => What::Started,
        "signed_in" => What::SignedIn { token_ms: parts.optional()? },
        "sign_in_failed" => What::SignInFailed(match parts.word()? {
            WRONG => SignInFailure::WrongCredentials,
            REFUSED => SignInFailure::Refused,
            WRONG_ORIGIN => SignInFailure::WrongOrigin,
            TOO_MANY => SignInFailure::TooMany { until: parts.wall()? },
            NO_COOKIES => SignInFailure::CookiesNotKept,
            UNKNOWN => SignInFailure::Unknown(parts.doubt()?),
            _ => return None,
        }),
        "refresh" => {
            let word = parts.word()?;
            let cause = CAUSES.into_iter().find(|of| cause(*of) == word)?;
            let took_ms = parts.number()?;
            let outcome = match parts.word()? {
                GRANTED => Outcome::Granted { token_ms: parts.optional()? },
                FAILED => Outcome::Failed { why: parts.doubt()?, retry_at: parts.wall()? },
                LATER => Outcome::Later { until: parts.wall()? },
                REFUSED => Outcome::Refused,
                _ => return None,
            };
            What::Refresh { cause, took_ms, outcome }
        }
        "token_refused" => What::Suspected,
        "check_failed" => What::ValidationFailed(parts.doubt()?),
        "signed_out" => What::SignedOut(words::read_reason(parts.word()?)?),
        "sign_out_told" => What::SignOutTold,
        "sign_out_untold" => What::SignOutUntold(parts.doubt()?),
        "account_changed" => What::AccountChanged,
        "went_offline" => What::WentOffline,
        "came_online" => What::CameOnline,
        "slept" => What::Slept(parts.number()?),
        "clock_doubted" => What::ClockDoubted(parts.number()?),
        "clock_was_set" => What::ClockWasSet(parts.number()?),
        _ => return None,
    };
    Some(Entry { at, what })
}

/// The words of a line, one after the other.
struct Parts<'a>(std::str::Split<'a, char>);

impl<'a> Parts<'a> {
    fn word(&mut self) -> Option<&'a str> {
        self.0.next()
    }

    fn number(&mut self) -> Option<u64> {
        self.word()?.parse().ok()
    }

    fn optional(&mut self) -> Option<Option<u64>> {
        match self.word()? {
            NOTHING => Some(None),
            word => word.parse().ok().map(Some),
        }
    }

    fn wall(&mut self) -> Option<Wall> {
        words::wall(self.number()?)
    }

    fn doubt(&mut self) -> Option<Doubt> {
        words::read_doubt(self.word()?)
    }
}

fn optional(number: Option<u64>) -> String {
    number.map_or_else(|| NOTHING.to_owned(), |number| number.to_string())
}

/// What it is, and in which version. Whatever has another is none of this version's.
const HEAD: &str = "perennial-record 1";

/// Far more than the most entries take.
const LONGEST: usize = 200_000;

const NOTHING: &str = "-";

pub(super) const WRONG: &str = "wrong";
pub(super) const WRONG_ORIGIN: &str = "wrong_origin";
pub(super) const TOO_MANY: &str = "too_many";
pub(super) const NO_COOKIES: &str = "no_cookies";
pub(super) const UNKNOWN: &str = "unknown";

pub(super) const GRANTED: &str = "granted";
pub(super) const FAILED: &str = "failed";
pub(super) const LATER: &str = "later";
pub(super) const REFUSED: &str = "refused";

const CAUSES: [RefreshCause; 9] = [
    RefreshCause::Restore,
    RefreshCause::Scheduled,
    RefreshCause::Expired,
    RefreshCause::RequestRefused,
    RefreshCause::SocketRefused,
    RefreshCause::ValidationRefused,
    RefreshCause::Manual,
    RefreshCause::Header,
    RefreshCause::OtherTab,
];

#[cfg(test)]
mod tests {
    use perennial_session::{Refusal, SignOutReason};
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn refresh(outcome: Outcome) -> What {
        What::Refresh { cause: RefreshCause::SocketRefused, took_ms: 41, outcome }
    }

    fn one_of_each() -> Record {
        let all = [
            What::Started,
            What::SignedIn { token_ms: Some(3_600_000) },
            What::SignedIn { token_ms: None },
            What::SignInFailed(SignInFailure::WrongCredentials),
            What::SignInFailed(SignInFailure::Refused),
            What::SignInFailed(SignInFailure::WrongOrigin),
            What::SignInFailed(SignInFailure::TooMany { until: Wall(9) }),
            What::SignInFailed(SignInFailure::CookiesNotKept),
            What::SignInFailed(SignInFailure::Unknown(Doubt::Status(502))),
            refresh(Outcome::Granted { token_ms: None }),
            refresh(Outcome::Failed { why: Doubt::Network, retry_at: Wall(8) }),
            refresh(Outcome::Later { until: Wall(7) }),
            refresh(Outcome::Refused),
            What::Suspected,
            What::ValidationFailed(Doubt::TimedOut),
            What::SignedOut(SignOutReason::Refused(Refusal::Reused)),
            What::SignOutTold,
            What::SignOutUntold(Doubt::Unreadable),
            What::AccountChanged,
            What::WentOffline,
            What::CameOnline,
            What::Slept(1),
            What::ClockDoubted(2),
            What::ClockWasSet(3),
        ];
        let entries = all.into_iter().zip(5..).map(|(what, at)| Entry { at: Wall(at), what }).collect();
        Record { account: "018f-id with space".into(), entries }
    }

    #[test]
    fn what_was_written_is_read() {
        let record = one_of_each();
        assert_eq!(write(&record).as_deref().and_then(read), Some(record));
    }

    #[test]
    fn what_nobody_wrote_here_is_no_record_and_what_is_not_understood_is_passed_over() {
        for text in
            ["", "{}", "perennial-record 2\na\n", "perennial-record 1", "perennial-record 1\n\n5 started"]
        {
            assert_eq!(read(text), None, "{text}");
        }
        let text = "perennial-record 1\na\n5 started\n6 slept\n7 slept -1\n8 dreamt\nx started\n99999999999999999 started\n9 refresh manual 1 granted\n";
        assert_eq!(read(text).map(|record| record.entries.len()), Some(1));
        assert_eq!(read(&"x".repeat(300_000)), None);
    }

    #[test]
    fn an_identifier_that_is_no_line_is_not_written() {
        assert_eq!(write(&Record { account: "a\n5 started".into(), entries: Vec::new() }), None);
    }
}
