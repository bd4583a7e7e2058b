//! Starting, stopping, and being stopped without warning.

use std::io::Write;
use std::process::Command;
use std::time::Duration;

use crate::program::{Server, head, program, read_all};

pub(crate) fn demo_password(server: &Server) -> String {
    let line = server.printed.iter().find(|line| line.starts_with("Demo account: ")).unwrap();
    let (who, password) = line.split_once(" password: ").unwrap();
    assert_eq!(who, "Demo account: demo@perennial.example");
    password.to_owned()
}

pub(crate) fn sign_in_body(password: &str) -> String {
    format!("{{\"email\":\"demo@perennial.example\",\"password\":\"{password}\"}}")
}

pub(crate) fn cookie(answer: &str) -> String {
    let line = answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    line.split(';').next().unwrap().to_owned()
}

/// Each start listens on a port of its own; for a browser it is one site, which the port in the cookie's name tells.
fn at_one_origin(command: &mut Command) -> &mut Command {
    command.args(["--public-origin", "http://127.0.0.1:8080"])
}

#[test]
fn the_demo_account_is_printed_at_each_start_and_closed_without_the_flag() {
    let dir = tempfile::tempdir().unwrap();
    let first = Server::start(program(dir.path()).arg("--demo"));
    let password = demo_password(&first);
    drop(first);
    // The second variable is one of the developer commands, for people who have set it for all that they start.
    let mut second = program(dir.path());
    second.env("PERENNIAL_DEMO", "true").env("PERENNIAL_TOOLS", "/opt/tools");
    let second = Server::start(at_one_origin(&mut second));
    assert_eq!(demo_password(&second), password);
    let answer = second.request("POST", "/api/session", "", &sign_in_body(&password));
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let cookie = cookie(&answer);
    drop(second);

    let third = Server::start(at_one_origin(&mut program(dir.path())));
    assert!(third.printed.is_empty(), "{:?}", third.printed);
    let answer = third.request("POST", "/api/session", "", &sign_in_body(&password));
    assert!(answer.contains("wrong_credentials"), "{answer}");
    let answer = third.request("POST", "/api/session/refresh", &format!("Cookie: {cookie}\r\n"), "");
    assert!(answer.contains("session_revoked"), "{answer}");
}

#[test]
fn a_session_survives_that_the_process_is_killed() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(at_one_origin(program(dir.path()).arg("--demo")));
    let answer = server.request("POST", "/api/session", "", &sign_in_body(&demo_password(&server)));
    let mut cookie = cookie(&answer);
    for _ in 0..3 {
        let server = Server::start(at_one_origin(program(dir.path()).arg("--demo")));
        let answer = server.request("POST", "/api/session/refresh", &format!("Cookie: {cookie}\r\n"), "");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        cookie = self::cookie(&answer);
        server.signal("KILL");
        assert_eq!(server.wait(), None);
    }
}

#[test]
fn an_open_request_is_answered_before_the_program_stops() {
    let dir = tempfile::tempdir().unwrap();
    for signal in ["TERM", "INT"] {
        let server = Server::start(program(dir.path()).args(["--demo", "--drain-limit-s", "600"]));
        let body = sign_in_body(&demo_password(&server));
        let mut stream = server.connect();
        stream.write_all(head("POST", "/api/session", "", body.len()).as_bytes()).unwrap();
        // The server must have taken the request up, and then the signal, before the body comes.
        std::thread::sleep(Duration::from_millis(300));
        server.signal(signal);
        std::thread::sleep(Duration::from_millis(300));
        stream.write_all(body.as_bytes()).unwrap();
        let answer = read_all(&mut stream);
        assert!(answer.starts_with("HTTP/1.1 200"), "{signal}: {answer}");
        assert_eq!(server.wait(), Some(0), "{signal}");
    }
}

#[test]
fn a_request_that_never_ends_does_not_keep_the_program() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(program(dir.path()).args(["--drain-limit-s", "1"]));
    let mut stream = server.connect();
    // The head is never finished; a body would have a time limit of its own.
    stream.write_all(b"POST /api/session HTTP/1.1\r\nHost: test\r\nX-").unwrap();
    std::thread::sleep(Duration::from_millis(300));
    server.signal("TERM");
    assert_eq!(server.wait(), Some(0));
}

#[test]
fn pages_of_the_address_listened_on_are_ours_by_default() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(&mut program(dir.path()));
    let port = server.address.split(':').next_back().unwrap().to_owned();
    let ask =
        |origin: &str| server.request("POST", "/api/session/refresh", &format!("Origin: {origin}\r\n"), "");
    assert!(ask(&format!("http://127.0.0.1:{port}")).contains("refresh_missing"));
    assert!(ask(&format!("http://localhost:{port}")).contains("refresh_missing"));
    assert!(ask("http://localhost:1").contains("csrf"));
}
