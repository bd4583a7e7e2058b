//! Backends with one access token, which is itself exchanged for the next one.

use std::borrow::Cow::Borrowed as B;

use perennial_session::{AccessBy, Renewal, WORDS};

use super::{LIVE, NAME_PARTS, Preset, REFUSALS, TIMING, WRONG_ORIGIN};
use crate::dialect::{
    Answers, Authenticate, Claims, Csrf, Dialect, Encoding, Endpoint, Endpoints, Gateway401, LifetimeUnit,
    Live, Page, Refresh, RefreshCredential, SignInBy, SignInFields, SignOut, Storage,
};

/// The dialect of backends that exchange a token for a newer one, and look at tokens of live connections at the
/// handshake only.
pub const EXCHANGE: Preset = Preset {
    dialect: Dialect {
        name: "exchange",
        backend: B(""),
        pages: B(&[Page::Queue, Page::Devices, Page::Password]),
        endpoints: Endpoints {
            sign_in: Some(Endpoint { method: B("POST"), at: B("/api/v1/auth/login") }),
            refresh: Some(Endpoint { method: B("POST"), at: B("/api/v1/auth/refresh") }),
            validate: Some(Endpoint { method: B("GET"), at: B("/api/v1/auth/validate") }),
            sign_out: Some(Endpoint { method: B("POST"), at: B("/api/v1/auth/logout") }),
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
        refresh: Refresh { by: RefreshCredential::AccessBearer, constants: B(&[]), idempotency_header: None },
        sign_out: SignOut {
            encoding: Encoding::Json,
            refresh_token: None,
            constants: B(&[]),
            ticket_header: None,
        },
        csrf: Csrf::None,
        answers: Answers {
            access_token: B(&[B("token")]),
            refresh_token: B(&[]),
            token_type: B(&[]),
            expires_in: B(&[]),
            expires_in_unit: LifetimeUnit::Seconds,
            session_id: B(&[]),
            session_expires_in: B(&[B("session_expires_in")]),
            user_id: B(&[B("user.id")]),
            user_email: B(&[B("user.email")]),
            user_name: B(&[B("user.name")]),
            user_name_parts: B(NAME_PARTS),
            user_roles: B(&[B("user.roles")]),
            landing: B(&[]),
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
        live: Some(Live { authenticate: Authenticate::Subprotocol, renew: Renewal::Reconnect, ..LIVE }),
        storage: Storage::Local,
        words: &WORDS,
    },
    timing: TIMING,
};
