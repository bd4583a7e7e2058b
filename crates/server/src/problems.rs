//! The last resort for answers that no handler worded: every error under this router is a problem document.

use std::any::Any;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::refusal::Refusal;

/// Words the errors that the framework answered with plain text or nothing.
pub(crate) async fn complete(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let is_worded =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == crate::refusal::PROBLEM_JSON);
    let refusal = match response.status() {
        _ if is_worded => return response,
        StatusCode::NOT_FOUND => Refusal::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Refusal::MethodNotAllowed,
        StatusCode::BAD_REQUEST => Refusal::BodyMalformed("The request cannot be understood.".to_owned()),
        status if status.is_server_error() => Refusal::Internal,
        _ => return response,
    };
    let allow = response.headers().get(header::ALLOW).cloned();
    let mut worded = refusal.into_response();
    if let Some(allow) = allow {
        worded.headers_mut().insert(header::ALLOW, allow);
    }
    worded
}

/// Answers a request whose handler panicked. The panic itself was reported by the panic hook.
pub(crate) fn panicked(_: Box<dyn Any + Send + 'static>) -> Response<Body> {
    tracing::error!("a handler panicked");
    Refusal::Internal.into_response()
}
