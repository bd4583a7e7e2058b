//! What the codes of causes say in English, for people who read the API and for clients that do not know a code.

use perennial_dialect::wire::cause::{JobCause, RowCause};

use crate::import::count;

/// Why a row was not taken, in a sentence for the person who sent it.
pub(crate) fn of_row(cause: &RowCause) -> String {
    match cause {
        RowCause::FieldCount { found, expected } => {
            format!("The row has {}, but the header has {expected}.", count(found, "field"))
        }
        RowCause::NotUtf8 { field, column, position, byte } => {
            let expected = expected(*byte);
            format!(
                "Field {field} ({column:?}) is not valid UTF-8: its byte {position} is {byte:02X}, {expected}. {OTHER_ENCODING}"
            )
        }
        RowCause::HoldsNul { field, column } => {
            format!("Field {field} ({column:?}) holds a NUL character, which is no text.")
        }
    }
}

/// What UTF-8 would have where this byte is bad (Unicode, table 3-7).
fn expected(byte: u8) -> &'static str {
    match byte {
        0xc2..=0xdf => "which begins a character of 2 bytes, but the other is missing or wrong",
        0xe0..=0xef => "which begins a character of 3 bytes, but the other 2 are missing or wrong",
        0xf0..=0xf4 => "which begins a character of 4 bytes, but the other 3 are missing or wrong",
        _ => "with which no character begins",
    }
}

/// Why a job is where it is, in a sentence for its person.
pub(crate) fn of_job(cause: JobCause) -> String {
    match cause {
        JobCause::Empty => "The file is empty.",
        JobCause::HeaderNotUtf8 => return format!("The header is not valid UTF-8. {OTHER_ENCODING}"),
        JobCause::HeaderBlank => "The first row, which should name the columns, is blank.",
        JobCause::Workbook => {
            "The file is a workbook of a spreadsheet or an archive, not CSV. Export it as CSV first."
        }
        JobCause::Utf16 => "The file is in UTF-16. Save it as UTF-8.",
        JobCause::NotText => "The file is not text: it holds NUL bytes. Export it as CSV in UTF-8.",
        JobCause::QuoteNotClosed { line } => {
            return format!("The quotation mark in line {line} is not closed.");
        }
        JobCause::RowTooLong { line, most_kib } => {
            return format!(
                "The row that begins in line {line} is longer than {most_kib} KiB. Probably a quotation mark in it is not closed."
            );
        }
        JobCause::TooManyFields { line, most } => {
            return format!(
                "The row that begins in line {line} has more than {most} fields, which is the most that are read."
            );
        }
        JobCause::NotStored => "The server could not store the rows. Try again later.",
        JobCause::CopyUnreadable => "The server could not read its copy of the file. Send the file again.",
        JobCause::Defect => {
            "The server met a defect of its own while reading the file. It has been logged."
        }
        JobCause::Restarted => "The server was restarted; reading goes on where it stood.",
    }
    .to_owned()
}

const OTHER_ENCODING: &str = "Choose Windows-1252 as the encoding, or save the file as UTF-8.";
