//! `/api/sessions`: the device list and ending sessions from it.

use axum::http::{Method, StatusCode};

use crate::harness::{Backend, Browser, EMAIL, PASSWORD};

async fn listed(backend: &Backend, browser: &Browser) -> Vec<serde_json::Value> {
    let reply = backend.get("/api/sessions").bearer(browser).send().await.expect(StatusCode::OK);
    reply.json()["sessions"].as_array().unwrap().clone()
}

#[tokio::test]
async fn the_list_has_every_live_session_of_the_person_and_marks_the_one_that_asks() {
    let backend = Backend::start().await;
    backend.add_account("eve@example.org").await;
    backend.sign_in_call("eve@example.org", PASSWORD, false).send().await.expect(StatusCode::OK);
    let one = backend.sign_in().await;
    backend.clock.advance_s(5);
    let two = Browser::of(backend.sign_in_call(EMAIL, PASSWORD, true).send().await);
    let sessions = listed(&backend, &one).await;
    let ids: Vec<_> = sessions.iter().map(|session| session["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [&two.session_id, &one.session_id], "the one active last comes first");
    assert_eq!(sessions[0]["current"], false);
    assert_eq!(sessions[0]["kept"], true);
    assert_eq!(sessions[1]["current"], true);
    assert_eq!(sessions[1]["kept"], false);
    assert_eq!(sessions[1]["created_at"], "2026-11-20T16:00:00Z");
    assert_eq!(sessions[0]["created_at"], "2026-11-20T16:00:05Z");
}

#[tokio::test]
async fn activity_moves_a_session_up_but_is_noted_at_most_every_half_minute() {
    let backend = Backend::start().await;
    let one = backend.sign_in().await;
    backend.clock.advance_s(29);
    backend.get("/api/session").bearer(&one).from("203.0.113.5").send().await.expect(StatusCode::OK);
    assert_eq!(listed(&backend, &one).await[0]["last_seen_at"], "2026-11-20T16:00:00Z");
    let two = backend.sign_in().await;
    assert_eq!(listed(&backend, &one).await[0]["id"], two.session_id.as_str());
    backend.clock.advance_s(1);
    backend.get("/api/session").bearer(&one).from("203.0.113.5").send().await.expect(StatusCode::OK);
    let first = &listed(&backend, &one).await[0];
    assert_eq!(first["id"], one.session_id.as_str());
    assert_eq!(first["last_seen_at"], "2026-11-20T16:00:30Z");
    assert_eq!(first["address"], "203.0.113.5");
}

#[tokio::test]
async fn a_session_revoked_from_another_device_is_refused_on_its_next_request() {
    let backend = Backend::start().await;
    let (here, there) = (backend.sign_in().await, backend.sign_in().await);
    backend.get("/api/session").bearer(&there).send().await.expect(StatusCode::OK);
    let path = format!("/api/sessions/{}", there.session_id);
    backend.call(Method::DELETE, &path).bearer(&here).send().await.expect(StatusCode::NO_CONTENT);
    let refused =
        backend.get("/api/session").bearer(&there).send().await.expect_problem(401, "session_revoked");
    assert_eq!(
        refused.header("www-authenticate"),
        Some("Bearer realm=\"perennial\", error=\"invalid_token\"")
    );
    assert!(refused.json()["detail"].as_str().unwrap().contains("another device"));
    backend.refresh_call(&there.cookie).send().await.expect_problem(401, "session_revoked");
    assert_eq!(listed(&backend, &here).await.len(), 1);
    backend.call(Method::DELETE, &path).bearer(&here).send().await.expect(StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_session_of_somebody_else_is_not_found_and_stays() {
    let backend = Backend::start().await;
    backend.add_account("eve@example.org").await;
    let ada = backend.sign_in().await;
    let eve = Browser::of(backend.sign_in_call("eve@example.org", PASSWORD, false).send().await);
    for id in [ada.session_id.as_str(), "00000000-0000-0000-0000-000000000000", "%FF", "x"] {
        let call = backend.call(Method::DELETE, &format!("/api/sessions/{id}")).bearer(&eve);
        call.send().await.expect_problem(404, "not_found");
    }
    backend.get("/api/session").bearer(&ada).send().await.expect(StatusCode::OK);
}

#[tokio::test]
async fn all_others_end_at_once_and_are_counted() {
    let backend = Backend::start().await;
    backend.add_account("eve@example.org").await;
    let eve = Browser::of(backend.sign_in_call("eve@example.org", PASSWORD, false).send().await);
    let (here, one, two) = (backend.sign_in().await, backend.sign_in().await, backend.sign_in().await);
    let revoke = || backend.call(Method::DELETE, "/api/sessions/others").bearer(&here);
    assert_eq!(revoke().send().await.expect(StatusCode::OK).json()["revoked"], 2);
    assert_eq!(revoke().send().await.expect(StatusCode::OK).json()["revoked"], 0);
    for ended in [&one, &two] {
        backend.get("/api/session").bearer(ended).send().await.expect_problem(401, "session_revoked");
    }
    for live in [&here, &eve] {
        backend.get("/api/session").bearer(live).send().await.expect(StatusCode::OK);
    }
}

#[tokio::test]
async fn sessions_that_are_over_are_not_listed_and_forgotten_after_a_week() {
    let backend = Backend::start().await;
    let old = backend.sign_in().await;
    backend.clock.advance_s(86_400);
    let new = Browser::of(backend.sign_in_call(EMAIL, PASSWORD, true).send().await);
    assert_eq!(listed(&backend, &new).await.len(), 1);
    let revoked = Browser::of(backend.sign_in_call(EMAIL, PASSWORD, true).send().await);
    let call = backend.call(Method::DELETE, &format!("/api/sessions/{}", revoked.session_id)).bearer(&new);
    call.send().await.expect(StatusCode::NO_CONTENT);

    assert_eq!(backend.app.forget_ended_sessions().await.unwrap(), 0);
    backend.refresh_call(&old.cookie).send().await.expect_problem(401, "session_expired");
    backend.clock.advance_s(7 * 86_400 + 1);
    assert_eq!(backend.app.forget_ended_sessions().await.unwrap(), 2);
    for forgotten in [&old, &revoked] {
        backend.refresh_call(&forgotten.cookie).send().await.expect_problem(401, "refresh_unknown");
    }
    backend.refresh_call(&new.cookie).send().await.expect(StatusCode::OK);
}

#[tokio::test]
async fn every_endpoint_of_the_list_needs_a_token() {
    let backend = Backend::start().await;
    backend.get("/api/sessions").send().await.expect_problem(401, "token_missing");
    backend.page(Method::DELETE, "/api/sessions/others").send().await.expect_problem(401, "token_missing");
    backend.page(Method::DELETE, "/api/sessions/x").send().await.expect_problem(401, "token_missing");
}

#[tokio::test]
async fn a_person_has_so_many_sessions_at_most_and_the_one_used_longest_ago_ends() {
    let backend = Backend::start_with(|settings| settings.limits.sessions_per_account = 2).await;
    let first = backend.sign_in().await;
    backend.clock.advance_s(60);
    let second = backend.sign_in().await;
    backend.clock.advance_s(60);
    backend.get("/api/session").bearer(&first).send().await.expect(StatusCode::OK);
    let third = backend.sign_in().await;
    for live in [&first, &third] {
        backend.get("/api/session").bearer(live).send().await.expect(StatusCode::OK);
    }
    let ended = backend.get("/api/session").bearer(&second).send().await;
    let ended = ended.expect_problem(401, "session_revoked").json();
    assert!(ended["detail"].as_str().unwrap().contains("too many times"), "{ended}");
}
