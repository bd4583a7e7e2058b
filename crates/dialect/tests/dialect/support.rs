//! What the tests share: calls, answers and tokens to feed the dialect with.

use base64ct::{Base64UrlUnpadded, Encoding};
use perennial_dialect::{Dialect, answers::WireAnswer, config::Config, oauth::Metadata, presets::PRESETS};
use perennial_session::{
    Access, AccessBy, Answer, CallKind, ClockAnswer, IdempotencyKey, Proof, RefreshAnswer, Secret,
    SignInAnswer, SignInForm, SignOutAnswer, ValidateAnswer,
};
use serde_json::{Value, json};

pub(crate) static PERENNIAL: &Dialect = &PRESETS[0].dialect;

pub(crate) const PASSWORD: &str = "correct-horse";
pub(crate) const ACCESS: &str = "held.access.token";
pub(crate) const REFRESH: &str = "held-refresh-token";
pub(crate) const TICKET: &str = "held.sign-out.ticket";
pub(crate) const CODE: &str = "code-of-the-provider";
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// The dialect of a preset, as it comes.
pub(crate) fn preset(name: &str) -> &'static Dialect {
    &PRESETS.iter().find(|preset| preset.dialect.name == name).expect("there is such a preset").dialect
}

pub(crate) fn token() -> Access {
    Access::Token(Secret::new(ACCESS))
}

pub(crate) fn sign_in() -> CallKind {
    let proof = Proof::Password { identifier: "ada@example.org".to_owned(), password: Secret::new(PASSWORD) };
    CallKind::SignIn(SignInForm { proof, keep: true })
}

pub(crate) fn redeem(nonce: &str) -> CallKind {
    let proof = Proof::Code {
        code: Secret::new(CODE),
        verifier: Secret::new(VERIFIER),
        nonce: nonce.to_owned(),
        redirect_uri: "https://app.example/login".to_owned(),
    };
    CallKind::SignIn(SignInForm { proof, keep: false })
}

pub(crate) fn refresh() -> CallKind {
    let refresh = Some(Secret::new(REFRESH));
    CallKind::Refresh { key: IdempotencyKey(0xab), access: Some(token()), refresh, account: None }
}

pub(crate) fn validate() -> CallKind {
    CallKind::Validate { access: token() }
}

pub(crate) fn sign_out() -> CallKind {
    let ticket = Some(Secret::new(TICKET));
    CallKind::SignOut { access: Some(token()), refresh: Some(Secret::new(REFRESH)), ticket }
}

pub(crate) fn every_call() -> [CallKind; 6] {
    [sign_in(), redeem("n"), refresh(), validate(), CallKind::Clock, sign_out()]
}

/// The same calls as the engine makes them where the credentials are cookies.
pub(crate) fn every_call_of(dialect: &Dialect) -> [CallKind; 6] {
    let access = match dialect.access {
        AccessBy::Token => token(),
        AccessBy::Cookie => Access::Cookie,
    };
    every_call().map(|call| match call {
        CallKind::Refresh { key, refresh, account, .. } => {
            CallKind::Refresh { key, access: Some(access.clone()), refresh, account }
        }
        CallKind::Validate { .. } => CallKind::Validate { access: access.clone() },
        CallKind::SignOut { refresh, ticket, .. } => {
            CallKind::SignOut { access: Some(access.clone()), refresh, ticket }
        }
        CallKind::SignIn(_) | CallKind::Clock => call,
    })
}

/// An answer with nothing but a status and a body.
pub(crate) fn wire(status: u16, body: impl Into<Vec<u8>>) -> WireAnswer {
    WireAnswer {
        status,
        retry_after: None,
        date: None,
        age: None,
        content_type: None,
        www_authenticate: None,
        new_token: None,
        body: body.into(),
        received_wall_ms: 0,
    }
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

pub(crate) fn to_sign_in(dialect: &Dialect, wire: &WireAnswer) -> SignInAnswer {
    let Answer::SignIn(answer) = dialect.answer(&sign_in(), wire) else {
        panic!("an answer to something else")
    };
    answer
}

pub(crate) fn to_refresh(dialect: &Dialect, wire: &WireAnswer) -> RefreshAnswer {
    let Answer::Refresh(answer) = dialect.answer(&refresh(), wire) else {
        panic!("an answer to something else")
    };
    answer
}

pub(crate) fn to_validate(dialect: &Dialect, wire: &WireAnswer) -> ValidateAnswer {
    let Answer::Validate(answer) = dialect.answer(&validate(), wire) else {
        panic!("an answer to something else")
    };
    answer
}

pub(crate) fn to_sign_out(dialect: &Dialect, wire: &WireAnswer) -> SignOutAnswer {
    let Answer::SignOut(answer) = dialect.answer(&sign_out(), wire) else {
        panic!("an answer to something else")
    };
    answer
}

pub(crate) fn to_clock(dialect: &Dialect, wire: &WireAnswer) -> ClockAnswer {
    let Answer::Clock(answer) = dialect.answer(&CallKind::Clock, wire) else {
        panic!("an answer to something else")
    };
    answer
}

/// What the provider of these tests says of itself.
pub(crate) fn described() -> Value {
    json!({
        "issuer": "https://login.example",
        "authorization_endpoint": "https://login.example/auth",
        "token_endpoint": "https://login.example/token",
        "userinfo_endpoint": "https://login.example/me",
        "revocation_endpoint": "https://login.example/revoke",
        "end_session_endpoint": "https://login.example/end?theme=dark",
        "authorization_response_iss_parameter_supported": true,
        "code_challenge_methods_supported": ["S256"],
    })
}

/// `oauth2` as it is configured, before the provider has described itself.
pub(crate) fn undiscovered() -> Dialect {
    let block = r#"{"preset": "oauth2", "oauth": {"issuer": "https://login.example", "client_id": "app"}}"#;
    Dialect::clone(&Config::parse(block).expect("it is a configuration").dialect)
}

/// `oauth2` with what the provider says of itself.
pub(crate) fn discovered() -> Dialect {
    let answer = wire(200, described().to_string());
    let metadata = Metadata::read(&answer, "https://login.example").expect("it describes itself");
    undiscovered().with_metadata(&metadata)
}
