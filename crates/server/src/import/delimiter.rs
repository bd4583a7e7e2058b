//! What separates fields.

use std::borrow::Cow;

/// What separates fields: one character of ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delimiter {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// A tab.
    Tab,
    /// Another character, which a file or a person has stated; nobody guesses it.
    Other(Separator),
}

/// A character that can separate fields and is none of the usual three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Separator(u8);

impl Delimiter {
    /// Those that programs write unless they are told otherwise.
    pub(super) const USUAL: [Self; 3] = [Self::Comma, Self::Semicolon, Self::Tab];

    /// Its name on the wire and in the store: a word for the usual three, else the character.
    #[must_use]
    pub fn as_str(self) -> Cow<'static, str> {
        match self {
            Self::Comma => "comma".into(),
            Self::Semicolon => "semicolon".into(),
            Self::Tab => "tab".into(),
            Self::Other(Separator(byte)) => char::from(byte).to_string().into(),
        }
    }

    /// Reads [`Self::as_str`], or the character itself.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word.as_bytes() {
            b"comma" => Some(Self::Comma),
            b"semicolon" => Some(Self::Semicolon),
            b"tab" => Some(Self::Tab),
            [byte] => Self::of(*byte),
            _ => None,
        }
    }

    pub(super) fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
            Self::Other(Separator(byte)) => byte,
        }
    }

    /// The delimiter that is this byte. Quotation marks, ends of lines and other control characters are none.
    pub(super) fn of(byte: u8) -> Option<Self> {
        match byte {
            b',' => Some(Self::Comma),
            b';' => Some(Self::Semicolon),
            b'\t' => Some(Self::Tab),
            b'"' => None,
            b' '..=b'~' => Some(Self::Other(Separator(byte))),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Delimiter;

    #[test]
    fn every_delimiter_is_read_back_by_its_name_and_what_cannot_separate_fields_is_none() {
        for byte in 0..=u8::MAX {
            let Some(delimiter) = Delimiter::of(byte) else { continue };
            assert_eq!(Delimiter::parse(&delimiter.as_str()), Some(delimiter));
            assert_eq!(delimiter.byte(), byte);
        }
        assert_eq!(Delimiter::parse(","), Some(Delimiter::Comma));
        for word in ["", "\"", "\n", "\r", "\0", "\u{7f}", "ö", "commas", "||"] {
            assert_eq!(Delimiter::parse(word), None, "{word:?}");
        }
    }
}
