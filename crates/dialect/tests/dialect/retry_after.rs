//! `Retry-After` in all its forms, seen through a refresh that is told to wait.

use core::time::Duration;

use perennial_dialect::answers::WireAnswer;
use perennial_session::RefreshAnswer;

use crate::support::{PERENNIAL, later, to_refresh};

/// 1994-11-06 08:49:37 UTC, the example of RFC 9110.
const EXAMPLE_MS: u64 = 784_111_777_000;

fn wait(wire: &WireAnswer) -> Option<u64> {
    match to_refresh(PERENNIAL, wire) {
        RefreshAnswer::Later(wait) => Some(wait.as_secs()),
        RefreshAnswer::Unknown(_) => None,
        RefreshAnswer::Granted(_) | RefreshAnswer::Refused(_) => panic!("a 429 decided something"),
    }
}

fn dated(retry_after: &str, date: &str) -> WireAnswer {
    WireAnswer { date: Some(date.to_owned()), ..later(429, retry_after) }
}

#[test]
fn seconds_are_a_wait() {
    assert_eq!(wait(&later(429, "120")), Some(120));
    assert_eq!(wait(&later(429, " 120 ")), Some(120));
    assert_eq!(wait(&later(429, "0")), Some(0));
}

#[test]
fn a_date_is_measured_against_the_date_of_the_answer() {
    let wire = dated("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:48:37 GMT");
    assert_eq!(wait(&wire), Some(60));
    let clock_a_day_off = WireAnswer { received_wall_ms: EXAMPLE_MS + 86_400_000, ..wire };
    assert_eq!(wait(&clock_a_day_off), Some(60));
}

#[test]
fn a_date_is_measured_against_the_device_when_the_answer_has_none() {
    let wire = later(429, "Sun, 06 Nov 1994 08:49:37 GMT");
    let wire = WireAnswer { received_wall_ms: EXAMPLE_MS - 5_000, ..wire };
    assert_eq!(wait(&wire), Some(5));
    assert_eq!(wait(&WireAnswer { date: Some("yesterday".to_owned()), ..wire }), Some(5));
}

#[test]
fn the_obsolete_forms_of_a_date_are_read_too() {
    let now = "Sun, 06 Nov 1994 08:49:07 GMT";
    assert_eq!(wait(&dated("Sunday, 06-Nov-94 08:49:37 GMT", now)), Some(30));
    assert_eq!(wait(&dated("Sun Nov  6 08:49:37 1994", now)), Some(30));
}

#[test]
fn a_date_in_the_past_is_no_wait() {
    let wire = dated("Sun, 06 Nov 1994 08:49:37 GMT", "Mon, 07 Nov 1994 08:49:37 GMT");
    assert_eq!(to_refresh(PERENNIAL, &wire), RefreshAnswer::Later(Duration::ZERO));
}

#[test]
fn more_than_a_day_is_cut_to_a_day() {
    for absurd in ["86401", "99999999999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"] {
        assert_eq!(wait(&later(503, absurd)), Some(86_400), "{absurd}");
    }
}

#[test]
fn garbage_is_ignored() {
    for garbage in
        ["", " ", "-1", "+1", "1.5", "1e3", "soon", "5, 10", "5s", "٣", "Sun, 99 Nov 1994 08:49:37 GMT", "\0"]
    {
        assert_eq!(wait(&later(429, garbage)), None, "{garbage:?}");
    }
}
