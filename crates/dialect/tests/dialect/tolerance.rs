//! What a browser's `Response.json()` reads is read.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use perennial_dialect::{Dialect, json, live::LiveMessage, oauth::Metadata, token::Hint, wire as bodies};
use perennial_session::{
    Access, Account, Grant, RefreshAnswer, Refusal, Secret, SignInAnswer, SignOutAnswer, ValidateAnswer,
};
use serde_json::json;

use crate::support::{
    PERENNIAL, described, preset, to_refresh, to_sign_in, to_sign_out, to_validate, wire as answer,
};

const MARK: &[u8] = b"\xEF\xBB\xBF";

/// What a backend with both tokens in its bodies grants for this body.
fn granted(body: impl Into<Vec<u8>>) -> Option<Grant> {
    granted_by(preset("hybrid"), body)
}

fn granted_by(dialect: &Dialect, body: impl Into<Vec<u8>>) -> Option<Grant> {
    let body = body.into();
    let at_sign_in = match to_sign_in(dialect, &answer(200, body.clone())) {
        SignInAnswer::Granted(grant) => Some(grant),
        SignInAnswer::WrongCredentials
        | SignInAnswer::Refused { .. }
        | SignInAnswer::WrongOrigin
        | SignInAnswer::Later(_)
        | SignInAnswer::Unknown(_) => None,
    };
    let at_refresh = match to_refresh(dialect, &answer(200, body)) {
        RefreshAnswer::Granted(grant) => Some(grant),
        RefreshAnswer::Refused(_) | RefreshAnswer::Later(_) | RefreshAnswer::Unknown(_) => None,
    };
    assert_eq!(at_sign_in, at_refresh);
    at_sign_in
}

/// A body with these tokens and this beside them.
fn beside(more: &str) -> String {
    format!(r#"{{"access_token":"next","refresh_token":"next-refresh",{more}}}"#)
}

fn has_both(grant: &Grant) -> bool {
    grant.access == Access::Token(Secret::new("next")) && grant.refresh == Some(Secret::new("next-refresh"))
}

fn name(body: impl Into<Vec<u8>>) -> String {
    let grant = granted(body).unwrap();
    assert!(has_both(&grant));
    grant.account.map(|account: std::sync::Arc<Account>| account.name.clone()).unwrap_or_default()
}

/// Field 33.
#[test]
fn a_byte_order_mark_before_the_json_is_skipped() {
    let marked = |body: &str| [MARK, body.as_bytes()].concat();
    assert!(has_both(&granted(marked(&beside(r#""expires_in":60"#))).unwrap()));
    assert!(matches!(to_validate(PERENNIAL, &answer(200, marked("{}"))), ValidateAnswer::Valid(_)));
    assert_eq!(to_sign_out(PERENNIAL, &answer(200, marked("{}"))), SignOutAnswer::Done);
    assert_eq!(to_sign_out(PERENNIAL, &answer(200, MARK)), SignOutAnswer::Done);
    let revoked = answer(401, marked(r#"{"reason":"session_revoked"}"#));
    assert_eq!(to_refresh(PERENNIAL, &revoked), RefreshAnswer::Refused(Refusal::Revoked));
    let empty = to_refresh(preset("cookie-pair"), &answer(200, MARK));
    assert!(matches!(empty, RefreshAnswer::Granted(_)));
    // One is a mark, a second one is none of the JSON.
    assert_eq!(granted([MARK, MARK, b"{}"].concat()), None);
}

/// Field 33.
#[test]
fn half_a_surrogate_pair_is_a_replacement_character() {
    for (written, read) in [
        (r"Ada \ud83d", "Ada \u{fffd}"),
        (r"Ada \uDE00!", "Ada \u{fffd}!"),
        (r"\ud83d\ud83d\ude00", "\u{fffd}\u{1f600}"),
        (r"\ud83d\u0041", "\u{fffd}A"),
        (r"\ud83d\\ude00", "\u{fffd}\\ude00"),
        (r"\\ud83d", r"\ud83d"),
        (r"\\\ud83d", "\\\u{fffd}"),
        (r"\ud83d\ude00", "\u{1f600}"),
        (r"\ud83d\n", "\u{fffd}\n"),
    ] {
        assert_eq!(name(beside(&format!(r#""user":{{"id":1,"name":"{written}"}}"#))), read, "{written}");
    }
    assert_eq!(granted(beside(r#""user":{"name":"\ud83"}"#)), None, "that is no JSON to a browser either");
}

/// Field 33.
#[test]
fn a_field_that_nobody_reads_costs_nobody_the_tokens() {
    let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    let picture = "x".repeat(300 * 1024);
    for odd in [
        r#""bio":"Ada \ud83d""#.to_owned(),
        r#""\udc00":1"#.to_owned(),
        r#""score":1e999"#.to_owned(),
        format!(r#""tree":{deep}"#),
        format!(r#""user":{{"picture":"{picture}"}}"#),
        format!(r#""user":{{"id":"u1","tree":{deep}}}"#),
    ] {
        assert!(granted(beside(&odd)).is_some_and(|grant| has_both(&grant)), "{}", &odd[..20]);
    }
}

/// Field 33.
#[test]
fn a_fact_that_is_odd_itself_is_no_fact_and_costs_nobody_the_tokens() {
    let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    for odd in [
        r#""expires_in":1e999,"user":{"id":1e999}"#,
        r#""user":7"#,
        r#""user":[]"#,
        &format!(r#""user":{deep}"#),
        &format!(r#""expires_in":{deep},"user":{{"id":{deep}}}"#),
    ] {
        let grant = granted(beside(odd)).unwrap();
        assert!(has_both(&grant) && grant.lifetime.is_none() && grant.account.is_none(), "{}", &odd[..9]);
    }
    // The token before may be void already, so that one without a usable successor is no grant.
    for odd in ["1e999", "{}", &deep] {
        let body = format!(r#"{{"access_token":"next","refresh_token":{odd}}}"#);
        assert_eq!(granted(body), None, "{}", &odd[..2]);
    }
}

/// Field 33.
#[test]
fn a_byte_that_is_no_utf_8_is_a_replacement_character() {
    let user = |name: &[u8]| [&br#""user":{"id":"u1","name":""#[..], name, b"\"}"].concat();
    let body = |name: &[u8]| {
        [&br#"{"access_token":"next","refresh_token":"next-refresh","#[..], &user(name), b"}"].concat()
    };
    for (written, read) in [
        (&b"Zo\xEB"[..], "Zo\u{fffd}"),
        (b"\xE2\x82", "\u{fffd}"),
        (b"\xED\xA0\x80", "\u{fffd}\u{fffd}\u{fffd}"),
        (b"Zo\xC3\xAB", "Zo\u{eb}"),
        (b"\xEF\xBB\xBFZoe", "\u{feff}Zoe"),
    ] {
        assert_eq!(name(body(written)), read, "{written:?}");
    }
}

/// Field 33.
#[test]
fn of_names_that_stand_twice_the_last_counts() {
    let body = beside(r#""user":{"id":"u1","name":"Ada"},"user":{"id":"u2","name":"Grace"}"#);
    assert_eq!(name(body), "Grace");
}

/// Field 33. What no browser reads is no answer.
#[test]
fn what_is_no_json_stays_no_json() {
    for body in [
        r#"{"access_token":"next",}"#,
        r#"{"access_token":"next"} {}"#,
        r#"{"access_token":"next"} x"#,
        r#"{"access_token":"next","a":01}"#,
        r#"{"access_token":"next","a":NaN}"#,
        "{\"access_token\":\"next\",\"a\":\"\n\"}",
        r#"{access_token:"next"}"#,
        r#"{"access_token":"next""#,
        r#"[{"access_token":"next"}]"#,
    ] {
        assert_eq!(granted(body), None, "{body}");
    }
}

/// Field 33.
#[test]
fn claims_are_read_as_bodies_are() {
    let part = |bytes: &[u8]| Base64UrlUnpadded::encode_string(bytes);
    let hint = |claims: &[u8]| {
        let token = format!("{}.{}.{}", part(br#"{"alg":"HS256"}"#), part(claims), part(b"signature"));
        Hint::of(&token, &PERENNIAL.claims)
    };
    for claims in [
        &b"\xEF\xBB\xBF{\"sub\":\"u1\",\"iat\":0,\"exp\":60}"[..],
        br#"{"name":"Ada \ud83d","sub":"u1","iat":0,"exp":60}"#,
        b"{\"name\":\"Zo\xEB\",\"sub\":\"u1\",\"iat\":0,\"exp\":60}",
        br#"{"sub":"u1","iat":0,"exp":60,"nbf":"soon","score":1e999}"#,
    ] {
        let hint = hint(claims);
        assert_eq!(
            (hint.account_id.as_deref(), hint.lifetime.map(|life| life.as_secs())),
            (Some("u1"), Some(60))
        );
    }
}

/// Field 33.
#[test]
fn messages_of_live_connections_and_lists_are_read_as_bodies_are() {
    let event = |text: &str| match PERENNIAL.live_message(text) {
        Some(LiveMessage::Event { event, .. }) => event,
        Some(LiveMessage::Accepted | LiveMessage::Alive) | None => panic!("{text}"),
    };
    assert_eq!(event(r#"{"type":"event","number":2,"after":1,"event":"\udc00"}"#), json!("\u{fffd}"));
    assert_eq!(event(r#"{"type":"event","number":2,"after":1,"event":7,"load":1e999}"#), json!(7));
    let marked = "\u{feff}{\"type\":\"alive\",\"note\":\"\\ud83d\"}";
    assert_eq!(PERENNIAL.live_message(marked), Some(LiveMessage::Alive));
    let list = b"\xEF\xBB\xBF{\"revoked\":7,\"note\":\"\\ud83d \xEB\"}";
    assert_eq!(json::read::<bodies::Revoked>(list).unwrap().revoked, 7);
    assert!(json::read::<bodies::Revoked>(b"{}").is_err());
}

/// Field 33.
#[test]
fn a_provider_may_describe_itself_after_a_byte_order_mark() {
    let body = [MARK, described().to_string().as_bytes()].concat();
    assert!(Metadata::read(&answer(200, body), "https://login.example").is_ok());
}
