//! What is sent to sign in, where it is no more than this.

use serde::Deserialize;
use utoipa::ToSchema;

/// The body of a sign-in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Credentials {
    /// What the person typed as their e-mail address.
    pub(super) email: String,
    /// What the person typed as their password.
    pub(super) password: String,
}
