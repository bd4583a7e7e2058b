//! What is said over live connections.

use perennial_dialect::{PERENNIAL, live::LiveMessage};
use perennial_session::{Credential, Generation, Loss, Secret};
use proptest::prelude::*;
use serde_json::json;

fn credential() -> Credential {
    Credential { generation: Generation::default(), access: Secret::new("a.secret.token") }
}

/// Addresses are written into logs.
#[test]
fn the_token_is_in_no_address_and_goes_with_the_handshake_only_where_it_is_wanted() {
    let bare = PERENNIAL.handshake(None);
    assert_eq!((bare.path, bare.protocols.len()), ("/api/events", 1));
    assert_eq!(bare.protocols[0].expose(), "perennial.v1");
    let handshake = PERENNIAL.handshake(Some(&credential()));
    assert_eq!(handshake.path, "/api/events");
    assert_eq!(handshake.protocols[1].expose(), "bearer.a.secret.token");
    assert!(!format!("{handshake:?}").contains("secret.token"));
}

#[test]
fn the_first_message_says_who_is_there_and_the_second_what_is_wanted() {
    let first = PERENNIAL.authentication(&credential().access);
    assert_eq!(first.expose(), r#"{"type":"authenticate","access_token":"a.secret.token"}"#);
    assert_eq!(PERENNIAL.watch("jobs/1", 17), r#"{"type":"watch","topic":"jobs/1","after":17}"#);
}

#[test]
fn messages_of_the_server_are_understood() {
    let read = |text: &str| PERENNIAL.live_message(text);
    assert_eq!(read(r#"{"type":"authenticated","expires_in":300}"#), Some(LiveMessage::Accepted));
    assert_eq!(read(r#"{"type":"alive"}"#), Some(LiveMessage::Alive));
    let event = LiveMessage::Event { after: 16, number: 17, event: json!({ "state": "done" }) };
    assert_eq!(read(r#"{"type":"event","number":17,"after":16,"event":{"state":"done"}}"#), Some(event));
}

#[test]
fn what_is_no_message_is_passed_over() {
    for text in [
        "",
        "null",
        "[]",
        "{}",
        r#"{"type":"news"}"#,
        r#"{"type":"event","number":17}"#,
        r#"{"type":"event","number":-1,"after":0,"event":{}}"#,
        r#"{"type":"event","number":5,"after":5,"event":{}}"#,
        r#"{"type":"event","number":1e30,"after":0,"event":{}}"#,
    ] {
        assert_eq!(PERENNIAL.live_message(text), None, "{text}");
    }
    let long = format!(r#"{{"type":"event","number":2,"after":1,"event":"{}"}}"#, "x".repeat(1 << 20));
    assert_eq!(PERENNIAL.live_message(&long), None);
}

#[test]
fn only_the_agreed_codes_mean_more_than_a_loss() {
    for code in 0..=u16::MAX {
        let expected = match code {
            4401 => Loss::Unauthorized,
            4404 => Loss::Gone,
            _ => Loss::Interrupted,
        };
        assert_eq!(PERENNIAL.loss(code), expected, "{code}");
    }
}

proptest! {
    #[test]
    fn nothing_a_server_says_panics(text in ".*") {
        drop(PERENNIAL.live_message(&text));
    }
}
