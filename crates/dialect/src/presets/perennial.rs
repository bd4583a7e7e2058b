//! The reference backend: a short access token in memory, and a rotated refresh token in a cookie.

use std::borrow::Cow::Borrowed as B;

use perennial_session::{AccessBy, RefreshWhen, WORDS};

use super::{LIVE, Preset, REFUSALS, TIMING, Timing, WRONG_ORIGIN};
use crate::dialect::{
    Answers, Claims, Csrf, Dialect, Encoding, Endpoint, Endpoints, Gateway401, LifetimeUnit, Page, Refresh,
    RefreshCredential, SignInBy, SignInFields, SignOut, Storage,
};

/// The dialect of the reference backend; its bodies are the types of [`crate::wire`].
pub const PERENNIAL: Preset = Preset {
    dialect: Dialect {
        name: "perennial",
        backend: B(""),
        pages: B(&[Page::Queue, Page::Devices, Page::Password]),
        endpoints: Endpoints {
            sign_in: Some(Endpoint { method: B("POST"), at: B("/api/session") }),
            refresh: Some(Endpoint { method: B("POST"), at: B("/api/session/refresh") }),
            validate: Some(Endpoint { method: B("GET"), at: B("/api/session") }),
            sign_out: Some(Endpoint { method: B("DELETE"), at: B("/api/session") }),
            clock: Some(Endpoint { method: B("HEAD"), at: B("/healthz") }),
        },
        sign_in: SignInBy::Form(SignInFields {
            encoding: Encoding::Json,
            identifier: B("email"),
            password: B("password"),
            keep: Some(B("keep")),
            constants: B(&[]),
        }),
        access: AccessBy::Token,
        refresh: Refresh {
            by: RefreshCredential::Cookie,
            constants: B(&[]),
            idempotency_header: Some(B("Idempotency-Key")),
        },
        sign_out: SignOut {
            encoding: Encoding::Json,
            refresh_token: None,
            constants: B(&[]),
            ticket_header: Some(B("X-Sign-Out-Ticket")),
        },
        csrf: Csrf::Header { header: B("X-Requested-By"), value: B("perennial") },
        answers: Answers {
            access_token: B(&[B("access_token")]),
            refresh_token: B(&[]),
            token_type: B(&[B("token_type")]),
            expires_in: B(&[B("expires_in")]),
            expires_in_unit: LifetimeUnit::Seconds,
            session_id: B(&[B("session.id")]),
            session_expires_in: B(&[B("session.expires_in")]),
            user_id: B(&[B("user.id")]),
            user_email: B(&[B("user.email")]),
            user_name: B(&[B("user.name")]),
            user_name_parts: B(&[]),
            user_roles: B(&[B("user.roles")]),
            landing: B(&[B("landing")]),
            sign_out_ticket: B(&[B("sign_out_ticket")]),
            reason: B(&[B("reason")]),
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
        storage: Storage::Memory,
        words: &WORDS,
    },
    // The answers say when the session ends, and with it the cookie that refreshes.
    timing: Timing { refresh_when: RefreshWhen::Active, ..TIMING },
};
