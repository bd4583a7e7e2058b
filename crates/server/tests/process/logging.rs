//! The log: one line per request that says what happened, and no secret, ever.

use std::fs::File;
use std::path::Path;

use serde_json::Value;

use crate::program::{Server, program};
use crate::serving::{cookie, demo_password, sign_in_body};

fn grant(answer: &str) -> Value {
    serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap()
}

fn requests(log: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(log).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let told = |line: Value| {
        assert!(line["duration_ms"].is_number() && line["level"] == "INFO", "{line}");
        let text = |name: &str| line[name].as_str().unwrap_or("-").to_owned();
        let (method, path, session, outcome) =
            (text("method"), text("path"), text("session"), text("outcome"));
        format!("{method} {path} {} {session} {outcome}", line["status"])
    };
    lines.filter(|line| line["message"] == "request").map(told).collect()
}

#[test]
fn a_request_makes_one_line_with_its_route_status_session_and_outcome() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("log");
    let start = &mut program(&dir.path().join("data"));
    let server = Server::start_logging(start.arg("--demo"), File::create(&log).unwrap());
    let body = sign_in_body(&demo_password(&server));
    let signed_in = server.request("POST", "/api/session", "", &body);
    let (id, token) = (&grant(&signed_in)["session"]["id"], &grant(&signed_in)["access_token"]);
    let bearer = format!("Authorization: Bearer {}\r\n", token.as_str().unwrap());
    let cookie = format!("Cookie: {}\r\n", cookie(&signed_in));
    server.request("DELETE", "/api/sessions/typed-by-somebody?token=secret", &bearer, "");
    server.request("POST", "/api/session/refresh", &cookie, "");
    server.request("POST", "/api/session/refresh", &cookie, "");
    server.request("GET", "/typed-by-somebody", "", "");
    server.request("PUT", "/api/session", "", "");
    server.signal("TERM");
    assert_eq!(server.wait(), Some(0));

    let id = id.as_str().unwrap();
    let expected = [
        format!("POST /api/session 200 {id} signed_in"),
        format!("DELETE /api/sessions/{{id}} 404 {id} not_found"),
        format!("POST /api/session/refresh 200 {id} rotated"),
        format!("POST /api/session/refresh 200 {id} repeated"),
        "GET (none) 404 - not_found".to_owned(),
        "PUT /api/session 405 - method_not_allowed".to_owned(),
    ];
    assert_eq!(requests(&log), expected);
}

#[test]
fn a_refresh_in_exchange_is_said_in_the_words_that_its_operators_watch_for() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("log");
    let start = &mut program(&dir.path().join("data"));
    let server = Server::start_logging(start.arg("--demo"), File::create(&log).unwrap());
    let body = sign_in_body(&demo_password(&server));
    let signed_in = server.request("POST", "/api/v1/auth/login", "", &body);
    let refresh = |token: &str| {
        let bearer = format!("Authorization: Bearer {token}\r\n");
        server.request("POST", "/api/v1/auth/refresh", &bearer, "")
    };
    let token = grant(&signed_in)["token"].as_str().unwrap().to_owned();
    let refreshed = grant(&refresh(&token));
    refresh("junk");
    server.request("POST", "/api/v1/auth/refresh", "", "");
    server.request("POST", "/api/v1/auth/logout", &format!("Authorization: Bearer {token}\r\n"), "");
    refresh(&token);
    server.signal("TERM");
    assert_eq!(server.wait(), Some(0));

    let text = std::fs::read_to_string(&log).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let said: Vec<_> = lines
        .filter(|line| line["message"].as_str().unwrap().starts_with("Token refresh"))
        .map(|line| format!("{} {}", line["level"].as_str().unwrap(), line["message"].as_str().unwrap()))
        .collect();
    let expected = [
        format!(
            "INFO Token refreshed successfully for user_id: {}",
            refreshed["user"]["id"].as_str().unwrap()
        ),
        "WARN Token refresh error: token_invalid".to_owned(),
        "WARN Token refresh error: token_missing".to_owned(),
        "WARN Token refresh error: session_revoked".to_owned(),
    ];
    assert_eq!(said, expected);
    for secret in [&token, refreshed["token"].as_str().unwrap()] {
        assert!(!text.contains(secret), "a token is in the log");
    }
}

#[test]
fn no_secret_reaches_the_log_at_any_level() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("log");
    let data = dir.path().join("data");
    let start = &mut program(&data);
    start.args(["--demo", "--log-level", "trace", "--refresh-overlap-s", "0", "--idempotency-window-s", "0"]);
    let server = Server::start_logging(start, File::create(&log).unwrap());
    let password = demo_password(&server);
    let first = server.request("POST", "/api/session", "", &sign_in_body(&password));
    server.request("POST", "/api/session", "", &sign_in_body("a wrong password"));
    server.request("POST", "/api/session", "", "{\"password\":\"torn body");
    server.request("POST", "/api/session", "", "{\"password\":{\"nested password\":1},\"email\":\"\"}");
    let refresh =
        |cookie: &str| server.request("POST", "/api/session/refresh", &format!("Cookie: {cookie}\r\n"), "");
    let second = refresh(&cookie(&first));
    assert!(refresh(&cookie(&first)).contains("refresh_reused"));
    let token = |answer: &str| grant(answer)["access_token"].as_str().unwrap().to_owned();
    let headers = format!("Authorization: Bearer {}\r\nCookie: {}\r\n", token(&second), cookie(&second));
    server.request("GET", "/api/sessions", &headers, "");
    server.request("DELETE", "/api/session", &headers, "");
    server.signal("TERM");
    assert_eq!(server.wait(), Some(0));

    let text = std::fs::read_to_string(&log).unwrap();
    for expected in ["DEBUG", "refresh_reused", "SELECT", grant(&first)["session"]["id"].as_str().unwrap()] {
        assert!(text.contains(expected), "the log is there and tells a lot: {expected}");
    }
    let keys: Value = serde_json::from_slice(&std::fs::read(data.join("keys.json")).unwrap()).unwrap();
    let value = |answer: &str| cookie(answer).split_once('=').unwrap().1.to_owned();
    let secrets = [
        password,
        "a wrong password".to_owned(),
        "torn body".to_owned(),
        "nested password".to_owned(),
        token(&first),
        token(&second),
        value(&first),
        value(&second),
        keys["keys"][0]["secret"].as_str().unwrap().to_owned(),
        "$argon2id$".to_owned(),
    ];
    for secret in secrets {
        assert!(!text.contains(&secret), "{secret} is in the log");
    }
}

#[test]
fn a_failed_sign_in_leaves_a_line_with_its_address_and_what_hides_the_account() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("log");
    let start = &mut program(&dir.path().join("data"));
    start.args(["--trust-forwarded-for", "--sign-in-failures-per-account", "2"]);
    let server = Server::start_logging(start, File::create(&log).unwrap());
    for (path, email) in [
        ("/api/session", "ada@example.org"),
        ("/api/login", " ADA@example.org"),
        ("/api/auth/login", "ada@example.org"),
        ("/api/v1/auth/login", "eve@example.org"),
    ] {
        let body = format!("{{\"email\":\"{email}\",\"password\":\"a guess\"}}");
        server.request("POST", path, "X-Forwarded-For: 192.0.2.7\r\n", &body);
    }
    let text = std::fs::read_to_string(&log).unwrap();
    let beginning =
        "\"level\":\"WARN\",\"message\":\"sign-in failed\",\"address\":\"192.0.2.7\",\"account\":\"";
    let lines: Vec<_> = text.lines().filter(|line| line.contains(beginning)).collect();
    let lines: Vec<Value> = lines.into_iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let reasons: Vec<_> = lines.iter().map(|line| line["reason"].as_str().unwrap()).collect();
    assert_eq!(reasons, ["wrong_credentials", "wrong_credentials", "too_many_attempts", "wrong_credentials"]);
    assert_eq!((&lines[0]["account"], &lines[1]["account"]), (&lines[1]["account"], &lines[2]["account"]));
    assert_ne!(lines[2]["account"], lines[3]["account"]);
    assert!(!text.to_lowercase().contains("example.org"), "{text}");
}

#[test]
fn an_origin_that_is_not_protected_is_warned_of_at_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("log");
    for (origin, is_warned) in [("http://example.org", true), ("http://localhost:8080", false)] {
        let start = &mut program(&dir.path().join("data"));
        drop(Server::start_logging(start.args(["--public-origin", origin]), File::create(&log).unwrap()));
        let text = std::fs::read_to_string(&log).unwrap();
        assert_eq!(text.contains("can be read on the way"), is_warned, "{text}");
    }
}

#[test]
fn a_forwarded_address_that_is_not_believed_is_warned_of_once() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("log");
    for (flags, warnings) in [(&[][..], 1), (&["--trust-forwarded-for"][..], 0)] {
        let start = &mut program(&dir.path().join("data"));
        let server = Server::start_logging(start.args(flags), File::create(&log).unwrap());
        server.request("GET", "/healthz", "", "");
        let text = || std::fs::read_to_string(&log).unwrap();
        assert!(!text().contains("X-Forwarded-For"), "{}", text());
        for path in ["/", "/healthz", "/api/session"] {
            server.request("GET", path, "X-Forwarded-For: 192.0.2.7\r\n", "");
        }
        let text = text();
        let lines: Vec<_> = text.lines().filter(|line| line.contains("X-Forwarded-For")).collect();
        assert_eq!(lines.len(), warnings, "{text}");
        for line in lines {
            let line: Value = serde_json::from_str(line).unwrap();
            assert_eq!((&line["level"], &line["from"]), (&"WARN".into(), &"127.0.0.1".into()), "{line}");
            assert!(line["message"].as_str().unwrap().contains("--trust-forwarded-for"), "{line}");
        }
        assert!(!text.contains("192.0.2.7"), "{text}");
    }
}
