//! The JSON bodies of the `perennial` preset, shared by the reference backend, which writes them, and the
//! application, which reads them.
//!
//! The reading side treats every field as hostile until it has been mapped; see [`crate::answers`].

pub mod cause;
pub mod jobs;
pub mod live;

use serde::{Deserialize, Serialize};

/// The body of `POST /api/session`.
///
/// `Debug` is left out on purpose: it holds a password.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(all(feature = "openapi", not(target_family = "wasm")), derive(utoipa::ToSchema))]
#[expect(missing_debug_implementations, reason = "it holds a password")]
#[serde(deny_unknown_fields)]
pub struct SignInRequest {
    /// What the person typed as their e-mail address.
    pub email: String,
    /// What the person typed as their password.
    pub password: String,
    /// Whether the person asked to stay signed in on this device.
    #[serde(default)]
    pub keep: bool,
}

/// The body of `POST /api/password`.
///
/// `Debug` is left out on purpose: it holds passwords.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(all(feature = "openapi", not(target_family = "wasm")), derive(utoipa::ToSchema))]
#[expect(missing_debug_implementations, reason = "it holds passwords")]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// The password of before.
    pub current: String,
    /// The password from now on.
    pub new: String,
    /// Whether the other sessions of the person end.
    pub sign_out_others: bool,
}

/// The answer to a granted sign-in or refresh: RFC 6749 section 5.1, with what the application shows beside it.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(all(feature = "openapi", not(target_family = "wasm")), derive(utoipa::ToSchema))]
#[expect(missing_debug_implementations, reason = "it holds an access token")]
pub struct Grant {
    /// The access token, a JWT.
    pub access_token: String,
    /// Always `Bearer` (RFC 6750).
    pub token_type: String,
    /// Seconds the access token lives, counted from the request.
    pub expires_in: u64,
    /// The session the token belongs to.
    pub session: SessionInfo,
    /// The person who is signed in.
    pub user: User,
    /// Where this person lands after signing in: a path of the application.
    pub landing: String,
    /// What `DELETE /api/session` takes in the header `X-Sign-Out-Ticket`: it ends this session, and does nothing else.
    pub sign_out_ticket: String,
}

/// The answer of `GET /api/session`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(all(feature = "openapi", not(target_family = "wasm")), derive(utoipa::ToSchema))]
pub struct Profile {
    /// The session asked about.
    pub session: SessionInfo,
    /// The person who is signed in.
    pub user: User,
}

/// A session as its own person may know it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(all(feature = "openapi", not(target_family = "wasm")), derive(utoipa::ToSchema))]
pub struct SessionInfo {
    /// The session's identifier.
    pub id: String,
    /// Seconds until the absolute limit, which no refresh extends.
    pub expires_in: u64,
}

/// A person.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(all(feature = "openapi", not(target_family = "wasm")), derive(utoipa::ToSchema))]
pub struct User {
    /// The account's identifier.
    pub id: String,
    /// The address the person signs in with.
    pub email: String,
    /// The name the person is shown by.
    pub name: String,
    /// What the person may do.
    #[serde(default)]
    pub roles: Vec<String>,
}

/// The answer of `GET /api/sessions`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(all(feature = "openapi", not(target_family = "wasm")), derive(utoipa::ToSchema))]
pub struct Devices {
    /// The sessions of this person, the one active last first.
    pub sessions: Vec<Device>,
}

/// One session of a person, as the device list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(all(feature = "openapi", not(target_family = "wasm")), derive(utoipa::ToSchema))]
pub struct Device {
    /// The session's identifier.
    pub id: String,
    /// A plain name for the device, such as `Firefox on Windows`.
    pub device: String,
    /// The network address the session was last seen from.
    pub address: String,
    /// When the person signed in, RFC 3339 in UTC.
    pub created_at: String,
    /// When the session was last seen, RFC 3339 in UTC.
    pub last_seen_at: String,
    /// Whether this is the session that asks.
    pub current: bool,
    /// Whether the person asked to stay signed in there.
    pub kept: bool,
}

/// The answer of `DELETE /api/sessions/others` and of `POST /api/password`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(all(feature = "openapi", not(target_family = "wasm")), derive(utoipa::ToSchema))]
pub struct Revoked {
    /// How many sessions were ended.
    pub revoked: u64,
}

/// An error, in the shape of RFC 9457.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(all(feature = "openapi", not(target_family = "wasm")), derive(utoipa::ToSchema))]
pub struct Problem {
    /// A URN that names the kind of problem: [`PROBLEM_PREFIX`] and the reason.
    #[serde(rename = "type")]
    pub kind: String,
    /// What kind of problem it is, in a few words.
    pub title: String,
    /// The HTTP status again.
    pub status: u16,
    /// What happened this time and what to do about it, in a sentence.
    pub detail: String,
    /// The last part of `type`, for programs.
    pub reason: String,
    /// Seconds to wait before trying again, where waiting helps; the same as `Retry-After`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u64>,
    /// How many a person may have, where that was the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// How long a body may be, where that was the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_bytes: Option<u64>,
}

/// What the kind of each problem of this vocabulary begins with; its reason follows.
pub const PROBLEM_PREFIX: &str = "urn:perennial:problem:";
