//! Requests that are not what they should be: a problem document each, and nothing happens.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::harness::{Backend, Call};

fn post(backend: &Backend, body: impl Into<Body>) -> Call {
    backend.page(Method::POST, "/api/session").with("content-type", "application/json").body(body)
}

#[tokio::test]
async fn a_body_that_is_not_json_is_malformed() {
    let backend = Backend::start().await;
    for body in
        ["", "{", "hello", "{\"email\":\"a\",}", "{\"email\":\"a\",\"password\":\"b\"} extra", "\u{0}"]
    {
        post(&backend, body).send().await.expect_problem(400, "body_malformed");
    }
    post(&backend, vec![0xff, 0xfe, 0x00]).send().await.expect_problem(400, "body_malformed");
}

#[tokio::test]
async fn wrong_types_and_unknown_or_missing_fields_are_named_without_quoting_values() {
    let backend = Backend::start().await;
    for (body, named) in [
        (json!({ "email": 4711, "password": "b" }), "`email`"),
        (json!({ "email": "a", "password": 4711 }), "`password`"),
        (json!({ "email": "a", "password": "4711", "keep": "4711" }), "`keep`"),
        (json!({ "email": "a" }), "`password`"),
        (json!({ "email": "a", "password": "4711", "admin": 4711 }), "`admin`"),
        (json!(["ada@example.org", "4711", false]), "object"),
        (json!("4711"), "object"),
        (json!(null), "object"),
    ] {
        let reply = post(&backend, body.to_string()).send().await.expect_problem(422, "body_invalid");
        let detail = reply.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(named), "{body}: {detail}");
        assert!(!detail.contains("4711"), "{body}: {detail}");
    }
}

#[tokio::test]
async fn a_body_past_the_limit_is_not_read() {
    let backend = Backend::start_with(|settings| settings.limits.body_limit_bytes = 200).await;
    let body = |length: usize| {
        let empty = json!({ "email": "a@b", "password": "" }).to_string().len();
        json!({ "email": "a@b", "password": "x".repeat(length - empty) }).to_string()
    };
    post(&backend, body(200)).send().await.expect_problem(401, "wrong_credentials");
    let refused = post(&backend, body(201)).send().await.expect_problem(413, "body_too_large");
    assert!(refused.json()["detail"].as_str().unwrap().contains("200 bytes"));
}

#[tokio::test]
async fn another_media_type_is_refused() {
    let backend = Backend::start().await;
    let body = json!({ "email": "a@b", "password": "x" }).to_string();
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""] {
        let call = post(&backend, body.clone()).with("content-type", kind);
        call.send().await.expect_problem(415, "media_type_unsupported");
    }
    let bare = post(&backend, body.clone()).without("content-type");
    bare.send().await.expect_problem(415, "media_type_unsupported");
    let spelled = post(&backend, body).with("content-type", "Application/JSON; charset=utf-8");
    spelled.send().await.expect_problem(401, "wrong_credentials");
}

#[tokio::test]
async fn an_unknown_path_is_not_found() {
    let backend = Backend::start().await;
    for path in
        ["/", "/api", "/api/", "/api/nothing", "/api/session/", "/api/session/refresh/x", "/index.html"]
    {
        backend.get(path).send().await.expect_problem(404, "not_found");
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_which_are_right() {
    let backend = Backend::start().await;
    let reply =
        backend.call(Method::PUT, "/api/session").send().await.expect_problem(405, "method_not_allowed");
    let allowed = reply.header("allow").unwrap();
    for method in ["GET", "POST", "DELETE"] {
        assert!(allowed.contains(method), "{allowed}");
    }
    backend.get("/api/session/refresh").send().await.expect_problem(405, "method_not_allowed");
    backend.page(Method::POST, "/healthz").send().await.expect_problem(405, "method_not_allowed");
}

#[tokio::test]
async fn health_tells_whether_the_database_answers() {
    let backend = Backend::start().await;
    let reply = backend.get("/healthz").send().await.expect(StatusCode::OK);
    assert_eq!(reply.json(), json!({ "status": "ok" }));
    backend.app.close().await;
    backend.get("/healthz").send().await.expect_problem(503, "busy");
}

#[tokio::test]
async fn a_failing_database_is_an_internal_error_without_details() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    backend.app.close().await;
    let reply = backend.get("/api/session").bearer(&browser).send().await.expect_problem(500, "internal");
    assert!(!String::from_utf8_lossy(&reply.bytes).to_lowercase().contains("sql"));
    assert_eq!(reply.header("www-authenticate"), None, "it says nothing about the token");
    backend.refresh_call(&browser.cookie).send().await.expect_problem(500, "internal");
}

#[tokio::test]
async fn a_database_that_was_scrambled_while_it_is_open_is_noticed_by_the_check_of_health() {
    let backend = Backend::start().await;
    backend.get("/api/session").send().await.expect(StatusCode::UNAUTHORIZED);
    for name in ["perennial.sqlite3", "perennial.sqlite3-wal"] {
        let path = backend.dir.path().join(name);
        let length = std::fs::metadata(&path).unwrap().len();
        std::fs::write(&path, vec![0xa5; usize::try_from(length).unwrap()]).unwrap();
    }
    backend.get("/healthz").send().await.expect_problem(503, "busy");
}
