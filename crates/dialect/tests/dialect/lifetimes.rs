//! How long a credential lives, in every unit in which backends say so.

use core::time::Duration;

use perennial_dialect::{Dialect, LifetimeUnit, answers::WireAnswer};
use perennial_session::{RefreshAnswer, ValidateAnswer};
use serde_json::{Value, json};

use crate::support::{PERENNIAL, jwt, preset, to_refresh, to_validate, wire};

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
