//! Dates in headers, RFC 9110 section 5.6.7.

use core::time::Duration;
use std::time::UNIX_EPOCH;

/// How long after the beginning of 1970 a date is: nothing for what is no date or lies before.
pub(crate) fn since_1970(date: &str) -> Option<Duration> {
    httpdate::parse_http_date(date.trim_ascii()).ok()?.duration_since(UNIX_EPOCH).ok()
}
