//! Every preset against every row of the table of answers.

use core::time::Duration;

use perennial_dialect::Dialect;
use perennial_session::{
    Access, AccessBy, Confirmed, Doubt, RefreshAnswer, Refusal, SignInAnswer, SignOutAnswer, ValidateAnswer,
};
use serde_json::json;

use crate::support::{
    PERENNIAL, discovered, later, preset, to_refresh, to_sign_in, to_sign_out, to_validate, wire,
};

/// Every preset; `oauth2` after its discovery, and `custom` as an operator may leave it.
fn all() -> [Dialect; 6] {
    let mut custom = preset("custom").clone();
    custom.endpoints = PERENNIAL.endpoints.clone();
    [
        PERENNIAL.clone(),
        preset("exchange").clone(),
        preset("cookie-pair").clone(),
        preset("hybrid").clone(),
        discovered(),
        custom,
    ]
}

/// A body with which each preset grants: the names of all of them.
const GRANT: &str = r#"{"success": true, "authenticated": true, "token": "fresh", "access_token": "fresh",
    "token_type": "Bearer", "expires_in": 60, "expiresIn": 60, "user": {"id": "u1"}}"#;

const UNDECIDED: [u16; 16] = [199, 300, 302, 304, 400, 403, 404, 405, 408, 409, 410, 418, 422, 500, 502, 504];

#[test]
fn a_sign_in_is_granted_refused_put_off_or_unknown() {
    for dialect in all() {
        let name = dialect.name;
        let SignInAnswer::Granted(grant) = to_sign_in(&dialect, &wire(200, GRANT)) else { panic!("{name}") };
        assert_eq!(matches!(grant.access, Access::Cookie), dialect.access == AccessBy::Cookie, "{name}");
        assert_eq!(to_sign_in(&dialect, &wire(401, "")), SignInAnswer::WrongCredentials, "{name}");
        let wait = SignInAnswer::Later(Duration::from_secs(7));
        assert_eq!(to_sign_in(&dialect, &later(429, "7")), wait, "{name}");
        for status in UNDECIDED {
            let unknown = SignInAnswer::Unknown(Doubt::Status(status));
            assert_eq!(to_sign_in(&dialect, &wire(status, GRANT)), unknown, "{name} {status}");
        }
        for body in ["", "[]", "<html>", r#"{"success": false}"#] {
            let unknown = SignInAnswer::Unknown(Doubt::Unreadable);
            assert_eq!(to_sign_in(&dialect, &wire(200, body)), unknown, "{name} {body}");
        }
    }
}

#[test]
fn a_refresh_is_granted_refused_put_off_or_unknown() {
    for dialect in all() {
        let name = dialect.name;
        for status in [200, 201, 299] {
            let granted = to_refresh(&dialect, &wire(status, GRANT));
            assert!(matches!(granted, RefreshAnswer::Granted(_)), "{name} {granted:?}");
        }
        for body in ["", "{}", "<html>"] {
            let refused = RefreshAnswer::Refused(Refusal::Unspecified);
            assert_eq!(to_refresh(&dialect, &wire(401, body)), refused, "{name} {body}");
        }
        for status in [429, 503] {
            let wait = RefreshAnswer::Later(Duration::from_secs(7));
            assert_eq!(to_refresh(&dialect, &later(status, "7")), wait, "{name}");
            let unknown = RefreshAnswer::Unknown(Doubt::Status(status));
            assert_eq!(to_refresh(&dialect, &wire(status, "")), unknown, "{name}");
        }
        for status in UNDECIDED {
            let unknown = RefreshAnswer::Unknown(Doubt::Status(status));
            assert_eq!(to_refresh(&dialect, &wire(status, GRANT)), unknown, "{name} {status}");
        }
        for body in ["[]", "<html>", "{", r#"{"authenticated": false}"#] {
            let unknown = RefreshAnswer::Unknown(Doubt::Unreadable);
            assert_eq!(to_refresh(&dialect, &wire(200, body)), unknown, "{name} {body}");
        }
        assert_eq!(to_refresh(&dialect, &wire(0, "")), RefreshAnswer::Unknown(Doubt::Gateway), "{name}");
    }
}

/// With cookies for credentials there is nothing that such an answer would have to say.
#[test]
fn an_empty_answer_to_a_refresh_grants_where_the_credentials_are_cookies_and_nowhere_else() {
    for dialect in all() {
        for (status, body) in [(204, ""), (200, " \n")] {
            let answer = to_refresh(&dialect, &wire(status, body));
            let is_granted = matches!(answer, RefreshAnswer::Granted(_));
            assert_eq!(is_granted, dialect.access == AccessBy::Cookie, "{} {answer:?}", dialect.name);
        }
    }
}

#[test]
fn only_oauth_has_another_word_for_refused() {
    for dialect in all() {
        let refused = to_refresh(&dialect, &wire(400, r#"{"error": "invalid_grant"}"#));
        let is_refused = refused == RefreshAnswer::Refused(Refusal::Unspecified);
        assert_eq!(is_refused, dialect.name == "oauth2", "{}", dialect.name);
    }
    let oauth2 = discovered();
    for (status, body) in [
        (400, r#"{"error": "invalid_request"}"#),
        (400, r#"{"error": "temporarily_unavailable"}"#),
        (400, r#"{"error": ["invalid_grant"]}"#),
        (400, "invalid_grant"),
        (400, ""),
        (403, r#"{"error": "invalid_grant"}"#),
        (500, r#"{"error": "invalid_grant"}"#),
    ] {
        let unknown = RefreshAnswer::Unknown(Doubt::Status(status));
        assert_eq!(to_refresh(&oauth2, &wire(status, body)), unknown, "{status} {body}");
    }
}

#[test]
fn a_validation_is_valid_unauthorized_or_unknown() {
    for dialect in all() {
        let name = dialect.name;
        let valid = ValidateAnswer::Valid(Confirmed::default());
        assert_eq!(to_validate(&dialect, &wire(200, "{}")), valid, "{name}");
        let unauthorized = ValidateAnswer::Unauthorized(Refusal::Unspecified);
        assert_eq!(to_validate(&dialect, &wire(401, "")), unauthorized, "{name}");
        for body in ["", "[]", "<html>", r#"{"authenticated": false}"#, r#"{"success": false}"#] {
            let unknown = ValidateAnswer::Unknown(Doubt::Unreadable);
            assert_eq!(to_validate(&dialect, &wire(200, body)), unknown, "{name} {body}");
        }
        for status in UNDECIDED.into_iter().chain([429, 503]) {
            let unknown = ValidateAnswer::Unknown(Doubt::Status(status));
            let said_no = json!({"authenticated": false, "error": "invalid_grant"});
            assert_eq!(to_validate(&dialect, &wire(status, said_no.to_string())), unknown, "{name} {status}");
        }
    }
}

#[test]
fn a_sign_out_is_done_unrecognised_or_unknown() {
    for dialect in all() {
        let name = dialect.name;
        for (status, body) in [(200, ""), (204, ""), (200, "{}"), (200, r#"{"success": true}"#)] {
            assert_eq!(to_sign_out(&dialect, &wire(status, body)), SignOutAnswer::Done, "{name} {body}");
        }
        for body in ["<html>", r#"{"success": false}"#] {
            let unknown = SignOutAnswer::Unknown(Doubt::Unreadable);
            assert_eq!(to_sign_out(&dialect, &wire(200, body)), unknown, "{name} {body}");
        }
        for status in [401, 404] {
            let unrecognised = SignOutAnswer::NoSession { status };
            assert_eq!(to_sign_out(&dialect, &wire(status, "")), unrecognised, "{name} {status}");
        }
        for status in UNDECIDED.into_iter().filter(|status| *status != 404).chain([429, 503]) {
            let unknown = SignOutAnswer::Unknown(Doubt::Status(status));
            assert_eq!(to_sign_out(&dialect, &wire(status, "")), unknown, "{name} {status}");
        }
    }
}

#[test]
fn the_words_of_the_reference_backend_for_a_refusal_are_known_in_all_its_dialects() {
    for (name, field) in
        [("perennial", "reason"), ("exchange", "error"), ("cookie-pair", "error"), ("hybrid", "error")]
    {
        for (word, refusal) in [
            ("refresh_missing", Refusal::Missing),
            ("refresh_reused", Refusal::Reused),
            ("session_revoked", Refusal::Revoked),
            ("session_expired", Refusal::Expired),
            ("token_expired", Refusal::Unspecified),
        ] {
            let answer = wire(401, json!({field: word, "authenticated": false}).to_string());
            assert_eq!(to_refresh(preset(name), &answer), RefreshAnswer::Refused(refusal), "{name}");
            assert_eq!(to_validate(preset(name), &answer), ValidateAnswer::Unauthorized(refusal), "{name}");
        }
    }
}
