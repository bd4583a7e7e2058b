//! Security headers.

use axum::http::{Method, StatusCode};

use crate::harness::{Backend, EMAIL, Reply};

fn expect_locked_down(reply: &Reply) {
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(reply.header("referrer-policy"), Some("same-origin"));
    assert_eq!(reply.header("cross-origin-opener-policy"), Some("same-origin"));
    assert_eq!(reply.header("content-security-policy"), Some("default-src 'none'; frame-ancestors 'none'"));
    assert!(reply.header("permissions-policy").is_some());
    assert_eq!(reply.header("strict-transport-security"), None, "only behind https");
}

#[tokio::test]
async fn every_answer_of_the_api_is_locked_down_refused_or_not() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    expect_locked_down(&backend.get("/healthz").send().await.expect(StatusCode::OK));
    expect_locked_down(&backend.get("/api/session").bearer(&browser).send().await.expect(StatusCode::OK));
    expect_locked_down(&backend.refresh_call(&browser.cookie).send().await.expect(StatusCode::OK));
    expect_locked_down(&backend.get("/api/session").send().await.expect(StatusCode::UNAUTHORIZED));
    expect_locked_down(&backend.get("/api/nothing").send().await.expect(StatusCode::NOT_FOUND));
    let sign_out = backend.page(Method::DELETE, "/api/session").send().await;
    expect_locked_down(&sign_out.expect(StatusCode::NOT_FOUND));
    let sign_out = backend.page(Method::DELETE, "/api/session").bearer(&browser).send().await;
    expect_locked_down(&sign_out.expect(StatusCode::NO_CONTENT));
}

#[tokio::test]
async fn every_401_says_what_to_sign_in_with_and_blames_no_token_that_was_not_sent() {
    let backend = Backend::start().await;
    let wrong = || backend.sign_in_call(EMAIL, "wrong", false);
    for call in [
        wrong(),
        wrong().token("x"),
        backend.page(Method::POST, "/api/session/refresh"),
        backend.refresh_call("perennial_refresh_8081=junk"),
        backend.get("/api/auth/status"),
        backend.get("/api/auth/status").with("cookie", "authToken_8081=junk"),
        backend.page(Method::POST, "/api/auth/refresh"),
        backend.get("/api/v1/auth/validate"),
        backend.call(Method::POST, "/api/refresh"),
    ] {
        let reply = call.send().await.expect(StatusCode::UNAUTHORIZED);
        assert_eq!(reply.header("www-authenticate"), Some("Bearer realm=\"perennial\""));
    }
    let reply = backend.get("/api/me").token("junk").send().await.expect(StatusCode::UNAUTHORIZED);
    let challenge = "Bearer realm=\"perennial\", error=\"invalid_token\"";
    assert_eq!(reply.header("www-authenticate"), Some(challenge));
}
