//! What is said over live connections.

use perennial_dialect::{Dialect, Text, live::LiveMessage};
use perennial_session::{Access, Credential, Generation, Loss};
use proptest::prelude::*;
use serde_json::json;

use crate::support::{PERENNIAL, preset, token};

fn credential() -> Credential {
    Credential { generation: Generation::default(), access: token() }
}

fn at(backend: &'static str, path: &'static str) -> Dialect {
    let mut dialect = PERENNIAL.clone();
    dialect.backend = Text::Borrowed(backend);
    dialect.live.as_mut().unwrap().at = Text::Borrowed(path);
    dialect
}

/// The address, the subprotocols and the first message.
fn made(dialect: &Dialect, credential: Option<&Credential>) -> (String, Vec<String>, Option<String>) {
    let handshake = dialect.handshake(credential).unwrap();
    assert!(!format!("{handshake:?}").contains("access.token"));
    let protocols = handshake.protocols.iter().map(|it| it.expose().to_owned()).collect();
    (handshake.url, protocols, handshake.message.map(|it| it.expose().to_owned()))
}

/// Addresses are written into logs.
#[test]
fn the_token_is_in_no_address_and_goes_with_the_handshake_only_where_it_is_wanted() {
    let base = || vec!["perennial.v1".to_owned()];
    let path = || "/api/events".to_owned();
    assert_eq!(made(PERENNIAL, None), (path(), base(), None));
    let with_token = vec!["perennial.v1".to_owned(), "bearer.held.access.token".to_owned()];
    assert_eq!(made(preset("exchange"), Some(&credential())), (path(), with_token, None));
    let cookie = Credential { access: Access::Cookie, ..credential() };
    let with_cookie = vec!["perennial.v1".to_owned(), "cookie".to_owned()];
    assert_eq!(made(preset("cookie-pair"), Some(&cookie)), (path(), with_cookie.clone(), None));
    assert_eq!(made(preset("cookie-pair"), None), (path(), with_cookie, None));
    let message = PERENNIAL.authentication(&token()).map(|it| it.expose().to_owned());
    assert_eq!(made(PERENNIAL, Some(&credential())), (path(), base(), message));
}

#[test]
fn a_backend_without_live_connections_has_no_handshake() {
    assert_eq!(preset("oauth2").handshake(Some(&credential())), None);
    assert_eq!(preset("custom").handshake(None), None);
}

#[test]
fn a_connection_goes_where_the_backend_is() {
    let url = |backend, path| made(&at(backend, path), None).0;
    assert_eq!(url("https://api.example.org/v2", "/events"), "wss://api.example.org/v2/events");
    assert_eq!(url("http://127.0.0.1:8000", "/events"), "ws://127.0.0.1:8000/events");
    assert_eq!(url("https://api.example.org", "wss://live.example.org/"), "wss://live.example.org/");
    assert_eq!(url("", "wss://live.example.org/"), "wss://live.example.org/");
}

#[test]
fn the_first_message_says_who_is_there_and_the_second_what_is_wanted() {
    let first = PERENNIAL.authentication(&token()).unwrap();
    assert_eq!(first.expose(), r#"{"type":"authenticate","access_token":"held.access.token"}"#);
    assert_eq!(PERENNIAL.authentication(&Access::Cookie), None);
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
    let long = format!(r#"{{"type":"event","number":2,"after":1,"event":"{}"}}"#, "x".repeat(8 << 20));
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
