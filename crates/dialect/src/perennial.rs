//! The `perennial` preset: the reference backend.

use perennial_session::Refusal;

use crate::{
    dialect::{AnswerFields, Dialect, Endpoint, Live, SignInFields},
    wire::live::{Close, SUBPROTOCOL, SUBPROTOCOL_TOKEN_PREFIX},
};

/// The dialect of the reference backend; its bodies are the types of [`crate::wire`].
pub const PERENNIAL: Dialect = Dialect {
    name: "perennial",
    sign_in: Endpoint { method: "POST", path: "/api/session" },
    refresh: Endpoint { method: "POST", path: "/api/session/refresh" },
    validate: Endpoint { method: "GET", path: "/api/session" },
    sign_out: Endpoint { method: "DELETE", path: "/api/session" },
    clock: Endpoint { method: "HEAD", path: "/healthz" },
    marker: ("X-Requested-By", "perennial"),
    sign_in_fields: SignInFields { identifier: "email", password: "password", keep: "keep" },
    answer_fields: AnswerFields {
        access_token: "/access_token",
        token_type: "/token_type",
        expires_in: "/expires_in",
        session_id: "/session/id",
        session_expires_in: "/session/expires_in",
        user_id: "/user/id",
        user_email: "/user/email",
        user_name: "/user/name",
        user_roles: "/user/roles",
        landing: "/landing",
        problem_reason: "/reason",
    },
    refusals: &[
        ("refresh_missing", Refusal::Missing),
        ("refresh_reused", Refusal::Reused),
        ("session_revoked", Refusal::Revoked),
        ("session_expired", Refusal::Expired),
    ],
    new_token_header: "X-New-Token",
    live: Live {
        path: "/api/events",
        subprotocol: SUBPROTOCOL,
        token_prefix: SUBPROTOCOL_TOKEN_PREFIX,
        unauthenticated_code: Close::Unauthenticated.code(),
        gone_code: Close::NoSuchTopic.code(),
        // Something is said every 20 s: twice nothing, and a little patience.
        silence_limit_s: 45,
    },
};
