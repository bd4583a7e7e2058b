//! The guards against requests that another site makes a browser send.
//!
//! Cookies are `SameSite=Strict`; this is the second wall. A foreign page cannot set the header without a CORS
//! preflight, which is granted to the application's own origins, and cannot change the `Origin` its browser sends.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request};
use axum::http::header;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;

use crate::app::App;
use crate::refusal::Refusal;

/// Proof that the request comes from a page of this application, or from no browser at all.
pub(super) struct PageRequest;

impl FromRequestParts<Arc<App>> for PageRequest {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refusal> {
        if text(parts, "x-requested-by") != Some("perennial") {
            return Err(Refusal::Csrf("The request needs the header X-Requested-By: perennial."));
        }
        OwnOrigin::from_request_parts(parts, app).await?;
        Ok(Self)
    }
}

/// Lets only such requests through.
pub(super) async fn require(_: PageRequest, request: Request, next: Next) -> Response {
    next.run(request).await
}

/// Proof that no page of another origin asks. A WebSocket needs no more: script cannot give it a header.
pub(super) struct OwnOrigin;

impl FromRequestParts<Arc<App>> for OwnOrigin {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refusal> {
        let is_ours = match text(parts, header::ORIGIN.as_str()) {
            Some(origin) => app.settings.public_origins.iter().any(|ours| ours.as_str() == origin),
            // Without an Origin, a browser still says whose page it was; other programs say nothing.
            None => matches!(text(parts, "sec-fetch-site"), None | Some("same-origin" | "none")),
        };
        if is_ours { Ok(Self) } else { Err(Refusal::Csrf(FOREIGN)) }
    }
}

fn text<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    parts.headers.get(name).map(|value| value.to_str().unwrap_or("?"))
}

const FOREIGN: &str = "The request comes from a page of another origin. If that page is this application, name its origin with --public-origin.";
