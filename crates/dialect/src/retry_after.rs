//! `Retry-After`, RFC 9110 section 10.2.3.

use core::time::Duration;

use crate::{answers::WireAnswer, http_date::since_1970};

/// How long the server asks to wait, if it does so in a way that can be understood.
///
/// A date is measured against the answer's own `Date`, because then both come from one clock; without it the
/// device's clock has to do. A date in the past is no wait at all.
pub(crate) fn retry_after(answer: &WireAnswer) -> Option<Duration> {
    let value = answer.retry_after.as_deref()?.trim_ascii();
    let wait = if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // Digits that do not fit into the number are still a number of seconds: a very large one.
        Duration::from_secs(value.parse().unwrap_or(u64::MAX))
    } else {
        let now = answer.date.as_deref().and_then(since_1970);
        since_1970(value)?.saturating_sub(now.unwrap_or(Duration::from_millis(answer.received_wall_ms)))
    };
    Some(wait.min(MAX_WAIT))
}

/// The longest wait that is obeyed: a day. After that a session which is not kept is over anyway, so a longer
/// wait would only turn a slip of the server, or of the device's clock, into a sign-out.
const MAX_WAIT: Duration = Duration::from_secs(24 * 60 * 60);
