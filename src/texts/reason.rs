//! What servers say by a code, in words: why a row or a file was not taken, why a request was refused.

use perennial_dialect::wire::{
    PROBLEM_PREFIX,
    cause::{JobCause, RowCause},
};
use serde_json::Value;

use super::{
    fill, length,
    number::{count, size},
    spoken::reasons,
    t,
};

/// Why a row was not taken.
#[must_use]
pub fn of_row(cause: &RowCause) -> String {
    let texts = reasons();
    match cause {
        RowCause::FieldCount { found, expected } => {
            fill(&count(texts.field_count, *found, plain), &[("expected", &plain(*expected))])
        }
        RowCause::NotUtf8 { field, column, .. } => {
            format!("{} {}", of_field(texts.not_utf8, *field, column), texts.other_encoding)
        }
        RowCause::HoldsNul { field, column } => of_field(texts.holds_nul, *field, column),
    }
}

/// Why a job is where it is.
#[must_use]
pub fn of_job(cause: JobCause) -> String {
    let texts = reasons();
    let at_most = |text, line, most| fill(text, &[("line", &plain(line)), ("most", &plain(most))]);
    match cause {
        JobCause::Empty => texts.empty.to_owned(),
        JobCause::HeaderNotUtf8 => format!("{} {}", texts.header_not_utf8, texts.other_encoding),
        JobCause::HeaderBlank => texts.header_blank.to_owned(),
        JobCause::Workbook => texts.workbook.to_owned(),
        JobCause::Utf16 => texts.utf16.to_owned(),
        JobCause::NotText => texts.not_text.to_owned(),
        JobCause::QuoteNotClosed { line } => fill(texts.quote_not_closed, &[("line", &plain(line))]),
        JobCause::RowTooLong { line, most_kib } => at_most(texts.row_too_long, line, most_kib),
        JobCause::TooManyFields { line, most } => at_most(texts.too_many_fields, line, most),
        JobCause::NotStored => texts.not_stored.to_owned(),
        JobCause::CopyUnreadable => texts.copy_unreadable.to_owned(),
        JobCause::Defect => texts.defect.to_owned(),
        JobCause::Restarted => texts.restarted.to_owned(),
    }
}

/// What a problem document (RFC 9457) says: in the language of the reader where its kind is known here and has all its
/// values, else in the words of the server. Whoever wrote it, each of its members may be missing or be anything.
///
/// Kinds that only a mistake in this application can bring about are left in the words of the server, which are for
/// those who look into it.
#[must_use]
pub fn of_problem(problem: &Value) -> Option<String> {
    known(problem).or_else(|| {
        let words = |name: &&str| problem.get(name)?.as_str().filter(|words| !words.trim().is_empty());
        ["detail", "title"].iter().find_map(words).map(str::to_owned)
    })
}

/// By the type and not by the reason beside it: another server may use the same word for something of its own.
fn known(problem: &Value) -> Option<String> {
    let texts = reasons();
    let number = |name: &str| problem.get(name)?.as_u64();
    let text = match problem.get("type")?.as_str()?.strip_prefix(PROBLEM_PREFIX)? {
        "body_too_large" => {
            return Some(fill(texts.body_too_large, &[("size", &size(number("limit_bytes")?))]));
        }
        "too_many_jobs" => return Some(count(texts.too_many_jobs, number("limit")?, plain)),
        "too_many_datasets" => return Some(count(texts.too_many_datasets, number("limit")?, plain)),
        "too_many_attempts" => {
            let time = length(in_minutes(number("retry_after_s")?));
            return Some(fill(texts.too_many_attempts, &[("time", &time)]));
        }
        "body_malformed" => texts.body_malformed,
        "job_ended" => texts.job_ended,
        "job_not_repeatable" => texts.job_not_repeatable,
        "not_found" => texts.not_found,
        "busy" => texts.busy,
        "internal" => texts.internal,
        "session_revoked" | "session_expired" => t().request.signed_out,
        _ => return None,
    };
    Some(text.to_owned())
}

/// The name of a column is put in last, because it may look like a place for something else.
fn of_field(text: &str, field: u64, column: &str) -> String {
    fill(&fill(text, &[("field", &plain(field))]), &[("column", column)])
}

/// A wait as it is said, in whole minutes where it is longer than one and a half.
fn in_minutes(seconds: u64) -> u64 {
    if seconds > 90 { seconds.div_ceil(60).saturating_mul(60) } else { seconds }
}

fn plain(number: u64) -> String {
    number.to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::{super::spoken::in_german, *};

    #[test]
    fn every_reason_of_a_row_is_said_in_every_language() {
        let column = || "{field}".to_owned();
        for (cause, english, german) in [
            (
                RowCause::FieldCount { found: 1, expected: 3 },
                "The row has 1 field, but the header has 3.",
                "Die Zeile hat 1 Feld, die Kopfzeile aber 3.",
            ),
            (
                RowCause::FieldCount { found: 4, expected: 1 },
                "The row has 4 fields, but the header has 1.",
                "Die Zeile hat 4 Felder, die Kopfzeile aber 1.",
            ),
            (
                RowCause::NotUtf8 { field: 2, column: column(), position: 4, byte: 0xe9 },
                "Field 2 (“{field}”) is not valid UTF-8. Choose Windows-1252 as the encoding, or save the file as UTF-8.",
                "Feld 2 („{field}“) ist kein gültiges UTF-8. Wählen Sie Windows-1252 als Zeichensatz, oder speichern Sie die Datei als UTF-8.",
            ),
            (
                RowCause::HoldsNul { field: 2, column: column() },
                "Field 2 (“{field}”) holds a NUL character, which is no text.",
                "Feld 2 („{field}“) enthält ein NUL-Zeichen und ist damit kein Text.",
            ),
        ] {
            assert_eq!(of_row(&cause), english);
            assert_eq!(in_german(|| of_row(&cause)), german);
        }
    }

    #[test]
    fn every_reason_of_a_job_is_said_in_every_language_with_all_its_values() {
        for cause in [
            JobCause::Empty,
            JobCause::HeaderNotUtf8,
            JobCause::HeaderBlank,
            JobCause::Workbook,
            JobCause::Utf16,
            JobCause::NotText,
            JobCause::QuoteNotClosed { line: 4_711 },
            JobCause::RowTooLong { line: 4_711, most_kib: 1_024 },
            JobCause::TooManyFields { line: 4_711, most: 1_024 },
            JobCause::NotStored,
            JobCause::CopyUnreadable,
            JobCause::Defect,
            JobCause::Restarted,
        ] {
            let (english, german) = (of_job(cause), in_german(|| of_job(cause)));
            assert_ne!(english, german);
            for said in [english, german] {
                assert!(said.ends_with('.') && !said.contains('{'), "{said}");
                for number in ["4711", "1024"] {
                    let spelled = format!("{cause:?}").contains(number);
                    assert_eq!(said.contains(number), spelled, "{said}");
                }
            }
        }
        assert_eq!(
            in_german(|| of_job(JobCause::QuoteNotClosed { line: 4_711 })),
            "Das Anführungszeichen in Zeile 4711 wird nicht geschlossen."
        );
    }

    #[test]
    fn every_known_problem_is_said_in_every_language() {
        for reason in [
            "body_too_large",
            "body_malformed",
            "too_many_jobs",
            "too_many_datasets",
            "too_many_attempts",
            "job_ended",
            "job_not_repeatable",
            "not_found",
            "busy",
            "internal",
            "session_revoked",
            "session_expired",
        ] {
            let problem = problem(reason);
            let english = of_problem(&problem).unwrap();
            let german = in_german(|| of_problem(&problem)).unwrap();
            assert_ne!(english, german);
            for said in [english, german] {
                assert!(said.ends_with('.') && !said.contains('{') && said != SENTENCE, "{said}");
            }
        }
    }

    #[test]
    fn the_numbers_of_a_problem_are_said() {
        for (reason, english, german) in [
            (
                "body_too_large",
                "What was sent is larger than the 67 MB allowed here.",
                "Was Sie gesendet haben, ist größer als die erlaubten 67 MB.",
            ),
            (
                "too_many_attempts",
                "Too many failed attempts. Try again in 5 minutes.",
                "Zu viele fehlgeschlagene Versuche. Versuchen Sie es in 5 Minuten wieder.",
            ),
        ] {
            assert_eq!(of_problem(&problem(reason)).as_deref(), Some(english));
            assert_eq!(in_german(|| of_problem(&problem(reason))).as_deref(), Some(german));
        }
        let jobs = in_german(|| of_problem(&problem("too_many_jobs"))).unwrap();
        assert!(jobs.starts_with("Mehr als 20 wartende und laufende Importe"), "{jobs}");
    }

    #[test]
    fn a_problem_without_one_of_its_values_or_of_another_kind_is_said_as_the_server_did() {
        for (reason, member) in [
            ("body_too_large", "limit_bytes"),
            ("too_many_jobs", "limit"),
            ("too_many_datasets", "limit"),
            ("too_many_attempts", "retry_after_s"),
        ] {
            let mut missing = problem(reason);
            missing.as_object_mut().unwrap().remove(member);
            assert_eq!(of_problem(&missing).as_deref(), Some(SENTENCE), "{reason}");
            for strange in [json!(null), json!("5"), json!(-5), json!(1.5), json!([5])] {
                missing[member] = strange;
                assert_eq!(of_problem(&missing).as_deref(), Some(SENTENCE), "{missing}");
            }
            missing[member] = json!(u64::MAX);
            assert_ne!(of_problem(&missing).as_deref(), Some(SENTENCE), "{missing}");
        }
        assert_eq!(of_problem(&problem("of_tomorrow")).as_deref(), Some(SENTENCE));
        let foreign = json!({ "type": "https://example.org/busy", "reason": "busy", "detail": SENTENCE });
        assert_eq!(of_problem(&foreign).as_deref(), Some(SENTENCE));
    }

    #[test]
    fn a_problem_that_somebody_else_wrote_is_shown_as_well_as_it_can_be() {
        for (problem, said) in [
            (json!({ "detail": "Not for you.", "title": "Forbidden" }), Some("Not for you.")),
            (json!({ "detail": 4_711, "title": "Forbidden" }), Some("Forbidden")),
            (json!({ "detail": " ", "title": "Forbidden" }), Some("Forbidden")),
            (json!({ "type": ["urn"], "title": "Forbidden" }), Some("Forbidden")),
            (json!({ "error": "forbidden" }), None),
            (json!(["detail"]), None),
            (json!("detail"), None),
            (json!(null), None),
        ] {
            assert_eq!(of_problem(&problem).as_deref(), said, "{problem}");
        }
    }

    fn problem(reason: &str) -> Value {
        json!({
            "type": format!("{PROBLEM_PREFIX}{reason}"),
            "title": "Title",
            "detail": SENTENCE,
            "reason": reason,
            "limit": 20,
            "limit_bytes": 64 << 20,
            "retry_after_s": 290,
        })
    }

    const SENTENCE: &str = "The server's own words.";
}
