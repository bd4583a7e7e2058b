//! What separates fields, and how that is found out.

use std::borrow::Cow;

use super::records::{Place, Records};

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
    fn of(byte: u8) -> Option<Self> {
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

/// What the first line says where it is `sep=` and a delimiter, as Excel writes and reads it, and how long the line is.
///
/// The line may be in quotation marks, and so may the delimiter; a tab may also be spelled `\t`.
pub(super) fn stated_in_file(sample: &[u8]) -> Option<(Delimiter, usize)> {
    let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
    let length = sample.iter().take(LONGEST_STATEMENT + 1).position(is_end);
    let length = length.unwrap_or(sample.len());
    let (name, value) = unquoted(&sample[..length]).split_at_checked(NAME.len())?;
    if !name.eq_ignore_ascii_case(NAME) {
        return None;
    }
    let delimiter = match unquoted(value) {
        [byte] => Delimiter::of(*byte)?,
        br"\t" => Delimiter::Tab,
        _ => return None,
    };
    let end = match &sample[length..] {
        [b'\r', b'\n', ..] => 2,
        [] => 0,
        [_, ..] => 1,
    };
    Some((delimiter, length + end))
}

/// Finds out the delimiter of a file that states none: the one by which most of the first rows have as many fields as
/// the header, and more than one; a comma where nothing does.
pub(super) fn detect(sample: &[u8]) -> Delimiter {
    let score = |delimiter: Delimiter| {
        let mut records = Records::new(sample, delimiter.byte(), Place { byte: 0, line: 1 });
        let mut counts = Vec::new();
        while let Ok(Some(record)) = records.next() {
            counts.push(record.fields().count());
        }
        // The sample may end inside its last row.
        if counts.len() > 2 {
            counts.pop();
        }
        let columns = counts.first().copied().unwrap_or_default();
        let alike = counts.iter().filter(|count| **count == columns).count();
        // Rows alike first, in tenths of all; then the columns.
        if columns > 1 { (10 * alike / counts.len(), columns) } else { (0, 0) }
    };
    let mut best = (Delimiter::Comma, score(Delimiter::Comma));
    for delimiter in [Delimiter::Semicolon, Delimiter::Tab] {
        let found = score(delimiter);
        if found > best.1 {
            best = (delimiter, found);
        }
    }
    best.0
}

fn unquoted(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\"")).unwrap_or(text)
}

const NAME: &[u8] = b"sep=";

/// The longest line that can be a statement: `"sep="\t""`.
const LONGEST_STATEMENT: usize = 10;

#[cfg(test)]
mod tests {
    use super::{Delimiter, stated_in_file};

    /// Field 61.
    #[test]
    fn a_first_line_that_states_the_delimiter_is_told_from_a_header() {
        for (text, expected) in [
            ("sep=;\r\na;b", Some(("semicolon", 7))),
            ("sep=,\na,b", Some(("comma", 6))),
            ("sep=;\ra;b", Some(("semicolon", 6))),
            ("sep=\t\r\n", Some(("tab", 7))),
            ("sep=\\t\r\n", Some(("tab", 8))),
            ("SEP=|\n", Some(("|", 6))),
            ("sep= \n", Some((" ", 6))),
            ("sep==\n", Some(("=", 6))),
            ("\"sep=;\"\r\n", Some(("semicolon", 9))),
            ("sep=\";\"\n", Some(("semicolon", 8))),
            ("\"sep=\\t\"\n", Some(("tab", 9))),
            // Nothing follows.
            ("sep=;", Some(("semicolon", 5))),
            ("sep=\n", None),
            ("sep=\"\n", None),
            ("sep=;;\n", None),
            ("sep=§\n", None),
            ("sep=a;b\n", None),
            ("sep;a\n", None),
            ("separator\n", None),
            (" sep=;\n", None),
            ("\nsep=;\n", None),
            ("", None),
        ] {
            let found = stated_in_file(text.as_bytes());
            let found = found.map(|(delimiter, length)| (delimiter.as_str().into_owned(), length));
            let expected = expected.map(|(word, length)| (word.to_owned(), length));
            assert_eq!(found, expected, "{text:?}");
        }
    }

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
