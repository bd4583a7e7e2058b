//! What goes over the wire, byte for byte, and what never goes into a log.

mod csrf;

use perennial_dialect::{
    Dialect, Encoding, SignInBy, SignInFields, Text,
    config::Config,
    request::{Cookies, Header, WireRequest},
    wire::SignInRequest,
};
use perennial_session::{
    Access, Answer, CallKind, ClockAnswer, Doubt, IdempotencyKey, RefreshAnswer, Secret, SignInAnswer,
    SignOutAnswer, ValidateAnswer,
};

use crate::support::{
    ACCESS, CODE, PASSWORD, PERENNIAL, REFRESH, TICKET, VERIFIER, discovered, every_call_of, grant_body,
    preset, redeem, refresh, sign_in, sign_out, token, validate, wire,
};

pub(crate) fn headers(headers: &[Header]) -> Vec<String> {
    headers.iter().map(|header| format!("{}: {}", header.name, header.value)).collect()
}

/// A request as one text: the line, the headers, the body.
fn written(request: &WireRequest) -> Vec<String> {
    let mut lines = vec![format!("{} {}", request.method, request.url)];
    lines.extend(headers(&request.headers));
    lines.extend(request.body.as_ref().map(|body| body.expose().to_owned()));
    lines
}

fn request(dialect: &Dialect, call: &CallKind) -> Vec<String> {
    written(&dialect.request(call, "").expect("there is such an endpoint"))
}

const MARKER: &str = "X-Requested-By: perennial";
const JSON: &str = "Content-Type: application/json";
const FORM: &str = "Content-Type: application/x-www-form-urlencoded";
const KEY: &str = "Idempotency-Key: 000000000000000000000000000000ab";
const HELD: &str = "Authorization: Bearer held.access.token";
const SHOWN: &str = "X-Sign-Out-Ticket: held.sign-out.ticket";
const PLAIN_SIGN_IN: &str = r#"{"email":"ada@example.org","password":"correct-horse"}"#;

#[test]
fn the_requests_of_perennial() {
    let kept = r#"{"email":"ada@example.org","keep":true,"password":"correct-horse"}"#;
    assert_eq!(request(PERENNIAL, &sign_in()), ["POST /api/session", MARKER, JSON, kept]);
    assert_eq!(request(PERENNIAL, &refresh()), ["POST /api/session/refresh", MARKER, KEY]);
    assert_eq!(request(PERENNIAL, &validate()), ["GET /api/session", MARKER, HELD]);
    assert_eq!(request(PERENNIAL, &sign_out()), ["DELETE /api/session", MARKER, HELD, SHOWN]);
    let ended = CallKind::SignOut { access: None, refresh: None, ticket: Some(Secret::new(TICKET)) };
    assert_eq!(request(PERENNIAL, &ended), ["DELETE /api/session", MARKER, SHOWN]);
    assert_eq!(request(PERENNIAL, &CallKind::Clock), ["HEAD /healthz"]);
}

#[test]
fn the_requests_of_exchange() {
    let dialect = preset("exchange");
    assert_eq!(request(dialect, &sign_in()), ["POST /api/v1/auth/login", JSON, PLAIN_SIGN_IN]);
    assert_eq!(request(dialect, &refresh()), ["POST /api/v1/auth/refresh", HELD]);
    assert_eq!(request(dialect, &validate()), ["GET /api/v1/auth/validate", HELD]);
    assert_eq!(request(dialect, &sign_out()), ["POST /api/v1/auth/logout", HELD]);
    assert_eq!(request(dialect, &CallKind::Clock), ["HEAD /healthz"]);
}

#[test]
fn the_requests_of_a_cookie_pair() {
    let dialect = preset("cookie-pair");
    let [sign_in, _, refresh, validate, clock, sign_out] = every_call_of(dialect);
    assert_eq!(request(dialect, &sign_in), ["POST /api/auth/login", MARKER, JSON, PLAIN_SIGN_IN]);
    assert_eq!(request(dialect, &refresh), ["POST /api/auth/refresh", MARKER, KEY]);
    assert_eq!(request(dialect, &validate), ["GET /api/auth/status", MARKER]);
    assert_eq!(request(dialect, &sign_out), ["POST /api/auth/logout", MARKER]);
    assert_eq!(request(dialect, &clock), ["HEAD /healthz"]);
}

#[test]
fn the_requests_of_hybrid() {
    let dialect = preset("hybrid");
    let held = "Authorization: Bearer held-refresh-token";
    let said = r#"{"refresh_token":"held-refresh-token"}"#;
    assert_eq!(request(dialect, &sign_in()), ["POST /api/login", JSON, PLAIN_SIGN_IN]);
    assert_eq!(request(dialect, &refresh()), ["POST /api/refresh", held]);
    assert_eq!(request(dialect, &validate()), ["GET /api/me", HELD]);
    assert_eq!(request(dialect, &sign_out()), ["POST /api/logout", HELD, JSON, said]);
    let without = CallKind::SignOut { access: Some(token()), refresh: None, ticket: None };
    assert_eq!(request(dialect, &without), ["POST /api/logout", HELD]);
    assert_eq!(request(dialect, &CallKind::Clock), ["HEAD /healthz"]);
}

#[test]
fn the_requests_of_oauth2() {
    let dialect = &discovered();
    assert_eq!(
        request(dialect, &redeem("n")),
        [
            "POST https://login.example/token",
            FORM,
            "grant_type=authorization_code&code=code-of-the-provider\
             &redirect_uri=https%3A%2F%2Fapp.example%2Flogin&client_id=app\
             &code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        ]
    );
    assert_eq!(
        request(dialect, &refresh()),
        [
            "POST https://login.example/token",
            FORM,
            "grant_type=refresh_token&client_id=app&refresh_token=held-refresh-token"
        ]
    );
    assert_eq!(request(dialect, &validate()), ["GET https://login.example/me", HELD]);
    assert_eq!(
        request(dialect, &sign_out()),
        [
            "POST https://login.example/revoke",
            FORM,
            "token=held-refresh-token&token_type_hint=refresh_token&client_id=app"
        ]
    );
    let without = CallKind::SignOut { access: Some(token()), refresh: None, ticket: None };
    let last = "token=held.access.token&token_type_hint=access_token&client_id=app";
    assert_eq!(request(dialect, &without), ["POST https://login.example/revoke", FORM, last]);
}

#[test]
fn the_requests_of_a_custom_backend_that_reads_forms() {
    let mut dialect = PERENNIAL.clone();
    dialect.csrf = perennial_dialect::Csrf::None;
    let constants = vec![(Text::Borrowed("grant_type"), Text::Borrowed("pass word"))];
    dialect.sign_in = SignInBy::Form(SignInFields {
        encoding: Encoding::Form,
        identifier: Text::Borrowed("user[name]"),
        password: Text::Borrowed("password"),
        keep: Some(Text::Borrowed("remember")),
        constants: constants.into(),
    });
    let body = "grant_type=pass+word&user%5Bname%5D=ada%40example.org&password=correct-horse&remember=true";
    assert_eq!(request(&dialect, &sign_in()), ["POST /api/session", FORM, body]);
}

#[test]
fn a_form_is_written_as_the_url_standard_writes_it() {
    let mut dialect = preset("custom").clone();
    dialect.endpoints = PERENNIAL.endpoints.clone();
    dialect.refresh.by =
        perennial_dialect::RefreshCredential::Body { encoding: Encoding::Form, field: Text::Borrowed("t") };
    for (typed, body) in [
        ("a b+c", "t=a+b%2Bc"),
        ("*-._~", "t=*-._%7E"),
        ("&=?/%#", "t=%26%3D%3F%2F%25%23"),
        ("é\u{20ac}", "t=%C3%A9%E2%82%AC"),
        ("\r\n\0", "t=%0D%0A%00"),
    ] {
        let refresh = CallKind::Refresh {
            key: IdempotencyKey(1),
            access: None,
            refresh: Some(Secret::new(typed)),
            account: None,
        };
        let request = dialect.request(&refresh, "").unwrap();
        assert_eq!(request.body.unwrap().expose(), body, "{typed:?}");
    }
}

#[test]
fn a_sign_in_is_what_the_reference_backend_reads() {
    let request = PERENNIAL.request(&sign_in(), "").unwrap();
    let body: SignInRequest = serde_json::from_str(request.body.unwrap().expose()).unwrap();
    assert_eq!((&*body.email, &*body.password, body.keep), ("ada@example.org", PASSWORD, true));
}

#[test]
fn a_key_is_always_32_hexadecimal_digits() {
    for key in [0, 1, u128::MAX] {
        let refresh =
            CallKind::Refresh { key: IdempotencyKey(key), access: None, refresh: None, account: None };
        let request = PERENNIAL.request(&refresh, "").unwrap();
        let key = &request.headers[1].value;
        assert!(key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_hexdigit()), "{key}");
    }
}

#[test]
fn only_a_sign_out_outlives_the_page() {
    for dialect in [PERENNIAL, preset("exchange"), preset("cookie-pair"), preset("hybrid"), &discovered()] {
        for call in every_call_of(dialect) {
            let Some(request) = dialect.request(&call, "") else { continue };
            let is_sign_out = matches!(call, CallKind::SignOut { .. });
            assert_eq!(request.keepalive, is_sign_out, "{} {call:?}", dialect.name);
        }
    }
}

#[test]
fn a_sign_out_is_told_without_a_token_where_a_cookie_is_the_credential() {
    let sign_out = CallKind::SignOut { access: None, refresh: None, ticket: None };
    assert_eq!(request(PERENNIAL, &sign_out), ["DELETE /api/session", MARKER]);
}

#[test]
fn cookies_go_to_another_origin_only_where_they_are_credentials() {
    let with = |name: &str, backend: &'static str| {
        let mut dialect = preset(name).clone();
        dialect.backend = Text::Borrowed(backend);
        (dialect.cookies(), dialect.request(&refresh(), "").unwrap().cookies)
    };
    for name in ["perennial", "exchange", "cookie-pair", "hybrid"] {
        assert_eq!(with(name, ""), (Cookies::SameOrigin, Cookies::SameOrigin), "{name}");
    }
    for name in ["perennial", "cookie-pair"] {
        assert_eq!(with(name, "https://api.example"), (Cookies::Include, Cookies::Include), "{name}");
    }
    for name in ["exchange", "hybrid"] {
        assert_eq!(with(name, "https://api.example"), (Cookies::SameOrigin, Cookies::SameOrigin), "{name}");
    }
}

#[test]
fn a_question_about_the_time_carries_nothing_at_all() {
    let mut dialect = preset("cookie-pair").clone();
    dialect.backend = Text::Borrowed("https://api.example");
    let request = dialect.request(&CallKind::Clock, "").unwrap();
    assert_eq!(written(&request), ["HEAD https://api.example/healthz"]);
    assert_eq!(request.cookies, Cookies::Omit);
}

#[test]
fn every_path_is_put_behind_the_backend_and_an_absolute_address_is_not() {
    let mut dialect = preset("hybrid").clone();
    dialect.backend = Text::Borrowed("https://api.example/v2");
    assert_eq!(request(&dialect, &validate())[0], "GET https://api.example/v2/api/me");
    assert_eq!(dialect.url("/api/jobs?state=done"), "https://api.example/v2/api/jobs?state=done");
    let elsewhere = Text::Borrowed("http://me.example/");
    dialect.endpoints.validate.as_mut().unwrap().at = elsewhere;
    assert_eq!(request(&dialect, &validate())[0], "GET http://me.example/");
    assert_eq!(PERENNIAL.url("/api/jobs"), "/api/jobs");
}

#[test]
fn an_ordinary_request_carries_marker_and_credential() {
    let get = |dialect: &Dialect, access: &Access| headers(&dialect.authorize(access, "GET", ""));
    assert_eq!(get(PERENNIAL, &token()), [MARKER, HELD]);
    assert_eq!(get(preset("exchange"), &token()), [HELD]);
    assert_eq!(get(preset("cookie-pair"), &Access::Cookie), [MARKER]);
}

#[test]
fn where_there_is_nobody_to_ask_the_answer_is_a_doubt_and_a_sign_out_is_done() {
    let custom = preset("custom");
    for call in every_call_of(custom) {
        assert_eq!(custom.request(&call, ""), None, "{call:?}");
        let doubt = Doubt::Unreadable;
        let expected = match &call {
            CallKind::SignIn(_) => Answer::SignIn(SignInAnswer::Unknown(doubt)),
            CallKind::Refresh { .. } => Answer::Refresh(RefreshAnswer::Unknown(doubt)),
            CallKind::Validate { .. } => Answer::Validate(ValidateAnswer::Unknown(doubt)),
            CallKind::Clock => Answer::Clock(ClockAnswer::Unknown(doubt)),
            CallKind::SignOut { .. } => Answer::SignOut(SignOutAnswer::Done),
        };
        assert_eq!(custom.absent(&call), expected, "{call:?}");
    }
}

#[test]
fn a_provider_that_has_not_described_itself_yet_is_not_asked_and_nothing_is_done() {
    let oauth2 = preset("oauth2");
    for call in every_call_of(oauth2) {
        assert_eq!(oauth2.request(&call, ""), None, "{call:?}");
        assert_ne!(oauth2.absent(&call), Answer::SignOut(SignOutAnswer::Done));
    }
}

#[test]
fn a_sign_in_of_the_other_kind_is_none() {
    assert_eq!(PERENNIAL.request(&redeem("n"), ""), None);
    assert_eq!(discovered().request(&sign_in(), ""), None);
}

#[test]
fn nothing_secret_is_printed() {
    let mut printed = String::new();
    for dialect in [PERENNIAL, preset("exchange"), preset("cookie-pair"), preset("hybrid"), &discovered()] {
        for call in every_call_of(dialect) {
            let request = dialect.request(&call, "");
            let answer = dialect.answer(&call, &wire(200, grant_body("fresh-token").to_string()));
            printed += &format!("{call:?} {request:?} {request:#?} {answer:?}");
        }
        printed += &format!("{:?}", dialect.authorize(&token(), "POST", ""));
    }
    printed += &format!("{:?}", wire(200, grant_body("fresh-token").to_string()));
    for secret in [PASSWORD, ACCESS, REFRESH, CODE, VERIFIER, "fresh-token"] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
}

/// Field 47.
#[test]
fn a_sign_out_may_say_something_of_its_own() {
    let body = |config: &str| {
        let dialect = Config::parse(config).unwrap().dialect;
        let request = dialect.request(&sign_out(), "").unwrap();
        request.body.map(|body| body.expose().to_owned())
    };
    let mode = r#""sign_out": {"constants": {"mode": "json"}}"#;
    assert_eq!(
        body(&format!(r#"{{"preset": "hybrid", {mode}}}"#)).as_deref(),
        Some(r#"{"mode":"json","refresh_token":"held-refresh-token"}"#)
    );
    assert_eq!(body(&format!(r#"{{"preset": "exchange", {mode}}}"#)).as_deref(), Some(r#"{"mode":"json"}"#));
    let form = r#"{"preset": "hybrid", "sign_out": {"encoding": "form", "constants": {"all": "no"}}}"#;
    assert_eq!(body(form).as_deref(), Some("all=no&refresh_token=held-refresh-token"));
    assert_eq!(body(r#"{"preset": "exchange"}"#), None);
}
