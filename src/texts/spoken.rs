//! The language in which the texts are said.

use std::cell::Cell;

use js_sys::{Array, Intl::PluralRules, Object};
use wasm_bindgen::JsValue;

use super::{
    catalog::{Passwords, Reasons, Texts},
    de, en,
};

/// Names the languages there are, the one that is spoken where none is preferred first. A new one is one more file
/// beside this, and its name here.
macro_rules! languages {
    ($($file:ident),*) => {
        /// Every language there is.
        pub static LANGUAGES: [&Texts; [$(stringify!($file)),*].len()] = [$(&$file::TEXTS),*];
        static REASONS: [&Reasons; LANGUAGES.len()] = [$(&$file::REASONS),*];
        static PASSWORDS: [&Passwords; LANGUAGES.len()] = [$(&$file::PASSWORDS),*];
    };
}

languages!(en, de);

thread_local! {
    static SPOKEN: Cell<&'static Texts> = const { Cell::new(LANGUAGES[0]) };
}

/// The texts in the language in force. What is rendered keeps its texts, so a page is rendered anew after
/// [`speak`].
#[must_use]
pub fn t() -> &'static Texts {
    SPOKEN.get()
}

/// What servers say by a code, in the language in force. For code that is loaded later: a text that the main part
/// knows is loaded with it.
pub(super) fn reasons() -> &'static Reasons {
    REASONS[place()]
}

/// What is said about a change of the password, in the language in force. For code that is loaded later as well.
#[must_use]
pub fn passwords() -> &'static Passwords {
    PASSWORDS[place()]
}

/// The place of the language in force.
fn place() -> usize {
    LANGUAGES.iter().position(|texts| texts.tag == t().tag).unwrap_or_default()
}

/// Puts a language in force.
pub fn speak(texts: &'static Texts) {
    SPOKEN.set(texts);
}

/// The first of the preferred languages (BCP 47 tags) that there is.
#[must_use]
pub fn best<'a>(preferred: impl IntoIterator<Item = &'a str>) -> &'static Texts {
    preferred.into_iter().find_map(find).unwrap_or(LANGUAGES[0])
}

/// The language of a tag, whatever its region: that of `de-AT` is `de-DE`.
#[must_use]
pub fn find(tag: &str) -> Option<&'static Texts> {
    LANGUAGES.into_iter().find(|texts| primary(texts.tag).eq_ignore_ascii_case(primary(tag)))
}

/// Puts values into a text: `fill("until {clock}", &[("clock", "11:42")])`. A place without a value stays as it is.
#[must_use]
pub fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, name, after)) = next_place(rest) {
        filled.push_str(before);
        match values.iter().find(|(of, _)| *of == name) {
            Some((_, value)) => filled.push_str(value),
            None => filled.extend(["{", name, "}"]),
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// The form of a text for so many: of `{n} row | {n} rows` the first for one.
#[must_use]
pub fn plural(text: &'static str, count: u64) -> &'static str {
    let texts = t();
    let category = category(texts.tag, count);
    let place = texts.plurals.iter().position(|of| category.as_deref() == Some(*of));
    let mut forms = text.split(" | ");
    let last = texts.plurals.len().saturating_sub(1);
    forms.nth(place.unwrap_or(last)).unwrap_or(text)
}

/// What is before and after the first place of a text, for a value that is an element of the page.
#[must_use]
pub fn around(text: &'static str) -> (&'static str, &'static str) {
    next_place(text).map_or((text, ""), |(before, _, after)| (before, after))
}

/// The name that is first between braces, with what is before and after it.
fn next_place(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

fn primary(tag: &str) -> &str {
    tag.split_once('-').map_or(tag, |(primary, _)| primary)
}

fn category(tag: &str, count: u64) -> Option<String> {
    let rules = PluralRules::new(&Array::of1(&JsValue::from_str(tag)), &Object::new());
    #[expect(clippy::cast_precision_loss, reason = "no count of this application reaches 2^53")]
    let count = count as f64;
    rules.select(count).as_string()
}

/// What is said in German, for tests; the others speak English.
#[cfg(test)]
pub(super) fn in_german<T>(say: impl FnOnce() -> T) -> T {
    speak(&de::TEXTS);
    let said = say();
    speak(LANGUAGES[0]);
    said
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn every_text_is_said_in_every_language_with_the_same_places_and_all_its_forms() {
        let english = every(0);
        for (place, texts) in LANGUAGES.into_iter().enumerate() {
            for ((at, original), (_, said)) in english.iter().zip(every(place)) {
                assert!(!said.trim().is_empty(), "{at} is missing in {}", texts.name);
                let forms: Vec<_> = said.split(" | ").collect();
                if original.contains(" | ") {
                    assert_eq!(forms.len(), texts.plurals.len(), "{at} in {}: {said}", texts.name);
                }
                // A form for one may say it in a word; the one for many has a place for every value.
                let expected = places(original.split(" | ").last().unwrap_or_default());
                let (many, others) = forms.split_last().unwrap();
                assert_eq!(places(many), expected, "{at} in {}: {many}", texts.name);
                for form in others {
                    assert!(places(form).is_subset(&expected), "{at} in {}: {form}", texts.name);
                }
            }
        }
    }

    #[test]
    fn no_text_was_left_in_english() {
        let english = every(0);
        for (place, texts) in LANGUAGES.into_iter().enumerate().skip(1) {
            let left: Vec<_> = english
                .iter()
                .zip(every(place))
                .filter(|((at, original), (_, said))| original == said && !THE_SAME.contains(at))
                .map(|((at, _), _)| *at)
                .collect();
            assert!(left.is_empty(), "in {} these are English: {left:?}", texts.name);
        }
    }

    #[test]
    fn a_region_that_nobody_wrote_for_is_spoken_to_in_its_language() {
        assert_eq!(best(["fr-FR", "de-AT", "en"]).tag, "de-DE");
        assert_eq!(best(["fr"]).tag, "en-GB");
    }

    #[test]
    fn values_come_to_their_places_and_nothing_else_changes() {
        assert_eq!(fill("{a} and {b}", &[("a", "{b}"), ("b", "2")]), "{b} and 2");
        assert_eq!(fill("{unknown} {", &[]), "{unknown} {");
    }

    #[test]
    fn one_is_not_many() {
        assert_eq!(plural("{n} row | {n} rows", 1), "{n} row");
        assert_eq!(plural("{n} row | {n} rows", 0), "{n} rows");
    }

    #[test]
    fn a_text_is_parted_where_its_place_is() {
        assert_eq!(around("Unter {path} gibt es nichts."), ("Unter ", " gibt es nichts."));
        assert_eq!(around("nowhere"), ("nowhere", ""));
    }

    /// Every text of a language, with where it is.
    fn every(place: usize) -> Vec<(&'static str, &'static str)> {
        [LANGUAGES[place].each(), REASONS[place].each(), PASSWORDS[place].each()].concat()
    }

    fn places(mut text: &str) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        while let Some((_, name, after)) = next_place(text) {
            names.insert(name);
            text = after;
        }
        names
    }

    /// What is written alike in several languages.
    const THE_SAME: [&str; 14] = [
        "activity.none",
        "activity.ms",
        "activity.percent",
        "running.percent",
        "time.inside",
        "session.offline",
        "overview.refreshed",
        "overview.refreshed_free",
        "overview.unknown",
        "overview.token",
        "overview.name",
        "queue.none",
        "queue.percent",
        "theme.system",
    ];
}
