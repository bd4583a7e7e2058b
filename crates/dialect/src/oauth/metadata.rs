//! What a provider says of itself: OpenID Connect Discovery 1.0, RFC 8414.

use perennial_session::Doubt;
use serde_json::Value;

use crate::{
    address::is_absolute,
    answers::{WireAnswer, doubt, facts},
    dialect::Dialect,
    json,
    request::{Cookies, WireRequest},
};

/// The endpoints of a provider, each an absolute address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// Where the person goes to sign in.
    pub authorization: String,
    /// Where a code or a refresh token is given for tokens.
    pub token: String,
    /// Where to ask who the person is.
    pub userinfo: Option<String>,
    /// Where tokens are given back.
    pub revocation: Option<String>,
    /// Where the person goes to sign out.
    pub end_session: Option<String>,
    /// Whether the provider says who it is when it sends a person back (RFC 9207).
    pub names_itself: bool,
}

impl Dialect {
    /// Asks the provider to describe itself. `None` where there is no provider, or where it has done so.
    ///
    /// Where the person is asked for, the description is where OpenID Connect has it, else where RFC 8414 has it.
    #[must_use]
    pub fn discovery(&self) -> Option<WireRequest> {
        let client = self.client().filter(|client| client.metadata.is_none())?;
        let issuer = client.issuer.strip_suffix('/').unwrap_or(&client.issuer);
        let url = if client.is_openid() {
            format!("{issuer}/.well-known/openid-configuration")
        } else {
            // The first two slashes stand before the host.
            let path_at = issuer.match_indices('/').nth(2).map_or(issuer.len(), |(at, _)| at);
            let (origin, path) = issuer.split_at(path_at);
            format!("{origin}/.well-known/oauth-authorization-server{path}")
        };
        Some(WireRequest {
            method: "GET".to_owned(),
            url,
            headers: Vec::new(),
            body: None,
            keepalive: false,
            cookies: Cookies::Omit,
        })
    }
}

impl Metadata {
    /// Reads the description that this issuer is to have given of itself.
    ///
    /// # Errors
    /// A doubt, where there is none that can be used: it must name the issuer exactly as it is configured (RFC 8414
    /// section 3.3), and a provider that is reached over TLS must not send anybody where there is none.
    pub fn read(wire: &WireAnswer, issuer: &str) -> Result<Self, Doubt> {
        if wire.status != 200 {
            return Err(doubt(wire.status));
        }
        json::object(&wire.body, NAMES).and_then(|body| Self::of(&body, issuer)).ok_or(Doubt::Unreadable)
    }

    fn of(body: &Value, issuer: &str) -> Option<Self> {
        if body.get("issuer").and_then(facts::text) != Some(issuer) {
            return None;
        }
        let schemes: &[&str] = if issuer.starts_with("https:") { &["https"] } else { &["http", "https"] };
        let optional = |name: &str| match body.get(name) {
            None | Some(Value::Null) => Some(None),
            Some(address) => {
                let address = address.as_str().filter(|address| is_absolute(address, schemes))?;
                Some(Some(address.to_owned()))
            }
        };
        Some(Self {
            authorization: optional("authorization_endpoint")??,
            token: optional("token_endpoint")??,
            userinfo: optional("userinfo_endpoint")?,
            revocation: optional("revocation_endpoint")?,
            end_session: optional("end_session_endpoint")?,
            names_itself: body.get(NAMES_ITSELF).and_then(Value::as_bool).unwrap_or_default(),
        })
    }
}

/// All that is read of a description.
const NAMES: [&str; 7] = [
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "revocation_endpoint",
    "end_session_endpoint",
    NAMES_ITSELF,
];

const NAMES_ITSELF: &str = "authorization_response_iss_parameter_supported";
