//! Providers of OAuth 2.0 and OpenID Connect, which describe themselves.

use std::borrow::Cow::Borrowed as B;

use perennial_session::{AccessBy, WORDS};

use super::{Preset, TIMING};
use crate::{
    dialect::{
        Answers, Claims, Csrf, Dialect, Encoding, Endpoint, Endpoints, Fact, Gateway401, LifetimeUnit,
        Refresh, RefreshCredential, Refused, Says, SignInBy, SignOut, Storage,
    },
    oauth::Client,
};

/// The dialect of OAuth 2.0 and OpenID Connect: where the endpoints are is discovered.
pub const OAUTH2: Preset = Preset {
    dialect: Dialect {
        name: "oauth2",
        backend: B(""),
        pages: B(&[]),
        endpoints: Endpoints {
            sign_in: Some(Endpoint { method: B("POST"), at: B("") }),
            refresh: Some(Endpoint { method: B("POST"), at: B("") }),
            validate: Some(Endpoint { method: B("GET"), at: B("") }),
            sign_out: Some(Endpoint { method: B("POST"), at: B("") }),
            clock: None,
        },
        sign_in: SignInBy::Redirect(Client {
            issuer: B(""),
            client_id: B(""),
            scope: B("openid profile email offline_access"),
            prompt: None,
            metadata: None,
        }),
        access: AccessBy::Token,
        refresh: Refresh {
            by: RefreshCredential::Body { encoding: Encoding::Form, field: B("refresh_token") },
            constants: B(&[(B("grant_type"), B("refresh_token"))]),
            idempotency_header: None,
        },
        sign_out: SignOut {
            encoding: Encoding::Form,
            refresh_token: Some(B("token")),
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
            // The claims of the ID token and of the answer of userinfo (OpenID Connect Core section 5.1).
            user_id: B(&[B("sub")]),
            user_email: B(&[B("email")]),
            user_name: B(&[B("name"), B("preferred_username")]),
            user_name_parts: B(&[]),
            user_roles: B(&[B("roles")]),
            landing: B(&[]),
            sign_out_ticket: B(&[]),
            reason: B(&[B("error")]),
            message: B(&[B("error_description")]),
        },
        access_lifetime_s: None,
        claims: Claims { account: B("sub"), session: B("sid") },
        new_token_header: None,
        refused: B(&[INVALID_GRANT]),
        refused_sign_in: B(&[]),
        refused_validate: B(&[]),
        gateway_401: Gateway401::Doubt,
        refusals: &[],
        wrong_origin: None,
        live: None,
        storage: Storage::Local,
        words: &WORDS,
    },
    timing: TIMING,
};

/// What RFC 6749 section 5.2 calls a refresh token that is good for nothing any more.
const INVALID_GRANT: Refused =
    Refused { status: 400, says: Some(Says { field: B("error"), value: Fact::Text(B("invalid_grant")) }) };
