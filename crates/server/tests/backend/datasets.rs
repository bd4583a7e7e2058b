//! What can be done with the rows of a file.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Method, StatusCode};
use http_body_util::BodyExt;
use perennial_server::store::datasets::AtOnce;
use serde_json::{Value, json};

use crate::harness::{Backend, Browser};

async fn start() -> (Backend, Browser) {
    let backend = Backend::start().await;
    backend.app.start_jobs().await.unwrap();
    let browser = backend.sign_in().await;
    (backend, browser)
}

async fn numbers(backend: &Backend, browser: &Browser, path: &str) -> Vec<u64> {
    let page = backend.read(browser, path).await;
    let rows = page["rows"].as_array().unwrap();
    rows.iter().map(|row| row["number"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn datasets_are_listed_with_what_is_known_of_them_the_newest_first() {
    let (backend, browser) = start().await;
    backend.import(&browser, "name=first.csv", "a\nx\n").await;
    backend.clock.advance_s(1);
    let second = backend.import(&browser, "name=second.csv", "n;t;e\n1;x;\n-2.5e3;;\n3\n").await;
    let listed = backend.read(&browser, "/api/datasets").await;
    let about = backend.read(&browser, &second).await;
    assert_eq!(listed["datasets"][0], about);
    assert_eq!(listed["datasets"][1]["name"], "first.csv");
    let column = |name: &str, is_number: bool| json!({ "name": name, "is_number": is_number });
    assert_eq!(about["columns"], json!([column("n", true), column("t", false), column("e", true)]));
    assert_eq!((&about["rows"], &about["rejected"]), (&json!(2), &json!(1)));
    assert_eq!(about["created_at"], "2026-11-20T16:00:01Z");
}

#[tokio::test]
async fn rows_come_by_pages_and_sorted_by_what_they_are() {
    let (backend, browser) = start().await;
    let file = "n,t\n10,banana\n9,Apple\n,cherry\n-1.5,\n1e1,apple\n";
    let dataset = backend.import(&browser, "", file).await;
    for (query, expected) in [
        ("", vec![1, 2, 3, 4, 5]),
        ("?limit=2", vec![1, 2]),
        ("?limit=2&offset=4", vec![5]),
        ("?offset=5", vec![]),
        ("?offset=4294967295", vec![]),
        // Numbers by value, what is empty last either way, what is alike in the order of the file.
        ("?sort=0", vec![4, 2, 1, 5, 3]),
        ("?sort=0&order=desc", vec![1, 5, 2, 4, 3]),
        ("?sort=1&order=asc", vec![2, 5, 1, 3, 4]),
        ("?sort=1&order=desc", vec![3, 1, 2, 5, 4]),
        ("?sort=0&limit=2&offset=1", vec![2, 1]),
    ] {
        assert_eq!(numbers(&backend, &browser, &format!("{dataset}/rows{query}")).await, expected, "{query}");
    }
    for query in [
        "limit=0",
        "limit=501",
        "limit=-1",
        "offset=-1",
        "offset=4294967296",
        "sort=2",
        "sort=-1",
        "sort=n",
        "order=up&sort=0",
        "order=desc",
        "x=1",
        "sort=0&sort=1",
        "sort=99999999999999999999",
    ] {
        let call = backend.get(&format!("{dataset}/rows?{query}")).bearer(&browser);
        call.send().await.expect_problem(400, "query_invalid");
    }
    let call = backend.get(&format!("{dataset}/rejected?sort=0")).bearer(&browser);
    call.send().await.expect_problem(400, "query_invalid");
}

#[tokio::test]
async fn a_download_is_the_table_again() {
    let (backend, browser) = start().await;
    let file = "a;b\r\n1;\"x\"\"y\"\r\n\"two\r\nlines\";ö, ü\r\nalone\r\n;\r\n";
    let dataset = backend.import(&browser, "name=Ma%C3%9Fe%20%22x%22.csv", file).await;
    let reply = backend.get(&format!("{dataset}/csv")).bearer(&browser).send().await.expect(StatusCode::OK);
    assert_eq!(reply.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
    assert_eq!(
        reply.header("content-disposition"),
        Some("attachment; filename=\"Ma_e _x_.csv\"; filename*=UTF-8''Ma%C3%9Fe%20%22x%22.csv")
    );
    let text = String::from_utf8(reply.bytes).unwrap();
    assert_eq!(text, "a,b\r\n1,\"x\"\"y\"\r\n\"two\r\nlines\",\"ö, ü\"\r\n,\r\n");
}

#[tokio::test]
async fn a_long_download_has_every_row_once() {
    let (backend, browser) = start().await;
    let rows: String = (0..3_333).map(|number| format!("{number},x\r\n")).collect();
    let file = format!("number,b\r\n{rows}");
    let dataset = backend.import(&browser, "", file.clone()).await;
    let reply = backend.get(&format!("{dataset}/csv")).bearer(&browser).send().await.expect(StatusCode::OK);
    assert_eq!(String::from_utf8(reply.bytes).unwrap(), file);
}

/// What a reader gets who takes a piece now and then; whether it came to a good end.
async fn read_slowly(mut body: Body) -> (usize, bool) {
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return (length, false) };
        length += frame.data_ref().map_or(0, Bytes::len);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    (length, true)
}

#[tokio::test]
async fn a_download_ends_with_its_session_and_is_not_taken_for_a_whole_one() {
    let never = Duration::from_secs(3_600);
    for (deed, look) in [("sign-out", never), ("twin", Duration::from_millis(50)), ("time", never)] {
        let backend = Backend::start_with(|settings| settings.live_times.look = look).await;
        backend.app.start_jobs().await.unwrap();
        let browser = backend.sign_in().await;
        let file = format!("a,b\r\n{}", "1,2\r\n".repeat(50_000));
        let dataset = backend.import(&browser, "", file.clone()).await;
        let download = backend.get(&format!("{dataset}/csv")).bearer(&browser);
        let mut body = download.begin().await.into_body();
        assert_eq!(body.frame().await.unwrap().unwrap().data_ref().unwrap().len(), 5);
        let twin = backend.twin().await;
        match deed {
            "time" => backend.clock.advance_s(86_400),
            _ => {
                let process = if deed == "twin" { &twin } else { &backend };
                let call = process.page(Method::DELETE, "/api/session").bearer(&browser);
                call.send().await.expect(StatusCode::NO_CONTENT);
            }
        }
        let (length, is_whole) = read_slowly(body).await;
        assert!(!is_whole, "{deed}");
        assert!(length < file.len() / 2, "{deed}: {length} of {}", file.len());
    }
}

#[tokio::test]
async fn a_download_that_nobody_takes_is_given_up() {
    let backend = Backend::start_with(|settings| settings.live_times.stuck = Duration::from_millis(50)).await;
    backend.app.start_jobs().await.unwrap();
    let browser = backend.sign_in().await;
    let dataset = backend.import(&browser, "", format!("a\n{}", "1\n".repeat(5_000))).await;
    let download = || backend.get(&format!("{dataset}/csv")).bearer(&browser);
    let body = download().begin().await.into_body();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let (length, is_whole) = read_slowly(body).await;
    assert!(!is_whole && length < 3_000, "{length}");
    let (length, is_whole) = read_slowly(download().begin().await.into_body()).await;
    assert!(is_whole && length == 15_003, "who takes some now and then gets all: {length}");
}

#[tokio::test]
async fn a_deleted_dataset_is_gone_at_once_and_its_rows_soon() {
    let (backend, browser) = start().await;
    let job = backend.send_file(&browser, "", format!("a,b\nx\n{}", "1,2\n".repeat(5_000))).await;
    let id = backend.ended(&browser, &job).await["dataset_id"].as_str().unwrap().to_owned();
    let dataset = format!("/api/datasets/{id}");
    let (_, account) =
        backend.app.store().session(browser.session_id.parse().unwrap()).await.unwrap().unwrap();
    let key = backend.app.store().dataset(account.id, id.parse().unwrap()).await.unwrap().unwrap().key;

    let call = backend.call(Method::DELETE, &dataset).bearer(&browser);
    call.send().await.expect(StatusCode::NO_CONTENT);
    for path in ["", "/rows", "/rejected", "/csv"] {
        let call = backend.get(&format!("{dataset}{path}")).bearer(&browser);
        call.send().await.expect_problem(404, "not_found");
    }
    assert_eq!(backend.read(&browser, "/api/datasets").await, json!({ "datasets": [] }));
    assert_eq!(backend.read(&browser, &format!("/api/jobs/{job}")).await["dataset_id"], Value::Null);
    for _ in 0..500 {
        let store = backend.app.store();
        let rows = store.rows(key, 0, AtOnce { rows: 1, bytes: 1 }).await.unwrap().len();
        if rows + store.rejected_rows(key, 0, 1).await.unwrap().len() == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the rows are still there");
}

#[tokio::test]
async fn a_person_has_so_many_datasets_and_makes_room_by_deleting_one() {
    let backend = Backend::start_with(|settings| settings.limits.datasets_per_account = 2).await;
    let browser = backend.sign_in().await;
    let waiting = backend.send_file(&browser, "", "a\n1\n").await;
    let failing = backend.send_file(&browser, "", "").await;
    let refused =
        backend.send_call(&browser, "", "a\n").send().await.expect_problem(409, "too_many_datasets");
    assert!(refused.json()["detail"].as_str().unwrap().contains("2 datasets"));
    backend.app.start_jobs().await.unwrap();
    backend.ended(&browser, &waiting).await;
    backend.ended(&browser, &failing).await;
    let second = backend.import(&browser, "", "a\n1\n").await;
    backend.send_call(&browser, "", "a\n").send().await.expect_problem(409, "too_many_datasets");
    let call = backend.call(Method::POST, &format!("/api/jobs/{failing}/retry")).bearer(&browser);
    let reply = call.send().await.expect_problem(409, "too_many_datasets");
    assert_eq!(reply.json()["limit"], 2);
    let call = backend.call(Method::DELETE, &second).bearer(&browser);
    call.send().await.expect(StatusCode::NO_CONTENT);
    backend.import(&browser, "", "a\n1\n").await;
}

/// The fields of a column of this many long rows, and a file that has them in this order.
fn long_rows(rows: usize) -> (Vec<String>, String) {
    let field = |row: usize| format!("{row} \"{}", "ä".repeat(40_000));
    let fields: Vec<_> = (0..rows).map(field).collect();
    let lines: String =
        fields.iter().map(|field| format!("\"{}\"\r\n", field.replace('"', "\"\""))).collect();
    (fields, format!("a\r\n{lines}"))
}

#[tokio::test]
async fn a_page_of_long_rows_is_sent_in_pieces_and_is_whole() {
    let backend = Backend::start().await;
    backend.app.start_jobs().await.unwrap();
    let browser = backend.sign_in().await;
    let (mut fields, file) = long_rows(9);
    let dataset = backend.import(&browser, "name=long.csv", file).await;
    for (query, rows) in [("?limit=9", 9), ("?limit=7", 7), ("?limit=9&sort=0&order=desc", 9)] {
        let page = backend.read(&browser, &format!("{dataset}/rows{query}")).await;
        assert_eq!((&page["total"], &page["offset"]), (&json!(9), &json!(0)), "{query}");
        if query.contains("desc") {
            fields.reverse();
        }
        let found: Vec<_> = page["rows"].as_array().unwrap().iter().map(|row| &row["fields"][0]).collect();
        assert_eq!(found, fields[..rows].iter().collect::<Vec<_>>(), "{query}");
    }
}

#[tokio::test]
async fn a_person_has_so_many_downloads_at_a_time_and_another_when_one_has_ended() {
    let backend = Backend::start_with(|settings| settings.limits.downloads_per_account = 2).await;
    backend.app.start_jobs().await.unwrap();
    let browser = backend.sign_in().await;
    let dataset = backend.import(&browser, "name=long.csv", long_rows(9).1).await;
    let ask = |what: &str| backend.get(&format!("{dataset}/{what}")).bearer(&browser);
    let file = ask("csv").begin().await;
    let page = ask("rows").begin().await;
    assert!(file.status().is_success() && page.status().is_success());
    for what in ["csv", "rows"] {
        let refused = ask(what).send().await.expect_problem(429, "too_many_downloads");
        assert_eq!(refused.header("retry-after"), Some("5"));
        assert_eq!(refused.json()["limit"], 2);
    }
    ask("rows?limit=1").send().await.expect(StatusCode::OK);
    drop((file, page));
    // Who sends notices it at the next piece.
    while ask("csv").begin().await.status() == StatusCode::TOO_MANY_REQUESTS {
        tokio::task::yield_now().await;
    }
}
