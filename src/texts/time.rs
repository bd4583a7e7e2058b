//! Lengths of time, in words.

use super::{fill, number::count, t};

/// Time left, briefly: minutes while it is far, seconds in the last two minutes.
///
/// It rounds up, so that what is shown reaches zero when the moment comes and not before.
#[must_use]
pub fn left(left_ms: u64) -> String {
    let texts = &t().time;
    let seconds = left_ms.div_ceil(1000);
    if seconds <= 120 {
        return joined(texts.min, seconds / 60, texts.s, seconds % 60);
    }
    let minutes = seconds.div_ceil(60);
    let hours = minutes / 60;
    joined(texts.h, hours, texts.min, if hours < 10 { minutes % 60 } else { 0 })
}

/// A length as a sentence says it: `60 minutes`, `1 minute`, `20 seconds`.
#[must_use]
pub fn length(seconds: u64) -> String {
    let texts = &t().time;
    if seconds >= 7200 && seconds.is_multiple_of(3600) {
        count(texts.hours, seconds / 3600, plain)
    } else if seconds >= 60 && seconds.is_multiple_of(60) {
        count(texts.minutes, seconds / 60, plain)
    } else {
        count(texts.seconds, seconds, plain)
    }
}

/// A count as a clock shows it: `4:59`.
#[must_use]
pub fn countdown(left_ms: u64) -> String {
    let seconds = left_ms.div_ceil(1000);
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// How long ago something was.
#[must_use]
pub fn ago(past_ms: u64) -> String {
    let texts = &t().time;
    let minutes = past_ms / 60_000;
    match minutes {
        0 => texts.just_now.to_owned(),
        1..60 => count(texts.minutes_ago, minutes, plain),
        60..1440 => count(texts.hours_ago, minutes / 60, plain),
        _ => count(texts.days_ago, minutes / 1440, plain),
    }
}

/// So many of the larger unit and the rest in the smaller, without whichever there is none of.
fn joined(large: &str, many: u64, small: &str, rest: u64) -> String {
    let brief = |unit, number: u64| fill(unit, &[("n", &number.to_string())]);
    match (many, rest) {
        (0, rest) => brief(small, rest),
        (many, 0) => brief(large, many),
        (many, rest) => format!("{} {}", brief(large, many), brief(small, rest)),
    }
}

fn plain(number: u64) -> String {
    number.to_string()
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::{super::spoken::in_german, *};

    #[test]
    fn time_left_is_minutes_while_far_and_seconds_when_near() {
        assert_eq!(left(54 * 60_000), "54 min");
        assert_eq!(left(53 * 60_000 + 1), "54 min");
        assert_eq!(left(120_001), "3 min");
        assert_eq!(left(120_000), "2 min");
        assert_eq!(left(95_000), "1 min 35 s");
        assert_eq!(left(3_200), "4 s");
        assert_eq!(left(0), "0 s");
    }

    #[test]
    fn long_times_are_told_in_hours() {
        assert_eq!(left(3_600_000), "1 h");
        assert_eq!(left(100 * 60_000), "1 h 40 min");
        assert_eq!(left(24 * 3_600_000 - 5), "24 h");
    }

    #[test]
    fn a_limit_of_an_hour_is_said_in_minutes() {
        assert_eq!(length(3600), "60 minutes");
        assert_eq!(length(60), "1 minute");
        assert_eq!(length(1), "1 second");
        assert_eq!(length(90), "90 seconds");
        assert_eq!(length(86_400), "24 hours");
    }

    #[test]
    fn a_countdown_shows_zero_only_at_the_end() {
        assert_eq!(countdown(300_000), "5:00");
        assert_eq!(countdown(298_900), "4:59");
        assert_eq!(countdown(1), "0:01");
        assert_eq!(countdown(0), "0:00");
    }

    #[test]
    fn the_past_is_told_in_its_largest_unit() {
        assert_eq!(ago(59_999), "just now");
        assert_eq!(ago(60_000), "1 minute ago");
        assert_eq!(ago(150 * 60_000), "2 hours ago");
        assert_eq!(ago(30 * 3_600_000), "1 day ago");
    }

    #[test]
    fn times_are_told_in_german_too() {
        in_german(|| {
            assert_eq!(left(100 * 60_000), "1 Std. 40 Min.");
            assert_eq!(left(95_000), "1 Min. 35 Sek.");
            assert_eq!(length(60), "1 Minute");
            assert_eq!(length(86_400), "24 Stunden");
            assert_eq!(ago(60_000), "vor 1 Minute");
            assert_eq!(ago(50 * 3_600_000), "vor 2 Tagen");
            assert_eq!(ago(0), "gerade eben");
        });
    }
}
