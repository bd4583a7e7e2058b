//! Lengths of time, in words.

/// Time left, briefly: minutes while it is far, seconds in the last two minutes.
///
/// It rounds up, so that what is shown reaches zero when the moment comes and not before.
#[must_use]
pub fn left(left_ms: u64) -> String {
    let seconds = left_ms.div_ceil(1000);
    if seconds < 60 {
        return format!("{seconds} s");
    }
    if seconds <= 120 {
        return match seconds % 60 {
            0 => format!("{} min", seconds / 60),
            rest => format!("{} min {rest} s", seconds / 60),
        };
    }
    let minutes = seconds.div_ceil(60);
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) if hours < 10 => format!("{hours} h {minutes} min"),
        (hours, _) => format!("{hours} h"),
    }
}

/// A length as a sentence says it: `60 minutes`, `1 minute`, `20 seconds`.
#[must_use]
pub fn length(seconds: u64) -> String {
    let (count, unit) = if seconds >= 7200 && seconds.is_multiple_of(3600) {
        (seconds / 3600, "hour")
    } else if seconds >= 60 && seconds.is_multiple_of(60) {
        (seconds / 60, "minute")
    } else {
        (seconds, "second")
    };
    if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") }
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
    let minutes = past_ms / 60_000;
    let (count, unit) = match minutes {
        0 => return "just now".to_owned(),
        1..60 => (minutes, "minute"),
        60..1440 => (minutes / 60, "hour"),
        _ => (minutes / 1440, "day"),
    };
    if count == 1 { format!("1 {unit} ago") } else { format!("{count} {unit}s ago") }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

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
}
