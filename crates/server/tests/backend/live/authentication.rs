//! Whose connection it is, for how long, and what ends it.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use perennial_server::clock::Clock;

use super::client::{Listening, NEVER, Socket, act, eve};
use crate::harness::{Backend, Browser, EMAIL};

async fn backend() -> Backend {
    Backend::start_with(|settings| settings.live_times.look = NEVER).await
}

async fn refresh(backend: &Backend, browser: &Browser) -> Browser {
    Browser::of(backend.refresh_call(&browser.cookie).send().await.expect(StatusCode::OK))
}

async fn expect_refused(mut socket: Socket, reason: &str) {
    let (code, said) = socket.closed().await;
    assert_eq!(code, 4401, "{said}");
    assert!(said.contains(reason), "{said}");
}

#[tokio::test]
async fn who_does_not_authenticate_in_time_has_to_go() {
    let backend = Backend::start_with(|settings| {
        settings.live_times.authentication = Duration::from_millis(100);
    })
    .await;
    let listening = Listening::start(&backend);
    let browser = backend.sign_in().await;
    expect_refused(listening.connect().await, "No access token has come").await;
    let mut socket = listening.connect_as(&browser).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    socket.authenticate(&browser).await;
    assert_eq!(socket.hear_authenticated().await, 900, "who did, stays");
}

#[tokio::test]
async fn nothing_is_watched_before_the_first_token() {
    let backend = backend().await;
    let listening = Listening::start(&backend);
    let browser = backend.sign_in().await;
    let job = backend.send_file(&browser, "", "a\n1\n").await;
    let mut socket = listening.connect().await;
    socket.watch(&job, 0).await;
    expect_refused(socket, "No access token has come").await;
}

#[tokio::test]
async fn a_token_that_is_not_good_is_refused_with_the_reason() {
    let backend = backend().await;
    let listening = Listening::start(&backend);
    let foreign = Backend::start().await.sign_in().await;
    let old = backend.sign_in().await;
    backend.clock.advance_s(901);
    let ended = backend.sign_in().await;
    backend.page(Method::DELETE, "/api/session").bearer(&ended).send().await.expect(StatusCode::NO_CONTENT);
    let words = |token: &str| Browser { token: token.to_owned(), ..ended.clone() };
    for (browser, reason) in [
        (words(""), "not made by this server"),
        (words("a.b.c"), "not made by this server"),
        (words(&"x".repeat(10_000)), "not made by this server"),
        (foreign, "not made by this server"),
        (old, "has expired"),
        (ended.clone(), "You signed out"),
    ] {
        let mut socket = listening.connect().await;
        socket.authenticate(&browser).await;
        expect_refused(socket, reason).await;
    }
}

#[tokio::test]
async fn a_newer_token_keeps_the_connection_past_the_end_of_the_first() {
    let backend = backend().await;
    let listening = Listening::start(&backend);
    let first = backend.sign_in().await;
    let job = backend.send_file(&first, "", "a\n1\n").await;
    let mut socket = listening.watch(&first, &job, 1).await;
    backend.clock.advance_s(800);
    let second = refresh(&backend, &first).await;
    socket.authenticate(&second).await;
    assert_eq!(socket.hear_authenticated().await, 900);
    // A token that is older, but good still, shortens nothing.
    socket.authenticate(&first).await;
    assert_eq!(socket.hear_authenticated().await, 900);

    backend.clock.advance_s(700);
    act(&backend, &second, &job, "cancel").await;
    assert_eq!(socket.hear_event().await.state, "cancelled");
    backend.clock.advance_ms(200_000);
    socket.authenticate(&second).await;
    assert_eq!(socket.hear_authenticated().await, 0, "less than a second is left");
    backend.clock.advance_ms(500);
    expect_refused(socket, "has expired").await;
}

#[tokio::test]
async fn without_a_newer_token_the_connection_ends_with_the_first() {
    let backend = backend().await;
    let listening = Listening::start(&backend);
    let browser = backend.sign_in().await;
    let mut socket = listening.connect_as(&browser).await;
    backend.clock.advance_s(900);
    socket.authenticate(&browser).await;
    assert_eq!(socket.hear_authenticated().await, 0);
    backend.clock.advance_s(1);
    expect_refused(socket, "The access token has expired").await;
}

#[tokio::test]
async fn the_absolute_limit_of_the_session_ends_the_connection_whatever_the_token_says() {
    let backend = Backend::start_with(|settings| {
        settings.live_times.look = NEVER;
        settings.limits.session_lifetime_s = Some(100);
    })
    .await;
    let listening = Listening::start(&backend);
    let browser = backend.sign_in().await;
    let socket = listening.connect_as(&browser).await;
    backend.clock.advance_ms(99_001);
    expect_refused(socket, "The session reached its time limit").await;
}

#[tokio::test]
async fn a_token_of_another_session_or_person_ends_the_connection() {
    let backend = backend().await;
    let listening = Listening::start(&backend);
    let browser = backend.sign_in().await;
    for other in [backend.sign_in().await, eve(&backend).await] {
        let mut socket = listening.connect_as(&browser).await;
        socket.authenticate(&other).await;
        expect_refused(socket, "another session").await;
    }
}

#[tokio::test]
async fn whatever_ends_the_session_ends_its_connections_at_once_and_no_others() {
    let backend = backend().await;
    let listening = Listening::start(&backend);
    let other = backend.sign_in().await;
    let mut stays = listening.connect_as(&other).await;

    let browser = backend.sign_in().await;
    let (one, two) = (listening.connect_as(&browser).await, listening.connect_as(&browser).await);
    backend.page(Method::DELETE, "/api/session").bearer(&browser).send().await.expect(StatusCode::NO_CONTENT);
    expect_refused(one, "You signed out").await;
    expect_refused(two, "You signed out").await;

    let browser = backend.sign_in().await;
    let socket = listening.connect_as(&browser).await;
    let path = format!("/api/sessions/{}", browser.session_id);
    backend.call(Method::DELETE, &path).bearer(&other).send().await.expect(StatusCode::NO_CONTENT);
    expect_refused(socket, "from another device").await;

    let browser = backend.sign_in().await;
    let socket = listening.connect_as(&browser).await;
    backend.clock.advance_s(100);
    refresh(&backend, &browser).await;
    backend.clock.advance_s(100);
    backend.refresh_call(&browser.cookie).send().await.expect_problem(401, "refresh_reused");
    expect_refused(socket, "ended for safety").await;

    let browser = backend.sign_in().await;
    let socket = listening.connect_as(&browser).await;
    backend.call(Method::DELETE, "/api/sessions/others").bearer(&other).send().await.expect(StatusCode::OK);
    expect_refused(socket, "from another device").await;

    stays.authenticate(&other).await;
    assert_eq!(stays.hear_authenticated().await, 700);
}

#[tokio::test]
async fn a_session_that_another_process_ended_is_noticed_within_a_look() {
    let backend = Backend::start_with(|settings| settings.live_times.look = Duration::from_millis(50)).await;
    let listening = Listening::start(&backend);
    let browser = backend.sign_in().await;
    let socket = listening.connect_as(&browser).await;
    let twin = backend.twin().await;
    twin.page(Method::DELETE, "/api/session").bearer(&browser).send().await.expect(StatusCode::NO_CONTENT);
    expect_refused(socket, "You signed out").await;
}

#[tokio::test]
async fn the_connections_of_an_account_that_another_process_closed_end_within_a_look() {
    let backend = Backend::start_with(|settings| settings.live_times.look = Duration::from_millis(50)).await;
    let listening = Listening::start(&backend);
    let browser = backend.sign_in().await;
    let socket = listening.connect_as(&browser).await;
    let twin = backend.twin().await;
    let store = twin.app.store();
    let account = store.account_by_email(EMAIL).await.unwrap().unwrap();
    store.disable_account(account.id, backend.clock.now()).await.unwrap();
    expect_refused(socket, "This account was closed").await;
}

#[tokio::test]
async fn no_event_follows_the_end_of_a_session_even_if_nobody_rang() {
    let backend = backend().await;
    let listening = Listening::start(&backend);
    let (browser, other) = (backend.sign_in().await, backend.sign_in().await);
    let job = backend.send_file(&browser, "", "a\n1\n").await;
    let socket = listening.watch(&browser, &job, 1).await;
    let twin = backend.twin().await;
    twin.page(Method::DELETE, "/api/session").bearer(&browser).send().await.expect(StatusCode::NO_CONTENT);
    act(&backend, &other, &job, "cancel").await;
    expect_refused(socket, "You signed out").await;
    let mut socket = listening.watch(&other, &job, 1).await;
    assert_eq!(socket.hear_event().await.state, "cancelled", "there was an event");
}
