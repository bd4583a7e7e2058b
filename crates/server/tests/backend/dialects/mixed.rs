//! Several dialects in one browser: tokens of one where another is spoken.

use axum::http::{Method, StatusCode};
use serde_json::json;

use super::{expect_ada, expect_me, sign_in, text};
use crate::harness::{Backend, EMAIL, PASSWORD, Reply};
use crate::live::client::{Listening, NEVER};

fn hybrid_refresh(backend: &Backend, token: &str) -> crate::harness::Call {
    backend.call(Method::POST, "/api/refresh").token(token)
}

fn value(cookie: &str) -> &str {
    cookie.split(';').next().unwrap().split_once('=').unwrap().1
}

/// The value of the refresh cookie of `cookie-pair`.
fn refresh_cookie(reply: &Reply) -> String {
    value(reply.set_cookies()[1]).to_owned()
}

#[tokio::test]
async fn an_access_token_of_any_dialect_is_a_bearer_everywhere() {
    let backend = Backend::start().await;
    let tokens = [
        backend.sign_in().await.token,
        text(&sign_in(&backend, "/api/v1/auth/login").await.json(), "token"),
        value(sign_in(&backend, "/api/auth/login").await.set_cookies()[0]).to_owned(),
        text(&sign_in(&backend, "/api/login").await.json(), "access_token"),
    ];
    for token in &tokens {
        for path in ["/api/session", "/api/v1/auth/validate", "/api/auth/status"] {
            let told = backend.get(path).token(token).send().await.expect(StatusCode::OK).json();
            expect_ada(&told["user"]);
        }
        expect_me(backend.get("/api/me").token(token).send().await);
    }
    let listed = backend.read(&backend.sign_in().await, "/api/sessions").await;
    assert_eq!(listed["sessions"].as_array().unwrap().len(), 5, "one list of devices for all");
}

#[tokio::test]
async fn an_access_token_lives_as_long_as_its_dialect_says_else_as_long_as_all_do() {
    for (all, own, expected) in [
        (None, None, [900, 3600, 604_800, 86_400]),
        (Some(70), None, [70, 70, 70, 70]),
        (None, Some(40), [900, 40, 604_800, 40]),
        (Some(70), Some(40), [70, 40, 70, 40]),
    ] {
        let backend = Backend::start_with(|settings| {
            settings.limits.access_token_lifetime_s = all;
            settings.limits.access_token_lifetime_exchange_s = own;
            settings.limits.access_token_lifetime_hybrid_s = own;
        })
        .await;
        let perennial = backend.sign_in_call(EMAIL, PASSWORD, false).send().await.json();
        let exchange = text(&sign_in(&backend, "/api/v1/auth/login").await.json(), "token");
        let pair = sign_in(&backend, "/api/auth/login").await;
        let hybrid = sign_in(&backend, "/api/login").await.json();
        let [_, exchange_s, pair_s, _] = expected;
        let told = [&perennial["expires_in"], &pair.json()["expiresIn"], &hybrid["expires_in"]];
        assert_eq!(told, [&json!(expected[0]), &json!(pair_s), &json!(expected[3])]);
        assert!(pair.set_cookies()[0].ends_with(&format!("Max-Age={pair_s}")));
        let validate = || backend.get("/api/v1/auth/validate").token(&exchange).send();
        backend.clock.advance_s(exchange_s);
        validate().await.expect(StatusCode::OK);
        backend.clock.advance_s(1);
        validate().await.expect_error(401, "token_expired", &json!({ "success": false }));
    }
}

#[tokio::test]
async fn the_new_token_follows_the_dialect_of_the_presented_one_wherever_it_is_presented() {
    let backend =
        Backend::start_with(|settings| settings.limits.access_token_lifetime_s = Some(36_000)).await;
    let exchange = text(&sign_in(&backend, "/api/v1/auth/login").await.json(), "token");
    let hybrid = text(&sign_in(&backend, "/api/login").await.json(), "access_token");
    let perennial = backend.sign_in().await.token;
    let new_token = async |token: &str, path: &str| {
        let reply = backend.get(path).token(token).send().await.expect(StatusCode::OK);
        reply.header("x-new-token").map(str::to_owned)
    };
    backend.clock.advance_s(30_000);
    for path in ["/api/me", "/api/session"] {
        assert!(new_token(&hybrid, path).await.is_some(), "less than 2 h");
        assert!(new_token(&perennial, path).await.is_none(), "more than 300 s");
    }
    backend.clock.advance_s(5_800);
    for path in ["/api/me", "/api/session"] {
        assert!(new_token(&perennial, path).await.is_some(), "less than 300 s");
        assert!(new_token(&exchange, path).await.is_none());
    }
}

#[tokio::test]
async fn a_refresh_token_is_good_in_its_own_dialect_alone_and_is_not_spent_elsewhere() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    let pair = sign_in(&backend, "/api/auth/login").await;
    let hybrid = text(&sign_in(&backend, "/api/login").await.json(), "refresh_token");
    let (perennial, pair) = (value(&browser.cookie).to_owned(), refresh_cookie(&pair));
    let pair_refresh = |token: &str| {
        let call = backend.page(Method::POST, "/api/auth/refresh");
        call.with("cookie", &format!("refreshToken_8081={token}"))
    };
    let perennial_refresh = |token: &str| backend.refresh_call(&format!("perennial_refresh_8081={token}"));
    let nothing = json!({});
    for token in [&perennial, &pair] {
        hybrid_refresh(&backend, token).send().await.expect_error(401, "refresh_unknown", &nothing);
    }
    for token in [&perennial, &hybrid] {
        pair_refresh(token).send().await.expect_error(401, "refresh_unknown", &nothing);
    }
    for token in [&pair, &hybrid] {
        perennial_refresh(token).send().await.expect_problem(401, "refresh_unknown");
    }
    perennial_refresh(&perennial).send().await.expect(StatusCode::OK);
    pair_refresh(&pair).send().await.expect(StatusCode::OK);
    hybrid_refresh(&backend, &hybrid).send().await.expect(StatusCode::OK);
}

#[tokio::test]
async fn a_token_that_rotation_superseded_ends_its_session_wherever_it_comes_back() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    let stolen = value(&browser.cookie).to_owned();
    let refreshed = backend.refresh_call(&browser.cookie).send().await.expect(StatusCode::OK);
    backend.clock.advance_s(100);
    hybrid_refresh(&backend, &stolen).send().await.expect_error(401, "refresh_reused", &json!({}));
    backend.refresh_call(&refreshed.cookie()).send().await.expect_problem(401, "session_revoked");
}

#[tokio::test]
async fn signing_out_of_one_dialect_leaves_the_sessions_of_the_others() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    let pair = sign_in(&backend, "/api/auth/login").await;
    let cookies = format!("{}; authToken_8081={}", browser.cookie, value(pair.set_cookies()[0]));
    let sign_out = backend.page(Method::DELETE, "/api/session").with("cookie", &cookies);
    let reply = sign_out.send().await.expect(StatusCode::NO_CONTENT);
    assert_eq!(reply.set_cookies().len(), 1);
    backend.refresh_call(&browser.cookie).send().await.expect_problem(401, "session_revoked");
    backend.get("/api/auth/status").with("cookie", &cookies).send().await.expect(StatusCode::OK);
}

#[tokio::test]
async fn signing_out_of_any_dialect_closes_its_live_connections() {
    let backend = Backend::start_with(|settings| settings.live_times.look = NEVER).await;
    let listening = Listening::start(&backend);
    for (login, logout, name) in [
        ("/api/v1/auth/login", "/api/v1/auth/logout", "token"),
        ("/api/login", "/api/logout", "access_token"),
    ] {
        let token = text(&sign_in(&backend, login).await.json(), name);
        let offer = format!("perennial.v1, bearer.{token}");
        let (mut socket, _) = listening.connect_with(&[("sec-websocket-protocol", &*offer)]).await.unwrap();
        assert_eq!(socket.hear().await["type"], "authenticated");
        backend.call(Method::POST, logout).token(&token).send().await.expect(StatusCode::OK);
        let (code, said) = socket.closed().await;
        assert!(code == 4401 && said.contains("You signed out"), "{code} {said}");
    }
}
