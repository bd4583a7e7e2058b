//! An import whose process is killed, and one over a real connection.

use std::io::{Read, Write};
use std::time::Duration;

use serde_json::Value;

use crate::program::{Server, head, program};
use crate::serving::{demo_password, sign_in_body};

fn start(dir: &std::path::Path) -> (Server, String) {
    let server = Server::start(program(dir).arg("--demo"));
    let answer = server.request("POST", "/api/session", "", &sign_in_body(&demo_password(&server)));
    let token = json(&answer)["access_token"].as_str().unwrap().to_owned();
    (server, format!("Authorization: Bearer {token}\r\n"))
}

pub(crate) fn json(answer: &str) -> Value {
    serde_json::from_str(body(answer)).unwrap_or_else(|error| panic!("{error}: {answer}"))
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").unwrap().1
}

#[test]
fn an_import_that_is_killed_between_batches_has_every_row_once_in_the_end() {
    const ROWS: usize = 60_000;
    let dir = tempfile::tempdir().unwrap();
    let (mut server, mut bearer) = start(dir.path());
    let row = |number: usize| format!("{number},\"a \"\"row\"\"\r\nof two lines\",ö\r\n");
    let file = format!("number,b,c\r\n{}", (0..ROWS).map(row).collect::<String>());
    let answer = server.send_file(&bearer, &file);
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let job = format!("/api/jobs/{}", json(&answer)["id"].as_str().unwrap());

    let (mut kills, mut taken) = (0, 0);
    // The last rows may have been taken between the look and the signal, so that there was nothing left to begin anew.
    let mut is_last_too_late = false;
    let ended = loop {
        let found = json(&server.request("GET", &job, &bearer, ""));
        match found["state"].as_str().unwrap() {
            "queued" | "running" => {}
            "done" => break found,
            other => panic!("{other}: {found}"),
        }
        let now_taken = found["rows_accepted"].as_u64().unwrap();
        assert!(now_taken >= taken, "what was taken stays taken");
        if now_taken > taken && kills < 5 {
            taken = now_taken;
            server.signal("KILL");
            assert_eq!(server.wait(), None);
            kills += 1;
            (server, bearer) = start(dir.path());
            is_last_too_late = json(&server.request("GET", &job, &bearer, ""))["state"] == "done";
        } else {
            std::thread::sleep(Duration::from_millis(2));
        }
    };
    assert!(kills > 1, "it was killed {kills} times only");
    assert_eq!(ended["rows_accepted"], ROWS);
    let events = json(&server.request("GET", &format!("{job}/events"), &bearer, ""));
    let events = events["events"].as_array().unwrap();
    assert!(events.iter().enumerate().all(|(at, event)| event["number"] == at + 1));
    let restarts = events.iter().filter(|event| event["state"] == "queued").skip(1).count();
    assert!(restarts == kills || (is_last_too_late && restarts + 1 == kills), "{restarts} of {kills}");

    let dataset = format!("/api/datasets/{}", ended["dataset_id"].as_str().unwrap());
    let mut found = 0;
    while found < ROWS {
        let page = format!("{dataset}/rows?limit=500&offset={found}");
        for row in json(&server.request("GET", &page, &bearer, ""))["rows"].as_array().unwrap() {
            assert_eq!(row["number"], found + 1);
            assert_eq!(row["line"], 2 * found + 2);
            assert_eq!(
                row["fields"],
                serde_json::json!([found.to_string(), "a \"row\"\r\nof two lines", "ö"])
            );
            found += 1;
        }
    }
    let page = format!("{dataset}/rows?offset={ROWS}");
    assert_eq!(json(&server.request("GET", &page, &bearer, ""))["rows"], Value::Array(Vec::new()));
}

#[test]
fn the_reason_for_a_refusal_reaches_a_client_that_is_still_sending_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let (server, bearer) = start(dir.path());
    for (bearer, status) in [(&*bearer, "413"), ("", "401")] {
        let head = head("POST", "/api/jobs?name=file.csv", bearer, 2_000_000_000);
        let mut stream = server.connect();
        stream.write_all(head.replace("application/json", "text/csv").as_bytes()).unwrap();
        // More than any buffer on the way holds; none of it is lost to a reset.
        for _ in 0..300 {
            stream.write_all(&[b'a'; 1 << 16]).unwrap();
        }
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(std::str::from_utf8(&answer).unwrap(), format!("HTTP/1.1 {status}"));
    }
    let mut stream = server.connect();
    let head = head("POST", "/api/jobs", &bearer, 2_000_000_000);
    stream.write_all(head.replace("application/json", "text/csv").as_bytes()).unwrap();
    // Who goes on sending is cut off all the same.
    while stream.write_all(&[b'a'; 1 << 16]).is_ok() {}
}

#[test]
fn a_file_longer_than_the_flag_allows_is_refused_by_what_it_announces() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(program(dir.path()).args(["--demo", "--upload-limit-bytes", "20"]));
    let answer = server.request("POST", "/api/session", "", &sign_in_body(&demo_password(&server)));
    let bearer = format!("Authorization: Bearer {}\r\n", json(&answer)["access_token"].as_str().unwrap());
    let answer = server.send_file(&bearer, "a,b\n1,2\n3,4\n5,6\n7,8\n9,10\n");
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(answer.contains("20 bytes"), "{answer}");
    assert!(server.send_file(&bearer, "a,b\n1,2\n").starts_with("HTTP/1.1 201"));
}
