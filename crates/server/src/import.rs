//! Reading a CSV file: what it is, and its rows a batch at a time.
//!
//! Knows no database and no job. At any moment it holds one batch and one row, each bounded, whatever the file
//! holds; and what it reads depends on the file and the place alone, so that reading can go on at a place.

mod delimiter;
mod encoding;
mod form;
#[cfg(test)]
mod properties;
mod records;
#[cfg(test)]
mod slowly;
mod source;
mod statement;

use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use std::path::Path;

use perennial_dialect::wire::cause::{JobCause, RowCause};

pub use delimiter::{Delimiter, Separator};
pub use encoding::Encoding;
pub use form::Stated;
pub(crate) use form::inspect;
use records::{RecordError, Records};
pub(crate) use source::Place;

/// Why a file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// The file is to blame.
    File(JobCause),
    /// The machine is to blame.
    Disk(String),
}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Self {
        Self::Disk(error.to_string())
    }
}

impl From<RecordError> for Unreadable {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::Io(error) => error.into(),
            RecordError::NeverClosed { line } => Self::File(JobCause::QuoteNotClosed { line }),
            RecordError::TooLong { line } => Self::File(JobCause::RowTooLong {
                line,
                most_kib: whole(records::LONGEST_RECORD_BYTES / 1024),
            }),
            RecordError::TooManyFields { line } => {
                Self::File(JobCause::TooManyFields { line, most: whole(records::MOST_FIELDS) })
            }
        }
    }
}

/// A row that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The line of the file where it begins, from 1.
    pub line: i64,
    /// Its fields, as many as there are columns.
    pub fields: Vec<String>,
}

/// A row that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// The line of the file where it begins, from 1.
    pub line: i64,
    /// Why.
    pub cause: RowCause,
    /// How the row begins.
    pub beginning: String,
}

/// Some rows, in the order of the file.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) accepted: Vec<Accepted>,
    pub(crate) rejected: Vec<Rejected>,
    /// Where the next row begins.
    pub(crate) place: Place,
    pub(crate) is_last: bool,
}

/// The rows of a file from a place on.
#[derive(Debug)]
pub(crate) struct Rows {
    records: Records<File>,
    encoding: Encoding,
    columns: Vec<String>,
}

impl Rows {
    /// Opens the file at a place where a row begins.
    pub(crate) fn open(
        path: &Path,
        delimiter: Delimiter,
        encoding: Encoding,
        columns: Vec<String>,
        place: Place,
    ) -> io::Result<Self> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(place.byte))?;
        Ok(Self { records: Records::new(file, delimiter.byte(), place), encoding, columns })
    }

    /// The next rows: at most [`MOST_ROWS`], and not many more than [`MOST_BYTES`] of them.
    pub(crate) fn next_batch(&mut self) -> Result<Batch, Unreadable> {
        let (mut accepted, mut rejected) = (Vec::new(), Vec::new());
        let begin = self.records.place().byte;
        let most_rows = MOST_ROWS.min(MOST_FIELDS / self.columns.len().max(1)).max(1);
        let is_last = loop {
            let is_full = accepted.len() + rejected.len() >= most_rows
                || self.records.place().byte - begin >= MOST_BYTES;
            if is_full {
                break false;
            }
            let Some(record) = self.records.next()? else { break true };
            let line = i64::try_from(record.line).unwrap_or(i64::MAX);
            let fields: Vec<&[u8]> = record.fields().collect();
            match take(&fields, self.encoding, &self.columns) {
                Ok(fields) => accepted.push(Accepted { line, fields }),
                Err(cause) => {
                    rejected.push(Rejected { line, cause, beginning: beginning(&fields, self.encoding) })
                }
            }
        };
        Ok(Batch { accepted, rejected, place: self.records.place(), is_last })
    }
}

fn take(fields: &[&[u8]], encoding: Encoding, columns: &[String]) -> Result<Vec<String>, RowCause> {
    if fields.len() != columns.len() {
        return Err(RowCause::FieldCount { found: whole(fields.len()), expected: whole(columns.len()) });
    }
    let number = |index: usize| whole(index + 1);
    let name = |index: usize| shorten(&columns[index], LONGEST_NAME);
    let mut texts = Vec::with_capacity(fields.len());
    for (index, field) in fields.iter().enumerate() {
        let text = encoding.decode(field).map_err(|bad| RowCause::NotUtf8 {
            field: number(index),
            column: name(index),
            position: bad.position,
            byte: bad.byte,
        })?;
        if text.contains('\0') {
            return Err(RowCause::HoldsNul { field: number(index), column: name(index) });
        }
        texts.push(text);
    }
    Ok(texts)
}

fn beginning(fields: &[&[u8]], encoding: Encoding) -> String {
    let mut text = String::new();
    for field in fields.iter().take(LONGEST_BEGINNING) {
        if !text.is_empty() {
            text.push_str(" | ");
        }
        text.push_str(&encoding.decode_lossy(&field[..field.len().min(4 * LONGEST_BEGINNING)]));
        if text.len() > 4 * LONGEST_BEGINNING {
            break;
        }
    }
    shorten(&text.replace('\0', "\u{fffd}"), LONGEST_BEGINNING)
}

fn whole(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// The first characters of a text, with an ellipsis where it goes on.
pub(crate) fn shorten(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// `1 row`, `2 rows`.
pub(crate) fn count(number: impl std::fmt::Display, noun: &str) -> String {
    let number = number.to_string();
    let plural = if number == "1" { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(&number))
}

/// A whole number as people read it: `1,234,567`.
pub(crate) fn grouped(digits: &str) -> String {
    let first = digits.len() % 3;
    let (head, rest) = digits.split_at_checked(first).unwrap_or((digits, ""));
    let groups = rest.as_bytes().chunks(3).map(String::from_utf8_lossy);
    let head = (!head.is_empty()).then_some(head.into());
    head.into_iter().chain(groups).collect::<Vec<_>>().join(",")
}

/// How many rows are written together: few enough that other writers wait for milliseconds only.
const MOST_ROWS: usize = 1_000;

/// How many fields are written together: each costs memory even when it is empty.
const MOST_FIELDS: usize = 20_000;

/// How much of a file is written together.
const MOST_BYTES: u64 = 1 << 20;

/// How many characters of a column's name are said.
const LONGEST_NAME: usize = 40;

/// How many characters of a rejected row are kept.
const LONGEST_BEGINNING: usize = 200;

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn numbers_are_grouped_and_one_is_not_many() {
        let counted = [0, 1, 12, 999, 1_000, 199_998, 1_234_567].map(|number| count(number, "row"));
        let expected =
            ["0 rows", "1 row", "12 rows", "999 rows", "1,000 rows", "199,998 rows", "1,234,567 rows"];
        assert_eq!(counted, expected);
    }
}
