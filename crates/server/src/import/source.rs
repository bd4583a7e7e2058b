//! The bytes of a file, and what of them is no data.

use std::io::{self, Read};

use super::statement::Statement;

/// A place in a file where a record begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// From the beginning of the file.
    pub(crate) byte: u64,
    /// The line, from 1.
    pub(crate) line: u64,
}

impl Place {
    /// Where every file begins.
    pub(crate) const BEGINNING: Self = Self { byte: 0, line: 1 };
}

/// The bytes from a place on. They can be looked at before they are taken.
#[derive(Debug)]
pub(super) struct Source<R> {
    reader: R,
    place: Place,
    buffer: Vec<u8>,
    /// What of the buffer was read and not taken.
    begin: usize,
    end: usize,
}

/// What a file says about itself before its header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Preamble {
    /// A byte order mark.
    pub(super) has_mark: bool,
    /// The line `sep=`.
    pub(super) statement: Option<Statement>,
}

impl<R: Read> Source<R> {
    pub(super) fn new(reader: R, place: Place) -> Self {
        Self { reader, place, buffer: vec![0; BUFFER_BYTES], begin: 0, end: 0 }
    }

    pub(super) fn place(&self) -> Place {
        self.place
    }

    /// What comes next: at least so many bytes, unless the file ends before.
    pub(super) fn peek(&mut self, least: usize) -> io::Result<&[u8]> {
        while self.end - self.begin < least {
            self.buffer.copy_within(self.begin..self.end, 0);
            (self.begin, self.end) = (0, self.end - self.begin);
            match self.reader.read(&mut self.buffer[self.end..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(0) => break,
                read => self.end += read?,
            }
        }
        Ok(&self.buffer[self.begin..self.end])
    }

    /// Takes bytes that were looked at, within which so many lines end.
    pub(super) fn take(&mut self, bytes: usize, lines: u64) {
        self.begin += bytes;
        self.place.byte += u64::try_from(bytes).unwrap_or_default();
        self.place.line += lines;
    }

    /// Skips what is no data before a record: ends of lines, byte order marks, and where a file begins the line `sep=`.
    ///
    /// A mark before a record says that a file begins there, for files are joined by putting one behind the other. It is
    /// skipped in every encoding: nobody means the three letters that it would be in Windows-1252.
    pub(super) fn skip_to_record(&mut self) -> io::Result<Preamble> {
        let mut found = Preamble::default();
        let mut is_beginning = self.place == Place::BEGINNING;
        loop {
            match self.peek(1)?.first().copied() {
                Some(b'\r' | b'\n') => self.skip_line_end()?,
                Some(0xef) if self.peek(MARK.len())?.starts_with(MARK) => {
                    self.take(MARK.len(), 0);
                    found.has_mark = true;
                    is_beginning = true;
                }
                Some(_) if is_beginning => {
                    is_beginning = false;
                    let Some(statement) = Statement::of(self.peek(Statement::LONGEST)?) else { break };
                    self.take(statement.bytes, 0);
                    found.statement = Some(statement);
                }
                Some(_) | None => break,
            }
        }
        Ok(found)
    }

    fn skip_line_end(&mut self) -> io::Result<()> {
        let is_half = self.peek(1)?.first() == Some(&b'\r');
        self.take(1, 1);
        if is_half { self.skip_line_feed() } else { Ok(()) }
    }

    /// Skips the second half of a CR LF, so that a record never begins inside one.
    pub(super) fn skip_line_feed(&mut self) -> io::Result<()> {
        if self.peek(1)?.first() == Some(&b'\n') {
            self.take(1, 0);
        }
        Ok(())
    }
}

/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

const BUFFER_BYTES: usize = 64 << 10;

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::super::delimiter::Delimiter;
    use super::super::slowly::Slowly;
    use super::{Place, Source};

    /// Where the record begins, whether there was a mark, and what the file states.
    fn skipped(text: &[u8], most: usize, place: Place) -> (u64, u64, bool, Option<Vec<Delimiter>>) {
        let mut source = Source::new(Slowly { bytes: text, most }, place);
        let found = source.skip_to_record().unwrap();
        let Place { byte, line } = source.place();
        (byte, line, found.has_mark, found.statement.map(|statement| statement.candidates().to_vec()))
    }

    /// Field 61.
    #[test]
    fn what_is_no_data_is_skipped_however_little_is_read_at_once() {
        let semicolon = || Some(vec![Delimiter::Semicolon]);
        for (text, byte, line, has_mark, stated) in [
            ("", 0, 1, false, None),
            ("a", 0, 1, false, None),
            ("\r\n\n\ra", 4, 4, false, None),
            ("\u{feff}a", 3, 1, true, None),
            ("\u{feff}\u{feff}\r\n\u{feff}a", 11, 2, true, None),
            ("sep=;\r\na", 7, 2, false, semicolon()),
            ("\r\n\u{feff}\nsep=;\r\u{feff}\n\na", 17, 6, true, semicolon()),
            // A second one is a header, unless a mark comes before it.
            ("sep=;\nsep=;\n", 6, 2, false, semicolon()),
            ("sep=,\n\u{feff}sep=;\na", 15, 3, true, semicolon()),
            // Another letter that begins like the mark.
            ("\u{ff01}a", 0, 1, false, None),
            ("\u{feff}\u{ff01}", 3, 1, true, None),
        ] {
            for most in [1, 2, usize::MAX] {
                let found = skipped(text.as_bytes(), most, Place::BEGINNING);
                assert_eq!(found, (byte, line, has_mark, stated.clone()), "{text:?} by {most}");
            }
        }
        // A mark that the end of the file cuts is none.
        assert_eq!(skipped(b"\n\xef\xbb", 1, Place::BEGINNING), (1, 2, false, None));
    }

    /// Field 61.
    #[test]
    fn in_the_middle_of_a_file_another_begins_where_a_mark_says_so() {
        let middle = Place { byte: 100, line: 10 };
        let semicolon = Some(vec![Delimiter::Semicolon]);
        assert_eq!(skipped(b"\nsep=;\na", usize::MAX, middle), (101, 11, false, None));
        assert_eq!(skipped("\n\u{feff}sep=;\na".as_bytes(), 1, middle), (110, 12, true, semicolon));
    }

    #[test]
    fn bytes_are_looked_at_before_they_are_taken() {
        let text: Vec<u8> = (0..=u8::MAX).cycle().take(150_000).collect();
        for most in [7, 70_000] {
            let mut source = Source::new(Slowly { bytes: &text, most }, Place::BEGINNING);
            let mut taken = Vec::new();
            loop {
                let next = source.peek(1_000).unwrap();
                if next.is_empty() {
                    break;
                }
                assert!(next.len() >= 1_000.min(text.len() - taken.len()));
                let some = next.len().min(333);
                taken.extend_from_slice(&next[..some]);
                source.take(some, 0);
            }
            assert_eq!(taken, text);
            assert_eq!(source.place(), Place { byte: 150_000, line: 1 });
            assert_eq!(source.reader.read(&mut [0]).unwrap(), 0);
        }
    }
}
