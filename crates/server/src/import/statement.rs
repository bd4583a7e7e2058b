//! The line `sep=;` that states what separates fields, as Excel writes and reads it.

use super::delimiter::Delimiter;
use super::records::MOST_FIELDS;

/// What such a line states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    named: Option<Named>,
    /// How long it is without the end of the line.
    pub(super) bytes: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Named {
    delimiter: Delimiter,
    /// What the line was filled up with; else the delimiter again.
    padding: Delimiter,
}

impl Statement {
    /// The line with which this text begins, if it is one that states a delimiter. A text that is shorter than
    /// [`Self::LONGEST`] is taken for all there is.
    ///
    /// Programs that do not know the line take it for a row and write it again as one: in quotation marks, and filled up
    /// to the number of columns. So marks mean nothing here, and what fills the line up is told apart from a header. A
    /// tab may also be spelled `\t`, and blanks may follow. Letters and digits separate no fields, so `sep=x` is the name
    /// of a column.
    pub(super) fn of(text: &[u8]) -> Option<Self> {
        let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
        let end = text.iter().take(Self::LONGEST).position(is_end);
        let bytes = end.or((text.len() < Self::LONGEST).then_some(text.len()))?;
        let line: Vec<u8> = text[..bytes].iter().copied().filter(|byte| *byte != b'"').collect();
        let (name, value) = line.split_at_checked(NAME.len())?;
        let all_marks_are_closed = (bytes - line.len()).is_multiple_of(2);
        if !name.eq_ignore_ascii_case(NAME) || !all_marks_are_closed {
            return None;
        }
        let (delimiter, rest) = match value {
            [] => return Some(Self { named: None, bytes }),
            [b'\\', b't', rest @ ..] => (Delimiter::Tab, rest),
            [byte, ..] if byte.is_ascii_alphanumeric() => return None,
            [byte, rest @ ..] => (Delimiter::of(*byte)?, rest),
        };
        let filling = rest.iter().rposition(|byte| *byte != b' ').map_or(&[][..], |last| &rest[..=last]);
        let padding = match filling {
            [] => delimiter,
            [first, others @ ..] if others.iter().all(|byte| byte == first) => Delimiter::of(*first)?,
            _ => return None,
        };
        let is_padding = padding == delimiter || Delimiter::USUAL.contains(&padding);
        is_padding.then_some(Self { named: Some(Named { delimiter, padding }), bytes })
    }

    /// What may separate the fields of the file, the likelier first.
    ///
    /// A line that is filled up by another delimiter than it names was written again by a program that separates fields
    /// by that one. Whether it has also read them by it, only the rows can tell. A line that names none leaves it open.
    pub(super) fn candidates(self) -> Vec<Delimiter> {
        match self.named {
            None => Delimiter::USUAL.to_vec(),
            Some(Named { delimiter, padding }) if padding == delimiter => vec![delimiter],
            Some(Named { delimiter, padding }) => vec![padding, delimiter],
        }
    }

    /// How much of a text is looked at: a line with as many columns as are read, quotation marks, blanks and its end.
    pub(super) const LONGEST: usize = MOST_FIELDS + 32;
}

const NAME: &[u8] = b"sep=";

#[cfg(test)]
mod tests {
    use super::{MOST_FIELDS, Statement};

    /// Field 61.
    #[test]
    fn a_line_that_states_the_delimiter_is_told_from_a_header() {
        for (line, expected) in [
            ("sep=;", Some("semicolon")),
            ("sep=,", Some("comma")),
            ("sep=\t", Some("tab")),
            ("sep=\\t", Some("tab")),
            ("SEP=|", Some("|")),
            ("sep= ", Some(" ")),
            ("sep==", Some("=")),
            ("sep=\\", Some("\\")),
            // In quotation marks, of the person or of a program.
            ("\"sep=;\"", Some("semicolon")),
            ("sep=\";\"", Some("semicolon")),
            ("\"sep=\"\";\"\"\"", Some("semicolon")),
            ("\"sep=\\t\"", Some("tab")),
            // Filled up to the number of columns.
            ("sep=;;", Some("semicolon")),
            ("sep=;;;;", Some("semicolon")),
            ("\"sep=;\";;;", Some("semicolon")),
            ("sep=|||", Some("|")),
            ("sep=\t\t\t", Some("tab")),
            ("sep=;,", Some("comma or semicolon")),
            ("\"sep=;\",,", Some("comma or semicolon")),
            ("sep=;\t\t", Some("tab or semicolon")),
            ("sep=|,,", Some("comma or |")),
            // With blanks.
            ("sep=;  ", Some("semicolon")),
            ("sep=;; ", Some("semicolon")),
            ("\"sep=; \"", Some("semicolon")),
            ("sep=\t ", Some("tab")),
            ("sep= \t", Some("tab or  ")),
            ("sep=  ", Some(" ")),
            // Nothing is named.
            ("sep=", Some("comma or semicolon or tab")),
            ("sep=\"\"", Some("comma or semicolon or tab")),
            ("\"sep=\"", Some("comma or semicolon or tab")),
            // Headers.
            ("sep=\"", None),
            ("\"sep=;", None),
            ("sep=§", None),
            ("sep=ö", None),
            ("sep=x", None),
            ("sep=ab", None),
            ("sep=1,2", None),
            ("sep=a;b", None),
            ("sep=;b", None),
            ("sep=;,;", None),
            ("sep=;||", None),
            ("sep=\0", None),
            ("sep;a", None),
            ("separator", None),
            (" sep=;", None),
            ("", None),
        ] {
            for end in ["", "\n", "\r\n", "\ra,b"] {
                let found = Statement::of(format!("{line}{end}").as_bytes());
                let found = found.map(|statement| {
                    assert_eq!(statement.bytes, line.len(), "{line:?}");
                    let words: Vec<_> =
                        statement.candidates().into_iter().map(|found| found.as_str().into_owned()).collect();
                    words.join(" or ")
                });
                assert_eq!(found.as_deref(), expected, "{line:?}");
            }
        }
    }

    /// Field 61.
    #[test]
    fn a_line_is_known_by_its_end_however_many_columns_there_are() {
        let widest = format!("\"sep=;\"{}", ";".repeat(MOST_FIELDS));
        for end in ["", "\r", "\n", "\na;b\n"] {
            assert!(Statement::of(format!("{widest}{end}").as_bytes()).is_some());
            assert!(Statement::of(format!("{widest}{widest}{end}").as_bytes()).is_none());
        }
        let endless = format!("sep=;{}", ";".repeat(Statement::LONGEST - 5));
        assert!(Statement::of(endless.as_bytes()).is_none(), "the text may go on");
    }
}
