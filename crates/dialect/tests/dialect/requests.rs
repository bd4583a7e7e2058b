//! What goes over the wire, and what never goes into a log.

use perennial_dialect::{
    PERENNIAL,
    request::{Header, WireRequest},
    wire::SignInRequest,
};
use perennial_session::{CallKind, IdempotencyKey, Secret};

use crate::support::{ACCESS, PASSWORD, every_call, grant_body, refresh, sign_in, sign_out, validate, wire};

fn line(request: &WireRequest) -> String {
    format!("{} {}", request.method, request.path)
}

fn headers(headers: &[Header]) -> Vec<String> {
    headers.iter().map(|header| format!("{}: {}", header.name, header.value)).collect()
}

#[test]
fn a_sign_in_is_what_the_reference_backend_reads() {
    let request = PERENNIAL.request(&sign_in());
    assert_eq!(line(&request), "POST /api/session");
    assert_eq!(headers(&request.headers), ["X-Requested-By: perennial", "Content-Type: application/json"]);
    let body: SignInRequest = serde_json::from_str(request.body.unwrap().expose()).unwrap();
    assert_eq!((&*body.email, &*body.password, body.keep), ("ada@example.org", PASSWORD, true));
    assert!(!request.keepalive);
}

#[test]
fn a_refresh_carries_its_key_and_neither_body_nor_token() {
    let request = PERENNIAL.request(&refresh());
    assert_eq!(line(&request), "POST /api/session/refresh");
    assert_eq!(
        headers(&request.headers),
        ["X-Requested-By: perennial", "Idempotency-Key: 000000000000000000000000000000ab"]
    );
    assert_eq!(request.body, None);
    assert!(!request.keepalive);
}

#[test]
fn a_key_is_always_32_hexadecimal_digits() {
    for key in [0, 1, u128::MAX] {
        let request = PERENNIAL.request(&CallKind::Refresh { key: IdempotencyKey(key), access: None });
        let key = &request.headers[1].value;
        assert!(key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_hexdigit()), "{key}");
    }
}

#[test]
fn a_validation_shows_the_token() {
    let request = PERENNIAL.request(&validate());
    assert_eq!(line(&request), "GET /api/session");
    assert_eq!(
        headers(&request.headers),
        ["X-Requested-By: perennial", "Authorization: Bearer held.access.token"]
    );
    assert_eq!(request.body, None);
}

#[test]
fn a_sign_out_outlives_the_page_and_shows_the_token_if_there_is_one() {
    let request = PERENNIAL.request(&sign_out());
    assert_eq!(line(&request), "DELETE /api/session");
    assert_eq!(
        headers(&request.headers),
        ["X-Requested-By: perennial", "Authorization: Bearer held.access.token"]
    );
    assert!(request.keepalive);
    let without = PERENNIAL.request(&CallKind::SignOut { access: None });
    assert_eq!(headers(&without.headers), ["X-Requested-By: perennial"]);
    assert!(without.keepalive);
}

#[test]
fn a_question_about_the_time_carries_no_credential_at_all() {
    let request = PERENNIAL.request(&CallKind::Clock);
    assert_eq!(line(&request), "HEAD /healthz");
    assert_eq!(headers(&request.headers), ["X-Requested-By: perennial"]);
    assert_eq!(request.body, None);
    assert!(!request.cookies);
    for call in [sign_in(), refresh(), validate(), sign_out()] {
        assert!(PERENNIAL.request(&call).cookies, "{call:?}");
    }
}

#[test]
fn an_ordinary_request_carries_marker_and_token() {
    assert_eq!(
        headers(&PERENNIAL.authorize(&Secret::new(ACCESS))),
        ["X-Requested-By: perennial", "Authorization: Bearer held.access.token"]
    );
}

#[test]
fn nothing_secret_is_printed() {
    let mut printed = String::new();
    for call in every_call() {
        let request = PERENNIAL.request(&call);
        let answer = PERENNIAL.answer(&call, &wire(200, grant_body("fresh-token").to_string()));
        printed += &format!("{call:?} {request:?} {request:#?} {answer:?}");
    }
    printed += &format!("{:?}", PERENNIAL.authorize(&Secret::new(ACCESS)));
    printed += &format!("{:?}", wire(200, grant_body("fresh-token").to_string()));
    for secret in [PASSWORD, ACCESS, "fresh-token"] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
}
