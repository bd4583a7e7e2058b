use std::{cell::RefCell, rc::Rc, sync::Arc, time::Duration};

use gloo_timers::future::TimeoutFuture;
use perennial::platform::channel::{self, Channel};
use perennial_session::{
    Access, Account, Doubt, Message, MessageBody, Refusal, Secret, SessionKey, SharedGrant, SignOutReason,
    TabId, Wall,
};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::BroadcastChannel;

const SESSION: SessionKey = SessionKey { since_ms: 1_790_000_000_123, salt: u64::MAX };

fn says(body: MessageBody) -> Message {
    Message { version: Message::VERSION, from: TabId(u64::MAX - 1), body }
}

fn grant() -> SharedGrant {
    SharedGrant {
        session: SESSION,
        access: Secret::new("some.access.token").into(),
        refresh: Some(Secret::new("some-refresh-token")),
        sign_out_ticket: Some(Secret::new("some.sign-out.ticket")),
        from: Wall(1_790_000_000_456),
        lifetime: Some(Duration::from_millis(10_000)),
        account: Account {
            id: "u1".into(),
            name: "Ada \u{1f98a}".into(),
            email: "ada@example.org".into(),
            roles: Some(vec!["member".into(), "a \"quoted\" one".into()]),
        }
        .into(),
        session_id: Some("s1".into()),
        session_ends: Some(Wall(1_790_000_086_400)),
        kept: true,
        last_activity: Wall(1_790_000_000_000),
        server_date: Some((Wall(1_790_000_000_000), Wall(1_790_000_000_001))),
        landing: Some("/".into()),
    }
}

fn every_body() -> Vec<MessageBody> {
    let reasons = [
        SignOutReason::ByPerson,
        SignOutReason::Inactivity,
        SignOutReason::AbsoluteLimit,
        SignOutReason::Refused(Refusal::Unspecified),
        SignOutReason::Refused(Refusal::Untried),
        SignOutReason::Refused(Refusal::Missing),
        SignOutReason::Refused(Refusal::Revoked),
        SignOutReason::Refused(Refusal::Expired),
        SignOutReason::Refused(Refusal::Reused),
    ];
    let doubts = [Doubt::Network, Doubt::TimedOut, Doubt::Status(503), Doubt::Unreadable, Doubt::Gateway];
    let until = Wall(1_790_000_000_789);
    let mut all = vec![
        MessageBody::Hello { session: None, newer_than: None },
        MessageBody::Hello { session: Some(SESSION), newer_than: Some(until) },
        MessageBody::Granted(Box::new(grant())),
        MessageBody::Granted(Box::new(SharedGrant { access: Access::Cookie, refresh: None, ..grant() })),
        MessageBody::Granted(Box::new(SharedGrant {
            lifetime: None,
            session_id: None,
            session_ends: None,
            kept: false,
            last_activity: Wall(1_790_000_000_000),
            server_date: None,
            landing: None,
            ..grant()
        })),
        MessageBody::Activity { session: SESSION, at: Wall(0) },
        MessageBody::Waiting { session: SESSION, at: Wall(1_790_000_000_000), until, why: None },
    ];
    all.extend(reasons.map(|reason| MessageBody::SignedOut { session: SESSION, reason }));
    all.extend(doubts.map(|why| MessageBody::Waiting {
        session: SESSION,
        at: Wall(1_790_000_000_000),
        until,
        why: Some(why),
    }));
    all
}

type Heard = Rc<RefCell<Vec<Message>>>;

fn join(name: &str) -> (Channel, Heard) {
    let heard = Heard::default();
    let channel = channel::join(name, {
        let heard = heard.clone();
        move |message| heard.borrow_mut().push(message)
    });
    (channel.unwrap(), heard)
}

/// Waits until so many messages have come, and then for one more that should not.
async fn wait_for(heard: &Heard, count: usize) {
    for _ in 0..200 {
        if heard.borrow().len() >= count {
            break;
        }
        TimeoutFuture::new(5).await;
    }
    TimeoutFuture::new(20).await;
}

#[wasm_bindgen_test]
async fn whatever_one_tab_says_all_others_hear_word_for_word() {
    assert!(channel::is_available());
    let ((here, own), (_there, heard), (_elsewhere, also)) = (join("words"), join("words"), join("words"));
    let all: Vec<_> = every_body().into_iter().map(says).collect();
    for message in &all {
        here.send(message).unwrap();
    }
    wait_for(&heard, all.len()).await;
    assert_eq!(*heard.borrow(), all);
    assert_eq!(*also.borrow(), all);
    assert_eq!(*own.borrow(), [], "nobody hears what they say themselves");
}

#[wasm_bindgen_test]
async fn whoever_has_left_hears_nothing() {
    let ((here, _), (there, heard)) = (join("leaving"), join("leaving"));
    drop(there);
    here.send(&says(MessageBody::Hello { session: None, newer_than: None })).unwrap();
    wait_for(&heard, 0).await;
    assert_eq!(*heard.borrow(), []);
}

#[wasm_bindgen_test]
async fn what_is_no_message_of_this_version_is_dropped_without_a_word() {
    let (_channel, heard) = join("hostile");
    let stranger = BroadcastChannel::new("hostile").unwrap();
    for text in hostile() {
        stranger.post_message(&JsValue::from_str(&text)).unwrap();
    }
    let object = js_sys::Object::new();
    for value in [JsValue::NULL, JsValue::UNDEFINED, JsValue::from(1.5), JsValue::TRUE, object.into()] {
        stranger.post_message(&value).unwrap();
    }
    let last = r#"{"version":1,"from":"01","body":{"hello":{"later":"a field nobody knows yet"}}}"#;
    stranger.post_message(&JsValue::from_str(last)).unwrap();
    wait_for(&heard, 1).await;
    let hello = MessageBody::Hello { session: None, newer_than: None };
    assert_eq!(*heard.borrow(), [Message { version: 1, from: TabId(1), body: hello }]);
    stranger.close();
}

#[wasm_bindgen_test]
fn a_message_that_no_tab_would_read_is_not_sent() {
    let (channel, _) = join("long");
    let mut grant = grant();
    Arc::make_mut(&mut grant.account).roles = Some(vec!["a role".into(); 100_000]);
    assert!(channel.send(&says(MessageBody::Granted(Box::new(grant)))).is_err());
}

fn hostile() -> Vec<String> {
    let key = r#"{"since_ms":1,"salt":"00"}"#;
    let user = r#"{"id":"u1","name":"","email":"","roles":[]}"#;
    let body = |body: &str| format!(r#"{{"version":1,"from":"01","body":{body}}}"#);
    let granted = |access: &str, from_ms: &str, life_ms: &str, user: &str| {
        body(&format!(
            r#"{{"granted":{{"session":{key},"access":"{access}","from_ms":{from_ms},"lifetime_ms":{life_ms},"user":{user}}}}}"#
        ))
    };
    let mut texts: Vec<String> =
        ["", "null", "[]", "{}", "hello", "1", "\u{0}"].into_iter().map(str::to_owned).collect();
    for version in ["0", "2", "65536", "-1", "1.0", "\"1\"", "null"] {
        texts.push(format!(r#"{{"version":{version},"from":"01","body":{{"hello":{{}}}}}}"#));
    }
    for from in ["", "x", "+1", "-1", "10000000000000000"] {
        texts.push(format!(r#"{{"version":1,"from":"{from}","body":{{"hello":{{}}}}}}"#));
    }
    texts.extend([
        body("{}"),
        body("null"),
        body(r#""hello""#),
        body(r#"{"hello":{},"signed_out":{}}"#),
        body(r#"{"shutdown":{}}"#),
        body(r#"{"hello":{"newer_than_ms":-1}}"#),
        body(r#"{"hello":{"newer_than_ms":8640000000000001}}"#),
        body(r#"{"hello":{"session":{"since_ms":18446744073709551615,"salt":"00"}}}"#),
        body(&format!(r#"{{"signed_out":{{"session":{key},"reason":"because"}}}}"#)),
        body(&format!(r#"{{"signed_out":{{"session":{key}}}}}"#)),
        body(&format!(r#"{{"activity":{{"session":{key},"at_ms":1e300}}}}"#)),
        body(&format!(r#"{{"waiting":{{"session":{key},"until_ms":1,"why":"70000"}}}}"#)),
        granted("a token", "1", "10000", user),
        granted("a\\r\\nX-Other: header", "1", "10000", user),
        granted("", "1", "10000", user),
        granted("", "1", "10000", user).replace(r#""access":"""#, r#""cookie":false"#),
        granted("token", "1", "10000", user).replace(r#""access""#, r#""cookie":true,"access""#),
        granted("token", "1", "10000", user).replace(r#""access""#, r#""refresh":"a token","access""#),
        granted("token", "1", "999", user),
        granted("token", "1", "-5", user),
        granted("token", "9e99", "10000", user),
        granted("token", "1", "10000", r#"{"id":"","name":"","email":"","roles":[]}"#),
        granted("token", "1", "10000", r#"{"id":"u1"}"#),
        granted(&"t".repeat(100_000), "1", "10000", user),
        body(&format!(r#"{{"hello":{{"session":{}{}}}}}"#, "[".repeat(9_000), "]".repeat(9_000))),
    ]);
    texts
}
