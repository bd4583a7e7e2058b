//! What is served where: one module per dialect, one file per group of endpoints.

mod cookie_pair;
mod exchange;
mod health;
mod hybrid;
mod jwks;
mod perennial;

mod description;

mod body;
mod caller;
mod cookie;
mod credentials;
mod headers;
mod page_request;
mod peer;
mod person;

use std::sync::Arc;

use axum::routing::get;
use axum::{Extension, Router};
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::refusal::Refusal;

/// The routes of every dialect, and of operation.
pub(crate) fn all(app: &Arc<App>) -> Router {
    let api = OpenApiRouter::new()
        .merge(perennial::routes(app))
        .merge(hybrid::routes(app))
        .merge(description::routes())
        .nest("/auth", cookie_pair::routes(app))
        .nest("/v1/auth", exchange::routes(app))
        .fallback(async || Refusal::NotFound);
    let (api, description) =
        OpenApiRouter::with_openapi(description::begin(&app.settings)).nest("/api", api).split_for_parts();
    api.layer(Extension(Arc::new(description)))
        .route("/healthz", get(health::health))
        .route("/.well-known/jwks.json", get(jwks::document))
        .fallback(async || Refusal::NotFound)
        .with_state(Arc::clone(app))
}
