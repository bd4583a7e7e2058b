//! Headers that more than one dialect reads.

use axum::http::{HeaderMap, header};

use crate::refusal::Refusal;

/// What the browser says it is, for the list of devices.
pub(super) fn user_agent(headers: &HeaderMap) -> &str {
    headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// What a repeated request is known by.
pub(super) fn idempotency_key(headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let is_key = |text: &&str| text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    value.to_str().ok().filter(is_key).map(Some).ok_or(Refusal::IdempotencyKeyInvalid)
}
