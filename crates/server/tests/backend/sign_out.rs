//! `DELETE /api/session`

use axum::http::{Method, StatusCode};

use crate::harness::Backend;

#[tokio::test]
async fn signing_out_by_token_ends_the_session_at_once_and_clears_the_cookie() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    let reply = backend.page(Method::DELETE, "/api/session").bearer(&browser).send().await;
    let reply = reply.expect(StatusCode::NO_CONTENT);
    assert_eq!(
        reply.set_cookie(),
        Some("perennial_refresh_8081=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0")
    );
    backend.get("/api/session").bearer(&browser).send().await.expect_problem(401, "session_revoked");
    let refused = backend.refresh_call(&browser.cookie).send().await.expect_problem(401, "session_revoked");
    assert_eq!(refused.json()["detail"], "You signed out. Sign in again.");
}

#[tokio::test]
async fn signing_out_by_cookie_ends_the_session() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    let call = backend.page(Method::DELETE, "/api/session").with("cookie", &browser.cookie);
    call.send().await.expect(StatusCode::NO_CONTENT);
    backend.get("/api/session").bearer(&browser).send().await.expect_problem(401, "session_revoked");
}

#[tokio::test]
async fn signing_out_with_an_expired_token_ends_the_session_all_the_same() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    backend.clock.advance_s(2000);
    let call = backend.page(Method::DELETE, "/api/session").bearer(&browser);
    call.send().await.expect(StatusCode::NO_CONTENT);
    backend.refresh_call(&browser.cookie).send().await.expect_problem(401, "session_revoked");
}

#[tokio::test]
async fn signing_out_twice_or_with_nothing_is_fine() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    for _ in 0..2 {
        let call = backend.page(Method::DELETE, "/api/session").bearer(&browser);
        call.send().await.expect(StatusCode::NO_CONTENT);
    }
    let call = backend.page(Method::DELETE, "/api/session");
    call.with("authorization", "Bearer junk")
        .with("cookie", "perennial_refresh=junk")
        .send()
        .await
        .expect(StatusCode::NO_CONTENT);
    backend.page(Method::DELETE, "/api/session").send().await.expect(StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn signing_out_leaves_other_devices_alone() {
    let backend = Backend::start().await;
    let (here, there) = (backend.sign_in().await, backend.sign_in().await);
    let call = backend.page(Method::DELETE, "/api/session").bearer(&here).with("cookie", &here.cookie);
    call.send().await.expect(StatusCode::NO_CONTENT);
    backend.get("/api/session").bearer(&there).send().await.expect(StatusCode::OK);
}

#[tokio::test]
async fn a_late_sign_out_does_not_end_the_session_that_was_begun_since_in_the_same_browser() {
    let backend = Backend::start().await;
    let (before, since) = (backend.sign_in().await, backend.sign_in().await);
    let call = backend.page(Method::DELETE, "/api/session").bearer(&before).with("cookie", &since.cookie);
    let reply = call.send().await.expect(StatusCode::NO_CONTENT);
    assert_eq!(reply.set_cookie(), None);
    backend.get("/api/session").bearer(&before).send().await.expect_problem(401, "session_revoked");
    backend.get("/api/session").bearer(&since).send().await.expect(StatusCode::OK);
}
