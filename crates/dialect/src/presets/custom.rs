//! All other backends: what most of them do, for an operator to say what theirs does.

use std::borrow::Cow::Borrowed as B;

use perennial_session::{AccessBy, WORDS};

use super::{NAME_PARTS, Preset, REFUSALS, TIMING, WRONG_ORIGIN};
use crate::dialect::{
    Answers, Claims, Csrf, Dialect, Encoding, Endpoints, Gateway401, LifetimeUnit, Refresh,
    RefreshCredential, SignInBy, SignInFields, SignOut, Storage,
};

/// A dialect without endpoints, with the names of RFC 6749 for everything that has one there.
pub const CUSTOM: Preset = Preset {
    dialect: Dialect {
        name: "custom",
        backend: B(""),
        pages: B(&[]),
        endpoints: Endpoints { sign_in: None, refresh: None, validate: None, sign_out: None, clock: None },
        sign_in: SignInBy::Form(SignInFields {
            encoding: Encoding::Json,
            identifier: B("email"),
            password: B("password"),
            keep: None,
            constants: B(&[]),
        }),
        access: AccessBy::Token,
        refresh: Refresh {
            by: RefreshCredential::Body { encoding: Encoding::Json, field: B("refresh_token") },
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
            session_expires_in: B(&[]),
            user_id: B(&[B("user.id"), B("id")]),
            user_email: B(&[B("user.email"), B("email")]),
            user_name: B(&[B("user.name"), B("name")]),
            user_name_parts: B(NAME_PARTS),
            user_roles: B(&[B("user.roles"), B("roles")]),
            landing: B(&[]),
            sign_out_ticket: B(&[]),
            reason: B(&[]),
            message: B(&[B("error_description")]),
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
        live: None,
        storage: Storage::Local,
        words: &WORDS,
    },
    timing: TIMING,
};
