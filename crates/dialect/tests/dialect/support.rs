//! What the tests share: calls, answers and tokens to feed the dialect with.

use base64ct::{Base64UrlUnpadded, Encoding};
use perennial_dialect::{PERENNIAL, answers::WireAnswer};
use perennial_session::{
    Answer, CallKind, ClockAnswer, IdempotencyKey, RefreshAnswer, Secret, SignInAnswer, SignInForm,
    SignOutAnswer, ValidateAnswer,
};
use serde_json::{Value, json};

pub(crate) const PASSWORD: &str = "correct-horse";
pub(crate) const ACCESS: &str = "held.access.token";

pub(crate) fn sign_in() -> CallKind {
    let password = Secret::new(PASSWORD);
    CallKind::SignIn(SignInForm { identifier: "ada@example.org".to_owned(), password, keep: true })
}

pub(crate) fn refresh() -> CallKind {
    CallKind::Refresh { key: IdempotencyKey(0xab), access: Some(Secret::new(ACCESS)) }
}

pub(crate) fn validate() -> CallKind {
    CallKind::Validate { access: Secret::new(ACCESS) }
}

pub(crate) fn sign_out() -> CallKind {
    CallKind::SignOut { access: Some(Secret::new(ACCESS)) }
}

pub(crate) fn every_call() -> [CallKind; 5] {
    [sign_in(), refresh(), validate(), CallKind::Clock, sign_out()]
}

/// An answer with nothing but a status and a body.
pub(crate) fn wire(status: u16, body: impl Into<Vec<u8>>) -> WireAnswer {
    WireAnswer { status, retry_after: None, date: None, age: None, body: body.into(), received_wall_ms: 0 }
}

pub(crate) fn later(status: u16, retry_after: &str) -> WireAnswer {
    WireAnswer { retry_after: Some(retry_after.to_owned()), ..wire(status, "") }
}

/// A refusal as the reference backend words it.
pub(crate) fn problem(status: u16, reason: &str) -> WireAnswer {
    let body = json!({
        "type": format!("urn:perennial:problem:{reason}"), "title": "No", "status": status,
        "detail": "No.", "reason": reason,
    });
    wire(status, body.to_string())
}

/// A JWT with these claims; its signature is worth nothing, as nobody here could check one.
pub(crate) fn jwt(claims: &Value) -> String {
    let part = |text: &str| Base64UrlUnpadded::encode_string(text.as_bytes());
    format!("{}.{}.{}", part(r#"{"alg":"HS256","kid":"1"}"#), part(&claims.to_string()), part("signature"))
}

/// The body of a grant, to be spoiled by the test.
pub(crate) fn grant_body(token: &str) -> Value {
    json!({
        "access_token": token, "token_type": "Bearer", "expires_in": 900,
        "session": {"id": "s1", "expires_in": 86400},
        "user": {"id": "u1", "email": "ada@example.org", "name": "Ada", "roles": ["member"]},
        "landing": "/",
    })
}

pub(crate) fn to_sign_in(wire: &WireAnswer) -> SignInAnswer {
    let Answer::SignIn(answer) = PERENNIAL.answer(&sign_in(), wire) else {
        panic!("an answer to something else")
    };
    answer
}

pub(crate) fn to_refresh(wire: &WireAnswer) -> RefreshAnswer {
    let Answer::Refresh(answer) = PERENNIAL.answer(&refresh(), wire) else {
        panic!("an answer to something else")
    };
    answer
}

pub(crate) fn to_validate(wire: &WireAnswer) -> ValidateAnswer {
    let Answer::Validate(answer) = PERENNIAL.answer(&validate(), wire) else {
        panic!("an answer to something else")
    };
    answer
}

pub(crate) fn to_sign_out(wire: &WireAnswer) -> SignOutAnswer {
    let Answer::SignOut(answer) = PERENNIAL.answer(&sign_out(), wire) else {
        panic!("an answer to something else")
    };
    answer
}

pub(crate) fn to_clock(wire: &WireAnswer) -> ClockAnswer {
    let Answer::Clock(answer) = PERENNIAL.answer(&CallKind::Clock, wire) else {
        panic!("an answer to something else")
    };
    answer
}
