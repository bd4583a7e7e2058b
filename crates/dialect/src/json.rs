//! Reads JSON that came over the wire, as tolerantly as `Response.json()` of a browser.
//!
//! A byte order mark is skipped, bytes that are no UTF-8 and halves of surrogate pairs become U+FFFD. Of a body only what
//! is asked for becomes a value; the rest is skipped, however deep, long or odd it is. So a picture in a field that nobody
//! reads, or a number beyond all bounds beside a token, costs nobody the token.

mod pick;

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads a whole body of a known shape.
///
/// # Errors
/// Where it is no JSON, or not of this shape.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, serde_json::Error> {
    serde_json::from_slice(&decode(body))
}

/// An object, of which there is no more than what stands at these paths. `None` for anything else, and for a body that is
/// too long.
pub(crate) fn object<'a>(body: &[u8], paths: impl IntoIterator<Item = &'a str>) -> Option<Value> {
    object_or_null(body, paths).filter(Value::is_object)
}

/// The same, and `null`, by which some backends say that there is nobody.
pub(crate) fn object_or_null<'a>(body: &[u8], paths: impl IntoIterator<Item = &'a str>) -> Option<Value> {
    if body.len() > MAX_BYTES {
        return None;
    }
    let text = decode(body);
    if text.trim_ascii() == b"null" {
        return Some(Value::Null);
    }
    let paths: Vec<_> = paths.into_iter().collect();
    pick::parts(&text, &paths).filter(Value::is_object)
}

/// Whether there is nothing in a body.
pub(crate) fn is_empty(body: &[u8]) -> bool {
    body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body).trim_ascii().is_empty()
}

/// The text of a body in valid UTF-8, without a byte order mark and without half a surrogate pair (Encoding Standard,
/// "UTF-8 decode"; JavaScript reads such halves, `serde_json` does not).
fn decode(body: &[u8]) -> Cow<'_, [u8]> {
    let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    let mut text = match String::from_utf8_lossy(body) {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    };
    for at in lone_surrogates(&text) {
        if let Some(escape) = text.to_mut().get_mut(at..at + REPLACEMENT.len()) {
            escape.copy_from_slice(REPLACEMENT);
        }
    }
    text
}

/// Where the escapes of lone surrogates stand. A backslash stands in strings alone, so that nothing else has to be told
/// apart.
fn lone_surrogates(text: &[u8]) -> Vec<usize> {
    let mut lone = Vec::new();
    let may_be_one = |bytes: &[u8]| matches!(bytes, [b'\\', b'u', b'd' | b'D']);
    if !text.windows(3).any(may_be_one) {
        return lone;
    }
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        at += match (escaped_unit(rest), rest) {
            (Some(0xD800..=0xDBFF), [_, _, _, _, _, _, low @ ..])
                if matches!(escaped_unit(low), Some(0xDC00..=0xDFFF)) =>
            {
                2 * REPLACEMENT.len()
            }
            (Some(0xD800..=0xDFFF), _) => {
                lone.push(at);
                REPLACEMENT.len()
            }
            (Some(_), _) => REPLACEMENT.len(),
            (None, [b'\\', ..]) => 2,
            (None, _) => 1,
        };
    }
    lone
}

/// The UTF-16 code unit of the escape at the start of a text, such as `\ud83d`.
fn escaped_unit(text: &[u8]) -> Option<u32> {
    let [b'\\', b'u', digits @ ..] = text else { return None };
    let digits = digits.get(..4)?;
    digits.iter().try_fold(0, |unit, digit| Some(unit * 16 + char::from(*digit).to_digit(16)?))
}

/// What a byte order mark is in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// What stands for anything that is no character, as an escape: as long as the escape that it replaces.
const REPLACEMENT: &[u8] = b"\\uFFFD";

/// The largest body that is read: 8 MiB. A picture of a person fits into it several times; what is longer would make a page
/// stutter.
pub(crate) const MAX_BYTES: usize = 8 << 20;
