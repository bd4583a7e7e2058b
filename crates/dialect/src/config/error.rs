//! What can be wrong with a configuration, in sentences for the person who wrote it.

use core::{error::Error, fmt};

use super::node::Node;

/// One thing that is wrong. `Display` is a sentence that names the key, what it holds and what it may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    key: Option<String>,
    sentence: String,
}

impl ConfigError {
    /// The key concerned, with dots where it stands inside of others; `None` when the block as a whole cannot be read.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// Whether it concerns this key or one inside of it.
    pub(super) fn concerns(&self, key: &str) -> bool {
        let inside =
            |own: &str| own.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        self.key().is_some_and(inside)
    }

    pub(super) fn not_json(error: &serde_json::Error) -> Self {
        let sentence = format!(
            "The configuration is not JSON: {error} of the block. \
             A comma, a quote or a brace too many or too few is the usual cause."
        );
        Self { key: None, sentence }
    }

    pub(super) fn not_an_object() -> Self {
        let sentence = "The configuration must be a JSON object, such as {\"check_interval_s\": 60}. \
                        An empty one, {}, means all defaults.";
        Self { key: None, sentence: sentence.to_owned() }
    }

    pub(super) fn repeated(key: &str) -> Self {
        let sentence = format!("`{}` stands more than once in the configuration. Keep one.", short(key));
        Self { key: Some(key.to_owned()), sentence }
    }

    /// `known` are the keys that stand at the same place, `elsewhere` one of the same name at another.
    pub(super) fn unknown(key: &str, known: &[&str], elsewhere: Option<&str>) -> Self {
        let hint = match nearest(key, known).or(elsewhere) {
            Some(name) => format!("Did you mean `{name}`?"),
            None => format!("There are: {}.", known.join(", ")),
        };
        let sentence = format!("`{}` is no key of the configuration. {hint}", short(key));
        Self { key: Some(key.to_owned()), sentence }
    }

    /// A key that stands inside of another, written as the reference names it.
    pub(super) fn dotted(key: &str) -> Self {
        let nested = key.replace('.', "\": {\"");
        let sentence = format!("`{key}` is written as an object inside of another: {{\"{nested}\": …}}}}.");
        Self { key: Some(key.to_owned()), sentence }
    }

    pub(super) fn invalid(key: &str, holds: &Node, allowed: &str) -> Self {
        let sentence = format!("`{key}` holds {}, but may hold {allowed}.", short(&holds.to_string()));
        Self { key: Some(key.to_owned()), sentence }
    }

    pub(super) fn meaningless(key: &str, needs: &str) -> Self {
        let sentence = format!("`{key}` has no meaning here: it is only for {needs}.");
        Self { key: Some(key.to_owned()), sentence }
    }

    pub(super) fn said(key: &str, sentence: String) -> Self {
        Self { key: Some(key.to_owned()), sentence }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl Error for ConfigError {}

/// As much of a text as fits into a sentence.
fn short(text: &str) -> String {
    let mut short: String = text.chars().take(MAX_QUOTE_CHARS).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// The known name that was probably meant: the nearest, if no more than a third of its own part has to be changed.
fn nearest<'a>(key: &str, known: &[&'a str]) -> Option<&'a str> {
    if key.len() > MAX_QUOTE_CHARS {
        return None;
    }
    let (distance, name) = known.iter().map(|name| (distance(key, name), *name)).min()?;
    let own = name.rsplit('.').next().unwrap_or(name);
    (distance <= own.len() / 3).then_some(name)
}

/// How many letters have to be inserted, deleted or replaced to make one text of the other (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (done, a) in from.bytes().enumerate() {
        let mut diagonal = done;
        let mut left = done + 1;
        for (cell, b) in row.iter_mut().skip(1).zip(to.bytes()) {
            let replaced = diagonal + usize::from(a.to_ascii_lowercase() != b);
            diagonal = *cell;
            left = replaced.min(left + 1).min(*cell + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

/// Longer quotations make a sentence unreadable.
const MAX_QUOTE_CHARS: usize = 60;
