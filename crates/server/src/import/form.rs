//! What a file is: its encoding, what separates its fields, its header.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use perennial_dialect::wire::cause::JobCause;

use super::delimiter::Delimiter;
use super::encoding::{self, Encoding};
use super::records::Records;
use super::source::{Place, Preamble, Source};
use super::statement::Statement;
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
    let mut beginning = Source::new(sample.as_slice(), Place::BEGINNING);
    let Preamble { has_mark, statement } = beginning.skip_to_record()?;
    let encoding = match stated.encoding {
        Some(encoding) => encoding,
        None if has_mark => Encoding::Utf8,
        None => {
            file.seek(SeekFrom::Start(0))?;
            encoding::detect(&mut file)?
        }
    };
    let delimiter = stated.delimiter.unwrap_or_else(|| {
        let candidates = statement.map_or(Delimiter::USUAL.to_vec(), Statement::candidates);
        likeliest(&candidates, &sample)
    });

    file.seek(SeekFrom::Start(0))?;
    let mut records = Records::new(file, delimiter.byte(), Place::BEGINNING);
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

/// Of some delimiters the one by which most of the first rows have as many fields as the header, and more than one;
/// the first of them where nothing does.
fn likeliest(candidates: &[Delimiter], sample: &[u8]) -> Delimiter {
    let score = |delimiter: Delimiter| {
        let mut records = Records::new(sample, delimiter.byte(), Place::BEGINNING);
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
    // Of equals the last is the greatest.
    let likeliest = candidates.iter().rev().max_by_key(|delimiter| score(**delimiter));
    likeliest.copied().unwrap_or(Delimiter::Comma)
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

/// Lists of datasets and jobs have the columns of each, so they are bounded by this.
const LONGEST_HEADER_BYTES: usize = 64 << 10;

/// How much of a file is looked at to find out what separates its fields.
const SAMPLE_BYTES: u64 = 64 << 10;
