//! `GET /healthz`: whether the backend can do its work.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::app::App;
use crate::refusal::Refusal;

/// 200 when the database can be read and written, 503 when it cannot.
pub(super) async fn health(State(app): State<Arc<App>>) -> Response {
    match app.store.ping().await {
        Ok(()) => Json(json!({ "status": "ok" })).into_response(),
        Err(error) => {
            tracing::error!(%error, "the database cannot be read or written");
            Refusal::Busy.into_response()
        }
    }
}
