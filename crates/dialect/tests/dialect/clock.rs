//! What time it is at the server.

use perennial_dialect::answers::WireAnswer;
use perennial_session::{ClockAnswer, Doubt, Wall};

use crate::support::{PERENNIAL, to_clock, wire};

/// 1994-11-06 08:49:37 UTC, the example of RFC 9110.
const EXAMPLE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
const EXAMPLE_MS: u64 = 784_111_777_000;

fn dated(status: u16, date: &str) -> WireAnswer {
    WireAnswer { date: Some(date.to_owned()), ..wire(status, "") }
}

#[test]
fn the_date_of_any_answer_is_the_time_at_the_server() {
    for status in [200, 204, 304, 401, 404, 500, 503] {
        let answer = dated(status, EXAMPLE);
        assert_eq!(answer.server_date(), Some(Wall(EXAMPLE_MS)), "{status}");
        assert_eq!(to_clock(PERENNIAL, &answer), ClockAnswer::Date(Wall(EXAMPLE_MS)), "{status}");
    }
}

#[test]
fn an_answer_out_of_a_cache_tells_no_time() {
    let cached = |age: &str| WireAnswer { age: Some(age.to_owned()), ..dated(200, EXAMPLE) };
    for age in ["1", "86400", "", "x", "-0"] {
        assert_eq!(to_clock(PERENNIAL, &cached(age)), ClockAnswer::Unknown(Doubt::Unreadable), "{age:?}");
    }
    assert_eq!(to_clock(PERENNIAL, &cached("0")), ClockAnswer::Date(Wall(EXAMPLE_MS)));
}

#[test]
fn an_answer_without_a_date_that_can_be_read_leaves_the_time_unknown() {
    assert_eq!(to_clock(PERENNIAL, &wire(200, "")), ClockAnswer::Unknown(Doubt::Unreadable));
    for garbage in ["", "now", "784111777", "Sun, 06 Nov 1894 08:49:37 GMT", "Sun, 99 Nov 1994 08:49:37 GMT"]
    {
        assert_eq!(
            to_clock(PERENNIAL, &dated(200, garbage)),
            ClockAnswer::Unknown(Doubt::Unreadable),
            "{garbage:?}"
        );
    }
}
