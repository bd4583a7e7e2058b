//! The records of a CSV file (RFC 4180), with the line each begins in.
//!
//! The `csv` crate's reader would read a record of any length, which one quotation mark that is never closed makes
//! out of the rest of a file, and counts the lines of files that end theirs by CR LF one short. So this drives the
//! parser it is made of.

use std::io::{self, Read};

use csv_core::ReadRecordResult;

use super::source::{Place, Source};

/// Why there is no next record though the file has not ended.
#[derive(Debug)]
pub(crate) enum RecordError {
    Io(io::Error),
    /// The file ends within quotation marks; the line is where they open.
    NeverClosed {
        line: u64,
    },
    TooLong {
        line: u64,
    },
    TooManyFields {
        line: u64,
    },
}

impl From<io::Error> for RecordError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The records from a place on. Lines that hold nothing are none, nor is what stands where a file begins.
#[derive(Debug)]
pub(crate) struct Records<R> {
    source: Source<R>,
    core: csv_core::Reader,
    fields: Vec<u8>,
    ends: Vec<usize>,
}

/// One record.
#[derive(Debug)]
pub(crate) struct Record<'a> {
    pub(crate) line: u64,
    fields: &'a [u8],
    ends: &'a [usize],
}

impl<'a> Record<'a> {
    pub(crate) fn fields(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let (fields, ends) = (self.fields, self.ends);
        let starts = std::iter::once(0).chain(ends.iter().copied());
        starts.zip(ends).map(move |(start, end)| &fields[start..*end])
    }
}

impl<R: Read> Records<R> {
    pub(crate) fn new(source: R, delimiter: u8, place: Place) -> Self {
        let mut core = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
        // The source skips byte order marks; after a first byte the parser does not look for one.
        core.read_record(b"\n", &mut [0], &mut [0]);
        Self { source: Source::new(source, place), core, fields: vec![0; 4096], ends: vec![0; 64] }
    }

    /// Where the next record begins, or what is no data before it.
    pub(crate) fn place(&self) -> Place {
        self.source.place()
    }

    /// Reads a record; nothing at the end of the file.
    pub(crate) fn next(&mut self) -> Result<Option<Record<'_>>, RecordError> {
        self.source.skip_to_record()?;
        if self.source.peek(1)?.is_empty() {
            return Ok(None);
        }
        let line = self.place().line;
        let (mut length, mut count) = (0, 0);
        let mut last = 0;
        loop {
            let input = self.source.peek(1)?;
            let has_ended = input.is_empty();
            // The end of a line ends the last record as well, and tells what the end of a file would not: within
            // quotation marks it is text. The parser would make one field of all that an open mark swallowed.
            let input = if has_ended { b"\n" } else { input };
            let (result, read, written, ended) =
                self.core.read_record(input, &mut self.fields[length..], &mut self.ends[count..]);
            if has_ended && written > 0 {
                let begin = self.ends[..count].last().copied().unwrap_or_default();
                let within = line_ends(&self.fields[begin..length]);
                return Err(RecordError::NeverClosed { line: self.place().line - within });
            }
            if !has_ended {
                let mut lines = 0;
                for byte in &input[..read] {
                    lines += u64::from(ends_line(*byte, last));
                    last = *byte;
                }
                self.source.take(read, lines);
            }
            length += written;
            count += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if length >= LONGEST_RECORD_BYTES => {
                    return Err(RecordError::TooLong { line });
                }
                ReadRecordResult::OutputFull => {
                    self.fields.resize((2 * self.fields.len()).min(LONGEST_RECORD_BYTES), 0);
                }
                ReadRecordResult::OutputEndsFull if count >= MOST_FIELDS => {
                    return Err(RecordError::TooManyFields { line });
                }
                ReadRecordResult::OutputEndsFull => {
                    self.ends.resize((2 * self.ends.len()).min(MOST_FIELDS), 0);
                }
                ReadRecordResult::Record => break,
                ReadRecordResult::End => return Ok(None),
            }
        }
        if last == b'\r' {
            self.source.skip_line_feed()?;
        }
        Ok(Some(Record { line, fields: &self.fields[..length], ends: &self.ends[..count] }))
    }
}

/// How many lines end within a field in quotation marks, counted as those of the file are. The field holds them as
/// they are there: the parser leaves out only the marks.
fn line_ends(field: &[u8]) -> u64 {
    let before = std::iter::once(&b'"').chain(field);
    before.zip(field).map(|(last, byte)| u64::from(ends_line(*byte, *last))).sum()
}

fn ends_line(byte: u8, last: u8) -> bool {
    byte == b'\r' || (byte == b'\n' && last != b'\r')
}

/// The longest row that is read: a bound on memory, far above what people keep in one row.
pub(crate) const LONGEST_RECORD_BYTES: usize = 1 << 20;

/// How many fields a row may have.
pub(crate) const MOST_FIELDS: usize = 1_024;

#[cfg(test)]
mod tests {
    use super::super::slowly::Slowly;
    use super::{Place, RecordError, Records};

    fn read(text: &str) -> Vec<(u64, Vec<String>)> {
        let mut records = Records::new(text.as_bytes(), b',', Place::BEGINNING);
        let mut found = Vec::new();
        while let Some(record) = records.next().unwrap() {
            let text = |field: &[u8]| String::from_utf8(field.to_vec()).unwrap();
            found.push((record.line, record.fields().map(text).collect()));
        }
        found
    }

    #[test]
    fn a_record_knows_the_line_it_begins_in_however_lines_end() {
        for end in ["\n", "\r\n", "\r"] {
            let text = format!("a,b{end}1,\"x{end}y\"{end}{end}{end}2,z{end}\"q\"\"q\",{end}");
            let found = read(&text);
            let lines: Vec<u64> = found.iter().map(|(line, _)| *line).collect();
            assert_eq!(lines, [1, 2, 6, 7], "{end:?}");
            assert_eq!(found[1].1, ["1".to_owned(), format!("x{end}y")]);
            assert_eq!(found[3].1, ["q\"q", ""]);
        }
    }

    #[test]
    fn reading_goes_on_at_any_place_as_if_it_had_never_stopped() {
        let text = "a,b\r\n\u{feff}1,\"x\r\ny\"\r\n\r\n2,z\n\"3\",\"\"\r4,5";
        let whole = read(text);
        let mut places = Vec::new();
        let mut records = Records::new(text.as_bytes(), b',', Place::BEGINNING);
        while records.next().unwrap().is_some() {
            places.push(records.place());
        }
        for (index, place) in places.into_iter().enumerate() {
            let rest = &text.as_bytes()[usize::try_from(place.byte).unwrap()..];
            let mut records = Records::new(rest, b',', place);
            for (line, fields) in &whole[index + 1..] {
                let record = records.next().unwrap().unwrap();
                assert_eq!(record.line, *line);
                let bytes: Vec<&[u8]> = record.fields().collect();
                assert_eq!(bytes, fields.iter().map(String::as_bytes).collect::<Vec<_>>());
            }
            assert!(records.next().unwrap().is_none());
        }
    }

    /// The line of the mark that is not closed, however much is read at once; and how many records come before.
    fn never_closed(text: &str) -> Option<(usize, u64)> {
        let [whole, bytewise] = [usize::MAX, 1].map(|most| {
            let source = Slowly { bytes: text.as_bytes(), most };
            let mut records = Records::new(source, b',', Place::BEGINNING);
            for before in 0.. {
                match records.next() {
                    Ok(Some(_)) => {}
                    Ok(None) => break,
                    Err(RecordError::NeverClosed { line }) => return Some((before, line)),
                    Err(other) => panic!("{text:?}: {other:?}"),
                }
            }
            None
        });
        assert_eq!(whole, bytewise, "{text:?}");
        whole
    }

    #[test]
    fn a_quotation_mark_that_is_never_closed_is_named_by_its_line() {
        for (text, expected) in [
            ("id,n\n1,\"x\n2,y\n3,z", (1, 2)),
            ("id,n\n1,\"x\n2,y\n3,z\n", (1, 2)),
            ("\"", (0, 1)),
            ("\n\r\n\"a,b\n1,2\n", (0, 3)),
            ("a,b\n1,2\n3,\"", (2, 3)),
            // The last mark is half of an escaped one.
            ("a\n\"x\"\"", (1, 2)),
            ("a\n\"\"\"", (1, 2)),
            // Of several fields with lines in them, the one that is open.
            ("a,b,c\n\"1\n2\",\"3\r\n4\r5\n\r\",\"6\r\n7\"\"\n\"\",\r8", (1, 7)),
            ("a\r1\r\"x\r2\r3", (2, 3)),
            ("a\r\n1\r\n\"x\r\n2\r\n3\r\n", (2, 3)),
        ] {
            assert_eq!(never_closed(text), Some(expected), "{text:?}");
        }
        let far = format!("a,b\n{}1,\"x\n{}", "1,2\n".repeat(40_000), "1,2\n".repeat(100_000));
        assert_eq!(never_closed(&far), Some((40_001, 40_002)));
    }

    #[test]
    fn a_mark_that_is_closed_or_within_a_field_is_fine() {
        for text in [
            "",
            "a",
            "a,\"b\"",
            "a,\"b\"\r",
            "a,\"b\"\r\n",
            "a,\"\"",
            "a,\"\"\"\"",
            "a,\"b\"\"\"\n",
            "a,5\" disk\n1,2",
            "a,b\"",
            "a, \"b",
            "a,\"b\"c\"",
            "a,\"b\n\"\n\n",
        ] {
            assert_eq!(never_closed(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_mark_that_is_never_closed_is_found_from_any_place() {
        let text = "a,b\n1,2\n\n3,4\r\n5,\"6\n7,8\n";
        let mut records = Records::new(text.as_bytes(), b',', Place::BEGINNING);
        let mut places = vec![records.place()];
        while records.next().is_ok() {
            places.push(records.place());
        }
        assert_eq!(places.len(), 4);
        for place in places {
            let rest = &text.as_bytes()[usize::try_from(place.byte).unwrap()..];
            let mut records = Records::new(rest, b',', place);
            let error = std::iter::repeat_with(|| records.next().err()).find_map(|error| error);
            assert!(matches!(error, Some(RecordError::NeverClosed { line: 5 })), "{place:?}: {error:?}");
        }
    }

    #[test]
    fn a_record_without_end_is_given_up_and_not_held() {
        let text = format!("a,b\n1,2\n3,\"{}", "never closed\n".repeat(200_000));
        let mut records = Records::new(text.as_bytes(), b',', Place::BEGINNING);
        records.next().unwrap();
        records.next().unwrap();
        assert!(matches!(records.next(), Err(RecordError::TooLong { line: 3 })));
        let text = ",".repeat(5_000);
        let mut records = Records::new(text.as_bytes(), b',', Place::BEGINNING);
        assert!(matches!(records.next(), Err(RecordError::TooManyFields { line: 1 })));
    }
}
