//! Moments on the server's clock, as bodies write them.

use core::time::Duration;

use serde_json::Value;

use crate::answers::facts;

/// How long after the beginning of 1970 a moment is: a number of seconds or of milliseconds, or a date of RFC 3339.
pub(crate) fn read(value: &Value) -> Option<Duration> {
    match facts::number(value) {
        Some(number) => {
            let number = number.min(LATEST_MILLISECONDS);
            let seconds = if number < LEAST_MILLISECONDS { number } else { number / 1000.0 };
            Duration::try_from_secs_f64(seconds).ok()
        }
        None => date(value.as_str()?),
    }
}

/// Reads a date of RFC 3339 section 5.6, such as `2026-11-21T17:05:49.5+01:00`.
fn date(text: &str) -> Option<Duration> {
    let (day, time) = text.split_once(['T', 't', ' '])?;
    let (time, offset_s) = split_offset(time)?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
    let [year, month, day] = numbers(day, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    let is_date = (1..=12).contains(&month) && (1..=31).contains(&day);
    // A leap second is written as the 60th.
    if !is_date || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let local_s = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    let whole = Duration::from_secs(u64::try_from(local_s - offset_s).ok()?);
    Some(whole + read_fraction(fraction)?)
}

/// The time without its offset from UTC, and that in seconds.
fn split_offset(time: &str) -> Option<(&str, i64)> {
    if let Some(time) = time.strip_suffix(['Z', 'z']) {
        return Some((time, 0));
    }
    let at = time.rfind(['+', '-'])?;
    let (time, offset) = time.split_at(at);
    let [hour, minute] = numbers(offset.get(1..)?, ':', [2, 2])?;
    let seconds = hour * 3600 + minute * 60;
    Some((time, if offset.starts_with('-') { -seconds } else { seconds }))
}

/// Numbers of so many digits each, with a mark between them.
fn numbers<const N: usize>(text: &str, mark: char, digits: [usize; N]) -> Option<[i64; N]> {
    let mut out = [0; N];
    let mut parts = text.split(mark);
    for (number, digits) in out.iter_mut().zip(digits) {
        let part = parts.next()?;
        if part.len() != digits || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *number = part.bytes().fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
    }
    parts.next().is_none().then_some(out)
}

fn read_fraction(digits: &str) -> Option<Duration> {
    if digits.len() > 9 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let places = digits.bytes().chain(core::iter::repeat(b'0')).take(9);
    Some(Duration::from_nanos(places.fold(0, |nanos, digit| nanos * 10 + u64::from(digit - b'0'))))
}

/// Days since the beginning of 1970 in the Gregorian calendar, for any year from 0 to 9999. The year begins in March here,
/// so that the odd day is its last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month > 2 { year } else { year - 1 };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The end of the year 9999, after which no date can be written.
const LATEST_MILLISECONDS: f64 = 253_402_300_799_999.0;

/// From here on a number counts milliseconds: as seconds it is the year 5138, as milliseconds 1973.
const LEAST_MILLISECONDS: f64 = 1e11;
