//! What a file is: its encoding, what separates its fields, its header.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use perennial_dialect::wire::cause::JobCause;

use super::delimiter::{self, Delimiter};
use super::encoding::{self, Encoding};
use super::records::{Place, Records};
use super::{Unreadable, whole};

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

/// Finds out what a file is. Reads it through once, unless the encoding is stated: how many bytes are no UTF-8 is known
/// at the end only.
///
/// The person's word counts first, then the file's (`sep=;`, a byte order mark), then what the file looks like.
pub(crate) fn inspect(path: &Path, stated: Stated) -> Result<Form, Unreadable> {
    let mut file = File::open(path)?;
    let mut sample = Vec::new();
    (&mut file).take(SAMPLE_BYTES).read_to_end(&mut sample)?;
    refuse_what_is_no_text(&sample)?;
    let encoding = match stated.encoding {
        Some(encoding) => encoding,
        None if sample.starts_with(MARK) => Encoding::Utf8,
        None => {
            file.seek(SeekFrom::Start(0))?;
            encoding::detect(&mut file)?
        }
    };
    let beginning = Beginning::of(&sample, encoding);
    let found = || delimiter::detect(&sample[beginning.bytes..]);
    let delimiter = stated.delimiter.or(beginning.delimiter).unwrap_or_else(found);

    let place = Place { byte: u64::try_from(beginning.bytes).unwrap_or_default(), line: beginning.line };
    file.seek(SeekFrom::Start(place.byte))?;
    let mut records = Records::new(file, delimiter.byte(), place);
    let Some(header) = records.next()? else { return Err(Unreadable::File(JobCause::Empty)) };
    if header.fields().map(<[u8]>::len).sum::<usize>() > LONGEST_HEADER_BYTES {
        let most_kib = whole(LONGEST_HEADER_BYTES / 1024);
        return Err(Unreadable::File(JobCause::RowTooLong { line: header.line, most_kib }));
    }
    let columns = header
        .fields()
        .map(|field| encoding.decode(field))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| Unreadable::File(JobCause::HeaderNotUtf8))?;
    if columns.iter().all(|name| name.trim().is_empty()) {
        return Err(Unreadable::File(JobCause::HeaderBlank));
    }
    Ok(Form { delimiter, encoding, columns, place: records.place() })
}

/// What comes before the header and is none of the data.
struct Beginning {
    bytes: usize,
    /// The line that follows, from 1.
    line: u64,
    /// The delimiter that the file states.
    delimiter: Option<Delimiter>,
}

impl Beginning {
    /// Byte order marks, the line `sep=`, and byte order marks again: a program that puts one of them in front does not
    /// look for the other.
    fn of(sample: &[u8], encoding: Encoding) -> Self {
        let marks = |at: usize| match encoding {
            Encoding::Utf8 => marks(&sample[at..]),
            Encoding::Windows1252 => 0,
        };
        let bytes = marks(0);
        match delimiter::stated_in_file(&sample[bytes..]) {
            Some((delimiter, length)) => {
                let bytes = bytes + length;
                Self { bytes: bytes + marks(bytes), line: 2, delimiter: Some(delimiter) }
            }
            None => Self { bytes, line: 1, delimiter: None },
        }
    }
}

/// How many bytes the byte order marks take with which a text begins.
fn marks(text: &[u8]) -> usize {
    MARK.len() * text.as_chunks().0.iter().take_while(|chunk| *chunk == MARK).count()
}

fn refuse_what_is_no_text(sample: &[u8]) -> Result<(), Unreadable> {
    let why = if sample.starts_with(b"PK\x03\x04") || sample.starts_with(b"\xd0\xcf\x11\xe0") {
        JobCause::Workbook
    } else if sample.starts_with(b"\xff\xfe") || sample.starts_with(b"\xfe\xff") || looks_like_utf16(sample) {
        JobCause::Utf16
    } else if sample.contains(&0) {
        JobCause::NotText
    } else {
        return Ok(());
    };
    Err(Unreadable::File(why))
}

/// In UTF-16 one half of most letters is NUL, always the same. A stray NUL or two are not enough.
fn looks_like_utf16(sample: &[u8]) -> bool {
    let mut nuls = [0; 2];
    for (index, _) in sample.iter().enumerate().filter(|(_, byte)| **byte == 0) {
        nuls[index % 2] += 1;
    }
    let most = nuls[0].max(nuls[1]);
    nuls.contains(&0) && most > 2 && 4 * most > sample.len()
}

/// The byte order mark of UTF-8.
const MARK: &[u8; 3] = b"\xef\xbb\xbf";

/// Lists of datasets and jobs have the columns of each, so they are bounded by this.
const LONGEST_HEADER_BYTES: usize = 64 << 10;

/// How much of a file is looked at to find out what separates its fields.
const SAMPLE_BYTES: u64 = 64 << 10;
