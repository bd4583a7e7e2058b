//! Which answers mean "no", by configuration.

use perennial_dialect::{Dialect, config::Config};
use perennial_session::{Confirmed, Doubt, RefreshAnswer, Refusal, ServerText, SignInAnswer, ValidateAnswer};
use serde_json::{Value, json};

use crate::support::{PERENNIAL, preset, problem, to_refresh, to_sign_in, to_validate, wire};

/// A preset with these keys on top.
fn with(preset: &str, more: &Value) -> Dialect {
    let mut config = json!({"preset": preset});
    for (key, value) in more.as_object().unwrap() {
        config[key] = value.clone();
    }
    Dialect::clone(&Config::parse(&config.to_string()).unwrap().dialect)
}

const REFUSED: RefreshAnswer = RefreshAnswer::Refused(Refusal::Unspecified);

fn refused(message: Option<&str>) -> SignInAnswer {
    SignInAnswer::Refused { message: message.and_then(ServerText::new) }
}

/// Field 36.
#[test]
fn a_refused_refresh_may_be_a_status_alone_or_with_any_plain_fact() {
    let dialect = with(
        "hybrid",
        &json!({"refused": [
            {"status": 403},
            {"status": 400, "field": "status", "value": 400},
            {"status": 400, "field": "error.fatal", "value": true},
            {"status": 422, "field": "user", "value": null},
            {"status": 400, "field": "error", "value": "invalid_grant"},
        ]}),
    );
    for (status, body) in [
        (403, ""),
        (403, "<html>"),
        (400, r#"{"status":400}"#),
        (400, r#"{"status":400.0}"#),
        (400, r#"{"status":4e2}"#),
        (400, r#"{"error":{"fatal":true}}"#),
        (400, r#"{"error":"invalid_grant"}"#),
        (422, r#"{"user":null}"#),
        (422, "{}"),
        (422, "null"),
    ] {
        assert_eq!(to_refresh(&dialect, &wire(status, body)), REFUSED, "{status} {body}");
    }
    for (status, body) in [
        (400, ""),
        (400, "{}"),
        (400, r#"{"status":"400"}"#),
        (400, r#"{"status":401}"#),
        (400, r#"{"status":400.5}"#),
        (400, r#"{"status":18446744073709551615}"#),
        (400, r#"{"status":[400]}"#),
        (400, r#"{"error":{"fatal":false}}"#),
        (422, ""),
        (422, "<html>"),
        (422, "[]"),
        (422, r#"{"user":{}}"#),
        (404, r#"{"status":400}"#),
    ] {
        let unknown = RefreshAnswer::Unknown(Doubt::Status(status));
        assert_eq!(to_refresh(&dialect, &wire(status, body)), unknown, "{status} {body}");
    }
    // It is the list of refreshes and of nothing else.
    let unknown = SignInAnswer::Unknown(Doubt::Status(403));
    assert_eq!(to_sign_in(&dialect, &wire(403, "")), unknown);
    assert_eq!(to_validate(&dialect, &wire(403, "")), ValidateAnswer::Unknown(Doubt::Status(403)));
}

/// Field 36.
#[test]
fn a_2xx_may_be_a_refusal_and_never_while_it_brings_a_token() {
    let list = json!({"refused": [
        {"status": 200, "field": "error", "value": "bad_refresh_token"},
        {"status": 200, "field": "errcode", "value": -40001},
        {"status": 200, "field": "token", "value": null},
    ]});
    let dialect = with("exchange", &list);
    for body in [r#"{"error":"bad_refresh_token"}"#, r#"{"errcode":-40001,"token":""}"#, "{}", "null"] {
        assert_eq!(to_refresh(&dialect, &wire(200, body)), REFUSED, "{body}");
    }
    let unreadable = RefreshAnswer::Unknown(Doubt::Unreadable);
    for body in ["", "<html>", "[]", r#"{"token":7}"#, r#"{"token":"two words"}"#] {
        assert_eq!(to_refresh(&dialect, &wire(200, body)), unreadable, "{body}");
    }
    let granted = to_refresh(&dialect, &wire(200, r#"{"error":"bad_refresh_token","token":"next"}"#));
    assert!(matches!(granted, RefreshAnswer::Granted(_)));
    // Where the credential is a cookie, nothing but the body can say no.
    let cookies =
        with("cookie-pair", &json!({"refused": [{"status": 200, "field": "error", "value": "no"}]}));
    assert_eq!(to_refresh(&cookies, &wire(200, r#"{"error":"no"}"#)), REFUSED);
    assert!(matches!(to_refresh(&cookies, &wire(200, "{}")), RefreshAnswer::Granted(_)));
    assert!(matches!(to_refresh(&cookies, &wire(200, "")), RefreshAnswer::Granted(_)));
}

/// Field 36.
#[test]
fn a_validation_may_say_that_there_is_nobody() {
    let nobody = json!([{"status": 200, "field": "user.id", "value": null}]);
    for preset in ["cookie-pair", "hybrid"] {
        let dialect = with(preset, &json!({"refused_validate": nobody}));
        let unauthorized = ValidateAnswer::Unauthorized(Refusal::Unspecified);
        for body in ["null", " null\n", "{}", r#"{"user":null}"#, r#"{"user":{"id":null}}"#] {
            assert_eq!(to_validate(&dialect, &wire(200, body)), unauthorized, "{preset} {body}");
        }
        for body in ["", "<html>", "[]", "nul", r#"{"user":"#] {
            let unknown = ValidateAnswer::Unknown(Doubt::Unreadable);
            assert_eq!(to_validate(&dialect, &wire(200, body)), unknown, "{preset} {body}");
        }
        let valid = to_validate(&dialect, &wire(200, r#"{"user":{"id":7}}"#));
        assert!(matches!(valid, ValidateAnswer::Valid(Confirmed { account: Some(_), .. })), "{preset}");
    }
    // Unlisted it says nothing, as ever.
    let unreadable = ValidateAnswer::Unknown(Doubt::Unreadable);
    assert_eq!(to_validate(preset("hybrid"), &wire(200, "null")), unreadable);
}

/// Field 36.
#[test]
fn a_listed_refusal_still_says_why() {
    let dialect =
        with("hybrid", &json!({"refused": [{"status": 400}], "refused_validate": [{"status": 403}]}));
    let why = r#"{"error":"session_revoked"}"#;
    assert_eq!(to_refresh(&dialect, &wire(400, why)), RefreshAnswer::Refused(Refusal::Revoked));
    assert_eq!(to_validate(&dialect, &wire(403, why)), ValidateAnswer::Unauthorized(Refusal::Revoked));
}

/// Field 35.
#[test]
fn a_refused_sign_in_is_what_is_listed_in_the_words_of_the_server() {
    let dialect = with(
        "custom",
        &json!({
            "endpoints": {"sign_in": "POST /in", "refresh": "POST /again"},
            "answers": {"message": ["message", "errors.0.detail"]},
            "refused_sign_in": [
                {"status": 400}, {"status": 422}, {"status": 403, "field": "code", "value": "unverified"},
                {"status": 200, "field": "ok", "value": false},
            ],
        }),
    );
    for (status, body, message) in [
        (400, "", None),
        (400, r#"{"message":"Failed to authenticate."}"#, Some("Failed to authenticate.")),
        (422, r#"{"errors":[{"detail":"These do not match."}]}"#, Some("These do not match.")),
        (
            403,
            r#"{"code":"unverified","message":"Verify your email first."}"#,
            Some("Verify your email first."),
        ),
        (200, r#"{"ok":false,"message":"No."}"#, Some("No.")),
        (401, r#"{"message":"No active account."}"#, Some("No active account.")),
        (400, r#"{"message":"  "}"#, None),
        (400, r#"{"message":{"en":"No."}}"#, None),
    ] {
        assert_eq!(to_sign_in(&dialect, &wire(status, body)), refused(message), "{status} {body}");
    }
    assert_eq!(to_sign_in(&dialect, &wire(401, "")), SignInAnswer::WrongCredentials);
    let unverified = wire(403, r#"{"code":"other","message":"No."}"#);
    assert_eq!(to_sign_in(&dialect, &unverified), SignInAnswer::Unknown(Doubt::Status(403)));
    let granted = to_sign_in(&dialect, &wire(200, r#"{"ok":false,"access_token":"next"}"#));
    assert!(matches!(granted, SignInAnswer::Granted(_)));
}

/// Field 35.
#[test]
fn only_the_reference_backends_own_word_speaks_of_a_wrong_origin() {
    assert_eq!(to_sign_in(PERENNIAL, &problem(403, "csrf")), SignInAnswer::WrongOrigin);
    for name in ["exchange", "cookie-pair", "hybrid"] {
        assert_eq!(
            to_sign_in(preset(name), &wire(403, r#"{"error":"csrf"}"#)),
            SignInAnswer::WrongOrigin,
            "{name}"
        );
    }
    let unknown = SignInAnswer::Unknown(Doubt::Status(403));
    assert_eq!(to_sign_in(PERENNIAL, &problem(403, "unverified")), unknown);
    assert_eq!(to_sign_in(PERENNIAL, &wire(403, "")), unknown);
    assert_eq!(to_sign_in(preset("custom"), &wire(403, r#"{"reason":"csrf"}"#)), unknown);
    assert_eq!(to_sign_in(PERENNIAL, &problem(400, "csrf")), SignInAnswer::Unknown(Doubt::Status(400)));
}
