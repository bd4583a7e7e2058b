//! The sessions of a person, as those who watch them hear of them.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::client::{Listening, NEVER, Socket, eve};
use crate::harness::{Backend, Browser};

#[tokio::test]
async fn the_list_comes_at_once_and_again_whenever_somebody_signs_in_or_out() {
    let backend = Backend::start_with(|settings| settings.live_times.look = NEVER).await;
    let listening = Listening::start(&backend);
    let here = backend.sign_in().await;
    let mut socket = watch(&listening, &here, 0).await;
    let (first, sessions) = hear_list(&mut socket).await;
    assert_eq!(sessions.len(), 1);
    assert_eq!(sessions[0]["current"], true);

    let there = backend.sign_in().await;
    let (second, sessions) = hear_list(&mut socket).await;
    assert!(second > first, "{second} after {first}");
    assert_eq!(sessions.len(), 2);
    let others: Vec<_> = sessions.iter().filter(|session| session["current"] == false).collect();
    let [other] = others[..] else { panic!("{sessions:?}") };

    let path = format!("/api/sessions/{}", other["id"].as_str().unwrap());
    backend.page(Method::DELETE, &path).bearer(&here).send().await.expect(StatusCode::NO_CONTENT);
    assert_eq!(hear_list(&mut socket).await.1.len(), 1);
    drop(there);

    let there = backend.sign_in().await;
    assert_eq!(hear_list(&mut socket).await.1.len(), 2);
    let leave = backend.page(Method::DELETE, "/api/session").bearer(&there);
    leave.send().await.expect(StatusCode::NO_CONTENT);
    assert_eq!(hear_list(&mut socket).await.1.len(), 1);
}

#[tokio::test]
async fn whoever_comes_back_has_the_whole_list_again_under_a_higher_number() {
    let backend = Backend::start_with(|settings| settings.live_times.look = NEVER).await;
    let listening = Listening::start(&backend);
    let here = backend.sign_in().await;
    let (first, _) = hear_list(&mut watch(&listening, &here, 0).await).await;
    let mut again = watch(&listening, &here, first).await;
    let heard = again.hear().await;
    assert_eq!(heard["after"], first);
    assert!(heard["number"].as_u64().unwrap() > first, "{heard}");
    assert_eq!(heard["event"]["sessions"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn nobody_hears_of_the_sessions_of_others() {
    let backend = Backend::start_with(|settings| settings.live_times.look = Duration::from_millis(20)).await;
    let listening = Listening::start(&backend);
    let eve = eve(&backend).await;
    let mut socket = watch(&listening, &eve, 0).await;
    assert_eq!(hear_list(&mut socket).await.1.len(), 1);
    drop(backend.sign_in().await);
    let waited = tokio::time::timeout(Duration::from_millis(300), socket.hear()).await;
    assert!(waited.is_err(), "{waited:?}");
}

async fn watch(listening: &Listening, browser: &Browser, after: u64) -> Socket {
    let mut socket = listening.connect_as(browser).await;
    socket.say(json!({ "type": "watch", "topic": "sessions", "after": after })).await;
    socket
}

/// The number of the next list, and what is in it.
async fn hear_list(socket: &mut Socket) -> (u64, Vec<Value>) {
    let heard = socket.hear().await;
    assert_eq!(heard["type"], "event", "{heard}");
    (heard["number"].as_u64().unwrap(), heard["event"]["sessions"].as_array().unwrap().clone())
}
