//! What holds for any file.

use std::fs;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::{Delimiter, Encoding, Place, Rows, Stated, Unreadable, inspect};

/// What was read of a file, as the importer reads it.
#[derive(Debug, PartialEq)]
struct Found {
    columns: Vec<String>,
    accepted: Vec<Vec<String>>,
    rejected: usize,
    lines: Vec<i64>,
    end: Place,
}

fn read(bytes: &[u8], stated: Stated) -> Result<Found, Unreadable> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file.csv");
    fs::write(&path, bytes).unwrap();
    let form = inspect(&path, stated)?;
    let (mut accepted, mut lines, mut rejected) = (Vec::new(), Vec::new(), 0);
    let mut rows =
        Rows::open(&path, form.delimiter, form.encoding, form.columns.clone(), form.place).unwrap();
    loop {
        let batch = rows.next_batch()?;
        rejected += batch.rejected.len();
        lines.extend(batch.accepted.iter().map(|row| row.line));
        lines.extend(batch.rejected.iter().map(|row| row.line));
        accepted.extend(batch.accepted.into_iter().map(|row| row.fields));
        if batch.is_last {
            return Ok(Found { columns: form.columns, accepted, rejected, lines, end: batch.place });
        }
    }
}

/// Pieces of which odd files are made, and bytes that are none of them.
fn odd_file() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => select(vec![
            b"sep=".as_slice(), b"sep=;", b"\xef\xbb\xbf", b"\xef\xbb", b"\xff\xfe", b"\r\n", b"\n", b"\r", b"\"", b"\"\"",
            b",", b";", b"\t", b" ", b"a", b"1,5", b"\xc3\xab", b"\xe9", b"\xe2\x82", b"\\t",
        ])
        .prop_map(<[u8]>::to_vec),
        1 => vec(any::<u8>(), 0..4),
    ];
    vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Rows that begin with nothing that could be no data, and what they are as a file.
fn plain_file() -> impl Strategy<Value = (Vec<Vec<String>>, String)> {
    let field = "[a-zë€ ,;\"\r\n\u{feff}]{0,6}".prop_map(|text| format!("x{text}"));
    let rows = vec(vec(field, 1..4), 1..12);
    (rows, select(vec!["\n", "\r\n", "\r"])).prop_map(|(rows, end)| {
        let quoted = |text: &String| format!("\"{}\"", text.replace('"', "\"\""));
        let line = |row: &Vec<String>| row.iter().map(quoted).collect::<Vec<_>>().join(",") + end;
        let text = rows.iter().map(line).collect();
        (rows, text)
    })
}

proptest! {
    /// Field 60.
    #[test]
    fn no_bytes_end_the_reading_but_by_a_reason(bytes in odd_file()) {
        match read(&bytes, Stated::default()) {
            Ok(found) => {
                prop_assert_eq!(found.accepted.len() + found.rejected, found.lines.len());
                prop_assert!(found.accepted.iter().all(|row| row.len() == found.columns.len()));
                prop_assert!(found.end.byte <= u64::try_from(bytes.len()).unwrap());
            }
            Err(Unreadable::File(_)) => {}
            Err(Unreadable::Disk(why)) => prop_assert!(false, "{}", why),
        }
    }

    /// Field 61.
    #[test]
    fn what_is_no_data_before_a_file_changes_none_of_its_rows(
        (_, text) in plain_file(),
        before in select(vec!["\u{feff}", "\n", "\r\n\u{feff}", "sep=,\n", "\u{feff}sep=,\r\n\u{feff}", "sep=,,,\r"]),
    ) {
        let stated = Stated { delimiter: Some(Delimiter::Comma), encoding: Some(Encoding::Utf8) };
        let (plain, found) =
            (read(text.as_bytes(), stated).unwrap(), read(format!("{before}{text}").as_bytes(), stated).unwrap());
        prop_assert_eq!((plain.columns, plain.accepted, plain.rejected), (found.columns, found.accepted, found.rejected));
    }

    #[test]
    fn rows_are_those_that_the_csv_crate_reads(
        (rows, text) in plain_file(),
        bare in "[a-c,]{1,3}(\n[a-c,\"]{1,6}[a-c]){0,8}",
    ) {
        let stated = Stated { delimiter: Some(Delimiter::Comma), encoding: Some(Encoding::Utf8) };
        for file in [&text, &bare] {
            let mut reader =
                csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(file.as_bytes());
            let expected: Vec<Vec<String>> =
                reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
            if file == &text {
                prop_assert_eq!(&expected, &rows);
            }
            // What it would read of a mark that is never closed, and a header of nothing, fail here.
            let Ok(found) = read(file.as_bytes(), stated) else {
                prop_assert!(file == &bare, "{}", text);
                continue;
            };
            let (header, expected) = expected.split_first().unwrap();
            let (fits, others): (Vec<_>, Vec<_>) = expected.iter().partition(|row| row.len() == header.len());
            prop_assert_eq!(&found.columns, header);
            prop_assert_eq!(found.accepted.iter().collect::<Vec<_>>(), fits);
            prop_assert_eq!(found.rejected, others.len());
        }
    }
}
