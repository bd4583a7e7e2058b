//! Too many refreshes.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Backend, Browser, Call, EMAIL, PASSWORD, Reply};

/// A refresh in each dialect, by what its sign-in has given.
async fn signed_in(backend: &Backend) -> [(&'static str, Box<dyn Fn() -> Call + '_>); 4] {
    let credentials = json!({ "email": EMAIL, "password": PASSWORD });
    let sign_in = async |path| {
        let call = backend.page(Method::POST, path).json(&credentials);
        call.send().await.expect(StatusCode::OK)
    };
    let text = |reply: &Reply, name: &str| reply.json()[name].as_str().unwrap().to_owned();
    let perennial = sign_in("/api/session").await.cookie();
    let exchange = text(&sign_in("/api/v1/auth/login").await, "token");
    let pair = sign_in("/api/auth/login").await.set_cookies()[1].split(';').next().unwrap().to_owned();
    let hybrid = text(&sign_in("/api/login").await, "refresh_token");
    // The same key again, so that what is good once may be shown again.
    let repeated = |path, cookie: &str| {
        backend.page(Method::POST, path).with("cookie", cookie).with("idempotency-key", &"a".repeat(32))
    };
    let bearer = |path, token: &str| backend.call(Method::POST, path).token(token);
    [
        ("perennial", Box::new(move || repeated("/api/session/refresh", &perennial))),
        ("exchange", Box::new(move || bearer("/api/v1/auth/refresh", &exchange))),
        ("cookie-pair", Box::new(move || repeated("/api/auth/refresh", &pair))),
        ("hybrid", Box::new(move || bearer("/api/refresh", &hybrid))),
    ]
}

fn reason(body: &Value) -> Value {
    if body["error"].is_null() { body["reason"].clone() } else { body["error"].clone() }
}

#[tokio::test]
async fn a_session_that_refreshes_without_end_is_put_off_and_goes_on_when_it_was_told() {
    let backend = Backend::start_with(|settings| {
        settings.limits.refreshes_per_session = 3;
        settings.limits.idempotency_window_s = 600;
    })
    .await;
    for (dialect, refresh) in signed_in(&backend).await {
        for _ in 0..3 {
            refresh().send().await.expect(StatusCode::OK);
            backend.clock.advance_s(2);
        }
        let put_off = refresh().send().await.expect(StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(put_off.header("retry-after"), Some("54"), "{dialect}");
        assert_eq!(reason(&put_off.json()), "too_many_refreshes", "{dialect}");
        assert!(put_off.set_cookies().is_empty());
        backend.clock.advance_s(53);
        refresh().send().await.expect(StatusCode::TOO_MANY_REQUESTS);
        backend.clock.advance_s(1);
        refresh().send().await.expect(StatusCode::OK);
    }
}

#[tokio::test]
async fn an_address_is_put_off_and_others_are_not() {
    let backend = Backend::start_with(|settings| settings.limits.refreshes_per_address = 3).await;
    let browser = backend.sign_in().await;
    for _ in 0..3 {
        let junk = backend.refresh_call("perennial_refresh_8081=junk").send().await;
        junk.expect_problem(401, "refresh_unknown");
        let unknown =
            backend.refresh_call(&format!("perennial_refresh_8081={}", "A".repeat(43))).send().await;
        unknown.expect_problem(401, "refresh_unknown");
    }
    let put_off = backend.refresh_call(&browser.cookie).send().await;
    let put_off = put_off.expect_problem(429, "too_many_refreshes");
    assert_eq!(put_off.json()["detail"], "Too many refreshes. Try again in 60 seconds.");
    assert_eq!(put_off.json()["retry_after_s"], 60);
    let elsewhere = backend.refresh_call(&browser.cookie).from("198.51.100.1").send().await;
    let next = Browser::of(elsewhere.expect(StatusCode::OK));
    backend.clock.advance_s(60);
    backend.refresh_call(&next.cookie).send().await.expect(StatusCode::OK);
}

#[tokio::test]
async fn a_refresh_that_was_put_off_spends_no_token_and_counts_for_nothing() {
    let backend = Backend::start_with(|settings| settings.limits.refreshes_per_session = 1).await;
    let first = backend.sign_in().await;
    let second = Browser::of(backend.refresh_call(&first.cookie).send().await.expect(StatusCode::OK));
    for _ in 0..20 {
        backend.clock.advance_s(2);
        backend.refresh_call(&second.cookie).send().await.expect_problem(429, "too_many_refreshes");
    }
    backend.clock.advance_s(20);
    backend.refresh_call(&second.cookie).send().await.expect(StatusCode::OK);
    // Signing in and asking are not held back.
    backend.sign_in().await;
    backend.get("/api/session").bearer(&second).send().await.expect(StatusCode::OK);
}

#[tokio::test]
async fn twenty_tabs_that_refresh_every_three_seconds_never_meet_the_limit() {
    let backend = Backend::start().await;
    let token = {
        let call = backend.page(Method::POST, "/api/login");
        let reply = call.json(&json!({ "email": EMAIL, "password": PASSWORD })).send().await;
        reply.json()["refresh_token"].as_str().unwrap().to_owned()
    };
    for _ in 0..40 {
        for _tab in 0..20 {
            let refreshed = backend.call(Method::POST, "/api/refresh").token(&token).send().await;
            refreshed.expect(StatusCode::OK);
        }
        backend.clock.advance_s(3);
    }
}
