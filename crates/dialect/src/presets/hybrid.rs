//! Backends that hand out both tokens in the sign-in's answer, and fresh ones in a header of any answer.

use std::borrow::Cow::Borrowed as B;

use perennial_session::{AccessBy, Words};

use super::{LIVE, NAME_PARTS, Preset, REFUSALS, TIMING, Timing, WRONG_ORIGIN};
use crate::dialect::{
    Answers, Claims, Csrf, Dialect, Encoding, Endpoint, Endpoints, Gateway401, LifetimeUnit, Page, Refresh,
    RefreshCredential, SignInBy, SignInFields, SignOut, Storage,
};

/// The dialect of backends with a long access token, a longer refresh token sent as bearer, and `X-New-Token`.
pub const HYBRID: Preset = Preset {
    dialect: Dialect {
        name: "hybrid",
        backend: B(""),
        pages: B(&[Page::Queue, Page::Devices, Page::Password]),
        endpoints: Endpoints {
            sign_in: Some(Endpoint { method: B("POST"), at: B("/api/login") }),
            refresh: Some(Endpoint { method: B("POST"), at: B("/api/refresh") }),
            validate: Some(Endpoint { method: B("GET"), at: B("/api/me") }),
            sign_out: Some(Endpoint { method: B("POST"), at: B("/api/logout") }),
            clock: Some(Endpoint { method: B("HEAD"), at: B("/healthz") }),
        },
        sign_in: SignInBy::Form(SignInFields {
            encoding: Encoding::Json,
            identifier: B("email"),
            password: B("password"),
            keep: None,
            constants: B(&[]),
        }),
        access: AccessBy::Token,
        refresh: Refresh {
            by: RefreshCredential::RefreshBearer,
            constants: B(&[]),
            idempotency_header: None,
        },
        sign_out: SignOut {
            encoding: Encoding::Json,
            refresh_token: Some(B("refresh_token")),
            constants: B(&[]),
            ticket_header: None,
        },
        csrf: Csrf::None,
        answers: Answers {
            access_token: B(&[B("access_token")]),
            refresh_token: B(&[B("refresh_token")]),
            token_type: B(&[B("token_type")]),
            expires_in: B(&[B("expires_in")]),
            expires_in_unit: LifetimeUnit::Seconds,
            session_id: B(&[]),
            session_expires_in: B(&[B("session_expires_in")]),
            // The sign-in has the person in `user`; `/api/me` answers with the person alone.
            user_id: B(&[B("user.id"), B("id")]),
            user_email: B(&[B("user.email"), B("email")]),
            user_name: B(&[B("user.name"), B("name")]),
            user_name_parts: B(NAME_PARTS),
            user_roles: B(&[B("user.roles"), B("roles")]),
            landing: B(&[]),
            sign_out_ticket: B(&[]),
            reason: B(&[B("error")]),
            message: B(&[]),
        },
        access_lifetime_s: None,
        claims: Claims { account: B("sub"), session: B("sid") },
        new_token_header: Some(B("X-New-Token")),
        refused: B(&[]),
        refused_sign_in: B(&[]),
        refused_validate: B(&[]),
        gateway_401: Gateway401::Doubt,
        refusals: REFUSALS,
        wrong_origin: Some(WRONG_ORIGIN),
        live: Some(LIVE),
        storage: Storage::Local,
        words: &WORDS,
    },
    timing: Timing { refresh_buffer_s: 7200, ..TIMING },
};

/// As front ends word it that have two ways to a new token.
static WORDS: Words = Words {
    expiring: "Token expires in {}s, refreshing...",
    refreshed: "Token refreshed",
    refreshed_with_sockets: "Token refreshed (WebSocket updated)",
    refresh_failed: "Token refresh failed: {}",
    unauthorized: "Refresh token rejected (401), logging out",
    auto_refreshed: "New token received in X-New-Token",
    ..perennial_session::WORDS
};
