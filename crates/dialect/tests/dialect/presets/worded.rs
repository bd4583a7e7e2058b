//! The answers of each kind of backend, word for word.

use core::time::Duration;
use std::sync::Arc;

use perennial_dialect::Dialect;
use perennial_session::{
    Access, Account, Confirmed, Doubt, Grant, RefreshAnswer, Secret, SignInAnswer, ValidateAnswer,
};
use serde_json::{Value, json};

use crate::support::{jwt, preset, to_refresh, to_sign_in, to_validate, token as held, wire};

fn ada() -> Arc<Account> {
    Arc::new(Account {
        id: "u1".to_owned(),
        name: "Ada".to_owned(),
        email: "ada@example.org".to_owned(),
        roles: Some(vec!["admin".to_owned()]),
    })
}

fn user() -> Value {
    json!({"id": "u1", "email": "ada@example.org", "name": "Ada", "roles": ["admin"]})
}

fn nothing() -> Grant {
    Grant {
        access: Access::Cookie,
        refresh: None,
        lifetime: None,
        account: None,
        session_id: None,
        session_lifetime: None,
        landing: None,
        sign_out_ticket: None,
    }
}

fn bearer(token: &str) -> Access {
    Access::Token(Secret::new(token))
}

fn signed_in(dialect: &Dialect, body: &Value) -> Grant {
    match to_sign_in(dialect, &wire(200, body.to_string())) {
        SignInAnswer::Granted(grant) => grant,
        other @ (SignInAnswer::WrongCredentials
        | SignInAnswer::Refused { .. }
        | SignInAnswer::WrongOrigin
        | SignInAnswer::Later(_)
        | SignInAnswer::Unknown(_)) => {
            panic!("{other:?}")
        }
    }
}

fn refreshed(dialect: &Dialect, body: &Value) -> Grant {
    match to_refresh(dialect, &wire(200, body.to_string())) {
        RefreshAnswer::Granted(grant) => grant,
        other @ (RefreshAnswer::Refused(_) | RefreshAnswer::Later(_) | RefreshAnswer::Unknown(_)) => {
            panic!("{other:?}")
        }
    }
}

#[test]
fn exchange_gives_a_token_that_says_how_long_it_lives() {
    let dialect = preset("exchange");
    let token = jwt(&json!({"sub": "u1", "sid": "s1", "iat": 1000, "exp": 4600}));
    let body = json!({"success": true, "token": token, "user": user(), "session_expires_in": 86_000});
    let session_lifetime = Some(Duration::from_secs(86_000));
    let expected = Grant {
        session_lifetime,
        access: bearer(&token),
        lifetime: Some(Duration::from_secs(3600)),
        account: Some(ada()),
        session_id: Some("s1".to_owned()),
        ..nothing()
    };
    assert_eq!(signed_in(dialect, &body), expected);
    assert_eq!(refreshed(dialect, &body), expected);
    let body = json!({"success": true, "user": user(), "session_expires_in": 86_000});
    let confirmed = Confirmed { account: Some(ada()), session_lifetime, ..Confirmed::default() };
    assert_eq!(to_validate(dialect, &wire(200, body.to_string())), ValidateAnswer::Valid(confirmed));
}

#[test]
fn a_cookie_pair_shows_no_token_and_says_how_long_its_cookie_lives() {
    let dialect = preset("cookie-pair");
    let body = json!({
        "authenticated": true, "user": user(), "redirectTo": "/devices", "expiresIn": 604_800,
        "sessionExpiresIn": 2_000_000,
    });
    let session_lifetime = Some(Duration::from_secs(2_000_000));
    let lifetime = Some(Duration::from_secs(604_800));
    let landing = Some("/devices".to_owned());
    let account = Some(ada());
    let expected = Grant { lifetime, session_lifetime, account, landing: landing.clone(), ..nothing() };
    assert_eq!(signed_in(dialect, &body), expected);
    assert_eq!(refreshed(dialect, &body), expected);
    let account = Some(ada());
    let confirmed = Confirmed { account, lifetime, session_lifetime, landing, ..Confirmed::default() };
    assert_eq!(to_validate(dialect, &wire(200, body.to_string())), ValidateAnswer::Valid(confirmed));
    assert_eq!(to_refresh(dialect, &wire(204, "")), RefreshAnswer::Granted(nothing()));
}

/// A token that script can see is none of its business where a cookie authorises.
#[test]
fn a_cookie_pair_takes_no_token_out_of_a_body() {
    let body = json!({"token": "a", "access_token": "b", "refresh_token": "c", "user": user()});
    let grant = signed_in(preset("cookie-pair"), &body);
    assert_eq!((grant.access, grant.refresh), (Access::Cookie, None));
}

#[test]
fn hybrid_gives_both_tokens_and_later_the_access_token_alone() {
    let dialect = preset("hybrid");
    let token = jwt(&json!({"sub": "u1", "sid": "s1", "iat": 1000, "exp": 87_400}));
    let body = json!({
        "access_token": token, "refresh_token": "refresh.of.u1", "token_type": "Bearer", "expires_in": 86_400,
        "session_expires_in": 2_592_000, "user": user(),
    });
    let expected = Grant {
        access: bearer(&token),
        refresh: Some(Secret::new("refresh.of.u1")),
        lifetime: Some(Duration::from_secs(86_400)),
        account: Some(ada()),
        session_id: Some("s1".to_owned()),
        session_lifetime: Some(Duration::from_secs(2_592_000)),
        ..nothing()
    };
    assert_eq!(signed_in(dialect, &body), expected);
    let body = json!({
        "access_token": token, "token_type": "Bearer", "expires_in": 86_400, "session_expires_in": 2_592_000,
    });
    assert_eq!(refreshed(dialect, &body), Grant { refresh: None, account: None, ..expected });
}

#[test]
fn hybrid_answers_a_validation_with_the_person_alone() {
    let session_lifetime = Some(Duration::from_secs(60));
    let confirmed = Confirmed { account: Some(ada()), session_lifetime, ..Confirmed::default() };
    let mut body = user();
    body["session_expires_in"] = json!(60);
    let answer = to_validate(preset("hybrid"), &wire(200, body.to_string()));
    assert_eq!(answer, ValidateAnswer::Valid(confirmed));
}

#[test]
fn hybrid_takes_a_token_out_of_a_header_that_says_whose_it_is_and_how_long_it_lives() {
    let dialect = preset("hybrid");
    assert_eq!(dialect.new_token_header.as_deref(), Some("X-New-Token"));
    let token = jwt(&json!({"sub": "u1", "sid": "s1", "iat": 1000, "exp": 87_400}));
    let grant = dialect.header_grant(&token, &held(), None).unwrap();
    assert_eq!((&*grant.account_id, grant.session_id.as_deref()), ("u1", Some("s1")));
    assert_eq!(grant.lifetime, Duration::from_secs(86_400));
    assert_eq!(dialect.header_grant(&jwt(&json!({"sub": "u1"})), &held(), None), None);
    assert_eq!(dialect.header_grant(&jwt(&json!({"iat": 1000, "exp": 87_400})), &held(), None), None);
}

/// What cannot be sent again cannot be refreshed with; the token before it may be void already.
#[test]
fn a_refresh_token_that_cannot_be_sent_spoils_the_answer() {
    let grant = |name: &str, token: Value| {
        let body = json!({"access_token": "a", "refresh_token": token});
        to_refresh(preset(name), &wire(200, body.to_string()))
    };
    let unreadable = RefreshAnswer::Unknown(Doubt::Unreadable);
    for token in [json!(7), json!(""), json!({}), json!(true), json!("a\r\nb"), json!("ü")] {
        assert_eq!(grant("hybrid", token.clone()), unreadable, "{token}");
        assert_eq!(grant("custom", token.clone()), unreadable, "{token}");
    }
    assert_eq!(grant("hybrid", json!("two words")), unreadable);
    assert!(matches!(grant("custom", json!("two words!")), RefreshAnswer::Granted(_)));
    assert!(matches!(grant("hybrid", json!(null)), RefreshAnswer::Granted(_)));
    assert_eq!(grant("custom", json!("x".repeat(17_000))), unreadable);
}
