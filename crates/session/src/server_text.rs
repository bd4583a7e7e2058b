//! What a server says to people, in its own words.

use alloc::{string::String, sync::Arc};
use core::fmt;

/// A sentence of the server for the person who signs in, to be shown as text and as nothing else.
///
/// It is one line of bounded length, without control characters and without those that turn the direction of writing:
/// whatever the server sends, it cannot pretend to be another part of the page.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerText(Arc<str>);

impl ServerText {
    /// Takes what can be shown of a text; `None` where that is nothing.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let mut line = String::new();
        let mut left = MAX_CHARS;
        // A text of megabytes is not read to its end.
        for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
            let word = word.chars().filter(|c| !turns_direction(*c));
            let mut word = word.peekable();
            if word.peek().is_none() {
                continue;
            }
            let space = (!line.is_empty()).then_some(' ');
            for c in space.into_iter().chain(word) {
                if left == 0 {
                    line.push('…');
                    return Some(Self(line.into()));
                }
                line.push(c);
                left -= 1;
            }
        }
        (!line.is_empty()).then(|| Self(line.into()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// It may name the person.
impl fmt::Debug for ServerText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerText(…)")
    }
}

/// Marks, embeddings, overrides and isolates (Unicode Standard Annex 9).
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Longer explanations help nobody who wants to sign in.
const MAX_CHARS: usize = 300;
