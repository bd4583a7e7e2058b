//! `user`, `session`, `key rotate`, `--help`.

use std::path::Path;
use std::process::Output;

use crate::program::{Server, program, run, stderr, stdout};

fn add(email: &str) -> Vec<&str> {
    vec!["user", "add", "--email", email, "--name", "Ada Lovelace", "--role", "member", "--role", "admin"]
}

#[test]
fn an_account_made_by_hand_can_be_signed_in_to() {
    let dir = tempfile::tempdir().unwrap();
    let output = run(program(dir.path()).args(add("Ada@Example.org")), "correct horse battery\n");
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stdout(&output).contains("ada@example.org"));
    assert!(!stdout(&output).contains("correct horse"));

    let server = Server::start(&mut program(dir.path()));
    let body = "{\"email\":\"ada@example.org\",\"password\":\"correct horse battery\"}";
    let answer = server.request("POST", "/api/session", "", body);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("\"roles\":[\"member\",\"admin\"]"), "{answer}");
}

#[test]
fn an_account_that_cannot_be_is_refused_in_a_sentence() {
    let dir = tempfile::tempdir().unwrap();
    assert!(
        run(program(dir.path()).args(add("ada@example.org")), "correct horse battery\n").status.success()
    );
    let long = "correct horse battery ".repeat(50_000);
    for (email, password, said) in [
        ("ADA@example.org", "correct horse battery\n", "already"),
        ("eve@example.org", "short\n", "8 characters"),
        ("eve@example.org", "", "8 characters"),
        ("eve@example.org", "        \n", "blanks"),
        ("eve@example.org", "12345678\n", "first that a stranger would try"),
        ("eve@example.org", "ada lovelace\n", "first that a stranger would try"),
        ("eve@example.org", &long, "1,024 bytes"),
        ("eve", "correct horse battery\n", "@"),
        ("demo@perennial.example", "correct horse battery\n", "--demo"),
    ] {
        let output = run(program(dir.path()).args(add(email)), password);
        assert_eq!(output.status.code(), Some(1), "{email}");
        assert!(stderr(&output).contains(said), "{}", stderr(&output));
        assert_eq!(stderr(&output).lines().count(), 1);
    }
}

#[test]
fn a_password_is_no_argument() {
    let dir = tempfile::tempdir().unwrap();
    let mut args = add("ada@example.org");
    args.extend(["--password", "correct horse battery"]);
    assert_eq!(run(program(dir.path()).args(args), "").status.code(), Some(2));
}

/// Runs a command that succeeds, and says what it printed.
#[track_caller]
fn done(dir: &Path, args: &[&str], input: &str) -> String {
    let output = run(program(dir).args(args), input);
    assert!(output.status.success(), "{}", stderr(&output));
    stdout(&output)
}

/// Runs a command that is refused in one sentence.
#[track_caller]
fn refused(dir: &Path, args: &[&str], input: &str, said: &str) {
    let output: Output = run(program(dir).args(args), input);
    assert_eq!(output.status.code(), Some(1), "{args:?}");
    assert!(stderr(&output).contains(said), "{}", stderr(&output));
    assert_eq!(stderr(&output).lines().count(), 1);
}

fn sign_in(server: &Server, password: &str) -> String {
    let body = format!("{{\"email\":\"ada@example.org\",\"password\":\"{password}\"}}");
    server.request("POST", "/api/session", "", &body)
}

/// Signs in; the header that a request of this session carries.
#[track_caller]
fn bearer(server: &Server, password: &str) -> String {
    let answer = sign_in(server, password);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let token = answer.split("\"access_token\":\"").nth(1).unwrap().split('"').next().unwrap();
    format!("Authorization: Bearer {token}\r\n")
}

#[track_caller]
fn expect(server: &Server, bearer: &str, status: u16, said: &str) {
    let answer = server.request("GET", "/api/session", bearer, "");
    assert!(answer.starts_with(&format!("HTTP/1.1 {status}")) && answer.contains(said), "{answer}");
}

#[test]
fn a_new_password_counts_at_once_and_ends_the_sessions_of_before() {
    let dir = tempfile::tempdir().unwrap();
    done(dir.path(), &add("ada@example.org"), "correct horse battery\n");
    let server = Server::start(&mut program(dir.path()));
    let before = bearer(&server, "correct horse battery");
    let set = ["user", "password", "--email", "Ada@Example.org"];
    let printed = done(dir.path(), &set, "wrong donkey charger\n");
    assert_eq!(printed, "Password set for ada@example.org, 1 session ended\n");
    expect(&server, &before, 401, "The password of this account was changed.");
    assert!(sign_in(&server, "correct horse battery").starts_with("HTTP/1.1 401"));

    let kept = bearer(&server, "wrong donkey charger");
    let printed = done(dir.path(), &[&set[..], &["--keep-sessions"]].concat(), "right donkey charger\n");
    assert_eq!(printed, "Password set for ada@example.org, 0 sessions ended\n");
    expect(&server, &kept, 200, "");
    refused(dir.path(), &set, "12345678\n", "first that a stranger would try");
    refused(dir.path(), &set, "ada.lovelace\n", "first that a stranger would try");
    bearer(&server, "right donkey charger");
    let nobody = ["user", "password", "--email", "eve@example.org"];
    refused(dir.path(), &nobody, "wrong donkey charger\n", "no account");
    let demo = ["user", "password", "--email", "demo@perennial.example"];
    refused(dir.path(), &demo, "wrong donkey charger\n", "--demo");
}

#[test]
fn a_closed_account_is_closed_in_a_running_server_and_opens_again() {
    let dir = tempfile::tempdir().unwrap();
    done(dir.path(), &add("ada@example.org"), "correct horse battery\n");
    let server = Server::start(&mut program(dir.path()));
    let before = bearer(&server, "correct horse battery");
    done(dir.path(), &["user", "disable", "--email", "ada@example.org"], "");
    expect(&server, &before, 401, "This account was closed for signing in.");
    let answer = sign_in(&server, "correct horse battery");
    assert!(answer.starts_with("HTTP/1.1 401") && answer.contains("wrong_credentials"), "{answer}");
    let listed = done(dir.path(), &["user", "list"], "");
    let line = listed.lines().nth(1).unwrap();
    assert!(line.starts_with("ada@example.org  closed  member,admin  20"), "{listed}");
    assert!(line.ends_with("  Ada Lovelace") && listed.lines().count() == 2, "{listed}");

    done(dir.path(), &["user", "enable", "--email", "ada@example.org"], "");
    expect(&server, &before, 401, "This account was closed for signing in.");
    expect(&server, &bearer(&server, "correct horse battery"), 200, "");
    assert!(done(dir.path(), &["user", "list"], "").contains("ada@example.org  open "));
}

#[test]
fn sessions_are_listed_and_ended_one_by_one_or_all_together() {
    let dir = tempfile::tempdir().unwrap();
    done(dir.path(), &add("ada@example.org"), "correct horse battery\n");
    let server = Server::start(&mut program(dir.path()));
    let list = ["session", "list", "--email", "ada@example.org"];
    let ids = || {
        let listed = done(dir.path(), &list, "");
        listed.lines().skip(1).map(|line| line[..36].to_owned()).collect::<Vec<_>>()
    };
    let bearers: Vec<_> = (0..3).map(|_| bearer(&server, "correct horse battery")).collect();
    let is_live =
        |bearer: &String| server.request("GET", "/api/session", bearer, "").starts_with("HTTP/1.1 200");
    let all = ids();
    assert_eq!(all.len(), 3);
    assert!(done(dir.path(), &list, "").lines().nth(1).unwrap().contains("  perennial  20"));

    let printed = done(dir.path(), &["session", "revoke", &all[0]], "");
    assert_eq!(printed, format!("Session {} ended\n", all[0]));
    assert_eq!(ids(), all[1..]);
    assert_eq!(bearers.iter().filter(|bearer| is_live(bearer)).count(), 2);
    assert!(done(dir.path(), &["session", "revoke", &all[0]], "").contains("before"));

    let nobodys = "00000000-0000-4000-8000-000000000000";
    refused(dir.path(), &["session", "revoke", &all[1], nobodys], "", "session list");
    assert_eq!(ids().len(), 2, "nothing was changed");
    let printed = done(dir.path(), &["session", "revoke", "--email", "ada@example.org"], "");
    assert_eq!(printed, "2 sessions of ada@example.org ended\n");
    for bearer in &bearers {
        expect(&server, bearer, 401, "This session was ended by the operator.");
    }
    assert_eq!(run(program(dir.path()).args(["session", "revoke"]), "").status.code(), Some(2));
}

#[test]
fn a_rotation_puts_a_new_key_in_front_and_keeps_three() {
    let dir = tempfile::tempdir().unwrap();
    let kids = || {
        let file = std::fs::read(dir.path().join("keys.json")).unwrap();
        let file: serde_json::Value = serde_json::from_slice(&file).unwrap();
        let kid = |key: &serde_json::Value| key["kid"].as_str().unwrap().to_owned();
        file["keys"].as_array().unwrap().iter().map(kid).collect::<Vec<_>>()
    };
    let mut all = Vec::new();
    for _ in 0..4 {
        let output = run(program(dir.path()).args(["key", "rotate"]), "");
        assert!(output.status.success(), "{}", stderr(&output));
        all.insert(0, kids()[0].clone());
        assert!(stdout(&output).contains(&all[0]));
    }
    assert_eq!(kids(), all[..3]);
}

#[test]
fn the_help_explains_every_flag_with_its_variable() {
    let dir = tempfile::tempdir().unwrap();
    let output = run(program(dir.path()).arg("--help"), "");
    assert!(output.status.success());
    let help = stdout(&output);
    for name in [
        "listen",
        "data-dir",
        "public-origin",
        "connect-origin",
        "static-dir",
        "trust-forwarded-for",
        "metrics-listen",
        "demo",
        "signing-algorithm",
        "log-level",
        "access-token-lifetime-s",
        "access-token-lifetime-perennial-s",
        "access-token-lifetime-exchange-s",
        "access-token-lifetime-cookie-pair-s",
        "access-token-lifetime-hybrid-s",
        "session-lifetime-s",
        "kept-session-lifetime-s",
        "refresh-overlap-s",
        "idempotency-window-s",
        "sign-in-failures-per-account",
        "sign-in-failures-per-account-everywhere",
        "known-device-lifetime-s",
        "sign-in-failures-per-address",
        "sign-in-failure-window-s",
        "refreshes-per-session",
        "refreshes-per-address",
        "refresh-window-s",
        "body-limit-bytes",
        "drain-limit-s",
    ] {
        let variable = format!("PERENNIAL_{}", name.to_uppercase().replace('-', "_"));
        assert!(help.contains(&format!("--{name}")), "--{name}");
        assert!(help.contains(&format!("[env: {variable}=")), "{variable}");
    }
}
