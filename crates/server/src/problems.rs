//! The last word on errors: each is put in the shape of its dialect, and those that no handler worded are worded.

use std::any::Any;

use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::refusal::{ErrorBody, Refusal};

/// Words the errors that the framework answered with plain text or nothing, and those of a router that says how.
pub(crate) async fn complete(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let body = response.extensions().get::<ErrorBody>().copied().unwrap_or_default();
    let refusal = match (response.extensions().get::<Refusal>(), response.status()) {
        (Some(_), _) if body == ErrorBody::Problem => return response,
        (Some(refusal), _) => refusal.clone(),
        (None, StatusCode::NOT_FOUND) => Refusal::NotFound,
        (None, StatusCode::METHOD_NOT_ALLOWED) => Refusal::MethodNotAllowed,
        (None, StatusCode::BAD_REQUEST) => {
            Refusal::BodyMalformed("The request cannot be understood.".to_owned())
        }
        (None, status) if status.is_server_error() => Refusal::Internal,
        (None, _) => return response,
    };
    refusal.word(body, &mut response);
    response
}

/// Answers a request whose handler panicked. The panic itself was reported by the panic hook.
pub(crate) fn panicked(_: Box<dyn Any + Send + 'static>) -> Response<Body> {
    tracing::error!("a handler panicked");
    Refusal::Internal.into_response()
}
