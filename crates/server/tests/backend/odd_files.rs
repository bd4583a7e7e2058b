//! Files with something odd in them that people have all the same: a bad byte, a cut, a line for Excel.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Backend, Browser};
use crate::imports::table;

async fn start() -> (Backend, Browser) {
    let backend = Backend::start().await;
    backend.app.start_jobs().await.unwrap();
    let browser = backend.sign_in().await;
    (backend, browser)
}

async fn rejected(backend: &Backend, browser: &Browser, dataset: &str) -> Value {
    backend.read(browser, &format!("{dataset}/rejected")).await["rows"].take()
}

/// Field 60.
#[tokio::test]
async fn one_bad_byte_in_a_file_of_utf_8_costs_its_row_and_is_named() {
    let (backend, browser) = start().await;
    let mut file = "id,name\n".to_owned().into_bytes();
    for id in 0..500 {
        file.extend(format!("{id},Zoë\n").into_bytes());
    }
    file.extend(b"500,caf\xe9 Noir\n");
    for id in 501..1_001 {
        file.extend(format!("{id},Zoë\n").into_bytes());
    }
    let job = backend.send_file(&browser, "", file).await;
    let ended = backend.ended(&browser, &job).await;
    assert_eq!(
        (&ended["encoding"], &ended["message"]),
        (&json!("utf-8"), &json!("1,000 rows taken, 1 rejected."))
    );
    let dataset = format!("/api/datasets/{}", ended["dataset_id"].as_str().unwrap());
    let rows = table(&backend, &browser, &dataset).await;
    assert!(rows[1..].iter().all(|row| row[1] == "Zoë"), "{:?}", rows[1]);
    let rejected = rejected(&backend, &browser, &dataset).await;
    assert_eq!(rejected.as_array().unwrap().len(), 1);
    assert_eq!(rejected[0]["line"], 502);
    let expected = "Field 2 (\"name\") is not valid UTF-8: its byte 4 is E9, which begins a character of 3 bytes, but the other 2 are missing or wrong. ";
    assert!(rejected[0]["reason"].as_str().unwrap().starts_with(expected), "{rejected}");
    let cause = json!({ "code": "not_utf8", "field": 2, "column": "name", "position": 4, "byte": 0xe9 });
    assert_eq!(rejected[0]["cause"], cause);
    assert_eq!(rejected[0]["beginning"], "500 | caf\u{fffd} Noir");
}

/// Field 60.
#[tokio::test]
async fn a_file_that_is_cut_inside_its_last_letter_loses_the_row_of_this_letter_alone() {
    let (backend, browser) = start().await;
    let places = "name,city\nZoë,Köln\nJosé,Málaga\nAda,Genè".as_bytes();
    let prices = "name,price\nInk,5\nPen,10 €".as_bytes();
    for (whole, taken, position, byte) in [
        (places, vec![["Zoë", "Köln"], ["José", "Málaga"]], 4, 0xc3),
        // The only letter beyond ASCII is the one that is cut.
        (prices, vec![["Ink", "5"]], 4, 0xe2),
    ] {
        let dataset = backend.import(&browser, "", whole[..whole.len() - 1].to_vec()).await;
        assert_eq!(backend.read(&browser, &dataset).await["encoding"], "utf-8");
        assert_eq!(table(&backend, &browser, &dataset).await[1..], taken);
        let rejected = rejected(&backend, &browser, &dataset).await;
        assert_eq!(rejected.as_array().unwrap().len(), 1);
        let cause = &rejected[0]["cause"];
        assert_eq!((&cause["position"], &cause["byte"]), (&json!(position), &json!(byte)));
    }
}

/// Field 60.
#[tokio::test]
async fn a_file_of_windows_1252_is_read_as_such_wherever_its_letters_are() {
    let (backend, browser) = start().await;
    let plain = "id;note\n".to_owned() + &"1;plain\n".repeat(30_000);
    for text in ["Größe: 5 €", "«café»", "‘quoted’", "Ñandú", "à", "é"] {
        let (bytes, _, is_lossy) = encoding_rs::WINDOWS_1252.encode(text);
        assert!(!is_lossy);
        // Without a line end the last letter could be the beginning of a longer one.
        for end in ["", "\r\n"] {
            let file = [plain.as_bytes(), b"2;", &bytes, end.as_bytes()].concat();
            let dataset = backend.import(&browser, "", file).await;
            let about = backend.read(&browser, &dataset).await;
            assert_eq!(
                (&about["encoding"], &about["rejected"]),
                (&json!("windows-1252"), &json!(0)),
                "{text}"
            );
            let last = backend.read(&browser, &format!("{dataset}/rows?offset=30000")).await;
            assert_eq!(last["rows"][0]["fields"], json!(["2", text]));
        }
    }
}

/// Field 61.
#[tokio::test]
async fn a_first_line_for_excel_states_the_delimiter_and_is_no_row() {
    let (backend, browser) = start().await;
    for (file, delimiter) in [
        ("sep=;\r\na;b\r\n1,5;2,5\r\n3\r\n", "semicolon"),
        ("\u{feff}sep=;\r\na;b\r\n1,5;2,5\r\n3\r\n", "semicolon"),
        ("\u{feff}\"sep=;\"\na;b\n1,5;2,5\n3\n", "semicolon"),
        ("sep=\t\r\na\tb\r\n1,5\t2,5\r\n3\r\n", "tab"),
        ("sep=\\t\r\na\tb\r\n1,5\t2,5\r\n3\r\n", "tab"),
        ("sep=|\na|b\n1,5|2,5\n3\n", "|"),
        ("SEP=\"^\"\ra^b\r1,5^2,5\r3\r", "^"),
        // The header has no such delimiter, but the file is to be believed.
        ("sep=,\na,b\n\"1,5\",\"2,5\"\n3\n", "comma"),
        // One program put a mark in front of what another one had begun with it.
        ("\u{feff}\u{feff}a;b\n\n1,5;2,5\n3\n", "semicolon"),
        ("sep=;\n\u{feff}a;b\n1,5;2,5\n3\n", "semicolon"),
        ("\u{feff}sep=;\n\u{feff}a;b\n1,5;2,5\n3\n", "semicolon"),
        ("\u{feff}\u{feff}sep=;\n\u{feff}\u{feff}\"a\";b\n1,5;2,5\n3\n", "semicolon"),
    ] {
        let dataset = backend.import(&browser, "", file).await;
        let about = backend.read(&browser, &dataset).await;
        assert_eq!(about["delimiter"], delimiter, "{file:?}");
        assert_eq!(table(&backend, &browser, &dataset).await, [["a", "b"], ["1,5", "2,5"]], "{file:?}");
        let rows = backend.read(&browser, &format!("{dataset}/rows")).await;
        assert_eq!(rows["rows"][0]["line"], 3, "the line of the file: {file:?}");
        assert_eq!(rejected(&backend, &browser, &dataset).await[0]["line"], 4, "{file:?}");
    }
}

/// Field 61.
#[tokio::test]
async fn a_person_knows_the_delimiter_better_than_the_first_line_which_is_no_row_even_so() {
    let (backend, browser) = start().await;
    for (query, delimiter) in
        [("delimiter=comma", "comma"), ("delimiter=%2C", "comma"), ("delimiter=%7C", "|")]
    {
        let file = format!("sep=;\r\na{0}b\r\n1{0}2\r\n", if delimiter == "|" { "|" } else { "," });
        let dataset = backend.import(&browser, query, file).await;
        assert_eq!(backend.read(&browser, &dataset).await["delimiter"], delimiter);
        assert_eq!(table(&backend, &browser, &dataset).await, [["a", "b"], ["1", "2"]]);
    }
}

/// Field 61.
#[tokio::test]
async fn what_only_begins_like_a_line_for_excel_is_a_header() {
    let (backend, browser) = start().await;
    for (file, header) in [
        ("sep=,a\n1,2\n", vec!["sep=", "a"]),
        ("separator,b\n1,2\n", vec!["separator", "b"]),
        ("a,b\nsep=;,2\n", vec!["a", "b"]),
        ("sep=ö\n1\n", vec!["sep=ö"]),
        // Nobody separates fields by letters or digits.
        ("sep=x\n1\n", vec!["sep=x"]),
        ("sep=ab\n1\n", vec!["sep=ab"]),
        ("sep=1;2\n1;2\n", vec!["sep=1", "2"]),
    ] {
        let dataset = backend.import(&browser, "", file).await;
        assert_eq!(table(&backend, &browser, &dataset).await[0], header, "{file:?}");
    }
    for file in ["sep=;", "sep=;\r\n", "\u{feff}sep=;\n\u{feff}\n", "\n\u{feff}\rsep=;;;\r\n\n"] {
        let job = backend.send_file(&browser, "", file).await;
        assert_eq!(backend.ended(&browser, &job).await["cause"], json!({ "code": "empty" }), "{file:?}");
    }
}

/// Field 61.
#[tokio::test]
async fn a_line_for_excel_is_known_however_programs_have_written_it_again() {
    let (backend, browser) = start().await;
    let semicolons = "a;b\n1,5;2,5\n";
    let commas = "a,b\n\"1,5\",\"2,5\"\n";
    let tabs = "a\tb\n1,5\t2,5\n";
    for (line, rows, delimiter) in [
        // Filled up to the number of columns, by its own delimiter or by the one of the program that wrote the file.
        ("sep=;;", semicolons, "semicolon"),
        ("\"sep=;\";", semicolons, "semicolon"),
        ("\"sep=;\",", commas, "comma"),
        ("sep=;,", commas, "comma"),
        ("sep=;,", semicolons, "semicolon"),
        ("sep=;\t", tabs, "tab"),
        ("sep=,,,,", commas, "comma"),
        // Blanks behind it, or a blank where the tab should be alone.
        ("sep=; ", semicolons, "semicolon"),
        ("\"sep=; \"", semicolons, "semicolon"),
        ("sep=;;  ", semicolons, "semicolon"),
        ("sep=\t", tabs, "tab"),
        ("sep=\t ", tabs, "tab"),
        ("sep= \t", tabs, "tab"),
        ("sep= ;", semicolons, "semicolon"),
        ("SEP=;", semicolons, "semicolon"),
        // It names nothing, so it leaves the delimiter to be found out.
        ("sep=", semicolons, "semicolon"),
        ("sep=\"\"", tabs, "tab"),
    ] {
        for (before, end) in [("", "\n"), ("\n\u{feff}\n", "\r"), ("\u{feff}", "\r\n")] {
            let file = format!("{before}{line}\n\u{feff}{rows}").replace('\n', end);
            let dataset = backend.import(&browser, "", file.clone()).await;
            let about = backend.read(&browser, &dataset).await;
            assert_eq!(about["delimiter"], delimiter, "{file:?}");
            let found = table(&backend, &browser, &dataset).await;
            assert_eq!(found, [["a", "b"], ["1,5", "2,5"]], "{file:?}");
        }
    }
}

/// Field 61.
#[tokio::test]
async fn where_files_were_joined_the_mark_of_the_second_and_its_line_for_excel_are_no_data() {
    let (backend, browser) = start().await;
    for (file, expected) in [
        ("a;b\n1;2\n\u{feff}a;b\n3;4\n", vec![["1", "2"], ["a", "b"], ["3", "4"]]),
        ("\u{feff}a;b\r\n1;2\r\n\u{feff}\"a\";b\r\n\u{feff}", vec![["1", "2"], ["a", "b"]]),
        ("sep=;\na;b\n1;2\n\n\u{feff}\nsep=;\na;b\n", vec![["1", "2"], ["a", "b"]]),
        ("a;b\n1;2\n\u{feff}sep=;;\n\u{feff}a;b\n", vec![["1", "2"], ["a", "b"]]),
        // Nothing tells that a file begins here.
        ("sep=;\na;b\n1;2\nsep=;\na;b\n", vec![["1", "2"], ["sep=", ""], ["a", "b"]]),
        // Inside a row, or between quotation marks, the mark is text.
        ("a;b\n\"\u{feff}1\";2\n3;\u{feff}4\n", vec![["\u{feff}1", "2"], ["3", "\u{feff}4"]]),
    ] {
        let dataset = backend.import(&browser, "", file).await;
        assert_eq!(table(&backend, &browser, &dataset).await[1..], expected, "{file:?}");
        let line = |before: &str| before.split('\n').count();
        let rows = backend.read(&browser, &format!("{dataset}/rows")).await;
        let last = rows["rows"].as_array().unwrap().last().unwrap();
        let end = file.trim_end_matches(['\u{feff}', '\r', '\n']);
        assert_eq!(last["line"], line(end), "{file:?}");
    }
}

/// Field 60.
#[tokio::test]
async fn a_mark_says_utf_8_also_behind_a_line_for_excel_and_is_no_data_in_any_encoding() {
    let (backend, browser) = start().await;
    let file = [b"sep=;\n\xef\xbb\xbfa;b\n1;caf\xe9\n2;na\xefve\n3;x\n".as_slice()].concat();
    let dataset = backend.import(&browser, "", file.clone()).await;
    assert_eq!(backend.read(&browser, &dataset).await["encoding"], "utf-8");
    assert_eq!(table(&backend, &browser, &dataset).await[1..], [["3", "x"]]);
    assert_eq!(rejected(&backend, &browser, &dataset).await[1]["cause"]["code"], "not_utf8");
    // Which is what the person is then advised to choose.
    let dataset = backend.import(&browser, "encoding=windows-1252", file).await;
    let found = table(&backend, &browser, &dataset).await;
    assert_eq!(found, [["a", "b"], ["1", "café"], ["2", "naïve"], ["3", "x"]]);
}

/// Field 60.
#[tokio::test]
async fn a_rejected_row_begins_with_the_letters_of_the_encoding_of_its_file() {
    let (backend, browser) = start().await;
    let dataset = backend.import(&browser, "", b"a;b\n1;2\ncaf\xe9\n".to_vec()).await;
    assert_eq!(backend.read(&browser, &dataset).await["encoding"], "windows-1252");
    assert_eq!(rejected(&backend, &browser, &dataset).await[0]["beginning"], "café");
}

/// Field 60.
#[tokio::test]
async fn what_is_no_text_or_nothing_at_all_is_called_what_it_is() {
    let (backend, browser) = start().await;
    let utf16 =
        |text: &str, order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<_>>();
    let marked = |text: &str| format!("\u{feff}{text}");
    let text = "sep=;\r\nname;city\r\nZoë;Köln\r\n";
    for (file, code) in [
        (utf16(&marked(text), u16::to_le_bytes), "utf16"),
        (utf16(&marked(text), u16::to_be_bytes), "utf16"),
        ([utf16(&marked(text), u16::to_le_bytes).as_slice(), b"x"].concat(), "utf16"),
        // No mark, and cut inside its last letter.
        (utf16(text, u16::to_le_bytes), "utf16"),
        (utf16(text, u16::to_be_bytes), "utf16"),
        ([utf16(text, u16::to_le_bytes).as_slice(), b"x"].concat(), "utf16"),
        (vec![0; 1_000], "not_text"),
        (vec![0], "not_text"),
        (b"a,b\n1,\0\n2,3\n".to_vec(), "not_text"),
        ("\u{feff}".into(), "empty"),
        ("\u{feff}\u{feff}\r\n\u{feff}".into(), "empty"),
        ("\n\n".into(), "empty"),
    ] {
        let job = backend.send_file(&browser, "", file.clone()).await;
        assert_eq!(backend.ended(&browser, &job).await["cause"], json!({ "code": code }), "{file:x?}");
    }
}

/// Field 61.
#[tokio::test]
async fn a_download_keeps_a_mark_that_is_text() {
    let (backend, browser) = start().await;
    let dataset = backend.import(&browser, "", "a,b\n\"\u{feff}1\",2\n3,4\n").await;
    let expected = [["a", "b"], ["\u{feff}1", "2"], ["3", "4"]];
    assert_eq!(table(&backend, &browser, &dataset).await, expected);
    let call = backend.get(&format!("{dataset}/csv")).bearer(&browser);
    let downloaded = call.send().await.expect(StatusCode::OK).bytes;
    let again = backend.import(&browser, "", downloaded).await;
    assert_eq!(table(&backend, &browser, &again).await, expected);
}
