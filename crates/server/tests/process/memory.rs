//! How much memory the program takes under what strangers and people do to it.

use std::io::{Read, Write};
use std::thread;
use std::time::Duration;

use crate::imports::json;
use crate::program::{Server, head, program};
use crate::serving::{demo_password, sign_in_body};

#[test]
fn guesses_take_no_more_memory_than_the_areas_that_they_are_compared_in() {
    let dir = tempfile::tempdir().unwrap();
    let flags = ["--trust-forwarded-for", "--sign-in-failures-per-account", "1000000"];
    let server = Server::start(program(dir.path()).args(flags));
    let idle = server.resident_mib();
    let guess = |address: usize| {
        let from = format!("X-Forwarded-For: 192.0.2.{address}\r\n");
        let body = format!("{{\"email\":\"{address}@example.org\",\"password\":\"a guess\"}}");
        for _ in 0..GUESSES / ADDRESSES {
            let answer = server.request("POST", "/api/session", &from, &body);
            assert!(answer.contains("wrong_credentials"), "{answer}");
        }
    };
    thread::scope(|scope| {
        for address in 0..ADDRESSES {
            scope.spawn(move || guess(address));
        }
    });
    let grown = server.resident_mib().saturating_sub(idle);
    let turns = thread::available_parallelism().unwrap().get().min(4);
    assert!(grown < 20 * turns + 24, "{grown} MiB more than idle");
}

#[test]
fn pages_that_nobody_reads_take_little_memory_and_end_with_the_session() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(program(dir.path()).args(["--demo", "--write-timeout-s", "1"]));
    let answer = server.request("POST", "/api/session", "", &sign_in_body(&demo_password(&server)));
    let bearer = format!("Authorization: Bearer {}\r\n", json(&answer)["access_token"].as_str().unwrap());
    let row = format!("{}\n", "x".repeat(1_000_000));
    let answer = server.send_file(&bearer, &format!("a\n{}", row.repeat(16)));
    let job = format!("/api/jobs/{}", json(&answer)["id"].as_str().unwrap());
    let dataset = loop {
        let found = json(&server.request("GET", &job, &bearer, ""));
        if let Some(id) = found["dataset_id"].as_str() {
            break format!("/api/datasets/{id}");
        }
        thread::sleep(Duration::from_millis(20));
    };
    let (idle, sockets) = (server.resident_mib(), server.sockets());
    let mut unread: Vec<_> = (0..8).map(|_| server.connect()).collect();
    for (stream, path) in unread.iter_mut().zip(["rows", "csv"].iter().cycle()) {
        stream.write_all(head("GET", &format!("{dataset}/{path}"), &bearer, 0).as_bytes()).unwrap();
        stream.read_exact(&mut [0; 1 << 10]).unwrap();
    }
    thread::sleep(Duration::from_millis(500));
    let grown = server.resident_mib().saturating_sub(idle);
    assert!(grown < 64, "{grown} MiB more than idle");

    let answer = server.request("DELETE", "/api/session", &bearer, "");
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    for _ in 0..100 {
        if server.sockets() <= sockets {
            return;
        }
        thread::sleep(Duration::from_millis(100));
    }
    panic!("they outlive the session");
}

const GUESSES: usize = 104;

const ADDRESSES: usize = 13;
