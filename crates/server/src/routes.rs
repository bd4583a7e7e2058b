//! What is served where: one module per dialect, one file per group of endpoints.

mod health;
mod perennial;

mod body;
mod caller;
mod page_request;
mod peer;

use std::sync::Arc;

use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;

use crate::app::App;
use crate::refusal::Refusal;

/// The routes of every dialect, and of operation.
pub(crate) fn all(app: &Arc<App>) -> Router {
    Router::new()
        .route("/healthz", get(health::health))
        .nest("/api", perennial::routes(app))
        .fallback(async || Refusal::NotFound.into_response())
        .with_state(Arc::clone(app))
}
