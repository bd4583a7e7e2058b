//! `DELETE /api/session`

use axum::http::{Method, StatusCode};

use crate::harness::{Backend, Browser, Call, EMAIL, PASSWORD};

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
async fn signing_out_twice_is_fine_and_with_nothing_says_so() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    for _ in 0..2 {
        let call = backend.page(Method::DELETE, "/api/session").bearer(&browser);
        call.send().await.expect(StatusCode::NO_CONTENT);
    }
    let call = backend.page(Method::DELETE, "/api/session");
    call.with("authorization", "Bearer junk")
        .with("cookie", "perennial_refresh=junk")
        .with("x-sign-out-ticket", "junk")
        .send()
        .await
        .expect_problem(404, "nothing_to_end");
    backend.page(Method::DELETE, "/api/session").send().await.expect_problem(404, "nothing_to_end");
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

/// Field 39. The browser was closed before the network came back: no cookie and no token is left, and a ticket is.
#[tokio::test]
async fn a_ticket_ends_its_session_without_anything_else() {
    let backend = Backend::start().await;
    let (browser, ticket) = sign_in_with_ticket(&backend).await;
    let there = backend.sign_in().await;
    backend.clock.advance_s(7200);
    let reply = show(&backend, &ticket).send().await.expect(StatusCode::NO_CONTENT);
    assert_eq!(
        reply.set_cookie(),
        Some("perennial_refresh_8081=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0")
    );
    backend.refresh_call(&browser.cookie).send().await.expect_problem(401, "session_revoked");
    backend.refresh_call(&there.cookie).send().await.expect(StatusCode::OK);
    // It is over already, and that is what was asked for.
    show(&backend, &ticket).send().await.expect(StatusCode::NO_CONTENT);
    backend.clock.advance_s(100_000);
    show(&backend, &ticket).send().await.expect(StatusCode::NO_CONTENT);
}

/// Field 39. Somebody has signed in since, in the same browser: neither their session nor their cookie is touched.
#[tokio::test]
async fn a_late_ticket_leaves_the_next_persons_session_alone() {
    let backend = Backend::start().await;
    let (before, ticket) = sign_in_with_ticket(&backend).await;
    let since = backend.sign_in().await;
    let call = show(&backend, &ticket).bearer(&since).with("cookie", &since.cookie);
    let reply = call.send().await.expect(StatusCode::NO_CONTENT);
    assert_eq!(reply.set_cookie(), None);
    backend.get("/api/session").bearer(&before).send().await.expect_problem(401, "session_revoked");
    backend.get("/api/session").bearer(&since).send().await.expect(StatusCode::OK);
}

/// Field 39. A ticket opens nothing, and what opens something is no ticket.
#[tokio::test]
async fn a_ticket_is_no_access_token_and_an_access_token_is_no_ticket() {
    let backend = Backend::start().await;
    let (browser, ticket) = sign_in_with_ticket(&backend).await;
    let as_bearer = format!("Bearer {ticket}");
    let get = backend.get("/api/session").with("authorization", &as_bearer);
    get.send().await.expect_problem(401, "token_invalid");
    let out = backend.page(Method::DELETE, "/api/session").with("authorization", &as_bearer);
    out.send().await.expect_problem(404, "nothing_to_end");
    let exchanged = backend.page(Method::POST, "/api/v1/auth/refresh").with("authorization", &as_bearer);
    assert_eq!(exchanged.send().await.status, StatusCode::UNAUTHORIZED);
    backend
        .refresh_call(&format!("perennial_refresh={ticket}"))
        .send()
        .await
        .expect_problem(401, "refresh_unknown");
    show(&backend, &browser.token).send().await.expect_problem(404, "nothing_to_end");
    backend.get("/api/session").bearer(&browser).send().await.expect(StatusCode::OK);
}

/// Field 39. A page of another site can send no such header, and what no page of this application sent is refused.
#[tokio::test]
async fn a_ticket_counts_only_from_a_page_of_the_application() {
    let backend = Backend::start().await;
    let (browser, ticket) = sign_in_with_ticket(&backend).await;
    let call = backend.call(Method::DELETE, "/api/session").with("x-sign-out-ticket", &ticket);
    call.send().await.expect_problem(403, "csrf");
    backend.get("/api/session").bearer(&browser).send().await.expect(StatusCode::OK);
}

async fn sign_in_with_ticket(backend: &Backend) -> (Browser, String) {
    let reply = backend.sign_in_call(EMAIL, PASSWORD, false).send().await.expect(StatusCode::OK);
    let ticket = reply.json()["sign_out_ticket"].as_str().unwrap().to_owned();
    (Browser::of(reply), ticket)
}

fn show(backend: &Backend, ticket: &str) -> Call {
    backend.page(Method::DELETE, "/api/session").with("x-sign-out-ticket", ticket)
}
