//! Facts in a body: where they stand, and which forms of them are taken.

use core::time::Duration;

use serde_json::Value;

use crate::{
    dialect::{LifetimeUnit, Paths},
    moment,
    token::{MAX_LIFETIME, plausible},
};

/// The first of these places that holds something that can be read.
pub(crate) fn first<'a, T>(
    body: &'a Value,
    paths: &Paths,
    read: impl Fn(&'a Value) -> Option<T>,
) -> Option<T> {
    paths.iter().find_map(|path| find(body, path).and_then(&read))
}

/// What stands at a path. A name may hold dots itself, as names that are addresses do, where nothing comes behind it.
pub(crate) fn find<'a>(body: &'a Value, path: &str) -> Option<&'a Value> {
    let mut value = body;
    let mut rest = path;
    loop {
        if let Some(last) = step(value, rest) {
            return Some(last);
        }
        let (name, behind) = rest.split_once('.')?;
        value = step(value, name)?;
        rest = behind;
    }
}

fn step<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    match value {
        Value::Object(fields) => fields.get(name),
        Value::Array(items) => items.get(name.parse::<usize>().ok()?),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// A text that says something.
pub(crate) fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty())
}

/// The texts at all of these places with a space between them; `None` where there is none. Of `user.first_name` and
/// `first_name`, which are two places of one part, the first that says something counts.
pub(crate) fn joined(body: &Value, paths: &Paths) -> Option<String> {
    let (mut joined, mut found) = (String::new(), Vec::<&str>::new());
    for path in paths.iter() {
        let part = find(body, path).and_then(Value::as_str).map_or("", str::trim);
        let is_found =
            found.iter().any(|it| it.strip_suffix(&**path).is_some_and(|head| head.ends_with('.')));
        if part.is_empty() || is_found {
            continue;
        }
        found.push(path);
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(part);
    }
    (!joined.is_empty()).then_some(joined)
}

/// What tells one thing from every other: a text, or a whole number.
pub(crate) fn id(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) if number.is_u64() || number.is_i64() => Some(number.to_string()),
        Value::String(_) => text(value).map(str::to_owned),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A list of words; what is no word is left out.
pub(crate) fn words(value: &Value) -> Option<Vec<String>> {
    Some(value.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

/// A number, also where it is written as a text of digits, as some servers write every number.
pub(crate) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => digits(text),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The same of a number that counts things.
pub(crate) fn whole(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str().filter(|text| is_digits(text))?.parse().ok())
}

/// Digits, perhaps with a fraction, which is dropped: nothing here is measured in less than whole seconds.
fn digits(text: &str) -> Option<f64> {
    let text = text.trim_ascii();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    Some(whole.bytes().fold(0.0, |number, digit| number * 10.0 + f64::from(digit - b'0')))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// How long something lives from `now` on, the server's time when it answered; what is no number, negative or less than a
/// second says nothing, and neither does a moment where nobody knows what time it was.
pub(crate) fn lifetime(value: &Value, unit: LifetimeUnit, now: Option<Duration>) -> Option<Duration> {
    match unit {
        LifetimeUnit::Seconds => plausible(seconds(number(value)?)?),
        LifetimeUnit::Milliseconds => plausible(seconds(number(value)? / 1000.0)?),
        LifetimeUnit::Moment => plausible(moment::read(value)?.checked_sub(now?)?),
    }
}

fn seconds(number: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(number.min(MAX_LIFETIME.as_secs_f64())).ok()
}
