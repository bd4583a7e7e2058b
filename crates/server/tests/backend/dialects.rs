//! The dialects beside `perennial`: what goes over the wire, over the same accounts and sessions.

mod cookie_pair;
mod errors;
mod exchange;
mod hybrid;
mod mixed;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Backend, Call, EMAIL, PASSWORD, Reply};

/// A sign-in as a page of the application sends it.
fn sign_in_call(backend: &Backend, path: &str, email: &str, password: &str) -> Call {
    backend.page(Method::POST, path).json(&json!({ "email": email, "password": password }))
}

async fn sign_in(backend: &Backend, path: &str) -> Reply {
    sign_in_call(backend, path, EMAIL, PASSWORD).send().await.expect(StatusCode::OK)
}

#[track_caller]
fn expect_ada(user: &Value) {
    assert_eq!(user["email"], EMAIL);
    assert_eq!(user["name"], "Ada Lovelace");
    assert_eq!(user["roles"], json!(["member"]));
    assert!(user["id"].is_string());
    assert_eq!(user.as_object().unwrap().len(), 4);
}

/// Expects the answer of `/api/me`, which has the person at its top.
#[track_caller]
fn expect_me(reply: Reply) {
    let mut body = reply.expect(StatusCode::OK).json();
    let session_expires_in = body.as_object_mut().unwrap().remove("session_expires_in");
    assert!(session_expires_in.unwrap().is_u64());
    expect_ada(&body);
}

/// The text under this name.
#[track_caller]
fn text(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap().to_owned()
}

/// The names of the fields, in order.
fn names(body: &Value) -> Vec<&str> {
    body.as_object().unwrap().keys().map(String::as_str).collect()
}
