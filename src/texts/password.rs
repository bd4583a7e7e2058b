//! What is said about a change of the password.

use perennial_dialect::wire::PROBLEM_PREFIX;

use super::{fetch_failure, number::count, spoken::passwords};
use crate::client::FetchError;

pub use super::spoken::passwords as texts;

/// After the change, with how many other sessions ended.
#[must_use]
pub fn changed(revoked: u64) -> String {
    match revoked {
        0 => passwords().changed.to_owned(),
        _ => count(passwords().changed_and_ended, revoked, |number| number.to_string()),
    }
}

/// Why it was not changed.
#[must_use]
pub fn failure(error: &FetchError) -> String {
    let texts = passwords();
    let said = match reason(error) {
        Some(WRONG) => texts.wrong,
        Some("password_too_short") => texts.too_short,
        Some("password_too_long") => texts.too_long,
        Some("password_blank") => texts.blank,
        Some("password_common") => texts.common,
        Some("password_fixed") => texts.fixed,
        Some(_) | None => return fetch_failure(error),
    };
    said.to_owned()
}

/// What was not right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concern {
    /// The password of before.
    Current,
    /// The next one.
    New,
    /// Neither of them.
    Neither,
}

/// Which password an error is about.
#[must_use]
pub fn concern(error: &FetchError) -> Concern {
    match reason(error) {
        Some(WRONG) => Concern::Current,
        Some("password_too_short" | "password_too_long" | "password_blank" | "password_common") => {
            Concern::New
        }
        Some(_) | None => Concern::Neither,
    }
}

/// By the type and not by the reason beside it: another server may use the same word for something of its own.
fn reason(error: &FetchError) -> Option<&str> {
    let FetchError::Status { problem: Some(problem), .. } = error else { return None };
    problem.get("type")?.as_str()?.strip_prefix(PROBLEM_PREFIX)
}

const WRONG: &str = "wrong_password";

#[cfg(test)]
mod tests {
    use serde_json::json;
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::{super::spoken::in_german, *};

    fn problem(reason: &str) -> FetchError {
        let problem =
            json!({ "type": format!("{PROBLEM_PREFIX}{reason}"), "detail": "In words of the server." });
        FetchError::Status { status: 422, problem: Some(problem) }
    }

    #[test]
    fn every_reason_against_a_password_is_said_in_every_language() {
        for reason in [
            "wrong_password",
            "password_too_short",
            "password_too_long",
            "password_blank",
            "password_common",
            "password_fixed",
        ] {
            let (english, german) = (failure(&problem(reason)), in_german(|| failure(&problem(reason))));
            assert_ne!(english, german);
            for said in [english, german] {
                assert!(said.ends_with('.') && !said.contains("of the server"), "{said}");
            }
        }
        assert_eq!(failure(&problem("password_purple")), "In words of the server.");
    }

    #[test]
    fn only_what_was_not_right_is_shown_as_wrong() {
        assert_eq!(concern(&problem("wrong_password")), Concern::Current);
        assert_eq!(concern(&problem("password_common")), Concern::New);
        for error in [problem("password_fixed"), problem("too_many_attempts"), FetchError::Network] {
            assert_eq!(concern(&error), Concern::Neither);
        }
    }

    #[test]
    fn one_device_is_not_several() {
        assert_eq!(changed(0), "Your password was changed.");
        assert_eq!(changed(1), "Your password was changed, and 1 other device was signed out.");
        assert_eq!(
            in_german(|| changed(2)),
            "Ihr Passwort wurde geändert, und 2 andere Geräte wurden abgemeldet."
        );
    }
}
