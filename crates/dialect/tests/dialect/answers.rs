//! The `perennial` preset and every row of the table of answers.

use core::time::Duration;
use std::sync::Arc;

use perennial_dialect::{Dialect, Gateway401, answers::WireAnswer, wire};
use perennial_session::{
    Access, Account, Confirmed, Doubt, Grant, RefreshAnswer, Refusal, Secret, SignInAnswer, SignOutAnswer,
    ValidateAnswer,
};
use serde_json::{Value, json};

use crate::support::{
    PERENNIAL, grant_body, jwt, later, preset, problem, to_refresh, to_sign_in, to_sign_out, to_validate,
    wire as answer,
};

/// Every status that decides nothing for a refresh, whatever comes with it.
const UNDECIDED: [u16; 19] =
    [100, 199, 300, 301, 302, 307, 400, 403, 404, 405, 408, 409, 410, 418, 422, 500, 502, 504, 599];

fn granted(body: &Value) -> Option<Grant> {
    match to_refresh(PERENNIAL, &answer(200, body.to_string())) {
        RefreshAnswer::Granted(grant) => Some(grant),
        RefreshAnswer::Unknown(Doubt::Unreadable) => None,
        RefreshAnswer::Unknown(_) | RefreshAnswer::Refused(_) | RefreshAnswer::Later(_) => {
            panic!("neither granted nor unreadable")
        }
    }
}

fn without(path: &[&str]) -> Value {
    let mut body = grant_body("opaque");
    let (last, parents) = path.split_last().unwrap();
    let parent = parents.iter().fold(&mut body, |value, key| &mut value[*key]);
    parent.as_object_mut().unwrap().remove(*last).unwrap();
    body
}

fn ada() -> Arc<Account> {
    Arc::new(Account {
        id: "u1".to_owned(),
        name: "Ada".to_owned(),
        email: "ada@example.org".to_owned(),
        roles: Some(vec!["member".to_owned()]),
    })
}

#[test]
fn what_the_reference_backend_grants_is_read_in_full() {
    let body = wire::Grant {
        access_token: "opaque".to_owned(),
        token_type: "Bearer".to_owned(),
        expires_in: 900,
        session: wire::SessionInfo { id: "s1".to_owned(), expires_in: 86400 },
        user: wire::User {
            id: "u1".to_owned(),
            email: "ada@example.org".to_owned(),
            name: "Ada".to_owned(),
            roles: vec!["member".to_owned()],
        },
        landing: "/devices".to_owned(),
        sign_out_ticket: "ticket".to_owned(),
    };
    let body = serde_json::to_vec(&body).unwrap();
    let expected = Grant {
        access: Access::Token(Secret::new("opaque")),
        refresh: None,
        lifetime: Some(Duration::from_secs(900)),
        account: Some(ada()),
        session_id: Some("s1".to_owned()),
        session_lifetime: Some(Duration::from_secs(86400)),
        landing: Some("/devices".to_owned()),
        sign_out_ticket: Some(Secret::new("ticket")),
    };
    assert_eq!(to_sign_in(PERENNIAL, &answer(200, body.clone())), SignInAnswer::Granted(expected.clone()));
    assert_eq!(to_refresh(PERENNIAL, &answer(200, body)), RefreshAnswer::Granted(expected));
}

#[test]
fn what_the_reference_backend_says_of_a_session_is_read_in_full() {
    let profile = wire::Profile {
        session: wire::SessionInfo { id: "s1".to_owned(), expires_in: 7 },
        user: wire::User {
            id: "u1".to_owned(),
            email: "ada@example.org".to_owned(),
            name: "Ada".to_owned(),
            roles: vec!["member".to_owned()],
        },
    };
    assert_eq!(
        to_validate(PERENNIAL, &answer(200, serde_json::to_vec(&profile).unwrap())),
        ValidateAnswer::Valid(Confirmed {
            account: Some(ada()),
            session_lifetime: Some(Duration::from_secs(7)),
            ..Confirmed::default()
        })
    );
}

#[test]
fn the_reason_of_the_reference_backend_is_where_the_dialect_looks_for_it() {
    let problem = wire::Problem {
        kind: "urn:perennial:problem:session_revoked".to_owned(),
        title: "The session was ended".to_owned(),
        status: 401,
        detail: "Sign in again.".to_owned(),
        reason: "session_revoked".to_owned(),
        retry_after_s: None,
        limit: None,
        limit_bytes: None,
    };
    assert_eq!(
        to_refresh(PERENNIAL, &answer(401, serde_json::to_vec(&problem).unwrap())),
        RefreshAnswer::Refused(Refusal::Revoked)
    );
}

#[test]
fn a_refused_refresh_says_why() {
    for (reason, refusal) in [
        ("refresh_missing", Refusal::Missing),
        ("session_revoked", Refusal::Revoked),
        ("session_expired", Refusal::Expired),
        ("refresh_reused", Refusal::Reused),
        ("refresh_unknown", Refusal::Unspecified),
        ("something_new", Refusal::Unspecified),
    ] {
        assert_eq!(to_refresh(PERENNIAL, &problem(401, reason)), RefreshAnswer::Refused(refusal), "{reason}");
    }
}

#[test]
fn a_refusal_stands_even_when_its_reason_cannot_be_read() {
    for body in ["", "<html>", "[]", "null", r#"{"reason":7}"#, r#"{"reason":["session_revoked"]}"#, "{"] {
        let refused = answer(401, body);
        assert_eq!(to_refresh(PERENNIAL, &refused), RefreshAnswer::Refused(Refusal::Unspecified), "{body}");
        assert_eq!(
            to_validate(PERENNIAL, &refused),
            ValidateAnswer::Unauthorized(Refusal::Unspecified),
            "{body}"
        );
    }
}

#[test]
fn a_refresh_answered_429_or_503_with_a_wait_is_tried_later() {
    for status in [429, 503] {
        let expected = RefreshAnswer::Later(Duration::from_secs(7));
        assert_eq!(to_refresh(PERENNIAL, &later(status, "7")), expected, "{status}");
    }
}

#[test]
fn a_refresh_answered_429_or_503_without_a_wait_that_can_be_read_decides_nothing() {
    for status in [429, 503] {
        let expected = RefreshAnswer::Unknown(Doubt::Status(status));
        assert_eq!(to_refresh(PERENNIAL, &answer(status, "")), expected, "{status}");
        assert_eq!(to_refresh(PERENNIAL, &later(status, "soon")), expected, "{status}");
    }
}

#[test]
fn a_wait_with_any_other_status_changes_nothing() {
    assert_eq!(to_refresh(PERENNIAL, &later(500, "7")), RefreshAnswer::Unknown(Doubt::Status(500)));
    assert_eq!(to_refresh(PERENNIAL, &later(401, "7")), RefreshAnswer::Refused(Refusal::Unspecified));
}

#[test]
fn any_other_status_decides_nothing_even_with_the_words_of_a_refusal() {
    for status in UNDECIDED {
        let wire = problem(status, "session_revoked");
        assert_eq!(to_sign_in(PERENNIAL, &wire), SignInAnswer::Unknown(Doubt::Status(status)));
        assert_eq!(to_refresh(PERENNIAL, &wire), RefreshAnswer::Unknown(Doubt::Status(status)));
        assert_eq!(to_validate(PERENNIAL, &wire), ValidateAnswer::Unknown(Doubt::Status(status)));
        assert_eq!(to_sign_out(PERENNIAL, &wire), not_signed_out(status));
    }
}

/// Fields 40 and 45. Of a redirect the browser shows nothing but that it is one. Most who redirect a call for JSON are
/// gateways that want to show a page; a refusal it is for nobody, however refusals are described.
#[test]
fn a_redirect_decides_nothing() {
    let mut all_refused = PERENNIAL.clone();
    all_refused.gateway_401 = Gateway401::Refused;
    for dialect in [PERENNIAL, &all_refused] {
        let hidden = answer(0, "");
        assert_eq!(to_sign_in(dialect, &hidden), SignInAnswer::Unknown(Doubt::Gateway));
        assert_eq!(to_refresh(dialect, &hidden), RefreshAnswer::Unknown(Doubt::Gateway));
        assert_eq!(to_validate(dialect, &hidden), ValidateAnswer::Unknown(Doubt::Gateway));
        assert_eq!(to_sign_out(dialect, &hidden), SignOutAnswer::Unknown(Doubt::Gateway));
        assert!(dialect.is_from_between(0, None, None));
    }
}

#[test]
fn the_page_of_a_captive_portal_is_understood_as_nothing() {
    let portal = answer(200, "<!doctype html><title>Welcome to the Wi-Fi</title>");
    assert_eq!(to_sign_in(PERENNIAL, &portal), SignInAnswer::Unknown(Doubt::Unreadable));
    assert_eq!(to_refresh(PERENNIAL, &portal), RefreshAnswer::Unknown(Doubt::Unreadable));
    assert_eq!(to_validate(PERENNIAL, &portal), ValidateAnswer::Unknown(Doubt::Unreadable));
    assert_eq!(to_sign_out(PERENNIAL, &portal), SignOutAnswer::Unknown(Doubt::Unreadable));
}

#[test]
fn a_2xx_without_a_usable_token_grants_nothing() {
    for token in [json!(null), json!(""), json!(7), json!({}), json!("two words"), json!("a\r\nCookie: b")] {
        let mut body = grant_body("");
        body["access_token"] = token;
        assert_eq!(granted(&body), None, "{body}");
    }
    assert_eq!(granted(&without(&["access_token"])), None);
    assert_eq!(granted(&json!([grant_body("opaque")])), None);
    assert_eq!(to_refresh(PERENNIAL, &answer(204, "")), RefreshAnswer::Unknown(Doubt::Unreadable));
}

#[test]
fn a_token_of_another_kind_than_bearer_is_not_used() {
    let mut body = grant_body("opaque");
    body["token_type"] = json!("DPoP");
    assert_eq!(granted(&body), None);
    body["token_type"] = json!("bearer");
    assert!(granted(&body).is_some());
    assert!(granted(&without(&["token_type"])).is_some());
}

/// Whoever takes the token asks whose it is before anybody is shown as signed in.
#[test]
fn a_token_may_come_without_a_word_about_whose_it_is() {
    assert_eq!(granted(&without(&["user"])).unwrap().account, None);
    assert_eq!(granted(&without(&["user", "id"])).unwrap().account, None);
}

#[test]
fn an_answer_that_says_no_in_its_body_is_understood_as_nothing() {
    for verdict in ["authenticated", "success"] {
        let mut body = grant_body("opaque");
        body[verdict] = json!(false);
        let contradiction = answer(200, body.to_string());
        assert_eq!(granted(&body), None, "{verdict}");
        assert_eq!(
            to_sign_in(PERENNIAL, &contradiction),
            SignInAnswer::Unknown(Doubt::Unreadable),
            "{verdict}"
        );
        assert_eq!(
            to_validate(PERENNIAL, &contradiction),
            ValidateAnswer::Unknown(Doubt::Unreadable),
            "{verdict}"
        );
        assert_eq!(
            to_sign_out(PERENNIAL, &contradiction),
            SignOutAnswer::Unknown(Doubt::Unreadable),
            "{verdict}"
        );
        body[verdict] = json!(true);
        assert!(granted(&body).is_some(), "{verdict}");
    }
}

#[test]
fn what_the_body_leaves_out_is_taken_from_the_token() {
    let token = jwt(&json!({"sub": "u9", "sid": "s9", "iat": 1000, "exp": 1060}));
    let grant = granted(&json!({"access_token": token})).unwrap();
    assert_eq!(grant.lifetime, Some(Duration::from_secs(60)));
    assert_eq!(grant.session_id.as_deref(), Some("s9"));
    assert_eq!(grant.session_lifetime, None);
    assert_eq!(grant.landing, None);
}

/// A number nobody knows must not take the place of a name.
#[test]
fn the_account_is_taken_from_the_token_only_where_nobody_can_be_asked() {
    let body = json!({"access_token": jwt(&json!({"sub": "u9"}))});
    assert_eq!(granted(&body).unwrap().account, None);
    let mut silent = PERENNIAL.clone();
    silent.endpoints.validate = None;
    let RefreshAnswer::Granted(grant) = to_refresh(&silent, &answer(200, body.to_string())) else {
        panic!("not granted")
    };
    let account = Account { id: "u9".to_owned(), name: String::new(), email: String::new(), roles: None };
    assert_eq!(grant.account, Some(Arc::new(account)));
}

#[test]
fn an_account_may_be_a_number() {
    let mut body = grant_body("opaque");
    for (number, id) in [(json!(7), "7"), (json!(-7), "-7"), (json!(u64::MAX), "18446744073709551615")] {
        body["user"]["id"] = number;
        assert_eq!(granted(&body).unwrap().account.unwrap().id, id);
    }
    for nonsense in [json!(1.5), json!(true), json!([]), json!("")] {
        body["user"]["id"] = nonsense;
        assert_eq!(granted(&body).unwrap().account, None, "{body}");
    }
}

#[test]
fn what_the_body_says_goes_before_what_the_token_says() {
    let token = jwt(&json!({"sub": "u9", "sid": "s9", "iat": 1000, "exp": 1060}));
    let grant = granted(&grant_body(&token)).unwrap();
    assert_eq!(grant.lifetime, Some(Duration::from_secs(900)));
    assert_eq!(grant.session_id.as_deref(), Some("s1"));
    assert_eq!(grant.account, Some(ada()));
}

/// Field 47. What an answer leaves out it does not say: the session may know it from another.
#[test]
fn a_person_without_a_name_is_shown_by_the_address_and_without_that_by_the_identifier() {
    let nameless = granted(&without(&["user", "name"])).unwrap().account.unwrap();
    assert_eq!((nameless.name.as_str(), nameless.shown_name()), ("", "ada@example.org"));
    let body = json!({"access_token": "opaque", "user": {"id": "u1", "name": "", "email": null}});
    let bare = granted(&body).unwrap().account.unwrap();
    assert_eq!((bare.email.as_str(), bare.shown_name(), &bare.roles), ("", "u1", &None));
}

/// Field 47.
#[test]
fn a_name_may_be_joined_from_its_parts() {
    let mut dialect = PERENNIAL.clone();
    dialect.answers.user_name_parts = vec!["user.first_name".into(), "user.last_name".into()].into();
    let name = |user: Value| {
        let body = json!({"access_token": "opaque", "user": user});
        match to_refresh(&dialect, &answer(200, body.to_string())) {
            RefreshAnswer::Granted(grant) => grant.account.map(|account| account.name.clone()),
            RefreshAnswer::Refused(_) | RefreshAnswer::Later(_) | RefreshAnswer::Unknown(_) => None,
        }
    };
    let of = |first: Value, last: Value| json!({"id": "u1", "email": "ada@example.org", "first_name": first, "last_name": last});
    assert_eq!(name(of(json!("Ada"), json!("Lovelace"))).as_deref(), Some("Ada Lovelace"));
    assert_eq!(name(of(json!(" Ada "), json!(""))).as_deref(), Some("Ada"));
    assert_eq!(name(of(json!(null), json!("Lovelace"))).as_deref(), Some("Lovelace"));
    assert_eq!(name(of(json!(7), json!(" "))).as_deref(), Some(""));
    let mut whole = of(json!("Ada"), json!("Lovelace"));
    whole["name"] = json!("Countess");
    assert_eq!(name(whole).as_deref(), Some("Countess"));
}

#[test]
fn first_and_last_names_are_found_without_a_word_of_configuration() {
    for name in ["exchange", "cookie-pair", "hybrid", "custom"] {
        for [first, last] in [["first_name", "last_name"], ["firstName", "lastName"]] {
            let user = json!({"id": "u1", first: "Ada", last: "Lovelace"});
            let body = json!({
                "token": "opaque", "access_token": "opaque", "expiresIn": 60, "authenticated": true, "user": user
            });
            let answer = to_refresh(preset(name), &answer(200, body.to_string()));
            let RefreshAnswer::Granted(Grant { account: Some(account), .. }) = answer else {
                panic!("{name}: {answer:?}")
            };
            assert_eq!(account.name, "Ada Lovelace", "{name}");
        }
    }
}

/// Field 47. A person may stand in an object of their own or at the top, and in both places at once.
#[test]
fn first_and_last_names_are_found_at_the_top_of_an_answer_and_once() {
    let name = |preset_name: &str, body: &Value| {
        let ValidateAnswer::Valid(confirmed) =
            to_validate(preset(preset_name), &answer(200, body.to_string()))
        else {
            panic!("{preset_name}")
        };
        confirmed.account.unwrap().name.clone()
    };
    for preset_name in ["hybrid", "custom"] {
        for [first, last] in [["first_name", "last_name"], ["firstName", "lastName"]] {
            let at_the_top = json!({"id": "u1", "email": "ada@example.org", first: "Ada", last: "Lovelace"});
            assert_eq!(name(preset_name, &at_the_top), "Ada Lovelace", "{preset_name}");
            let mut both = at_the_top.clone();
            both["user"] = json!({"id": "u1", first: "Ada", last: "King"});
            assert_eq!(name(preset_name, &both), "Ada King", "{preset_name}");
            both["user"] = json!({"id": "u1", first: "Ada", last: " "});
            assert_eq!(name(preset_name, &both), "Ada Lovelace", "{preset_name}");
        }
    }
    // Two parts may read the same, and stand in fields of the same name.
    let mut twice = preset("custom").clone();
    twice.answers.user_name_parts = vec!["names.0.text".into(), "names.1.text".into()].into();
    let body = json!({"id": "u1", "names": [{"text": "James"}, {"text": "James"}]});
    let ValidateAnswer::Valid(confirmed) = to_validate(&twice, &answer(200, body.to_string())) else {
        panic!()
    };
    assert_eq!(confirmed.account.unwrap().name, "James James");
}

/// Field 47. That somebody has no roles is said by an empty list; where there is no list, nothing is said.
#[test]
fn roles_that_are_no_words_are_left_out() {
    let mut body = grant_body("opaque");
    body["user"]["roles"] = json!(["a", 7, null, "b"]);
    assert_eq!(
        granted(&body).unwrap().account.unwrap().roles.as_deref(),
        Some(&["a".to_owned(), "b".to_owned()][..])
    );
    for (said, read) in [(json!([]), Some(vec![])), (json!("admin"), None), (json!(null), None)] {
        body["user"]["roles"] = said;
        assert_eq!(granted(&body).unwrap().account.unwrap().roles, read, "{body}");
    }
}

#[test]
fn a_lifetime_that_makes_no_sense_is_as_good_as_none() {
    for expires_in in [
        json!(0),
        json!(-5),
        json!(0.9),
        json!("soon"),
        json!("-5"),
        json!("0.9"),
        json!(""),
        json!("1.2.3"),
        json!("9e9"),
        json!(null),
        json!([]),
        json!(-1e300),
    ] {
        let mut body = grant_body("opaque");
        body["expires_in"] = expires_in.clone();
        body["session"]["expires_in"] = expires_in;
        let grant = granted(&body).unwrap();
        assert_eq!((grant.lifetime, grant.session_lifetime), (None, None), "{body}");
    }
}

#[test]
fn a_lifetime_of_ages_is_cut_to_400_days() {
    for expires_in in [json!(u64::MAX), json!(1e300), json!(34_560_001)] {
        let mut body = grant_body("opaque");
        body["expires_in"] = expires_in;
        assert_eq!(granted(&body).unwrap().lifetime, Some(Duration::from_secs(34_560_000)), "{body}");
    }
}

#[test]
fn a_landing_place_outside_of_the_application_is_ignored() {
    for landing in ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "", "x"]
    {
        let mut body = grant_body("opaque");
        body["landing"] = json!(landing);
        assert_eq!(granted(&body).unwrap().landing, None, "{landing}");
    }
    let mut body = grant_body("opaque");
    body["landing"] = json!("/devices?sort=new#top");
    assert_eq!(granted(&body).unwrap().landing.as_deref(), Some("/devices?sort=new#top"));
}

#[test]
fn a_sign_in_answered_401_means_wrong_credentials_whatever_the_body() {
    assert_eq!(to_sign_in(PERENNIAL, &problem(401, "wrong_credentials")), SignInAnswer::WrongCredentials);
    assert_eq!(to_sign_in(PERENNIAL, &answer(401, "")), SignInAnswer::WrongCredentials);
}

#[test]
fn a_sign_in_after_too_many_attempts_may_be_tried_later() {
    assert_eq!(to_sign_in(PERENNIAL, &later(429, "30")), SignInAnswer::Later(Duration::from_secs(30)));
    assert_eq!(to_sign_in(PERENNIAL, &answer(429, "")), SignInAnswer::Unknown(Doubt::Status(429)));
    assert_eq!(to_sign_in(PERENNIAL, &later(503, "30")), SignInAnswer::Unknown(Doubt::Status(503)));
}

#[test]
fn a_validation_answered_401_is_unauthorized_for_the_reason_given() {
    for (reason, refusal) in [
        ("session_revoked", Refusal::Revoked),
        ("session_expired", Refusal::Expired),
        ("token_expired", Refusal::Unspecified),
        ("token_invalid", Refusal::Unspecified),
        ("token_missing", Refusal::Unspecified),
    ] {
        assert_eq!(
            to_validate(PERENNIAL, &problem(401, reason)),
            ValidateAnswer::Unauthorized(refusal),
            "{reason}"
        );
    }
}

#[test]
fn a_validation_answered_with_anything_else_decides_nothing() {
    for status in [204, 429, 503] {
        assert!(
            matches!(to_validate(PERENNIAL, &later(status, "7")), ValidateAnswer::Unknown(_)),
            "{status}"
        );
    }
}

#[test]
fn a_session_may_be_good_without_saying_whose_it_is() {
    let valid = ValidateAnswer::Valid(Confirmed::default());
    assert_eq!(to_validate(PERENNIAL, &answer(200, "{}")), valid);
}

#[test]
fn a_sign_out_is_done_when_the_server_says_so() {
    assert_eq!(to_sign_out(PERENNIAL, &answer(204, "")), SignOutAnswer::Done);
    assert_eq!(to_sign_out(PERENNIAL, &answer(200, r#"{"success":true}"#)), SignOutAnswer::Done);
    assert_eq!(to_sign_out(PERENNIAL, &answer(403, "")), SignOutAnswer::Unknown(Doubt::Status(403)));
}

/// Field 40. A single sign-on in front of the backend answers with its own page, and says nothing about the session.
#[test]
fn a_401_with_the_page_of_a_gateway_decides_nothing() {
    for content_type in ["text/html", "text/html; charset=utf-8", "Text/HTML ;charset=UTF-8"] {
        let page = "<!doctype html><title>Sign in to your company</title>";
        let page = WireAnswer { content_type: Some(content_type.to_owned()), ..answer(401, page) };
        let gateway = Doubt::Gateway;
        assert_eq!(to_refresh(PERENNIAL, &page), RefreshAnswer::Unknown(gateway), "{content_type}");
        assert_eq!(to_validate(PERENNIAL, &page), ValidateAnswer::Unknown(gateway));
        assert_eq!(to_sign_in(PERENNIAL, &page), SignInAnswer::Unknown(gateway));
        assert_eq!(to_sign_out(PERENNIAL, &page), SignOutAnswer::Unknown(gateway));
        assert!(PERENNIAL.is_from_between(401, Some(content_type), None));
    }
}

/// Field 40. Another status, another type, or a scheme to ask with: then it is the backend that speaks.
#[test]
fn a_401_of_the_backend_refuses() {
    let refused = RefreshAnswer::Refused(Refusal::Unspecified);
    let of_type = |content_type: Option<&str>| WireAnswer {
        content_type: content_type.map(str::to_owned),
        ..answer(401, "")
    };
    for content_type in [None, Some(""), Some("application/json"), Some("text/plain"), Some("text/html5")] {
        assert_eq!(to_refresh(PERENNIAL, &of_type(content_type)), refused, "{content_type:?}");
    }
    let with_scheme =
        WireAnswer { www_authenticate: Some("Bearer".to_owned()), ..of_type(Some("text/html")) };
    assert_eq!(to_refresh(PERENNIAL, &with_scheme), refused);
    assert!(!PERENNIAL.is_from_between(403, Some("text/html"), None));
}

/// Field 40. A backend whose own refusals are pages can be described.
#[test]
fn a_backend_that_refuses_with_a_page_can_say_so() {
    let dialect = Dialect { gateway_401: Gateway401::Refused, ..PERENNIAL.clone() };
    let page = WireAnswer { content_type: Some("text/html".to_owned()), ..answer(401, "<html>") };
    assert_eq!(to_refresh(&dialect, &page), RefreshAnswer::Refused(Refusal::Unspecified));
    assert_eq!(to_validate(&dialect, &page), ValidateAnswer::Unauthorized(Refusal::Unspecified));
}

fn not_signed_out(status: u16) -> SignOutAnswer {
    match status {
        404 => SignOutAnswer::NoSession { status },
        status => SignOutAnswer::Unknown(Doubt::Status(status)),
    }
}

/// Field 38.
#[test]
fn a_server_that_recognises_no_session_has_not_ended_one() {
    for status in [401, 404] {
        assert_eq!(to_sign_out(PERENNIAL, &answer(status, "")), SignOutAnswer::NoSession { status });
    }
}

#[test]
fn a_body_of_absurd_size_is_not_read() {
    let mut body = grant_body("opaque");
    body["padding"] = json!("x".repeat(8 << 20));
    assert_eq!(granted(&body), None);
    let mut refused = json!({"reason": "session_revoked"});
    refused["padding"] = body["padding"].take();
    assert_eq!(
        to_refresh(PERENNIAL, &answer(401, refused.to_string())),
        RefreshAnswer::Refused(Refusal::Unspecified)
    );
}
