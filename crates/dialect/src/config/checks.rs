//! What no key can see for itself: values that are right each, and wrong together.

use perennial_session::{AccessBy, Renewal};

use super::{ConfigError, Draft, keys::Problems};
use crate::dialect::{Authenticate, Csrf, RefreshCredential, SignInBy, Storage};

/// Looks at the whole. What concerns a key that is wrong itself is left out: it may be right once that is.
pub(super) fn all(
    draft: &Draft,
    problems: &Problems,
    place: impl Fn(&str) -> Option<usize>,
) -> Vec<(usize, ConfigError)> {
    let is_clear = |check: &&Check| !check.keys.iter().any(|key| problems.concern(key));
    let say = |check: &Check| {
        let sentence = (check.wrong)(draft)?;
        let at = check.keys.iter().find_map(|key| place(key)).unwrap_or(usize::MAX);
        Some((at, ConfigError::said(check.keys[0], sentence)))
    };
    if problems.concern("preset") {
        return Vec::new();
    }
    CHECKS.iter().filter(is_clear).filter_map(say).collect()
}

/// The keys that are looked at, the one to be changed first, and what is wrong, if anything.
struct Check {
    keys: &'static [&'static str],
    wrong: fn(&Draft) -> Option<String>,
}

const fn check(keys: &'static [&'static str], wrong: fn(&Draft) -> Option<String>) -> Check {
    Check { keys, wrong }
}

const CHECKS: &[Check] = &[
    check(&["inactivity_warning_s", "inactivity_limit_s"], warning_is_no_warning),
    check(&["endpoints.sign_in"], |it| {
        missing(it.dialect.endpoints.sign_in.is_none(), "endpoints.sign_in", ENDPOINT)
    }),
    check(&["endpoints.refresh"], |it| {
        missing(it.dialect.endpoints.refresh.is_none(), "endpoints.refresh", ENDPOINT)
    }),
    check(&["answers.access_token", "access"], |it| {
        let is_missing = it.dialect.access == AccessBy::Token && it.dialect.answers.access_token.is_empty();
        missing(
            is_missing,
            "answers.access_token",
            "the path of the access token, because `access` is \"bearer\"",
        )
    }),
    check(&["refresh.by", "access"], |it| {
        let is_wrong =
            it.dialect.access == AccessBy::Cookie && it.dialect.refresh.by == RefreshCredential::AccessBearer;
        is_wrong.then(|| {
            "`refresh.by` holds \"access_bearer\", but `access` is \"cookie\": script has no token to send. \
             Another value of `refresh.by` is needed."
                .to_owned()
        })
    }),
    check(&["refresh.field", "refresh.by"], |it| {
        let is_missing =
            matches!(&it.dialect.refresh.by, RefreshCredential::Body { field, .. } if field.is_empty());
        missing(is_missing, "refresh.field", "the name of the field for the refresh token")
    }),
    check(&["answers.refresh_token", "refresh.by"], |it| {
        let is_missing = holds_refresh_token(it) && it.dialect.answers.refresh_token.is_empty();
        missing(
            is_missing,
            "answers.refresh_token",
            "the path of the refresh token, because `refresh.by` says that the application sends it",
        )
    }),
    check(&["csrf.header", "csrf.kind"], |it| {
        let is_missing = match &it.dialect.csrf {
            Csrf::None => false,
            Csrf::Header { header, .. } | Csrf::DoubleSubmit { header, .. } => header.is_empty(),
        };
        missing(is_missing, "csrf.header", "the name of the header")
    }),
    check(&["csrf.value", "csrf.kind"], |it| {
        let is_missing = matches!(&it.dialect.csrf, Csrf::Header { value, .. } if value.is_empty());
        missing(is_missing, "csrf.value", "what the header always holds")
    }),
    check(&["csrf.cookie", "csrf.kind"], |it| {
        let is_missing = matches!(&it.dialect.csrf, Csrf::DoubleSubmit { cookie, .. } if cookie.is_empty());
        missing(is_missing, "csrf.cookie", "the name of the cookie whose value the header repeats")
    }),
    check(&["storage", "access", "refresh.by"], |it| {
        let holds_nothing =
            it.dialect.access == AccessBy::Cookie && it.dialect.refresh.by == RefreshCredential::Cookie;
        (holds_nothing && it.dialect.storage != Storage::Memory).then(|| {
            "`storage` must be \"memory\" where both `access` and `refresh.by` are \"cookie\": script holds nothing \
             that could be kept."
                .to_owned()
        })
    }),
    check(&["new_token_header", "access"], |it| {
        let is_wrong = it.dialect.access == AccessBy::Cookie && it.dialect.new_token_header.is_some();
        is_wrong.then(|| {
            "`new_token_header` must be null where `access` is \"cookie\": a token in a header would be used by nobody."
                .to_owned()
        })
    }),
    check(&["sockets.path", "sockets"], |it| {
        let is_missing = it.dialect.live.as_ref().is_some_and(|live| live.at.is_empty());
        missing(is_missing, "sockets.path", "where live connections are made to, such as \"/api/events\"")
    }),
    check(&["sockets.renew", "sockets.authenticate", "sockets"], |it| {
        let live = it.dialect.live.as_ref().filter(|live| live.renew == Renewal::InBand)?;
        let by = match live.authenticate {
            Authenticate::Message => return None,
            Authenticate::Subprotocol => "subprotocol",
            Authenticate::Cookie => "cookie",
        };
        Some(format!(
            "`sockets.renew` must be \"reconnect\" where `sockets.authenticate` is \"{by}\": nothing is said over the \
             open connection that could carry a new token."
        ))
    }),
    check(&["sockets.authenticate", "access", "sockets"], |it| {
        let by = it.dialect.live.as_ref()?.authenticate;
        match (it.dialect.access, by) {
            (AccessBy::Cookie, Authenticate::Cookie) | (AccessBy::Token, _) => None,
            (AccessBy::Cookie, Authenticate::Message | Authenticate::Subprotocol) => Some(
                "`sockets.authenticate` must be \"cookie\" where `access` is \"cookie\": script has no token to send."
                    .to_owned(),
            ),
        }
    }),
    check(&["oauth.issuer"], |it| {
        missing(client(it, |client| &client.issuer), "oauth.issuer", "the address of the provider")
    }),
    check(&["oauth.client_id"], |it| {
        missing(
            client(it, |client| &client.client_id),
            "oauth.client_id",
            "the name of this application at the provider",
        )
    }),
];

fn warning_is_no_warning(draft: &Draft) -> Option<String> {
    let (warning_s, limit_s) = (draft.timing.inactivity_warning_s, draft.timing.inactivity_limit_s);
    (warning_s >= limit_s).then(|| {
        format!(
            "`inactivity_warning_s` holds {warning_s}, but may hold a whole number of seconds below the {limit_s} of \
             `inactivity_limit_s`, so from 1 to {}.",
            limit_s - 1
        )
    })
}

fn missing(is_missing: bool, key: &str, what: &str) -> Option<String> {
    is_missing.then(|| format!("`{key}` is missing, and the preset has none: it must hold {what}."))
}

fn client(draft: &Draft, text: fn(&crate::oauth::Client) -> &str) -> bool {
    matches!(&draft.dialect.sign_in, SignInBy::Redirect(client) if text(client).is_empty())
}

fn holds_refresh_token(draft: &Draft) -> bool {
    match draft.dialect.refresh.by {
        RefreshCredential::Cookie | RefreshCredential::AccessBearer => false,
        RefreshCredential::RefreshBearer | RefreshCredential::Body { .. } => true,
    }
}

const ENDPOINT: &str = "a method and a path such as \"POST /api/login\", or an absolute address in its place";
