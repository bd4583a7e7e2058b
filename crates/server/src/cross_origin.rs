//! Pages of this application that were loaded from another address than the one they talk to (CORS).
//!
//! Their origins are those of `--public-origin`. A page of any other origin is answered as if there were no such thing,
//! so its browser shows it nothing, and asks in vain before it sends what no form could.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tower::{Layer, ServiceExt};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::settings::Origin;

/// Whose pages may read answers, and what they may ask with.
#[derive(Clone, Debug)]
pub(crate) struct CrossOrigin {
    origins: Arc<[HeaderValue]>,
    cors: CorsLayer,
}

impl CrossOrigin {
    /// For pages of these origins.
    pub(crate) fn new(origins: &[Origin]) -> Self {
        let origins: Arc<[HeaderValue]> =
            origins.iter().filter_map(|origin| HeaderValue::from_str(origin.as_str()).ok()).collect();
        let cors = CorsLayer::new()
            .allow_origin(AllowOrigin::list(origins.to_vec()))
            .allow_credentials(true)
            .allow_methods([Method::GET, Method::POST, Method::DELETE])
            .allow_headers([
                header::AUTHORIZATION,
                header::CONTENT_TYPE,
                header::ACCEPT,
                HeaderName::from_static("x-requested-by"),
                HeaderName::from_static("idempotency-key"),
                HeaderName::from_static("x-sign-out-ticket"),
            ])
            .expose_headers([HeaderName::from_static("x-new-token"), header::RETRY_AFTER, header::DATE])
            .max_age(ASKED_AGAIN_AFTER);
        Self { origins, cors }
    }
}

/// Lets pages of the application's other addresses read what the backend says, and nobody else's.
pub(crate) async fn share(State(ours): State<CrossOrigin>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if path != "/healthz" && !path.starts_with("/api/") {
        return next.run(request).await;
    }
    let is_ours = request.headers().get(header::ORIGIN).is_some_and(|origin| ours.origins.contains(origin));
    if !is_ours {
        let mut response = next.run(request).await;
        response.headers_mut().append(header::VARY, HeaderValue::from_static("origin"));
        return response;
    }
    let answered = ours.cors.layer(next).oneshot(request).await;
    let mut response = answered.unwrap_or_else(IntoResponse::into_response);
    response.headers_mut().insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    response
}

/// The header that would otherwise keep answers to the one origin they come from.
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// What a browser was allowed once it need not ask for a while; longer than two hours none of them remembers it.
const ASKED_AGAIN_AFTER: Duration = Duration::from_secs(7200);
