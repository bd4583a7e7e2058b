//! The guard against requests that another site makes a browser send.

use axum::http::{Method, StatusCode};

use crate::harness::{Backend, EMAIL, PASSWORD};

#[tokio::test]
async fn whatever_uses_the_cookie_needs_the_header_that_foreign_pages_cannot_set() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    let sign_in = backend.sign_in_call(EMAIL, PASSWORD, false);
    sign_in.without("x-requested-by").send().await.expect_problem(403, "csrf");
    let refresh = backend.refresh_call(&browser.cookie);
    refresh.without("x-requested-by").send().await.expect_problem(403, "csrf");
    let refresh = backend.refresh_call(&browser.cookie);
    refresh.with("x-requested-by", "XMLHttpRequest").send().await.expect_problem(403, "csrf");
    let sign_out = backend.page(Method::DELETE, "/api/session").with("cookie", &browser.cookie);
    let refused = sign_out.without("x-requested-by").send().await.expect_problem(403, "csrf");
    assert!(refused.set_cookie().is_none());
    backend.get("/api/session").bearer(&browser).send().await.expect(StatusCode::OK);
    backend.refresh_call(&browser.cookie).send().await.expect(StatusCode::OK);
}

#[tokio::test]
async fn a_foreign_origin_is_refused() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    for origin in [
        "https://evil.example",
        "null",
        "http://127.0.0.1:8082",
        "http://127.0.0.1",
        "https://127.0.0.1:8081",
        "",
    ] {
        let call = backend.refresh_call(&browser.cookie).with("origin", origin);
        call.send().await.expect_problem(403, "csrf");
    }
}

#[tokio::test]
async fn each_named_origin_is_accepted() {
    let backend = Backend::start_with(|settings| {
        settings.public_origins =
            ["http://LOCALHOST:8080/", "http://app.test:80"].map(|text| text.parse().unwrap()).to_vec();
    })
    .await;
    for origin in ["http://localhost:8080", "http://app.test"] {
        let call = backend.sign_in_call(EMAIL, PASSWORD, false).with("origin", origin);
        call.send().await.expect(StatusCode::OK);
    }
}

#[tokio::test]
async fn without_an_origin_the_browser_must_say_that_the_page_is_ours() {
    let backend = Backend::start().await;
    let call = || backend.sign_in_call(EMAIL, PASSWORD, false).without("origin");
    call().send().await.expect(StatusCode::OK);
    call().with("sec-fetch-site", "same-origin").send().await.expect(StatusCode::OK);
    call().with("sec-fetch-site", "none").send().await.expect(StatusCode::OK);
    call().with("sec-fetch-site", "same-site").send().await.expect_problem(403, "csrf");
    call().with("sec-fetch-site", "cross-site").send().await.expect_problem(403, "csrf");
}

#[tokio::test]
async fn no_answer_lets_another_origin_read_it() {
    let backend = Backend::start().await;
    let call = backend.call(Method::OPTIONS, "/api/session").with("origin", "https://evil.example");
    let reply = call.with("access-control-request-method", "POST").send().await;
    assert!(!reply.status.is_success());
    assert_eq!(reply.header("access-control-allow-origin"), None);
}
