//! How long a credential lives, in every unit in which backends say so.

use core::time::Duration;

use perennial_dialect::{
    Dialect, LifetimeUnit, answers::WireAnswer, config::Config, live::LiveMessage, token::Hint,
};
use perennial_session::{Access, Answer, CallKind, RefreshAnswer, Secret, ValidateAnswer};
use serde_json::{Value, json};

use crate::support::{PERENNIAL, jwt, preset, to_refresh, to_validate, token, wire};

/// 1994-11-06 08:49:37 UTC, the example of RFC 9110.
const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
const DATE_S: u64 = 784_111_777;

fn counted_in(unit: LifetimeUnit) -> Dialect {
    let mut dialect = PERENNIAL.clone();
    dialect.answers.expires_in_unit = unit;
    dialect
}

/// What is read of an answer whose own `Date` is the example, in milliseconds.
fn life(unit: LifetimeUnit, value: &Value) -> Option<u128> {
    life_of(unit, value, "opaque", &WireAnswer { date: Some(DATE.to_owned()), ..wire(200, "") })
}

fn life_of(unit: LifetimeUnit, value: &Value, token: &str, answer: &WireAnswer) -> Option<u128> {
    let body = json!({"access_token": token, "expires_in": value, "session": {"expires_in": value}});
    let answer = WireAnswer { body: body.to_string().into_bytes(), ..answer.clone() };
    let RefreshAnswer::Granted(grant) = to_refresh(&counted_in(unit), &answer) else { panic!("not granted") };
    if token == "opaque" {
        assert_eq!(grant.lifetime, grant.session_lifetime);
    }
    grant.lifetime.map(|life| life.as_millis())
}

#[test]
fn seconds_and_milliseconds_are_counted_from_the_request() {
    assert_eq!(life(LifetimeUnit::Seconds, &json!(900)), Some(900_000));
    assert_eq!(life(LifetimeUnit::Seconds, &json!(1.5)), Some(1_500));
    assert_eq!(life(LifetimeUnit::Milliseconds, &json!(900_000)), Some(900_000));
    assert_eq!(life(LifetimeUnit::Milliseconds, &json!(999)), None);
    assert_eq!(life(LifetimeUnit::Milliseconds, &json!(-1)), None);
}

#[test]
fn a_moment_is_compared_with_the_date_of_the_answer() {
    let moment = |value| life(LifetimeUnit::Moment, &value);
    assert_eq!(moment(json!(DATE_S + 60)), Some(60_000));
    assert_eq!(moment(json!(784_111_837.5)), Some(60_500));
    assert_eq!(moment(json!((DATE_S + 60) * 1000)), Some(60_000));
    assert_eq!(moment(json!("1994-11-06T08:50:37Z")), Some(60_000));
    assert_eq!(moment(json!("1994-11-06t08:50:37z")), Some(60_000));
    assert_eq!(moment(json!("1994-11-06 08:50:37Z")), Some(60_000));
    assert_eq!(moment(json!("1994-11-06T08:50:37.250Z")), Some(60_250));
    assert_eq!(moment(json!("1994-11-06T08:50:37.123456789Z")), Some(60_123));
    assert_eq!(moment(json!("1994-11-06T09:50:37+01:00")), Some(60_000));
    assert_eq!(moment(json!("1994-11-06T03:20:37-05:30")), Some(60_000));
    assert_eq!(moment(json!("1994-11-07T08:49:37Z")), Some(86_400_000));
    assert_eq!(moment(json!("1994-11-06T08:49:60Z")), Some(23_000));
}

#[test]
fn days_are_counted_across_months_and_leap_years() {
    let from = |date: &str, until: &str| {
        let answer = WireAnswer { date: Some(date.to_owned()), ..wire(200, "") };
        life_of(LifetimeUnit::Moment, &json!(until), "opaque", &answer).map(|ms| ms / 86_400_000)
    };
    assert_eq!(from("Tue, 27 Feb 2024 00:00:00 GMT", "2024-03-01T00:00:00Z"), Some(3));
    assert_eq!(from("Mon, 27 Feb 2023 00:00:00 GMT", "2023-03-01T00:00:00Z"), Some(2));
    assert_eq!(from("Sun, 27 Feb 2000 00:00:00 GMT", "2000-03-01T00:00:00Z"), Some(3));
    assert_eq!(from("Sun, 31 Dec 2023 00:00:00 GMT", "2024-12-31T00:00:00Z"), Some(366));
}

#[test]
fn a_moment_that_has_passed_or_cannot_be_read_says_nothing() {
    for value in [
        json!(DATE_S),
        json!(DATE_S - 60),
        json!(0),
        json!(-1),
        json!(-1e300),
        json!(""),
        json!("tomorrow"),
        json!("1994-11-06"),
        json!("1994-11-06T08:50:37"),
        json!("1994-13-06T08:50:37Z"),
        json!("1994-11-32T08:50:37Z"),
        json!("1994-11-06T24:50:37Z"),
        json!("1994-11-06T08:50:37.Z5"),
        json!("1994-11-06T08:50:37.1234567890Z"),
        json!("1994-11-06T08:50:37+0100"),
        json!("94-11-06T08:50:37Z"),
        json!("+994-11-06T08:50:37Z"),
        json!("1994-11-06T08:50:37Z "),
        json!("1994-11-06T08:50:37\u{e9}"),
        json!(null),
        json!([]),
    ] {
        assert_eq!(life(LifetimeUnit::Moment, &value), None, "{value}");
    }
}

#[test]
fn a_moment_ages_away_is_cut_to_400_days() {
    for value in [json!(1e300), json!(u64::MAX), json!("9999-12-31T23:59:59Z")] {
        assert_eq!(life(LifetimeUnit::Moment, &value), Some(34_560_000_000), "{value}");
    }
}

#[test]
fn without_a_date_the_moment_is_compared_with_when_the_token_was_made_and_never_with_the_device() {
    let moment = json!(DATE_S + 60);
    let made = jwt(&json!({"sub": "u", "iat": DATE_S + 50}));
    let undated = WireAnswer { received_wall_ms: DATE_S * 1000, ..wire(200, "") };
    assert_eq!(life_of(LifetimeUnit::Moment, &moment, &made, &undated), Some(10_000));
    assert_eq!(life_of(LifetimeUnit::Moment, &moment, "opaque", &undated), None);
    let cached = WireAnswer { date: Some(DATE.to_owned()), age: Some("7".to_owned()), ..undated };
    assert_eq!(life_of(LifetimeUnit::Moment, &moment, &made, &cached), Some(10_000));
    let dated = WireAnswer { date: Some(DATE.to_owned()), ..wire(200, "") };
    assert_eq!(life_of(LifetimeUnit::Moment, &moment, &made, &dated), Some(60_000));
}

#[test]
fn a_validation_says_how_long_a_cookie_still_lives() {
    let body = json!({"authenticated": true, "user": {"id": "u1"}, "expiresIn": 600, "redirectTo": "/queue"});
    let ValidateAnswer::Valid(confirmed) = to_validate(preset("cookie-pair"), &wire(200, body.to_string()))
    else {
        panic!("not valid")
    };
    assert_eq!(confirmed.lifetime, Some(Duration::from_secs(600)));
    assert_eq!(confirmed.landing.as_deref(), Some("/queue"));
}

/// Field 37.
#[test]
fn digits_in_a_text_are_a_number_wherever_a_number_is_read() {
    assert_eq!(life(LifetimeUnit::Seconds, &json!("12")), Some(12_000));
    assert_eq!(life(LifetimeUnit::Seconds, &json!(" 12.5 ")), Some(12_000));
    assert_eq!(life(LifetimeUnit::Milliseconds, &json!("12000")), Some(12_000));
    assert_eq!(life(LifetimeUnit::Moment, &json!((DATE_S + 12).to_string())), Some(12_000));
    assert_eq!(life(LifetimeUnit::Moment, &json!(((DATE_S + 12) * 1000).to_string())), Some(12_000));
    let ages = "9".repeat(400);
    assert_eq!(life(LifetimeUnit::Seconds, &json!(ages)), Some(34_560_000_000));
    for text in ["", "12 s", "0x12", "1e3", "+12", "-12", ".5", "12.", "\u{0661}\u{0662}"] {
        assert_eq!(life(LifetimeUnit::Seconds, &json!(text)), None, "{text}");
    }
    let claims = jwt(&json!({"sub": "u1", "iat": "1000", "exp": "1060"}));
    let hint = Hint::of(&claims, &PERENNIAL.claims);
    assert_eq!(hint.lifetime, Some(Duration::from_secs(60)));
    let event = PERENNIAL.live_message(r#"{"type":"event","number":"17","after":"16","event":{}}"#);
    let read = LiveMessage::Event { after: 16, number: 17, event: json!({}) };
    assert_eq!(event, Some(read));
    // What tells accounts apart is taken as it is written.
    let body = json!({"access_token": "opaque", "user": {"id": "007"}});
    let RefreshAnswer::Granted(grant) = to_refresh(PERENNIAL, &wire(200, body.to_string())) else { panic!() };
    assert_eq!(grant.account.unwrap().id, "007");
}

/// Field 37.
#[test]
fn a_lifetime_that_the_backend_never_says_is_the_one_that_is_configured() {
    let config = r#"{"preset": "hybrid", "access_lifetime_s": 300}"#;
    let dialect = Config::parse(config).unwrap().dialect;
    let life = |body: Value| {
        let RefreshAnswer::Granted(grant) = to_refresh(&dialect, &wire(200, body.to_string())) else {
            panic!("not granted")
        };
        grant.lifetime.map(|life| life.as_secs())
    };
    assert_eq!(life(json!({"access_token": "opaque"})), Some(300));
    assert_eq!(life(json!({"access_token": "opaque", "expires_in": "soon"})), Some(300));
    assert_eq!(life(json!({"access_token": "opaque", "expires_in": 60})), Some(60));
    let of_60_s = jwt(&json!({"sub": "u1", "iat": 1000, "exp": 1060}));
    assert_eq!(life(json!({"access_token": of_60_s})), Some(60));
    assert_eq!(
        dialect.header_grant(&of_60_s, &token(), None).map(|grant| grant.lifetime.as_secs()),
        Some(60)
    );
    let silent = jwt(&json!({"sub": "u1"}));
    assert_eq!(
        dialect.header_grant(&silent, &token(), None).map(|grant| grant.lifetime.as_secs()),
        Some(300)
    );
    assert_eq!(dialect.header_grant("opaque", &token(), None), None);
}

/// Field 43.
#[test]
fn a_validation_passes_on_how_long_the_credential_lives_in_all() {
    let mut cookies = preset("cookie-pair").clone();
    cookies.access_lifetime_s = Some(900);
    let confirmed = |dialect: &Dialect, access: Access| {
        let call = CallKind::Validate { access };
        let answer = dialect.answer(&call, &wire(200, r#"{"expiresIn": 20}"#));
        let Answer::Validate(ValidateAnswer::Valid(confirmed)) = answer else { panic!() };
        (confirmed.lifetime.map(|life| life.as_secs()), confirmed.whole_lifetime.map(|life| life.as_secs()))
    };
    assert_eq!(confirmed(&cookies, Access::Cookie), (Some(20), Some(900)));
    assert_eq!(confirmed(preset("cookie-pair"), Access::Cookie), (Some(20), None));
    let token = Secret::new(jwt(&json!({"iat": 1000, "exp": 1060})));
    let access = Access::Token(token);
    assert_eq!(confirmed(PERENNIAL, access).1, Some(60));
}
