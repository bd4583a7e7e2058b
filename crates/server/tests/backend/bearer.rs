//! Access tokens: what is accepted, what is refused, and the fresh one in the answer.

use axum::http::StatusCode;

use crate::harness::{Backend, Browser, Reply};

#[track_caller]
fn expect_challenge(reply: Reply, reason: &str) {
    let reply = reply.expect_problem(401, reason);
    let challenge = "Bearer realm=\"perennial\", error=\"invalid_token\"";
    assert_eq!(reply.header("www-authenticate"), Some(challenge));
}

#[tokio::test]
async fn the_profile_says_who_is_signed_in_and_for_how_long() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    backend.clock.advance_s(100);
    let profile = backend.get("/api/session").bearer(&browser).send().await.expect(StatusCode::OK).json();
    assert_eq!(profile["session"]["id"], browser.session_id.as_str());
    assert_eq!(profile["session"]["expires_in"], 86_300);
    assert_eq!(profile["user"]["name"], "Ada Lovelace");
}

#[tokio::test]
async fn a_token_lives_at_least_as_long_as_promised_and_hardly_longer() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    backend.clock.advance_ms(900_000);
    backend.get("/api/session").bearer(&browser).send().await.expect(StatusCode::OK);
    backend.clock.advance_ms(1000);
    expect_challenge(backend.get("/api/session").bearer(&browser).send().await, "token_expired");
}

#[tokio::test]
async fn what_is_no_token_of_this_server_is_refused_by_name() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    let nobody = backend.get("/api/session").send().await.expect_problem(401, "token_missing");
    assert_eq!(nobody.header("www-authenticate"), Some("Bearer realm=\"perennial\""));
    let (rest, signature) = browser.token.rsplit_once('.').unwrap();
    let flipped: String = signature.chars().map(|c| if c == 'A' { 'B' } else { 'A' }).collect();
    // {"alg":"none"}
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", browser.token.split('.').nth(1).unwrap());
    let other = Backend::start().await;
    let foreign = other.sign_in().await.token;
    for text in [
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        "Bearer x".to_owned(),
        "Bearer a.b.c".to_owned(),
        format!("Basic {}", browser.token),
        format!("Bearer {rest}.{flipped}"),
        format!("Bearer {unsigned}"),
        format!("Bearer {foreign}"),
        format!("Bearer {}", "x".repeat(20_000)),
    ] {
        let reply = backend.get("/api/session").with("authorization", &text).send().await;
        expect_challenge(reply, "token_invalid");
    }
    backend.get("/api/session").bearer(&browser).send().await.expect(StatusCode::OK);
}

#[tokio::test]
async fn an_answer_carries_a_new_token_when_the_presented_one_is_near_its_end() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    // A fifth of 900 s is 180 s, counted from the whole second half a second after the sign-in.
    backend.clock.advance_ms(720_500);
    let early = backend.get("/api/session").bearer(&browser).send().await.expect(StatusCode::OK);
    assert_eq!(early.header("x-new-token"), None, "exactly 180 s are left");
    backend.clock.advance_ms(1);
    let due = backend.get("/api/sessions").bearer(&browser).send().await.expect(StatusCode::OK);
    let token = due.header("x-new-token").unwrap().to_owned();

    backend.clock.advance_s(600);
    let renewed = Browser { token, ..browser };
    backend.get("/api/session").bearer(&renewed).send().await.expect(StatusCode::OK);
}

#[tokio::test]
async fn a_long_lived_token_is_renewed_five_minutes_before_its_end() {
    let backend = Backend::start_with(|settings| settings.limits.access_token_lifetime_s = Some(7200)).await;
    let browser = backend.sign_in().await;
    backend.clock.advance_s(6900);
    let early = backend.get("/api/session").bearer(&browser).send().await.expect(StatusCode::OK);
    assert_eq!(early.header("x-new-token"), None);
    backend.clock.advance_s(1);
    let due = backend.get("/api/session").bearer(&browser).send().await.expect(StatusCode::OK);
    assert!(due.header("x-new-token").is_some());
}

#[tokio::test]
async fn a_refused_or_failed_answer_carries_no_new_token() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    backend.clock.advance_s(800);
    let path = "/api/sessions/00000000-0000-0000-0000-000000000000";
    let missing = backend.call(axum::http::Method::DELETE, path).bearer(&browser).send().await;
    let missing = missing.expect_problem(404, "not_found");
    assert_eq!(missing.header("x-new-token"), None);
}

#[tokio::test]
async fn no_new_token_comes_when_the_session_ends_with_the_old_one() {
    let backend = Backend::start_with(|settings| settings.limits.session_lifetime_s = Some(900)).await;
    let browser = backend.sign_in().await;
    backend.clock.advance_s(800);
    let reply = backend.get("/api/session").bearer(&browser).send().await.expect(StatusCode::OK);
    assert_eq!(reply.header("x-new-token"), None);
}

#[tokio::test]
async fn a_token_whose_session_is_of_another_account_is_refused() {
    let backend = Backend::start().await;
    backend.add_account("eve@example.org").await;
    let browser = backend.sign_in().await;
    let path = backend.dir.path().join("perennial.sqlite3");
    let store = sqlx::SqlitePool::connect(path.to_str().unwrap()).await.unwrap();
    let moved = sqlx::query("UPDATE sessions SET account_id = (SELECT id FROM accounts WHERE email = ?)");
    moved.bind("eve@example.org").execute(&store).await.unwrap();
    expect_challenge(backend.get("/api/session").bearer(&browser).send().await, "token_invalid");
}
