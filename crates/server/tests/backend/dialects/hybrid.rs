//! `/api/{login,me,refresh,logout}`: both tokens in answers.

use axum::http::{Method, StatusCode};
use serde_json::json;

use super::{expect_ada, expect_me, names, sign_in, text};
use crate::harness::{Backend, Call};

struct Tokens {
    access: String,
    refresh: String,
}

async fn tokens(backend: &Backend) -> Tokens {
    let body = sign_in(backend, "/api/login").await.json();
    Tokens { access: text(&body, "access_token"), refresh: text(&body, "refresh_token") }
}

fn me(backend: &Backend, token: &str) -> Call {
    backend.get("/api/me").token(token)
}

fn refresh(backend: &Backend, token: &str) -> Call {
    backend.call(Method::POST, "/api/refresh").token(token)
}

fn logout(backend: &Backend) -> Call {
    backend.call(Method::POST, "/api/logout")
}

#[tokio::test]
async fn signing_in_gives_both_tokens_and_the_person() {
    let backend = Backend::start().await;
    let reply = sign_in(&backend, "/api/login").await;
    assert!(reply.set_cookies().is_empty());
    let body = reply.json();
    assert_eq!(
        names(&body),
        ["access_token", "expires_in", "refresh_token", "session_expires_in", "token_type", "user"]
    );
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(86_400)));
    expect_ada(&body["user"]);
    expect_me(me(&backend, &text(&body, "access_token")).send().await);
}

#[tokio::test]
async fn the_refresh_token_stays_the_same_until_the_session_ends() {
    let backend = Backend::start().await;
    let tokens = tokens(&backend).await;
    for _ in 0..3 {
        backend.clock.advance_s(86_400);
        let body = refresh(&backend, &tokens.refresh).send().await.expect(StatusCode::OK).json();
        assert_eq!(names(&body), ["access_token", "expires_in", "session_expires_in", "token_type", "user"]);
        assert_eq!(body["token_type"], "Bearer");
        expect_ada(&body["user"]);
        assert_eq!(body["expires_in"], 86_400);
        expect_me(me(&backend, &text(&body, "access_token")).send().await);
    }
    me(&backend, &tokens.access).send().await.expect_error(401, "token_expired", &json!({}));
    backend.clock.advance_s(27 * 86_400);
    refresh(&backend, &tokens.refresh).send().await.expect_error(401, "session_expired", &json!({}));
}

#[tokio::test]
async fn only_a_refresh_token_refreshes() {
    let backend = Backend::start().await;
    let tokens = tokens(&backend).await;
    for token in [&*tokens.access, "junk", ""] {
        refresh(&backend, token).send().await.expect_error(401, "refresh_unknown", &json!({}));
    }
    let none = backend.call(Method::POST, "/api/refresh").send().await;
    none.expect_error(401, "refresh_missing", &json!({}));
    me(&backend, &tokens.refresh).send().await.expect_error(401, "token_invalid", &json!({}));
}

#[tokio::test]
async fn every_answer_carries_a_new_token_when_less_than_two_hours_are_left() {
    let backend = Backend::start().await;
    let tokens = tokens(&backend).await;
    backend.clock.advance_ms(79_200_500);
    for path in ["/api/me", "/api/jobs"] {
        let early = backend.get(path).token(&tokens.access).send().await.expect(StatusCode::OK);
        assert_eq!(early.header("x-new-token"), None, "exactly two hours are left");
    }
    backend.clock.advance_ms(1);
    for path in ["/api/me", "/api/jobs"] {
        let due = backend.get(path).token(&tokens.access).send().await.expect(StatusCode::OK);
        let newer = due.header("x-new-token").unwrap();
        let again = me(&backend, newer).send().await.expect(StatusCode::OK);
        assert_eq!(again.header("x-new-token"), None, "that one has a day before it");
    }
}

#[tokio::test]
async fn of_a_short_lived_token_a_fifth_is_left_when_the_next_comes() {
    let backend = Backend::start_with(|settings| settings.limits.access_token_lifetime_s = Some(3600)).await;
    let tokens = tokens(&backend).await;
    backend.clock.advance_ms(2_880_500);
    let early = me(&backend, &tokens.access).send().await.expect(StatusCode::OK);
    assert_eq!(early.header("x-new-token"), None, "exactly 720 s are left");
    backend.clock.advance_ms(1);
    let due = me(&backend, &tokens.access).send().await.expect(StatusCode::OK);
    assert!(due.header("x-new-token").is_some());
}

#[tokio::test]
async fn signing_out_refuses_both_tokens_from_then_on() {
    for names_refresh in [false, true] {
        let backend = Backend::start().await;
        let tokens = tokens(&backend).await;
        let mut call = logout(&backend).token(&tokens.access);
        if names_refresh {
            call = call.json(&json!({ "refresh_token": tokens.refresh }));
        }
        let reply = call.send().await.expect(StatusCode::OK);
        assert_eq!(reply.json(), json!({ "message": "You signed out." }));
        me(&backend, &tokens.access).send().await.expect_error(401, "session_revoked", &json!({}));
        refresh(&backend, &tokens.refresh).send().await.expect_error(401, "session_revoked", &json!({}));
    }
}

#[tokio::test]
async fn an_expired_access_token_or_a_refresh_token_alone_is_enough_to_sign_out() {
    let backend = Backend::start().await;
    let (one, two) = (tokens(&backend).await, tokens(&backend).await);
    backend.clock.advance_s(90_000);
    logout(&backend).token(&one.access).send().await.expect(StatusCode::OK);
    logout(&backend).json(&json!({ "refresh_token": two.refresh })).send().await.expect(StatusCode::OK);
    for tokens in [one, two] {
        refresh(&backend, &tokens.refresh).send().await.expect_error(401, "session_revoked", &json!({}));
    }
    logout(&backend).send().await.expect_error(401, "token_missing", &json!({}));
    let junk = logout(&backend).token("junk").json(&json!({ "refresh_token": "junk" }));
    junk.send().await.expect_error(401, "token_invalid", &json!({}));
}

#[tokio::test]
async fn a_sign_out_that_names_tokens_of_two_sessions_ends_both() {
    let backend = Backend::start().await;
    let (one, two) = (tokens(&backend).await, tokens(&backend).await);
    let call = logout(&backend).token(&one.access).json(&json!({ "refresh_token": two.refresh }));
    call.send().await.expect(StatusCode::OK);
    for tokens in [one, two] {
        me(&backend, &tokens.access).send().await.expect_error(401, "session_revoked", &json!({}));
        refresh(&backend, &tokens.refresh).send().await.expect_error(401, "session_revoked", &json!({}));
    }
}

#[tokio::test]
async fn a_refresh_after_the_key_was_given_up_still_works() {
    let backend = Backend::start().await;
    let refresh_token = tokens(&backend).await.refresh;
    let dir = backend.dir.path().to_owned();
    for _ in 0..3 {
        perennial_server::commands::run(&dir, rotate()).await.unwrap();
    }
    let backend = backend.restart_with(|_| {}).await;
    refresh(&backend, &refresh_token).send().await.expect(StatusCode::OK);
}

fn rotate() -> perennial_server::cli::Command {
    perennial_server::cli::Command::Key(perennial_server::cli::KeyCommand::Rotate)
}
