//! The last word on errors: each is put in the shape of its dialect, and those that no handler worded are worded.

use std::any::Any;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::refusal::{ErrorBody, Refusal};

/// Words the errors that the framework answered with plain text or nothing, and those of a router that says how.
pub(crate) async fn complete(request: Request, next: Next) -> Response {
    let has_credentials = request.headers().contains_key(header::AUTHORIZATION);
    let mut response = worded(next.run(request).await);
    if response.status() == StatusCode::UNAUTHORIZED {
        let is_about_token = response.extensions().get() != Some(&Refusal::WrongCredentials);
        let challenge = if has_credentials && is_about_token { INVALID_TOKEN } else { NO_TOKEN };
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    response
}

fn worded(mut response: Response) -> Response {
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

/// What every 401 asks for (RFC 9110 section 15.5.2). No scheme is registered for cookies, and whatever takes one here
/// takes a bearer as well, or comes after a sign-in that gives one. Where no bearer was sent, nothing is said of an
/// error (RFC 6750 section 3.1).
const NO_TOKEN: &str = "Bearer realm=\"perennial\"";

const INVALID_TOKEN: &str = "Bearer realm=\"perennial\", error=\"invalid_token\"";
