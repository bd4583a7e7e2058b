//! The record as files that other programs read.
//!
//! JSON: `{"version":1,"exported_at":MOMENT,"entries":[ENTRY…]}`, the oldest first. CSV: a header and a line per entry
//! (RFC 4180). An entry has `at` and `event`, and as far as they apply `cause` and `result` of a refresh, `reason` of
//! what went wrong or ended, `duration_ms`, `token_lifetime_ms`, `until` (of a retry, or of what the server asked for)
//! and `description`, a sentence in the language of the reader. Moments are RFC 3339 in UTC, lengths milliseconds.

use std::fmt::Write as _;

use perennial_session::{Doubt, SignInFailure, Wall};

use super::{
    Entry, Outcome, What,
    text::{FAILED, GRANTED, LATER, NO_COOKIES, REFUSED, TOO_MANY, UNKNOWN, WRONG, WRONG_ORIGIN, cause},
};
use crate::words;

/// What the files need that depends on the browser and on the reader.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "there is nothing in it to be shown")]
pub struct Words<'a> {
    /// A moment, RFC 3339 in UTC.
    pub moment: fn(Wall) -> String,
    /// What happened, and why.
    pub description: &'a dyn Fn(&Entry) -> String,
}

/// The record as JSON.
#[must_use]
pub fn json(entries: &[Entry], exported_at: Wall, words: Words<'_>) -> String {
    let mut text = format!(
        "{{\n  \"version\": 1,\n  \"exported_at\": {},\n  \"entries\": [",
        quoted(&(words.moment)(exported_at))
    );
    for (index, entry) in entries.iter().enumerate() {
        text.push_str(if index == 0 { "\n    {" } else { ",\n    {" });
        let mut is_first = true;
        for (name, value) in COLUMNS.into_iter().zip(row(entry, words)) {
            let value = match value {
                Value::Text(value) => quoted(&value),
                Value::Number(value) => value.to_string(),
                Value::Nothing => continue,
            };
            let between = if std::mem::take(&mut is_first) { "" } else { ", " };
            // Writing to a string does not fail.
            write!(text, "{between}\"{name}\": {value}").unwrap_or(());
        }
        text.push('}');
    }
    text.push_str("\n  ]\n}\n");
    text
}

/// The record as CSV.
#[must_use]
pub fn csv(entries: &[Entry], words: Words<'_>) -> String {
    let mut text = COLUMNS.join(",");
    text.push_str("\r\n");
    for entry in entries {
        for (index, value) in row(entry, words).into_iter().enumerate() {
            if index > 0 {
                text.push(',');
            }
            match value {
                Value::Text(value) => text.push_str(&field(&value)),
                Value::Number(value) => text.push_str(&value.to_string()),
                Value::Nothing => {}
            }
        }
        text.push_str("\r\n");
    }
    text
}

enum Value {
    Text(String),
    Number(u64),
    Nothing,
}

/// What there is to say of an entry, in the order of the columns.
fn row(entry: &Entry, words: Words<'_>) -> [Value; 9] {
    let moment = |at: Wall| Value::Text((words.moment)(at));
    let number = |ms: Option<u64>| ms.map_or(Value::Nothing, Value::Number);
    let word = |word: &str| Value::Text(word.to_owned());
    let doubt = |doubt: Doubt| Value::Text(words::doubt(doubt));
    let [mut of, mut result, mut reason, mut duration, mut lifetime, mut until] =
        [const { Value::Nothing }; 6];
    match entry.what {
        What::SignedIn { token_ms } => lifetime = number(token_ms),
        What::SignInFailed(failure) => match failure {
            SignInFailure::WrongCredentials => reason = word(WRONG),
            SignInFailure::Refused => reason = word(REFUSED),
            SignInFailure::WrongOrigin => reason = word(WRONG_ORIGIN),
            SignInFailure::TooMany { until: at } => (reason, until) = (word(TOO_MANY), moment(at)),
            SignInFailure::CookiesNotKept => reason = word(NO_COOKIES),
            SignInFailure::Unknown(why) => (result, reason) = (word(UNKNOWN), doubt(why)),
        },
        What::Refresh { cause: why, took_ms, outcome } => {
            (of, duration) = (word(cause(why)), Value::Number(took_ms));
            match outcome {
                Outcome::Granted { token_ms } => (result, lifetime) = (word(GRANTED), number(token_ms)),
                Outcome::Failed { why, retry_at } => {
                    (result, reason, until) = (word(FAILED), doubt(why), moment(retry_at));
                }
                Outcome::Later { until: at } => (result, until) = (word(LATER), moment(at)),
                Outcome::Refused => result = word(REFUSED),
            }
        }
        What::ValidationFailed(why) | What::SignOutUntold(why) => reason = doubt(why),
        What::SignedOut(why) => reason = word(words::reason(why)),
        What::Slept(ms) | What::ClockDoubted(ms) | What::ClockWasSet(ms) => duration = Value::Number(ms),
        What::Started
        | What::Suspected
        | What::SignOutTold
        | What::AccountChanged
        | What::WentOffline
        | What::CameOnline => {}
    }
    let description = Value::Text((words.description)(entry));
    [moment(entry.at), word(entry.what.word()), of, result, reason, duration, lifetime, until, description]
}

/// A text as a field of a CSV file. One that a spreadsheet would take for a formula is made a text with an apostrophe.
fn field(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let guard = if is_formula { "'" } else { "" };
    if text.contains(['"', ',', '\r', '\n']) {
        format!("\"{guard}{}\"", text.replace('"', "\"\""))
    } else {
        format!("{guard}{text}")
    }
}

fn quoted(text: &str) -> String {
    // A text is always JSON.
    serde_json::to_string(text).unwrap_or_default()
}

const COLUMNS: [&str; 9] =
    ["at", "event", "cause", "result", "reason", "duration_ms", "token_lifetime_ms", "until", "description"];

#[cfg(test)]
mod tests {
    use perennial_session::RefreshCause;
    use serde_json::Value as Json;
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    const WORDS: Words<'_> =
        Words { moment: |at| format!("T{}", at.0), description: &|_| "=a, \"b\"".to_owned() };

    fn entries() -> [Entry; 2] {
        let outcome = Outcome::Failed { why: Doubt::Status(503), retry_at: Wall(9) };
        let what = What::Refresh { cause: RefreshCause::Manual, took_ms: 12, outcome };
        [Entry { at: Wall(5), what: What::Started }, Entry { at: Wall(6), what }]
    }

    #[test]
    fn json_says_what_applies_and_leaves_out_the_rest() {
        let text = json(&entries(), Wall(7), WORDS);
        let read: Json = serde_json::from_str(&text).unwrap();
        assert_eq!((&read["version"], &read["exported_at"]), (&Json::from(1), &Json::from("T7")));
        assert_eq!(
            read["entries"][0],
            serde_json::json!({"at": "T5", "event": "started", "description": "=a, \"b\""})
        );
        let refresh = &read["entries"][1];
        assert_eq!((&refresh["cause"], &refresh["reason"]), (&Json::from("manual"), &Json::from("503")));
        assert_eq!((&refresh["duration_ms"], &refresh["until"]), (&Json::from(12), &Json::from("T9")));
        assert!(serde_json::from_str::<Json>(&json(&[], Wall(7), WORDS)).is_ok());
    }

    #[test]
    fn csv_has_a_field_for_every_column_and_no_formula() {
        let text = csv(&entries(), WORDS);
        let lines: Vec<_> = text.split_terminator("\r\n").collect();
        assert_eq!(lines[0], COLUMNS.join(","));
        assert_eq!(lines[1], "T5,started,,,,,,,\"'=a, \"\"b\"\"\"");
        assert_eq!(lines[2], "T6,refresh,manual,failed,503,12,,T9,\"'=a, \"\"b\"\"\"");
        assert_eq!(field("@x"), "'@x");
    }
}
