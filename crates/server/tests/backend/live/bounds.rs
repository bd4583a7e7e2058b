//! What a connection does not take, and how many there may be.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio_tungstenite::tungstenite::Message;

use super::client::{Listening, eve};
use crate::harness::Backend;

#[tokio::test]
async fn what_is_not_understood_is_named_and_ends_the_connection() {
    let backend = Backend::start().await;
    let listening = Listening::start(&backend);
    let browser = backend.sign_in().await;
    let token = &browser.token;
    for (message, reason) in [
        (Message::text("hello"), "Expected JSON, found something else at line 1, column 1."),
        (Message::text("[]"), "Expected a JSON object, found a list."),
        (
            Message::text(json!({ "type": "subscribe" }).to_string()),
            "Expected the type authenticate or watch, found subscribe.",
        ),
        (
            Message::text(json!({ "type": "authenticate", "token": token }).to_string()),
            "Expected authenticate with access_token: text; found token: text.",
        ),
        (
            Message::text(json!({ "type": token, token: token }).to_string()),
            "Expected the type authenticate or watch, found something else.",
        ),
        (Message::binary(&b"{}"[..]), "Expected JSON in a text frame, found a binary frame."),
        (Message::text("x".repeat(16_385)), "Expected at most 16384 bytes, found a longer message."),
        (Message::text("x".repeat(30_000_000)), "Expected at most 16384 bytes, found a longer message."),
    ] {
        for is_authenticated in [false, true] {
            let mut socket = listening.connect().await;
            if is_authenticated {
                socket.authenticate(&browser).await;
                socket.hear_authenticated().await;
            }
            assert_eq!(socket.say_and_close(message.clone()).await, (4400, reason.to_owned()));
        }
    }
    let mut socket = listening.connect_as(&browser).await;
    let spaces = " ".repeat(16_384 - token.len() - 41);
    let longest = format!("{{\"type\":\"authenticate\",\"access_token\":{spaces}\"{token}\"}}");
    assert!(longest.len() > 16_000);
    socket.send(Message::text(longest)).await;
    socket.hear_authenticated().await;
}

#[tokio::test]
async fn what_is_nobodys_or_somebody_elses_is_not_there() {
    let backend = Backend::start().await;
    let listening = Listening::start(&backend);
    let (browser, other) = (backend.sign_in().await, eve(&backend).await);
    let job = backend.send_file(&other, "", "a\n1\n").await;
    let theirs = format!("jobs/{job}");
    let nobodys = "jobs/00000000-0000-0000-0000-000000000000";
    for topic in [&*theirs, nobodys, "jobs/", "jobs/../1", "jobs", "sessions/1", "", &"j".repeat(10_000)] {
        let mut socket = listening.connect_as(&browser).await;
        socket.say(json!({ "type": "watch", "topic": topic, "after": 0 })).await;
        let expected = (4404, "There is no such topic here for you.".to_owned());
        assert_eq!(socket.closed().await, expected, "{topic}");
    }
    let mut socket = listening.watch(&other, &job, 0).await;
    assert_eq!(socket.hear_event().await.state, "queued");
}

#[tokio::test]
async fn a_person_has_so_many_connections_and_gets_the_place_of_one_that_ends() {
    let backend = Backend::start_with(|settings| settings.limits.connections_per_account = 2).await;
    let listening = Listening::start(&backend);
    let (browser, other) = (backend.sign_in().await, eve(&backend).await);
    let (mut first, _second) = (listening.connect_as(&browser).await, listening.connect_as(&browser).await);
    let mut third = listening.connect().await;
    third.authenticate(&browser).await;
    assert_eq!(third.closed().await, (4429, "You have 2 live connections, which is the most.".to_owned()));
    listening.connect_as(&other).await;

    first.send(Message::Close(None)).await;
    for attempt in 0.. {
        let mut next = listening.connect().await;
        next.authenticate(&browser).await;
        if next.hear_or_end().await.is_some() {
            break;
        }
        assert!(attempt < 1000, "the place is not given back");
    }
}

#[tokio::test]
async fn so_many_connections_may_be_open_of_which_nobody_knows_whose_they_are() {
    let backend = Backend::start_with(|settings| {
        settings.limits.unauthenticated_connections = 2;
        settings.live_times.authentication = Duration::from_millis(500);
    })
    .await;
    let listening = Listening::start(&backend);
    let browser = backend.sign_in().await;
    let mut known = listening.connect_as(&browser).await;
    let (mut one, mut two) = (listening.connect().await, listening.connect().await);
    let refused = listening.connect_with(&[]).await.unwrap_err();
    assert_eq!(refused, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!((one.closed().await.0, two.closed().await.0), (4401, 4401));
    drop((one, two));
    for attempt in 0.. {
        if listening.connect_with(&[]).await.is_ok() {
            break;
        }
        assert!(attempt < 1000, "the places are not given back");
    }
    known.authenticate(&browser).await;
    known.hear_authenticated().await;
}

#[tokio::test]
async fn who_says_nothing_from_one_address_does_not_keep_others_out() {
    let backend = Backend::start_with(|settings| settings.trust_forwarded_for = true).await;
    let listening = Listening::start(&backend);
    let browser = backend.sign_in().await;
    let from = |address: &'static str| [("x-forwarded-for", address)];
    let mut silent = Vec::new();
    for _ in 0..32 {
        silent.push(listening.connect_with(&from("198.51.100.1")).await.unwrap().0);
    }
    let refused = listening.connect_with(&from("198.51.100.1")).await.unwrap_err();
    assert_eq!(refused, StatusCode::SERVICE_UNAVAILABLE);
    let (mut other, _) = listening.connect_with(&from("198.51.100.2")).await.unwrap();
    other.authenticate(&browser).await;
    other.hear_authenticated().await;

    // Somebody there who says who it is makes room for the next.
    let mut known = silent.pop().unwrap();
    known.authenticate(&browser).await;
    known.hear_authenticated().await;
    listening.connect_with(&from("198.51.100.1")).await.unwrap();
}

#[tokio::test]
async fn the_server_says_that_it_is_alive_and_stays_with_who_answers() {
    let backend = Backend::start_with(|settings| {
        settings.live_times.alive = Duration::from_millis(50);
        settings.live_times.silence = Duration::from_millis(400);
    })
    .await;
    let listening = Listening::start(&backend);
    let browser = backend.sign_in().await;
    let mut socket = listening.connect_as(&browser).await;
    // Three times as long as it would be left alone; reading answers the pings.
    for _ in 0..24 {
        assert_eq!(socket.hear().await, json!({ "type": "alive" }));
    }
}

#[tokio::test]
async fn who_does_not_even_answer_a_ping_has_to_go() {
    let backend = Backend::start_with(|settings| {
        settings.live_times.alive = Duration::from_millis(100);
        settings.live_times.silence = Duration::from_secs(1);
    })
    .await;
    let listening = Listening::start(&backend);
    let browser = backend.sign_in().await;
    let mut stream = listening.connect_as(&browser).await.into_stream();
    let mut heard = Vec::new();
    stream.read_to_end(&mut heard).await.unwrap();
    let reason = "Nothing has come for too long, not even a pong.";
    let mut close = vec![0x88, u8::try_from(reason.len() + 2).unwrap()];
    close.extend(4408_u16.to_be_bytes());
    close.extend(reason.as_bytes());
    assert!(heard.ends_with(&close), "{heard:?}");
    assert!(heard.windows(2).filter(|frame| *frame == [0x89, 0x00]).count() >= 3, "it was pinged");
}
