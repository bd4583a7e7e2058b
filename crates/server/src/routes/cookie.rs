//! Cookies that carry tokens: no script sees them, and no other site has them sent.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::settings::Settings;

/// What the cookie of this name holds, if the browser sent one.
pub(super) fn read<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == wanted && !value.is_empty()).then_some(value))
}

/// A `Set-Cookie` with the token, for `max_age_s` seconds or, without, until the browser is closed.
pub(super) fn set(name: &str, token: &str, max_age_s: Option<u64>, settings: &Settings) -> HeaderValue {
    let max_age = max_age_s.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    let secure = if settings.is_https() { "; Secure" } else { "" };
    let line = format!("{name}={token}; Path=/; HttpOnly; SameSite=Strict{secure}{max_age}");
    let mut line = HeaderValue::try_from(line).unwrap_or(HeaderValue::from_static(""));
    line.set_sensitive(true);
    line
}

/// A `Set-Cookie` that makes the browser forget the token.
pub(super) fn clear(name: &str, settings: &Settings) -> HeaderValue {
    set(name, "", Some(0), settings)
}
