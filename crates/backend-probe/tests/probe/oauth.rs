//! Providers of OAuth 2.0 and OpenID Connect.

use std::sync::{Arc, Mutex};

use perennial_backend_probe::Report;

use crate::support::{Reply, assert_note, assert_one_problem, imagine};

const ISSUER: &str = "https://login.example.com";
const CONFIG: &str =
    r#"{ "preset": "oauth2", "oauth": { "issuer": "https://login.example.com", "client_id": "perennial" } }"#;
const GOOD: &str = r#"{
    "issuer": "https://login.example.com",
    "authorization_endpoint": "https://login.example.com/authorize",
    "token_endpoint": "https://login.example.com/token",
    "userinfo_endpoint": "https://login.example.com/me",
    "revocation_endpoint": "https://login.example.com/revoke",
    "end_session_endpoint": "https://login.example.com/end",
    "code_challenge_methods_supported": ["plain", "S256"]
}"#;

/// A provider that describes itself so, and refuses a token so.
fn provider(description: &Reply, token: &Reply) -> Report {
    imagine(CONFIG, "https://app.example.org/", |request| {
        let reply = match (&*request.method, request.url.path()) {
            ("OPTIONS", _) => Reply::json(204, ""),
            (_, "/.well-known/openid-configuration") => description.clone(),
            (_, "/token") => token.clone(),
            (_, "/revoke") => Reply::json(200, ""),
            (_, "/me") => Reply::json(401, "").with("WWW-Authenticate", "Bearer"),
            (method, path) => panic!("{method} {path} was asked"),
        };
        let reply = reply.with("Date", "Tue, 01 Dec 2026 12:00:00 GMT");
        Ok(if request.url.path() == "/token" && token.status == 418 { reply } else { reply.cors("*") })
    })
}

fn describe(description: &str) -> Report {
    provider(&Reply::json(200, description), &invalid_grant())
}

fn invalid_grant() -> Reply {
    Reply::json(400, r#"{"error":"invalid_grant"}"#)
}

#[test]
fn a_provider_that_describes_itself_well_has_no_finding() {
    let report = describe(GOOD);
    assert!(report.findings.is_empty(), "{report}");
    let text = report.to_string();
    assert!(text.contains("GET https://login.example.com/.well-known/openid-configuration: 200"), "{text}");
    assert!(text.contains("POST https://login.example.com/token: 400, read as refused"), "{text}");
}

#[test]
fn an_issuer_that_is_not_the_same_character_by_character_is_told_with_the_right_one() {
    let report = describe(&GOOD.replacen(ISSUER, "https://login.example.com/", 1));
    assert_one_problem(
        &report,
        &["discovery: ", "names the issuer https://login.example.com/,", "`oauth.issuer`"],
    );
}

#[test]
fn a_description_that_is_not_there_or_no_description_is_told() {
    let report = provider(&Reply::new(404, "text/plain", "no"), &invalid_grant());
    assert_one_problem(&report, &["discovery: ", "404", "`oauth.issuer`", "`oauth.scope`"]);
    let report = provider(&Reply::new(200, "text/html", "<title>Hello"), &invalid_grant());
    assert_one_problem(&report, &["discovery: ", "`text/html`", "as JSON"]);
    assert_one_problem(&describe("{}"), &["names no `issuer`"]);
}

#[test]
fn endpoints_that_are_missing_or_without_tls_are_named() {
    let report = describe(&GOOD.replace("token_endpoint", "t"));
    assert_one_problem(&report, &["`token_endpoint`"]);
    let report =
        describe(&GOOD.replace("https://login.example.com/revoke", "http://login.example.com/revoke"));
    assert_one_problem(&report, &["`revocation_endpoint`", "HTTPS"]);
}

#[test]
fn a_provider_without_pkce_is_told() {
    assert_one_problem(&describe(&GOOD.replace("S256", "S512")), &["without `S256`", "PKCE"]);
    assert_note(
        &describe(&GOOD.replace("code_challenge_methods_supported", "x")),
        &["no `code_challenge_methods"],
    );
    let other = GOOD.replacen('{', r#"{"response_types_supported": ["token"],"#, 1);
    assert_one_problem(&describe(&other), &["without `code`"]);
}

#[test]
fn what_a_provider_has_not_is_worth_a_note() {
    assert_note(
        &describe(&GOOD.replace("revocation_endpoint", "x")),
        &["no `revocation_endpoint`", "this device"],
    );
    assert_note(&describe(&GOOD.replace("end_session_endpoint", "x")), &["no `end_session_endpoint`"]);
    assert_note(&describe(&GOOD.replace("userinfo_endpoint", "x")), &["no `userinfo_endpoint`"]);
    let scopes = GOOD.replacen('{', r#"{"scopes_supported": ["openid", "profile", "email"],"#, 1);
    assert_note(&describe(&scopes), &["`offline_access`", "`scopes_supported`"]);
    let grants = GOOD.replacen('{', r#"{"grant_types_supported": ["authorization_code"],"#, 1);
    assert_note(&describe(&grants), &["without `refresh_token`"]);
}

#[test]
fn a_client_that_the_provider_does_not_know_is_told() {
    let unknown = Reply::json(401, r#"{"error":"invalid_client"}"#);
    let report = provider(&Reply::json(200, GOOD), &unknown);
    assert_one_problem(&report, &["refresh: ", "`invalid_client`", "`oauth.client_id`", "public client"]);
}

#[test]
fn a_token_endpoint_that_no_page_may_ask_is_told() {
    let report = provider(&Reply::json(200, GOOD), &Reply::json(418, r#"{"error":"invalid_grant"}"#));
    let text = report.to_string();
    assert!(text.contains("refresh: the answer has no `Access-Control-Allow-Origin`"), "{text}");
}

#[test]
fn a_description_may_be_elsewhere_but_not_for_ever() {
    let asked = Arc::new(Mutex::new(0));
    let report = imagine(CONFIG, "https://app.example.org/", |_| {
        *asked.lock().unwrap() += 1;
        Ok(Reply::json(302, "").cors("*").with("Location", "/elsewhere"))
    });
    assert_one_problem(&report, &["discovery: ", "more than 5 times"]);
    assert_eq!(*asked.lock().unwrap(), 6);
    let report = imagine(CONFIG, "https://app.example.org/", |_| {
        Ok(Reply::json(302, "").cors("*").with("Location", "http://login.example.com/x"))
    });
    assert_one_problem(&report, &["discovery: ", "mixed content"]);
}
