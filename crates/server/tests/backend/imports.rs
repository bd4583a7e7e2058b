//! What becomes of a file.

use serde_json::{Value, json};

use crate::harness::{Backend, Browser};

async fn start() -> (Backend, Browser) {
    let backend = Backend::start().await;
    backend.app.start_jobs().await.unwrap();
    let browser = backend.sign_in().await;
    (backend, browser)
}

/// All rows of a dataset, header first, page by page.
pub(crate) async fn table(backend: &Backend, browser: &Browser, dataset: &str) -> Vec<Vec<String>> {
    let about = backend.read(browser, dataset).await;
    let name = |column: &Value| column["name"].as_str().unwrap().to_owned();
    let mut table = vec![about["columns"].as_array().unwrap().iter().map(name).collect()];
    loop {
        let page =
            backend.read(browser, &format!("{dataset}/rows?limit=500&offset={}", table.len() - 1)).await;
        let rows = page["rows"].as_array().unwrap();
        if rows.is_empty() {
            assert_eq!(page["total"], table.len() - 1);
            return table;
        }
        for row in rows {
            assert_eq!(row["number"], table.len());
            table.push(serde_json::from_value(row["fields"].clone()).unwrap());
        }
    }
}

#[tokio::test]
async fn delimiter_and_encoding_are_found_out() {
    let (backend, browser) = start().await;
    let rows = |delimiter: &str| format!("name{0}city\nJosé{0}Málaga\nZoë{0}Köln\n", delimiter);
    let windows = |text: String| encoding_rs::WINDOWS_1252.encode(&text).0.into_owned();
    let marked = |text: String| [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat();
    for (file, delimiter, encoding) in [
        (rows(",").into_bytes(), "comma", "utf-8"),
        (rows(";").into_bytes(), "semicolon", "utf-8"),
        (rows("\t").into_bytes(), "tab", "utf-8"),
        (marked(rows(";")), "semicolon", "utf-8"),
        (windows(rows(";")), "semicolon", "windows-1252"),
        // Commas within fields do not make a comma the delimiter.
        ("a;b\n1,5;2,5\n3,5;x, y and z\n".into(), "semicolon", "utf-8"),
    ] {
        let dataset = backend.import(&browser, "", file).await;
        let about = backend.read(&browser, &dataset).await;
        assert_eq!(
            (about["delimiter"].as_str(), about["encoding"].as_str()),
            (Some(delimiter), Some(encoding))
        );
        assert_eq!(about["columns"].as_array().unwrap().len(), 2);
        let found = table(&backend, &browser, &dataset).await;
        assert!(found[1] == ["José", "Málaga"] || found[1] == ["1,5", "2,5"], "{found:?}");
        assert!(found[0][0] == "name" || found[0][0] == "a", "no mark is left: {found:?}");
    }
}

#[tokio::test]
async fn bytes_that_are_no_utf_8_late_in_a_file_are_seen_before_its_first_row_is_taken() {
    let (backend, browser) = start().await;
    let mut file = b"name\n".to_vec();
    // An odd length, so that characters lie across the borders of what is read at once.
    file.extend("Zoë x\n".repeat(40_000).into_bytes());
    let dataset = backend.import(&browser, "", file.clone()).await;
    assert_eq!(backend.read(&browser, &dataset).await["encoding"], "utf-8");
    let mut file = b"name\n".to_vec();
    file.extend("Zoe x\n".repeat(40_000).into_bytes());
    file.extend(b"caf\xe9\n");
    let dataset = backend.import(&browser, "", file).await;
    assert_eq!(backend.read(&browser, &dataset).await["encoding"], "windows-1252");
    let last = backend.read(&browser, &format!("{dataset}/rows?offset=40000")).await;
    assert_eq!(last["rows"][0]["fields"], json!(["café"]));
}

#[tokio::test]
async fn what_is_stated_about_a_file_is_not_guessed() {
    let (backend, browser) = start().await;
    let dataset = backend.import(&browser, "delimiter=tab", "a,b\tc\n1,2\t3\n").await;
    assert_eq!(table(&backend, &browser, &dataset).await[1], ["1,2", "3"]);
    let dataset = backend.import(&browser, "encoding=windows-1252", "a\né\n").await;
    assert_eq!(table(&backend, &browser, &dataset).await[1], ["Ã©"]);
    let dataset = backend.import(&browser, "encoding=utf-8", b"a,b\n1,x\n2,caf\xe9\n".to_vec()).await;
    assert_eq!(table(&backend, &browser, &dataset).await.len(), 2);
    let rejected = backend.read(&browser, &format!("{dataset}/rejected")).await;
    let reason = "Field 2 (\"b\") is not valid UTF-8: its byte 4 is E9, which begins a character of 3 bytes, but the other \
        2 are missing or wrong. Choose Windows-1252 as the encoding, or save the file as UTF-8.";
    let cause = json!({ "code": "not_utf8", "field": 2, "column": "b", "position": 4, "byte": 0xe9 });
    assert_eq!(
        rejected["rows"],
        json!([{ "line": 3, "reason": reason, "cause": cause, "beginning": "2 | caf\u{fffd}" }])
    );
}

#[tokio::test]
async fn a_row_that_does_not_fit_the_header_is_rejected_with_its_line_and_why() {
    let (backend, browser) = start().await;
    let file = "a,b,c\r\n1,2,3\r\n\"x\r\ny\",2\r\n\r\n1,2,3,4\r\n4,5,6\r\nonly\r\n7,,9\r\n";
    let job = backend.send_file(&browser, "delimiter=comma", file).await;
    let ended = backend.ended(&browser, &job).await;
    assert_eq!(ended["state"], "done");
    assert_eq!(ended["message"], "3 rows taken, 3 rejected.");
    let counts = ["rows_read", "rows_accepted", "rows_rejected"].map(|name| ended[name].as_u64().unwrap());
    assert_eq!(counts, [6, 3, 3]);
    assert_eq!(ended["bytes_read"], ended["size_bytes"]);
    let dataset = format!("/api/datasets/{}", ended["dataset_id"].as_str().unwrap());
    let rejected = backend.read(&browser, &format!("{dataset}/rejected")).await;
    assert_eq!((&rejected["total"], &rejected["kept"]), (&json!(3), &json!(3)));
    let row = |line: u32, found: u32, beginning: &str| {
        let reason =
            format!("The row has {found} field{}, but the header has 3.", if found == 1 { "" } else { "s" });
        let cause = json!({ "code": "field_count", "found": found, "expected": 3 });
        json!({ "line": line, "reason": reason, "cause": cause, "beginning": beginning })
    };
    assert_eq!(
        rejected["rows"],
        json!([row(3, 2, "x\r\ny | 2"), row(6, 4, "1 | 2 | 3 | 4"), row(8, 1, "only")])
    );
    let rows = backend.read(&browser, &format!("{dataset}/rows")).await;
    assert_eq!([&rows["rows"][0]["line"], &rows["rows"][1]["line"]], [&json!(2), &json!(7)]);
}

#[tokio::test]
async fn a_file_that_is_no_table_fails_in_words_and_leaves_nothing() {
    let (backend, browser) = start().await;
    let endless = format!("a,b\n1,2\n3,\"{}", "never closed\n".repeat(100_000));
    let blank = "The first row, which should name the columns, is blank.";
    let too_long = "The row that begins in line 3 is longer than 1024 KiB.";
    let long_header = format!("a,{}\n1,2\n", "b".repeat(70_000));
    let header_too_long = "The row that begins in line 1 is longer than 64 KiB.";
    let of_header = json!({ "code": "row_too_long", "line": 1, "most_kib": 64 });
    let open = |line: u32| {
        let cause = json!({ "code": "quote_not_closed", "line": line });
        (format!("The quotation mark in line {line} is not closed."), cause)
    };
    let code = |words: &str, code: &str| (words.to_owned(), json!({ "code": code }));
    let most = |words: &str, code: &str, line: u32, most: &str| {
        (words.to_owned(), json!({ "code": code, "line": line, most: 1_024 }))
    };
    for (file, (words, cause)) in [
        (Vec::new(), code("The file is empty.", "empty")),
        (b"\r\n\n\n".to_vec(), code("The file is empty.", "empty")),
        (b"\xef\xbb\xbf".to_vec(), code("The file is empty.", "empty")),
        (b" ,,\n1,2,3\n".to_vec(), code(blank, "header_blank")),
        (b"caf\xe9,b\n1,2\n".to_vec(), code("The header is not valid UTF-8.", "header_not_utf8")),
        (b"PK\x03\x04\x14\0\x06\0".to_vec(), code("a workbook", "workbook")),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), code("NUL bytes", "not_text")),
        (b"\xff\xfea\0,\0b\0\n\0".to_vec(), code("UTF-16", "utf16")),
        (vec![b','; 5_000], most("more than 1024 fields", "too_many_fields", 1, "most")),
        (long_header.into_bytes(), (header_too_long.to_owned(), of_header)),
        (b"id,n\n1,\"x\n2,y\n3,z".to_vec(), open(2)),
        (b"\"id,n\n1,x\n".to_vec(), open(1)),
        (endless.into_bytes(), most(too_long, "row_too_long", 3, "most_kib")),
    ] {
        let job = backend.send_file(&browser, "delimiter=comma&encoding=utf-8", file).await;
        let ended = backend.ended(&browser, &job).await;
        assert_eq!(ended["state"], "failed", "{ended}");
        let message = ended["message"].as_str().unwrap();
        assert!(message.contains(&words), "{message}");
        assert_eq!(ended["cause"], cause);
        assert_eq!(ended["dataset_id"], Value::Null);
    }
    assert_eq!(backend.read(&browser, "/api/datasets").await, json!({ "datasets": [] }));
}

#[tokio::test]
async fn a_mark_that_is_never_closed_fails_a_file_however_many_rows_come_before_and_behind() {
    let (backend, browser) = start().await;
    for lone in [100, 25_000, 49_999] {
        let row = |id: u32| format!("{id},{}x\r\n", if id == lone { "\"" } else { "" });
        let file = format!("id,n\r\n{}", (0..50_000).map(row).collect::<String>());
        assert!(file.len() < 1 << 20, "the bound of a row is not what ends it");
        let job = backend.send_file(&browser, "", file).await;
        let ended = backend.ended(&browser, &job).await;
        assert_eq!(ended["state"], "failed", "{ended}");
        assert_eq!(ended["message"], format!("The quotation mark in line {} is not closed.", lone + 2));
        assert_eq!(ended["dataset_id"], Value::Null);
    }
    assert_eq!(backend.read(&browser, "/api/datasets").await, json!({ "datasets": [] }));
    let fine = "id,n\n1,5\" disk\n2,\"a \"\"b\"\"\"\n3,\"last\"";
    let dataset = backend.import(&browser, "", fine).await;
    let found = table(&backend, &browser, &dataset).await;
    assert_eq!(found[1..], [["1", "5\" disk"], ["2", "a \"b\""], ["3", "last"]]);
}

#[tokio::test]
async fn a_file_with_a_header_and_no_rows_is_a_dataset_without_rows() {
    let (backend, browser) = start().await;
    for file in ["a,b\n", "a,b", "\u{feff}a,b\r\n\r\n"] {
        let job = backend.send_file(&browser, "", file).await;
        let ended = backend.ended(&browser, &job).await;
        assert_eq!(
            (&ended["state"], &ended["message"]),
            (&json!("done"), &json!("The file has a header and no rows."))
        );
        let dataset = format!("/api/datasets/{}", ended["dataset_id"].as_str().unwrap());
        assert_eq!(table(&backend, &browser, &dataset).await, [["a", "b"]]);
    }
}

#[tokio::test]
async fn of_rows_that_never_fit_the_first_ten_thousand_are_kept_and_all_are_counted() {
    let (backend, browser) = start().await;
    let dataset = backend.import(&browser, "delimiter=comma", format!("a,b\n{}", "x\n".repeat(10_500))).await;
    let last = backend.read(&browser, &format!("{dataset}/rejected?offset=9999")).await;
    assert_eq!((&last["total"], &last["kept"]), (&json!(10_500), &json!(10_000)));
    assert_eq!(last["rows"].as_array().unwrap().len(), 1);
    assert_eq!(last["rows"][0]["line"], 10_001);
}
