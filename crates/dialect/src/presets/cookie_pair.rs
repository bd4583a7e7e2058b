//! Backends that keep both tokens in cookies, so that script sees neither.

use std::borrow::Cow::Borrowed as B;

use perennial_session::{AccessBy, Renewal, Words};

use super::{LIVE, NAME_PARTS, Preset, REFUSALS, TIMING, Timing, WRONG_ORIGIN};
use crate::dialect::{
    Answers, Authenticate, Claims, Csrf, Dialect, Encoding, Endpoint, Endpoints, Gateway401, LifetimeUnit,
    Live, Page, Refresh, RefreshCredential, SignInBy, SignInFields, SignOut, Storage,
};

/// The dialect of backends with an access token and a refresh token in cookies, whose lives only the answers tell.
pub const COOKIE_PAIR: Preset = Preset {
    dialect: Dialect {
        name: "cookie-pair",
        backend: B(""),
        pages: B(&[Page::Queue, Page::Devices, Page::Password]),
        endpoints: Endpoints {
            sign_in: Some(Endpoint { method: B("POST"), at: B("/api/auth/login") }),
            refresh: Some(Endpoint { method: B("POST"), at: B("/api/auth/refresh") }),
            validate: Some(Endpoint { method: B("GET"), at: B("/api/auth/status") }),
            sign_out: Some(Endpoint { method: B("POST"), at: B("/api/auth/logout") }),
            clock: Some(Endpoint { method: B("HEAD"), at: B("/healthz") }),
        },
        sign_in: SignInBy::Form(SignInFields {
            encoding: Encoding::Json,
            identifier: B("email"),
            password: B("password"),
            keep: None,
            constants: B(&[]),
        }),
        access: AccessBy::Cookie,
        refresh: Refresh {
            by: RefreshCredential::Cookie,
            constants: B(&[]),
            idempotency_header: Some(B("Idempotency-Key")),
        },
        sign_out: SignOut {
            encoding: Encoding::Json,
            refresh_token: None,
            constants: B(&[]),
            ticket_header: None,
        },
        csrf: Csrf::Header { header: B("X-Requested-By"), value: B("perennial") },
        answers: Answers {
            access_token: B(&[]),
            refresh_token: B(&[]),
            token_type: B(&[]),
            expires_in: B(&[B("expiresIn")]),
            expires_in_unit: LifetimeUnit::Seconds,
            session_id: B(&[]),
            session_expires_in: B(&[B("sessionExpiresIn")]),
            user_id: B(&[B("user.id")]),
            user_email: B(&[B("user.email")]),
            user_name: B(&[B("user.name")]),
            user_name_parts: B(NAME_PARTS),
            user_roles: B(&[B("user.roles")]),
            landing: B(&[B("redirectTo")]),
            sign_out_ticket: B(&[]),
            reason: B(&[B("error")]),
            message: B(&[]),
        },
        access_lifetime_s: None,
        claims: Claims { account: B("sub"), session: B("sid") },
        new_token_header: None,
        refused: B(&[]),
        refused_sign_in: B(&[]),
        refused_validate: B(&[]),
        gateway_401: Gateway401::Doubt,
        refusals: REFUSALS,
        wrong_origin: Some(WRONG_ORIGIN),
        live: Some(Live { authenticate: Authenticate::Cookie, renew: Renewal::Reconnect, ..LIVE }),
        storage: Storage::Memory,
        words: &WORDS,
    },
    timing: Timing { check_interval_s: 300, refresh_buffer_s: 600, attempts_per_round: 3, ..TIMING },
};

/// As the service words it that watches over such cookies: what it does is said at each step.
static WORDS: Words = Words {
    started: Some("Token refresh service started"),
    checking: Some("Checking token status..."),
    expiring: "Token expiring in {}s, refreshing...",
    refused: "{} received 401, attempting token refresh...",
    replaying: Some("Token refreshed, retrying request"),
    refreshed: "Token refresh successful",
    refreshed_with_sockets: "Token refresh successful (WebSocket updated)",
    refresh_failed: "Token refresh failed: {}",
    unauthorized: "Session expired, redirecting to sign-in",
    ..perennial_session::WORDS
};
