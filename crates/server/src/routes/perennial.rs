//! The `perennial` dialect: a short access JWT in JSON, a rotated refresh token in a cookie, events on WebSockets.

mod cookie;
mod datasets;
mod jobs;
mod live;
mod session;
mod session_end;
mod sessions;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::{delete, get, post};

use crate::app::App;
use crate::refusal::Refusal;
use crate::routes::caller;

/// The routes under `/api`.
pub(super) fn routes(app: &Arc<App>) -> Router<Arc<App>> {
    let with_bearer = from_fn_with_state(Arc::clone(app), caller::require);
    Router::new()
        .route(
            "/session",
            get(session::profile)
                .route_layer(with_bearer.clone())
                .post(session::sign_in)
                .delete(session::sign_out),
        )
        .route("/session/refresh", post(session::refresh))
        .route("/sessions", get(sessions::list).route_layer(with_bearer.clone()))
        .route("/sessions/others", delete(sessions::revoke_others).route_layer(with_bearer.clone()))
        .route("/sessions/{id}", delete(sessions::revoke).route_layer(with_bearer.clone()))
        .route("/events", get(live::connect))
        .merge(work().route_layer(with_bearer))
        .fallback(async || Refusal::NotFound.into_response())
}

/// Imports and what comes of them.
fn work() -> Router<Arc<App>> {
    Router::new()
        .route("/jobs", get(jobs::list).post(jobs::send))
        .route("/jobs/{id}", get(jobs::one))
        .route("/jobs/{id}/events", get(jobs::events))
        .route("/jobs/{id}/cancel", post(jobs::cancel))
        .route("/jobs/{id}/retry", post(jobs::retry))
        .route("/datasets", get(datasets::list))
        .route("/datasets/{id}", get(datasets::one).delete(datasets::delete))
        .route("/datasets/{id}/rows", get(datasets::rows))
        .route("/datasets/{id}/rejected", get(datasets::rejected))
        .route("/datasets/{id}/csv", get(datasets::download))
}
