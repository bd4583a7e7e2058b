//! `user add`, `key rotate`, `--help`.

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
    for (email, password, said) in [
        ("ADA@example.org", "correct horse battery\n", "already"),
        ("eve@example.org", "short\n", "8 characters"),
        ("eve@example.org", "", "8 characters"),
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
