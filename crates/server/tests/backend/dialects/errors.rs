//! Errors in the shape of each dialect, whatever goes wrong.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{sign_in_call, text};
use crate::harness::{Backend, EMAIL, PASSWORD};

/// The dialects that have a shape of their own: where to sign in, and what an error holds beside its words.
fn shapes() -> [(&'static str, Value); 3] {
    [
        ("/api/v1/auth/login", json!({ "success": false })),
        ("/api/auth/login", json!({})),
        ("/api/login", json!({})),
    ]
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_account_get_the_same_answer() {
    for (path, shape) in shapes() {
        let backend = Backend::start().await;
        let wrong = sign_in_call(&backend, path, EMAIL, "wrong").send().await;
        let wrong = wrong.expect_error(401, "wrong_credentials", &shape);
        let unknown = sign_in_call(&backend, path, "eve@example.org", PASSWORD).send().await;
        assert_eq!((&wrong.bytes, &wrong.headers), (&unknown.bytes, &unknown.headers), "{path}");
        assert!(wrong.set_cookies().is_empty());
    }
}

#[tokio::test]
async fn guessing_is_told_when_to_come_back_and_counts_across_dialects() {
    let backend = Backend::start().await;
    for (path, shape) in shapes() {
        let wrong = sign_in_call(&backend, path, EMAIL, "wrong").send().await;
        wrong.expect_error(401, "wrong_credentials", &shape);
    }
    for _ in 0..2 {
        backend.sign_in_call(EMAIL, "wrong", false).send().await.expect_problem(401, "wrong_credentials");
    }
    for (path, shape) in shapes() {
        let refused = sign_in_call(&backend, path, EMAIL, PASSWORD).send().await;
        let refused = refused.expect_error(429, "too_many_attempts", &shape);
        assert_eq!(refused.header("retry-after"), Some("300"));
        assert_eq!(refused.json()["message"], "Too many failed sign-ins. Try again in 5 minutes.");
    }
    backend.sign_in_call(EMAIL, PASSWORD, false).send().await.expect_problem(429, "too_many_attempts");
}

#[tokio::test]
async fn a_body_that_is_not_what_it_should_be_is_answered_in_words() {
    let backend = Backend::start().await;
    for (path, shape) in shapes() {
        for (body, status, reason) in [
            ("", 400, "body_malformed"),
            ("{", 400, "body_malformed"),
            ("{\"email\":\"a@b\",\"password\":\"x\"} and more", 400, "body_malformed"),
            ("null", 422, "body_invalid"),
            ("[\"a@b\",\"x\"]", 422, "body_invalid"),
            ("{}", 422, "body_invalid"),
            ("{\"email\":1,\"password\":\"x\"}", 422, "body_invalid"),
            ("{\"email\":\"a@b\",\"password\":{\"x\":[]}}", 422, "body_invalid"),
            ("{\"email\":\"a@b\",\"password\":\"x\",\"extra\":1}", 422, "body_invalid"),
        ] {
            let call = backend.page(Method::POST, path).with("content-type", "application/json");
            let told = call.body(body).send().await.expect_error(status, reason, &shape);
            assert!(!String::from_utf8_lossy(&told.bytes).contains("a@b"), "no value is said again");
        }
        let long = json!({ "email": EMAIL, "password": "x".repeat(20_000) });
        let call = backend.page(Method::POST, path).json(&long);
        call.send().await.expect_error(413, "body_too_large", &shape);
        let form = backend.page(Method::POST, path).with("content-type", "application/x-www-form-urlencoded");
        let form = form.body("email=a&password=b").send().await;
        form.expect_error(415, "media_type_unsupported", &shape);
    }
}

#[tokio::test]
async fn the_optional_body_of_a_sign_out_is_read_as_strictly() {
    let backend = Backend::start().await;
    let grant = super::sign_in(&backend, "/api/login").await.json();
    let token = text(&grant, "access_token");
    let call = || backend.call(Method::POST, "/api/logout").token(&token);
    let json_call = |body: &'static str| call().with("content-type", "application/json").body(body);
    for body in ["{\"refresh_token\":7}", "[]", "{\"token\":\"x\"}"] {
        json_call(body).send().await.expect_error(422, "body_invalid", &json!({}));
    }
    json_call("{").send().await.expect_error(400, "body_malformed", &json!({}));
    call().body("x=1").send().await.expect_error(415, "media_type_unsupported", &json!({}));
    let long = format!("{{\"refresh_token\":\"{}\"}}", "x".repeat(20_000));
    let long = call().with("content-type", "application/json").body(long).send().await;
    long.expect_error(413, "body_too_large", &json!({}));
    backend.get("/api/me").token(&token).send().await.expect(StatusCode::OK);
    json_call("{\"refresh_token\":null}").send().await.expect(StatusCode::OK);
}

#[tokio::test]
async fn what_is_not_there_is_said_in_the_words_of_the_dialect_it_was_looked_for_in() {
    let backend = Backend::start().await;
    let failed = json!({ "success": false });
    for path in ["/api/v1/auth/nothing", "/api/v1/auth/login/x"] {
        backend.get(path).send().await.expect_error(404, "not_found", &failed);
    }
    backend.get("/api/auth/nothing").send().await.expect_error(404, "not_found", &json!({}));
    backend.get("/api/nothing").send().await.expect_problem(404, "not_found");
    for (path, _) in shapes() {
        let shape = if path.contains("v1") { failed.clone() } else { json!({}) };
        let reply = backend.get(path).send().await.expect_error(405, "method_not_allowed", &shape);
        assert_eq!(reply.header("allow"), Some("POST"));
    }
}

#[tokio::test]
async fn a_failing_database_is_an_internal_error_without_details() {
    let backend = Backend::start().await;
    let token = backend.sign_in().await.token;
    backend.app.close().await;
    for (path, shape) in [
        ("/api/v1/auth/validate", json!({ "success": false })),
        ("/api/auth/status", json!({ "authenticated": false })),
        ("/api/me", json!({})),
    ] {
        let reply = backend.get(path).token(&token).send().await.expect_error(500, "internal", &shape);
        assert!(!String::from_utf8_lossy(&reply.bytes).to_lowercase().contains("sql"));
    }
}
