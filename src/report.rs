//! What a person may pass on about a failure: what happened, where, in which build and browser, and no secret.

use leptos::prelude::window;

use crate::platform::{location, version};

/// The details of a failure, one fact per line. They are for those who mend it, and so in one language.
#[must_use]
pub fn details(message: &str, place: Option<&str>) -> String {
    let build = version::read().unwrap_or_else(|| "of a development build".to_owned());
    let path = location::read().map(|address| address.path).unwrap_or_default();
    let browser = window().navigator().user_agent().unwrap_or_default();
    let time = js_sys::Date::new_0().to_iso_string();
    let mut lines = vec![("What", without_secrets(message))];
    lines.extend(place.map(|place| ("Where", place.to_owned())));
    lines.push(("Version", format!("{} {build}", env!("CARGO_PKG_VERSION"))));
    lines.push(("Page", without_secrets(&path)));
    lines.push(("Browser", browser));
    lines.push(("Time", time.into()));
    lines.iter().map(|(name, value)| [name, ": ", value, "\n"].concat()).collect()
}

/// The text without anything that may be a token, a password in an address, or an address of a person.
///
/// A message is written by whoever wrote the code that failed, who may have put anything into it.
fn without_secrets(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut word = String::new();
    for c in text.chars().take(MAX_CHARS) {
        if is_of_word(c) {
            word.push(c);
        } else {
            push_word(&mut clean, &word);
            word.clear();
            clean.push(c);
        }
    }
    push_word(&mut clean, &word);
    clean
}

fn push_word(clean: &mut String, word: &str) {
    // What follows a question mark is told to a server, and may be for its ears alone.
    let (told, query) = word.split_once('?').map_or((word, false), |(told, rest)| (told, !rest.is_empty()));
    clean.push_str(if is_telling(told) { REMOVED } else { told });
    if query {
        clean.push_str("?…");
    }
}

/// Whether a word looks like a secret or like somebody.
fn is_telling(word: &str) -> bool {
    let is_code = |part: &str| {
        let has = |kind: fn(&char) -> bool| part.chars().any(|c| kind(&c));
        part.len() >= SECRET_CHARS && has(char::is_ascii_digit) && has(char::is_ascii_alphabetic)
    };
    word.contains('@') || word.len() >= ENDLESS_CHARS || word.split(['/', '.', ':']).any(is_code)
}

/// Whatever tokens, URLs and addresses are made of.
fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || "-_.~+/=:@%?&#".contains(c)
}

const REMOVED: &str = "[removed]";

/// A message says what it says before that.
const MAX_CHARS: usize = 600;

/// From here on, letters with digits are no word that a person wrote.
const SECRET_CHARS: usize = 16;
const ENDLESS_CHARS: usize = 120;

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn nothing_that_may_be_a_token_is_told() {
        for (text, told) in [
            ("called `Option::unwrap()` on a `None` value", "called `Option::unwrap()` on a `None` value"),
            ("Bearer eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl1", "Bearer [removed]"),
            ("no answer from https://host/api/x?code=secret&state=1", "no answer from https://host/api/x?…"),
            ("key \"4f9d0c1b2a3948576f6e\" is gone", "key \"[removed]\" is gone"),
            ("who is ada@example.org?", "who is [removed]"),
        ] {
            assert_eq!(without_secrets(text), told);
        }
    }

    #[test]
    fn the_details_say_where_and_in_which_browser() {
        let details = details("it broke", Some("src/a.rs:1:2"));
        assert!(details.starts_with("What: it broke\nWhere: src/a.rs:1:2\nVersion: "), "{details}");
        assert!(details.contains("\nBrowser: "), "{details}");
    }
}
