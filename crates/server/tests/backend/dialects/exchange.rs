//! `/api/v1/auth`: one access token that is exchanged for the next.

use axum::http::{Method, StatusCode};
use serde_json::json;

use super::{expect_ada, names, sign_in, sign_in_call, text};
use crate::harness::{Backend, Call, EMAIL};

const LOGIN: &str = "/api/v1/auth/login";

fn refresh(backend: &Backend, token: &str) -> Call {
    backend.call(Method::POST, "/api/v1/auth/refresh").token(token)
}

fn validate(backend: &Backend, token: &str) -> Call {
    backend.get("/api/v1/auth/validate").token(token)
}

fn logout(backend: &Backend, token: &str) -> Call {
    backend.call(Method::POST, "/api/v1/auth/logout").token(token)
}

#[tokio::test]
async fn signing_in_gives_one_token_that_is_good_for_an_hour() {
    let backend = Backend::start().await;
    let call = sign_in_call(&backend, LOGIN, EMAIL, crate::harness::PASSWORD);
    let reply = call.without("x-requested-by").without("origin").send().await.expect(StatusCode::OK);
    assert!(reply.set_cookies().is_empty());
    let body = reply.json();
    assert_eq!(names(&body), ["session_expires_in", "success", "token", "user"]);
    assert_eq!(body["success"], true);
    expect_ada(&body["user"]);

    let token = text(&body, "token");
    backend.clock.advance_s(3600);
    let valid = validate(&backend, &token).send().await.expect(StatusCode::OK);
    assert_eq!(valid.header("x-new-token"), None, "this dialect has no such header, however little is left");
    assert_eq!(names(&valid.json()), ["session_expires_in", "success", "user"]);
    expect_ada(&valid.json()["user"]);
    backend.clock.advance_s(1);
    validate(&backend, &token).send().await.expect_error(401, "token_expired", &json!({ "success": false }));
}

#[tokio::test]
async fn an_expired_token_is_exchanged_for_as_long_as_its_session_lives() {
    let backend = Backend::start().await;
    let token = text(&sign_in(&backend, LOGIN).await.json(), "token");
    backend.clock.advance_s(86_398);
    let reply = refresh(&backend, &token).send().await.expect(StatusCode::OK);
    let body = reply.json();
    assert_eq!(names(&body), ["session_expires_in", "success", "token", "user"]);
    let newer = text(&body, "token");
    assert_ne!(newer, token);
    validate(&backend, &newer).send().await.expect(StatusCode::OK);
    backend.clock.advance_s(2);
    for token in [&token, &newer] {
        let refused = refresh(&backend, token).send().await;
        refused.expect_error(401, "session_expired", &json!({ "success": false }));
    }
}

#[tokio::test]
async fn only_a_token_of_this_dialect_is_exchanged() {
    let backend = Backend::start().await;
    let perennial = backend.sign_in().await.token;
    let hybrid = text(&sign_in(&backend, "/api/login").await.json(), "access_token");
    for token in [&perennial, &hybrid] {
        let refused = refresh(&backend, token).send().await;
        refused.expect_error(401, "token_not_exchangeable", &json!({ "success": false }));
        validate(&backend, token).send().await.expect(StatusCode::OK);
    }
    let foreign = text(&sign_in(&Backend::start().await, LOGIN).await.json(), "token");
    for token in [&*foreign, "", "a.b.c"] {
        let refused = refresh(&backend, token).send().await;
        refused.expect_error(401, "token_invalid", &json!({ "success": false }));
    }
    let none = backend.call(Method::POST, "/api/v1/auth/refresh").send().await;
    none.expect_error(401, "token_missing", &json!({ "success": false }));
}

#[tokio::test]
async fn signing_out_ends_the_session_so_that_no_token_of_it_is_good() {
    let backend = Backend::start().await;
    let token = text(&sign_in(&backend, LOGIN).await.json(), "token");
    let newer = text(&refresh(&backend, &token).send().await.json(), "token");
    // The other one has expired by then, which changes nothing.
    backend.clock.advance_s(4000);
    for _ in 0..2 {
        let reply = logout(&backend, &token).send().await.expect(StatusCode::OK);
        assert_eq!(reply.json(), json!({ "success": true }));
    }
    for token in [&token, &newer] {
        let refused = refresh(&backend, token).send().await;
        refused.expect_error(401, "session_revoked", &json!({ "success": false }));
    }
    logout(&backend, "junk").send().await.expect_error(401, "token_invalid", &json!({ "success": false }));
}

#[tokio::test]
async fn a_session_that_was_revoked_elsewhere_is_refused() {
    let backend = Backend::start().await;
    let token = text(&sign_in(&backend, LOGIN).await.json(), "token");
    let other = backend.sign_in().await;
    backend.call(Method::DELETE, "/api/sessions/others").bearer(&other).send().await.expect(StatusCode::OK);
    let error = json!({ "success": false });
    validate(&backend, &token).send().await.expect_error(401, "session_revoked", &error);
    refresh(&backend, &token).send().await.expect_error(401, "session_revoked", &error);
}
