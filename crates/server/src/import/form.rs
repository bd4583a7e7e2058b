//! What a file is: its encoding, what separates its fields, its header.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use perennial_dialect::wire::cause::JobCause;

use super::records::{Place, Records};
use super::{Unreadable, decode};

/// What separates fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delimiter {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// A tab.
    Tab,
}

impl Delimiter {
    /// Its name on the wire and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Comma => "comma",
            Self::Semicolon => "semicolon",
            Self::Tab => "tab",
        }
    }

    /// Reads [`Self::as_str`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|delimiter| delimiter.as_str() == word)
    }

    pub(super) fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
        }
    }

    const ALL: [Self; 3] = [Self::Comma, Self::Semicolon, Self::Tab];
}

/// How text is written as bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// With or without a byte order mark.
    Utf8,
    /// What spreadsheets on Windows write in western Europe; includes Latin-1.
    Windows1252,
}

impl Encoding {
    /// Its name on the wire and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Windows1252 => "windows-1252",
        }
    }

    /// Reads [`Self::as_str`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Utf8, Self::Windows1252].into_iter().find(|encoding| encoding.as_str() == word)
    }
}

/// What the person said about a file; nothing is found out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stated {
    /// What separates its fields.
    pub delimiter: Option<Delimiter>,
    /// How it is encoded.
    pub encoding: Option<Encoding>,
}

/// What a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    pub(crate) delimiter: Delimiter,
    pub(crate) encoding: Encoding,
    /// The fields of the header.
    pub(crate) columns: Vec<String>,
    /// Where the first row begins.
    pub(crate) place: Place,
}

/// Finds out what a file is. Reads it through once, unless the encoding is stated: whether bytes are UTF-8 is
/// known at the end only.
pub(crate) fn inspect(path: &Path, stated: Stated) -> Result<Form, Unreadable> {
    let mut file = File::open(path)?;
    let mut sample = Vec::new();
    (&mut file).take(SAMPLE_BYTES).read_to_end(&mut sample)?;
    refuse_what_is_no_text(&sample)?;
    let has_mark = sample.starts_with(MARK);
    let encoding = match stated.encoding {
        Some(encoding) => encoding,
        None if has_mark => Encoding::Utf8,
        None => encoding_of(&mut file)?,
    };
    let begin = if has_mark && encoding == Encoding::Utf8 { MARK.len() } else { 0 };
    let delimiter = stated.delimiter.unwrap_or_else(|| delimiter_of(&sample[begin..]));

    let place = Place { byte: u64::try_from(begin).unwrap_or_default(), line: 1 };
    file.seek(SeekFrom::Start(place.byte))?;
    let mut records = Records::new(file, delimiter.byte(), place);
    let Some(header) = records.next()? else { return Err(Unreadable::File(JobCause::Empty)) };
    let columns = header
        .fields()
        .map(|field| decode(field, encoding).ok_or(()))
        .collect::<Result<Vec<_>, ()>>()
        .map_err(|()| Unreadable::File(JobCause::HeaderNotUtf8))?;
    if columns.iter().all(|name| name.trim().is_empty()) {
        return Err(Unreadable::File(JobCause::HeaderBlank));
    }
    Ok(Form { delimiter, encoding, columns, place: records.place() })
}

fn refuse_what_is_no_text(sample: &[u8]) -> Result<(), Unreadable> {
    let why = if sample.starts_with(b"PK\x03\x04") || sample.starts_with(b"\xd0\xcf\x11\xe0") {
        JobCause::Workbook
    } else if sample.starts_with(b"\xff\xfe") || sample.starts_with(b"\xfe\xff") {
        JobCause::Utf16
    } else if sample.contains(&0) {
        JobCause::NotText
    } else {
        return Ok(());
    };
    Err(Unreadable::File(why))
}

/// UTF-8 if all of the file is: text in Windows-1252 that has a letter beyond ASCII practically never is.
fn encoding_of(file: &mut File) -> io::Result<Encoding> {
    file.seek(SeekFrom::Start(0))?;
    let mut buffer = vec![0; 64 << 10];
    let mut held = 0;
    loop {
        let read = file.read(&mut buffer[held..])?;
        let end = held + read;
        match str::from_utf8(&buffer[..end]) {
            Ok(_) => held = 0,
            // A character may go on in what is read next.
            Err(error) if error.error_len().is_none() && read > 0 => {
                buffer.copy_within(error.valid_up_to()..end, 0);
                held = end - error.valid_up_to();
            }
            Err(_) => return Ok(Encoding::Windows1252),
        }
        if read == 0 {
            return Ok(Encoding::Utf8);
        }
    }
}

/// The one by which most of the first rows have as many fields as the header, and more than one; a comma where
/// nothing does.
fn delimiter_of(sample: &[u8]) -> Delimiter {
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

/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// How much of a file is looked at to find out what it is.
const SAMPLE_BYTES: u64 = 64 << 10;
