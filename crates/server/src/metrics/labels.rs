//! The labels of what is counted, and the lists that their values come from.

use axum::http::Method;
use prometheus_client::encoding::EncodeLabelSet;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Request {
    pub(super) method: &'static str,
    pub(super) route: String,
    pub(super) status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Route {
    pub(super) route: String,
}

/// Of a sign-in or a refresh.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Credential {
    pub(super) dialect: &'static str,
    pub(super) outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Reason {
    pub(super) reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Bound {
    pub(super) bound: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct State {
    pub(super) state: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Build {
    pub(super) version: &'static str,
}

/// What a request asks for that is counted by its outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    SignIn,
    Refresh,
}

/// Whether the request is a sign-in or a refresh, and of which dialect.
pub(super) fn credential_call(method: &Method, route: &str) -> Option<(Call, &'static str)> {
    if *method != Method::POST {
        return None;
    }
    CALLS.iter().find(|(path, _, _)| *path == route).map(|(_, call, dialect)| (*call, *dialect))
}

/// The method; those that nothing here takes are one, because a client may send any word.
pub(super) fn method_label(method: &Method) -> &'static str {
    METHODS.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}

const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// All by `POST`.
pub(super) const CALLS: [(&str, Call, &str); 8] = [
    ("/api/session", Call::SignIn, "perennial"),
    ("/api/session/refresh", Call::Refresh, "perennial"),
    ("/api/v1/auth/login", Call::SignIn, "exchange"),
    ("/api/v1/auth/refresh", Call::Refresh, "exchange"),
    ("/api/auth/login", Call::SignIn, "cookie-pair"),
    ("/api/auth/refresh", Call::Refresh, "cookie-pair"),
    ("/api/login", Call::SignIn, "hybrid"),
    ("/api/refresh", Call::Refresh, "hybrid"),
];
