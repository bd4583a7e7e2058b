//! Why a row or a file was not taken, for programs: a stable code with the values that the sentence beside it holds.
//!
//! A client words the codes it knows in the language of its reader. What it does not know, or what lacks a value, is
//! read as nothing, so that the sentence is left to be shown.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// Why a row was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(all(feature = "openapi", not(target_family = "wasm")), derive(utoipa::ToSchema))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum RowCause {
    /// It has another number of fields than the header.
    FieldCount {
        /// How many it has.
        found: u64,
        /// How many the header has.
        expected: u64,
    },
    /// A field is not in the encoding of the file.
    NotUtf8 {
        /// The number of the field, from 1.
        field: u64,
        /// What the header calls it, shortened.
        column: String,
        /// The place of the first bad byte in the field, in bytes from 1.
        position: u64,
        /// The value of this byte.
        byte: u8,
    },
    /// A field holds a NUL character.
    HoldsNul {
        /// The number of the field, from 1.
        field: u64,
        /// What the header calls it, shortened.
        column: String,
    },
}

/// Why a job is where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(all(feature = "openapi", not(target_family = "wasm")), derive(utoipa::ToSchema))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum JobCause {
    /// Failed: the file holds nothing.
    Empty,
    /// Failed: the header is not in the encoding of the file.
    HeaderNotUtf8,
    /// Failed: the header names no column.
    HeaderBlank,
    /// Failed: the file is a workbook or an archive.
    Workbook,
    /// Failed: the file is in UTF-16.
    Utf16,
    /// Failed: the file is not text.
    NotText,
    /// Failed: the file ends within quotation marks.
    QuoteNotClosed {
        /// The line in which they open.
        line: u64,
    },
    /// Failed: a row is longer than is read.
    RowTooLong {
        /// The line in which it begins.
        line: u64,
        /// How long a row may be.
        most_kib: u64,
    },
    /// Failed: a row has more fields than are read.
    TooManyFields {
        /// The line in which it begins.
        line: u64,
        /// How many a row may have.
        most: u64,
    },
    /// Failed: the server could not store the rows.
    NotStored,
    /// Failed: the server could not read the file that it had taken.
    CopyUnreadable,
    /// Failed: the server met a defect of its own.
    Defect,
    /// Queued again: the server was restarted.
    Restarted,
}

/// A cause as it is read: by its code, and with every value that it needs.
pub trait Cause: Sized {
    /// Reads what came from the network or the store, if it is a cause that is known here.
    fn read(found: &Value) -> Option<Self>;
}

impl Cause for RowCause {
    fn read(found: &Value) -> Option<Self> {
        Some(match code(found)? {
            "field_count" => {
                Self::FieldCount { found: number(found, "found")?, expected: number(found, "expected")? }
            }
            "not_utf8" => Self::NotUtf8 {
                field: number(found, "field")?,
                column: column(found)?,
                position: number(found, "position")?,
                byte: u8::try_from(number(found, "byte")?).ok()?,
            },
            "holds_nul" => Self::HoldsNul { field: number(found, "field")?, column: column(found)? },
            _ => return None,
        })
    }
}

impl Cause for JobCause {
    fn read(found: &Value) -> Option<Self> {
        Some(match code(found)? {
            "empty" => Self::Empty,
            "header_not_utf8" => Self::HeaderNotUtf8,
            "header_blank" => Self::HeaderBlank,
            "workbook" => Self::Workbook,
            "utf16" => Self::Utf16,
            "not_text" => Self::NotText,
            "quote_not_closed" => Self::QuoteNotClosed { line: number(found, "line")? },
            "row_too_long" => {
                Self::RowTooLong { line: number(found, "line")?, most_kib: number(found, "most_kib")? }
            }
            "too_many_fields" => {
                Self::TooManyFields { line: number(found, "line")?, most: number(found, "most")? }
            }
            "not_stored" => Self::NotStored,
            "copy_unreadable" => Self::CopyUnreadable,
            "defect" => Self::Defect,
            "restarted" => Self::Restarted,
            _ => return None,
        })
    }
}

/// Reads a cause that may be anything, without giving up what is around it.
pub(super) fn known<'de, C: Cause, D: Deserializer<'de>>(from: D) -> Result<Option<C>, D::Error> {
    Ok(C::read(&Value::deserialize(from)?))
}

fn code(found: &Value) -> Option<&str> {
    found.get("code")?.as_str()
}

fn number(found: &Value, name: &str) -> Option<u64> {
    found.get(name)?.as_u64()
}

fn column(found: &Value) -> Option<String> {
    found.get("column")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json, to_value};

    use super::{Cause, JobCause, RowCause};
    use crate::wire::jobs::RejectedRow;

    fn rows() -> [(RowCause, Value); 3] {
        let column = || "b".to_owned();
        [
            (
                RowCause::FieldCount { found: 2, expected: 3 },
                json!({ "code": "field_count", "found": 2, "expected": 3 }),
            ),
            (
                RowCause::NotUtf8 { field: 2, column: column(), position: 4, byte: 0xe9 },
                json!({ "code": "not_utf8", "field": 2, "column": "b", "position": 4, "byte": 233 }),
            ),
            (
                RowCause::HoldsNul { field: 2, column: column() },
                json!({ "code": "holds_nul", "field": 2, "column": "b" }),
            ),
        ]
    }

    fn jobs() -> [(JobCause, Value); 13] {
        [
            (JobCause::Empty, json!({ "code": "empty" })),
            (JobCause::HeaderNotUtf8, json!({ "code": "header_not_utf8" })),
            (JobCause::HeaderBlank, json!({ "code": "header_blank" })),
            (JobCause::Workbook, json!({ "code": "workbook" })),
            (JobCause::Utf16, json!({ "code": "utf16" })),
            (JobCause::NotText, json!({ "code": "not_text" })),
            (JobCause::QuoteNotClosed { line: 7 }, json!({ "code": "quote_not_closed", "line": 7 })),
            (
                JobCause::RowTooLong { line: 7, most_kib: 1_024 },
                json!({ "code": "row_too_long", "line": 7, "most_kib": 1_024 }),
            ),
            (
                JobCause::TooManyFields { line: 7, most: 1_024 },
                json!({ "code": "too_many_fields", "line": 7, "most": 1_024 }),
            ),
            (JobCause::NotStored, json!({ "code": "not_stored" })),
            (JobCause::CopyUnreadable, json!({ "code": "copy_unreadable" })),
            (JobCause::Defect, json!({ "code": "defect" })),
            (JobCause::Restarted, json!({ "code": "restarted" })),
        ]
    }

    #[test]
    fn every_cause_is_spelled_as_agreed_and_read_back() {
        for (cause, spelled) in rows() {
            assert_eq!(to_value(&cause).unwrap(), spelled);
            assert_eq!(RowCause::read(&spelled), Some(cause));
        }
        for (cause, spelled) in jobs() {
            assert_eq!(to_value(cause).unwrap(), spelled);
            assert_eq!(JobCause::read(&spelled), Some(cause));
        }
    }

    #[test]
    fn a_cause_without_one_of_its_values_or_with_one_of_another_type_is_none() {
        let rows = rows().map(|(_, spelled)| (spelled, (|found| RowCause::read(found).is_some()) as Reads));
        let jobs = jobs().map(|(_, spelled)| (spelled, (|found| JobCause::read(found).is_some()) as Reads));
        for (spelled, reads) in rows.into_iter().chain(jobs) {
            for name in spelled.as_object().unwrap().keys() {
                let mut missing = spelled.clone();
                missing.as_object_mut().unwrap().remove(name);
                assert!(!reads(&missing), "{missing}");
                for strange in [json!(null), json!(-1), json!(1.5), json!([]), json!({}), json!(true)] {
                    let mut changed = spelled.clone();
                    changed[name] = strange;
                    assert!(!reads(&changed), "{changed}");
                }
            }
        }
    }

    type Reads = fn(&Value) -> bool;

    #[test]
    fn a_row_is_read_whatever_its_cause_is() {
        for cause in [
            json!(null),
            json!("field_count"),
            json!(4_711),
            json!([]),
            json!({}),
            json!({ "code": "of_tomorrow", "found": 1 }),
            json!({ "code": "field_count", "found": "two" }),
        ] {
            let row = json!({ "line": 3, "reason": "Why.", "cause": cause, "beginning": "x" });
            let row: RejectedRow = from_value(row).unwrap();
            assert_eq!((row.reason.as_str(), row.cause), ("Why.", None));
        }
        let row: RejectedRow = from_value(json!({ "line": 3, "reason": "Why.", "beginning": "x" })).unwrap();
        assert_eq!(row.cause, None);
    }
}
