//! The upgrade: whose pages may ask for it, and tokens that come with it.

use axum::http::StatusCode;
use serde_json::json;

use super::client::{Listening, expect_no_gap};
use crate::harness::{Backend, Browser, ORIGIN};

fn offer(browser: &Browser) -> String {
    format!("perennial.v1, bearer.{}", browser.token)
}

#[tokio::test]
async fn pages_of_another_origin_are_refused_before_the_upgrade() {
    let backend = Backend::start().await;
    let listening = Listening::start(&backend);
    let browser = backend.sign_in().await;
    for origin in ["https://evil.example", "null", "http://127.0.0.1:8082", "https://127.0.0.1:8081", ""] {
        let headers = [("origin", origin), ("sec-websocket-protocol", &*offer(&browser))];
        assert_eq!(listening.connect_with(&headers).await.unwrap_err(), StatusCode::FORBIDDEN, "{origin:?}");
    }
    let foreign = [("sec-fetch-site", "cross-site")];
    assert_eq!(listening.connect_with(&foreign).await.unwrap_err(), StatusCode::FORBIDDEN);
    let (mut own, _) = listening.connect_with(&[("origin", ORIGIN)]).await.unwrap();
    own.authenticate(&browser).await;
    own.hear_authenticated().await;
}

#[tokio::test]
async fn a_plain_request_and_one_with_a_query_are_answered_in_words() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    let plain = backend.get("/api/events").bearer(&browser).send().await;
    assert_eq!(plain.expect_problem(426, "upgrade_required").header("upgrade"), Some("websocket"));
    let path = format!("/api/events?access_token={}", browser.token);
    let told = backend.get(&path).send().await.expect_problem(400, "query_invalid");
    assert!(!String::from_utf8_lossy(&told.bytes).contains(&browser.token));
}

#[tokio::test]
async fn a_token_among_the_subprotocols_authenticates_and_is_not_said_again() {
    let backend = Backend::start().await;
    backend.app.start_jobs().await.unwrap();
    let listening = Listening::start(&backend);
    let browser = backend.sign_in().await;
    let job = backend.send_file(&browser, "", "a\n1\n").await;
    let (mut socket, answer) =
        listening.connect_with(&[("sec-websocket-protocol", &offer(&browser))]).await.unwrap();
    assert_eq!(answer["sec-websocket-protocol"], "perennial.v1");
    assert!(answer.values().all(|value| !value.to_str().unwrap().contains(&browser.token)));
    socket.watch(&job, 0).await;
    assert_eq!(socket.hear_authenticated().await, 900);
    expect_no_gap(&socket.hear_to_the_end().await, 0);

    // It is renewed like any other.
    backend.clock.advance_s(800);
    let refreshed = backend.refresh_call(&browser.cookie).send().await.expect(StatusCode::OK);
    socket.authenticate(&Browser::of(refreshed)).await;
    assert_eq!(socket.hear_authenticated().await, 900);
}

#[tokio::test]
async fn a_token_among_the_subprotocols_that_is_not_good_is_refused_after_the_upgrade() {
    let backend = Backend::start().await;
    let listening = Listening::start(&backend);
    let old = backend.sign_in().await;
    backend.clock.advance_s(901);
    let bad = Browser { token: "a.b.c".to_owned(), ..old.clone() };
    for (browser, reason) in [(old, "has expired"), (bad, "not made by this server")] {
        let (mut socket, answer) =
            listening.connect_with(&[("sec-websocket-protocol", &offer(&browser))]).await.unwrap();
        assert_eq!(answer["sec-websocket-protocol"], "perennial.v1");
        let (code, said) = socket.closed().await;
        assert!(code == 4401 && said.contains(reason), "{code} {said}");
    }
}

#[tokio::test]
async fn the_subprotocol_alone_says_nothing_of_who_is_there() {
    let backend = Backend::start().await;
    let listening = Listening::start(&backend);
    let browser = backend.sign_in().await;
    let (mut socket, answer) =
        listening.connect_with(&[("sec-websocket-protocol", "perennial.v1")]).await.unwrap();
    assert_eq!(answer["sec-websocket-protocol"], "perennial.v1");
    socket.authenticate(&browser).await;
    assert_eq!(socket.hear().await, json!({ "type": "authenticated", "expires_in": 900 }));
    let (_, answer) = listening.connect_with(&[]).await.unwrap();
    assert!(answer.get("sec-websocket-protocol").is_none());
}
