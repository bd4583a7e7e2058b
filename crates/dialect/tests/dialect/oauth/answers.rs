//! What the token endpoint answers.

use std::sync::Arc;

use perennial_dialect::{Dialect, config::Config, oauth::Metadata};
use perennial_session::{
    Access, Account, Answer, CallKind, Confirmed, Doubt, Grant, RefreshAnswer, Secret, SignInAnswer,
    ValidateAnswer,
};
use serde_json::{Value, json};

use crate::support::{
    described, discovered, jwt, preset, redeem, refresh, to_refresh, to_validate, validate, wire,
};

fn claims() -> Value {
    json!({
        "iss": "https://login.example", "aud": "app", "sub": "u1", "nonce": "n", "iat": 1000, "exp": 1300,
        "name": "Ada", "email": "ada@example.org",
    })
}

fn ada() -> Arc<Account> {
    Arc::new(Account {
        id: "u1".to_owned(),
        name: "Ada".to_owned(),
        email: "ada@example.org".to_owned(),
        roles: None,
    })
}

fn body(id_token: &Value) -> Value {
    json!({
        "access_token": "opaque", "refresh_token": "next", "token_type": "Bearer", "expires_in": 600,
        "scope": "openid", "id_token": id_token,
    })
}

fn signed_in(dialect: &Dialect, body: &Value) -> Option<Grant> {
    let Answer::SignIn(answer) = dialect.answer(&redeem("n"), &wire(200, body.to_string())) else {
        panic!("an answer to something else")
    };
    match answer {
        SignInAnswer::Granted(grant) => Some(grant),
        SignInAnswer::Unknown(Doubt::Unreadable) => None,
        SignInAnswer::WrongCredentials
        | SignInAnswer::Refused { .. }
        | SignInAnswer::WrongOrigin
        | SignInAnswer::Later(_)
        | SignInAnswer::Unknown(_) => {
            panic!("{answer:?}")
        }
    }
}

fn with_claims(change: impl FnOnce(&mut Value)) -> Option<Grant> {
    let mut claims = claims();
    change(&mut claims);
    signed_in(&discovered(), &body(&json!(jwt(&claims))))
}

#[test]
fn the_id_token_says_who_signed_in() {
    let grant = with_claims(|_| {}).unwrap();
    assert_eq!(grant.access, Access::Token(Secret::new("opaque")));
    assert_eq!(grant.refresh, Some(Secret::new("next")));
    assert_eq!(grant.lifetime.map(|life| life.as_secs()), Some(600));
    assert_eq!(grant.account, Some(ada()));
}

/// Userinfo may name nobody else (OpenID Connect Core 1.0 section 5.3.2).
#[test]
fn an_id_token_with_no_more_than_the_identifier_says_whose_name_is_still_to_be_asked_for() {
    let mut bare = claims();
    for name in ["name", "email"] {
        bare.as_object_mut().unwrap().remove(name).unwrap();
    }
    let bare = body(&json!(jwt(&bare)));
    let account = signed_in(&discovered(), &bare).unwrap().account.unwrap();
    assert_eq!((&*account.id, &*account.name, &*account.email), ("u1", "", ""));
    let RefreshAnswer::Granted(grant) = to_refresh(&discovered(), &wire(200, bare.to_string())) else {
        panic!("not granted")
    };
    assert_eq!(grant.account, Some(account));
}

#[test]
fn when_an_id_token_ends_does_not_matter_as_no_clock_is_asked() {
    assert!(with_claims(|claims| claims["exp"] = json!(1)).is_some());
}

#[test]
fn an_id_token_of_another_provider_for_another_client_or_for_another_sign_in_grants_nothing() {
    for (name, values) in [
        ("iss", vec![json!("https://evil.example"), json!("https://login.example/"), json!(null), json!(7)]),
        ("aud", vec![json!("other"), json!(["other"]), json!([]), json!(null), json!(["app", "other"])]),
        ("azp", vec![json!("other"), json!(7), json!(null)]),
        ("nonce", vec![json!("m"), json!(""), json!(null), json!(["n"])]),
    ] {
        for value in values {
            assert_eq!(with_claims(|claims| claims[name] = value.clone()), None, "{name} {value}");
        }
        let remove = |claims: &mut Value| drop(claims.as_object_mut().unwrap().remove(name));
        assert_eq!(with_claims(remove).is_some(), name == "azp", "{name}");
    }
}

#[test]
fn an_id_token_for_several_says_which_of_them_asked_for_it() {
    assert!(with_claims(|claims| claims["aud"] = json!(["app"])).is_some());
    let several = |azp: Value| {
        with_claims(|claims| {
            claims["aud"] = json!(["other", "app"]);
            claims["azp"] = azp;
        })
    };
    assert!(several(json!("app")).is_some());
    assert_eq!(several(json!("other")), None);
}

#[test]
fn where_the_person_was_asked_for_an_answer_without_them_grants_nothing() {
    let openid = discovered();
    for id_token in [json!(null), json!(7), json!(""), json!("opaque"), json!("a.b.c")] {
        assert_eq!(signed_in(&openid, &body(&id_token)), None, "{id_token}");
    }
    let mut without = body(&json!(null));
    without.as_object_mut().unwrap().remove("id_token");
    assert_eq!(signed_in(&openid, &without), None);
}

#[test]
fn where_only_access_was_asked_for_the_person_is_asked_for_later() {
    let block = r#"{"preset": "oauth2",
        "oauth": {"issuer": "https://login.example", "client_id": "app", "scope": "api"}}"#;
    let metadata = Metadata::read(&wire(200, described().to_string()), "https://login.example").unwrap();
    let dialect = Config::parse(block).unwrap().dialect.with_metadata(&metadata);
    let token = json!({"access_token": jwt(&json!({"sub": "u1", "iat": 0, "exp": 600}))});
    let grant = signed_in(&dialect, &token).unwrap();
    assert_eq!((grant.account, grant.lifetime.map(|life| life.as_secs())), (None, Some(600)));
}

#[test]
fn a_refresh_rotates_and_needs_no_id_token() {
    let dialect = discovered();
    let refreshed = |body: &Value| match to_refresh(&dialect, &wire(200, body.to_string())) {
        RefreshAnswer::Granted(grant) => grant,
        other @ (RefreshAnswer::Refused(_) | RefreshAnswer::Later(_) | RefreshAnswer::Unknown(_)) => {
            panic!("{other:?}")
        }
    };
    let without =
        json!({"access_token": "a", "refresh_token": "b", "token_type": "bearer", "expires_in": 60});
    let grant = refreshed(&without);
    assert_eq!((grant.refresh, grant.account), (Some(Secret::new("b")), None));
    let mut repeated = claims();
    repeated.as_object_mut().unwrap().remove("nonce");
    assert_eq!(refreshed(&body(&json!(jwt(&repeated)))).account, Some(ada()));
    // The refresh token before it may be void already: the tokens are taken, and the claims are not.
    repeated["aud"] = json!("other");
    let grant = refreshed(&body(&json!(jwt(&repeated))));
    assert_eq!((grant.refresh, grant.account), (Some(Secret::new("next")), None));
}

/// Field 46. OpenID Connect Core 1.0 section 12.2: the provider, or who stands in for it, gave somebody else's tokens.
#[test]
fn a_refreshed_id_token_names_the_same_person_or_the_answer_is_not_taken() {
    let refreshed = |known: Option<&str>, claims: &Value| {
        let CallKind::Refresh { key, access, refresh, .. } = refresh() else { panic!() };
        let call = CallKind::Refresh { key, access, refresh, account: known.map(str::to_owned) };
        match discovered().answer(&call, &wire(200, body(&json!(jwt(claims))).to_string())) {
            Answer::Refresh(RefreshAnswer::Granted(grant)) => {
                Some(grant.account.map(|account| account.id.clone()))
            }
            Answer::Refresh(RefreshAnswer::Unknown(Doubt::Unreadable)) => None,
            Answer::SignIn(_)
            | Answer::Refresh(_)
            | Answer::Validate(_)
            | Answer::Clock(_)
            | Answer::SignOut(_) => panic!("neither granted nor unreadable"),
        }
    };
    let mut grace = claims();
    grace["sub"] = json!("u2");
    assert_eq!(refreshed(Some("u1"), &claims()), Some(Some("u1".to_owned())));
    assert_eq!(refreshed(Some("u1"), &grace), None);
    assert_eq!(refreshed(None, &grace), Some(Some("u2".to_owned())));
    // Of a token that is for somebody else nothing is believed, neither the person nor that it is another.
    grace["aud"] = json!("other");
    assert_eq!(refreshed(Some("u1"), &grace), Some(None));
}

/// Field 46.
#[test]
fn an_id_token_that_names_nobody_is_none() {
    for sub in [json!(null), json!(""), json!(7), json!(["u1"])] {
        assert_eq!(with_claims(|claims| claims["sub"] = sub.clone()), None, "{sub}");
    }
    assert_eq!(with_claims(|claims| drop(claims.as_object_mut().unwrap().remove("sub"))), None);
}

/// Field 46.
#[test]
fn the_id_token_that_is_known_is_that_of_an_answer_that_grants() {
    let known = |call: &CallKind, status: u16, claims: &Value| {
        let token = jwt(claims);
        let known = discovered().id_token(call, &wire(status, body(&json!(token)).to_string()));
        known.map(|known| known.expose() == token)
    };
    assert_eq!(known(&redeem("n"), 200, &claims()), Some(true));
    assert_eq!(known(&redeem("m"), 200, &claims()), None);
    assert_eq!(known(&refresh(), 200, &claims()), Some(true));
    assert_eq!(known(&refresh(), 500, &claims()), None);
    assert_eq!(known(&validate(), 200, &claims()), None);
    let mut foreign = claims();
    foreign["iss"] = json!("https://evil.example");
    assert_eq!(known(&refresh(), 200, &foreign), None);
    let token = body(&json!(jwt(&claims()))).to_string();
    assert_eq!(preset("hybrid").id_token(&refresh(), &wire(200, token)), None);
}

#[test]
fn userinfo_says_who_it_is() {
    let answer = to_validate(&discovered(), &wire(200, claims().to_string()));
    assert_eq!(answer, ValidateAnswer::Valid(Confirmed { account: Some(ada()), ..Confirmed::default() }));
    let body = json!({"sub": "u2", "preferred_username": "grace"});
    let ValidateAnswer::Valid(confirmed) = to_validate(&discovered(), &wire(200, body.to_string())) else {
        panic!("not valid")
    };
    assert_eq!(confirmed.account.unwrap().name, "grace");
}
