//! Cookies that carry tokens, or make a device known: no script sees them, and no other site has them sent.
//!
//! Browsers keep one jar for all ports of a host (RFC 6265 section 8.5). So where the main public origin has a port, the
//! name of each cookie ends with it, and two backends on one host do not overwrite each other's. Versions before had
//! the same name for all ports. A cookie of this name is read where the one with the port is missing, and is removed
//! with the next answer that sets or clears the other, if its token is known here: the name may be another backend's.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

use crate::access_token;
use crate::app::App;
use crate::refresh_token::RefreshToken;
use crate::sessions;
use crate::settings::Settings;

/// A cookie of this backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cookie {
    /// The refresh token of `perennial`.
    Refresh,
    /// The access token of `cookie-pair`.
    PairAccess,
    /// The refresh token of `cookie-pair`.
    PairRefresh,
    /// What the browser is known by to the accounts that signed in there.
    Device,
}

impl Cookie {
    /// What the browser calls it.
    pub(super) fn name(self, settings: &Settings) -> String {
        let shared = self.name_of_all_ports(settings);
        match settings.public_port() {
            Some(port) => format!("{shared}_{port}"),
            None => shared.to_owned(),
        }
    }

    /// What it holds, if the browser sent it.
    pub(super) fn read<'a>(self, headers: &'a HeaderMap, settings: &Settings) -> Option<&'a str> {
        find(headers, &self.name(settings)).or_else(|| self.read_of_before(headers, settings))
    }

    /// A `Set-Cookie` with the token, for `max_age_s` seconds or, without, until the browser is closed.
    pub(super) fn set(self, token: &str, max_age_s: Option<u64>, settings: &Settings) -> HeaderValue {
        line(&self.name(settings), token, max_age_s, settings)
    }

    /// A `Set-Cookie` that makes the browser forget the token.
    pub(super) fn clear(self, settings: &Settings) -> HeaderValue {
        self.set("", Some(0), settings)
    }

    /// A `Set-Cookie` that removes the cookie of the version before, if it was sent and is one of this backend.
    ///
    /// Where that cannot be found out now, the cookie stays for another time: what was granted must not be lost for it.
    pub(super) async fn clear_of_before(self, app: &App, headers: &HeaderMap) -> Option<HeaderValue> {
        let token = self.read_of_before(headers, &app.settings)?;
        let is_ours = match self {
            Self::PairAccess => access_token::verify(&app.keys, token, app.clock.now()).is_some(),
            // There was none before.
            Self::Device => false,
            Self::Refresh | Self::PairRefresh => {
                let token = RefreshToken::decode(token);
                sessions::session_of(app, token.as_ref()).await.is_ok_and(|session| session.is_some())
            }
        };
        is_ours.then(|| line(self.name_of_all_ports(&app.settings), "", Some(0), &app.settings))
    }

    fn read_of_before<'a>(self, headers: &'a HeaderMap, settings: &Settings) -> Option<&'a str> {
        settings.public_port().and_then(|_| find(headers, self.name_of_all_ports(settings)))
    }

    /// Browsers take a `__Host-` cookie only from https, for the whole host, and never from another host. So over https
    /// no other name is read: a sibling host could set one, and put somebody into a session of its own.
    fn name_of_all_ports(self, settings: &Settings) -> &'static str {
        match self {
            Self::Refresh if settings.is_https() => "__Host-perennial_refresh",
            Self::Refresh => "perennial_refresh",
            Self::PairAccess if settings.is_https() => "__Host-authToken",
            Self::PairAccess => "authToken",
            Self::PairRefresh if settings.is_https() => "__Host-refreshToken",
            Self::PairRefresh => "refreshToken",
            Self::Device if settings.is_https() => "__Host-perennial_device",
            Self::Device => "perennial_device",
        }
    }
}

/// Adds cookies to an answer.
pub(super) fn add(response: &mut Response, lines: impl IntoIterator<Item = HeaderValue>) {
    for line in lines {
        response.headers_mut().append(header::SET_COOKIE, line);
    }
}

/// Makes the browser known by this, if it is to be. It outlives every session: people are known after a sign-out too.
pub(super) fn make_known(response: &mut Response, known_by: Option<&str>, settings: &Settings) {
    let lifetime_s = Some(settings.limits.known_device_lifetime_s);
    add(response, known_by.map(|known_by| Cookie::Device.set(known_by, lifetime_s, settings)));
}

fn find<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == wanted && !value.is_empty()).then_some(value))
}

fn line(name: &str, token: &str, max_age_s: Option<u64>, settings: &Settings) -> HeaderValue {
    let max_age = max_age_s.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    let secure = if settings.is_https() { "; Secure" } else { "" };
    let line = format!("{name}={token}; Path=/; HttpOnly; SameSite=Strict{secure}{max_age}");
    let mut line = HeaderValue::try_from(line).unwrap_or(HeaderValue::from_static(""));
    line.set_sensitive(true);
    line
}
