//! Files as people keep them (`cargo xtask fixtures` makes them), read by this backend and by Python's `csv` module:
//! the two must agree on every field.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use axum::http::StatusCode;
use serde_json::json;

use crate::harness::Backend;
use crate::imports::table;

#[tokio::test]
async fn every_field_of_every_fixture_is_what_python_reads() {
    let backend = Backend::start().await;
    backend.app.start_jobs().await.unwrap();
    let browser = backend.sign_in().await;
    for (name, delimiter, encoding, rows, by_python) in [
        ("people.csv", "comma", "utf-8", 500, (',', "utf-8")),
        ("people-semicolon-bom.csv", "semicolon", "utf-8", 200, (';', "utf-8-sig")),
        ("people-windows-1252.csv", "semicolon", "windows-1252", 300, (';', "cp1252")),
        ("measurements.csv", "comma", "utf-8", 800, (',', "utf-8")),
        ("measurements-tab.csv", "tab", "utf-8", 200, ('\t', "utf-8")),
    ] {
        let file = std::fs::read(fixture(name)).unwrap();
        let expected = python_reads(&file, by_python.0, by_python.1);
        assert_eq!(expected.len(), rows + 1, "{name}");

        let dataset = backend.import(&browser, &format!("name={name}"), file).await;
        let about = backend.read(&browser, &dataset).await;
        assert_eq!(
            (&about["delimiter"], &about["encoding"]),
            (&json!(delimiter), &json!(encoding)),
            "{name}"
        );
        assert_eq!((&about["rows"], &about["rejected"]), (&json!(rows), &json!(0)), "{name}");
        assert_same(name, &table(&backend, &browser, &dataset).await, &expected);

        let call = backend.get(&format!("{dataset}/csv")).bearer(&browser);
        let downloaded = call.send().await.expect(StatusCode::OK).bytes;
        assert_same(name, &python_reads(&downloaded, ',', "utf-8"), &expected);
    }
}

#[track_caller]
fn assert_same(name: &str, found: &[Vec<String>], expected: &[Vec<String>]) {
    for (row, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert_eq!(found, expected, "row {row} of {name}");
    }
    assert_eq!(found.len(), expected.len(), "{name}");
}

/// The records of a file as Python's csv module reads them, without lines that hold nothing.
fn python_reads(file: &[u8], delimiter: char, encoding: &str) -> Vec<Vec<String>> {
    let mut child = Command::new("python3")
        .args(["-c", READ, &delimiter.to_string(), encoding])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this test compares with Python's csv module, and python3 does not start: install it");
    child.stdin.take().unwrap().write_all(file).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "Python could not read the file; what it said is above");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures").join(name)
}

/// Reads all of its input first, so that neither side waits for the other.
const READ: &str = "
import csv, io, json, sys
text = sys.stdin.buffer.read().decode(sys.argv[2])
rows = csv.reader(io.StringIO(text, newline=''), delimiter=sys.argv[1], strict=True)
print(json.dumps([row for row in rows if row]))";
