//! The guard against requests that another site makes a browser send.
//!
//! The refresh cookie is `SameSite=Strict`; this is the second wall. A foreign page cannot set the header without
//! a CORS preflight, which nothing here grants, and cannot change the `Origin` its browser sends.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

use crate::app::App;
use crate::refusal::Refusal;

/// Proof that the request comes from a page of this application, or from no browser at all.
pub(super) struct PageRequest;

impl FromRequestParts<Arc<App>> for PageRequest {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refusal> {
        let text = |name: &str| parts.headers.get(name).map(|value| value.to_str().unwrap_or("?"));
        if text("x-requested-by") != Some("perennial") {
            return Err(Refusal::Csrf("The request needs the header X-Requested-By: perennial."));
        }
        let is_ours = match text(header::ORIGIN.as_str()) {
            Some(origin) => app.settings.public_origins.iter().any(|ours| ours.as_str() == origin),
            // Without an Origin, a browser still says whose page it was; other programs say nothing.
            None => matches!(text("sec-fetch-site"), None | Some("same-origin" | "none")),
        };
        if is_ours { Ok(Self) } else { Err(Refusal::Csrf(FOREIGN)) }
    }
}

const FOREIGN: &str = "The request comes from a page of another origin. If that page is this application, name its origin with --public-origin.";
