//! How much memory the program takes under what strangers and people do to it.

use std::thread;

use crate::program::{Server, program};

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

const GUESSES: usize = 208;

const ADDRESSES: usize = 13;
