//! `GET /.well-known/jwks.json`: the keys that other services verify access tokens with (RFC 7517).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use jwt_compact::jwk::JsonWebKey;
use serde::Serialize;

use crate::app::App;
use crate::keys::Key;
use crate::settings::SigningAlgorithm;

/// A set of keys.
#[derive(Serialize)]
struct KeySet<'a> {
    keys: Vec<PublicKey<'a>>,
}

/// A public key, and what it is for.
#[derive(Serialize)]
struct PublicKey<'a> {
    #[serde(flatten)]
    key: JsonWebKey<'a>,
    kid: &'a str,
    #[serde(rename = "use")]
    purpose: &'static str,
    alg: &'static str,
}

impl<'a> PublicKey<'a> {
    fn of(key: &'a Key) -> Self {
        // RFC 8037 section 2 and 3.1.
        Self { key: key.ed25519_public().into(), kid: &key.kid, purpose: "sig", alg: "EdDSA" }
    }
}

/// Every key that tokens in use may be signed with, the newest first; none where a secret signs.
pub(super) async fn document(State(app): State<Arc<App>>) -> Response {
    let keys = match app.settings.signing_algorithm {
        SigningAlgorithm::Hs256 => Vec::new(),
        SigningAlgorithm::EdDsa => app.keys.all().iter().map(PublicKey::of).collect(),
    };
    // Services ask again where they meet a name that they do not know.
    ([(header::CACHE_CONTROL, "public, max-age=300")], Json(KeySet { keys })).into_response()
}
