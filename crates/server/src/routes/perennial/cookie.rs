//! The cookie that carries the refresh token.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::refresh_token::RefreshToken;
use crate::settings::Settings;

/// The text of the refresh cookie, if the browser sent one.
pub(super) fn read<'a>(headers: &'a HeaderMap, settings: &Settings) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == cookie_name(settings)).then_some(value))
}

/// A `Set-Cookie` with the token, for `max_age_s` seconds or, without, until the browser is closed.
pub(super) fn set(token: &RefreshToken, max_age_s: Option<u64>, settings: &Settings) -> HeaderValue {
    line(&token.encode(), max_age_s, settings)
}

/// A `Set-Cookie` that makes the browser forget the token.
pub(super) fn clear(settings: &Settings) -> HeaderValue {
    line("", Some(0), settings)
}

fn line(value: &str, max_age_s: Option<u64>, settings: &Settings) -> HeaderValue {
    let name = cookie_name(settings);
    let max_age = max_age_s.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    let secure = if settings.is_https() { "; Secure" } else { "" };
    let line = format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict{secure}{max_age}");
    let mut line = HeaderValue::try_from(line).unwrap_or(HeaderValue::from_static(""));
    line.set_sensitive(true);
    line
}

/// Browsers take a `__Host-` cookie only from https, for the whole host, and never from another host.
fn cookie_name(settings: &Settings) -> &'static str {
    if settings.is_https() { "__Host-perennial_refresh" } else { "perennial_refresh" }
}
