//! `/api/sessions`: the devices a person is signed in on.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use perennial_dialect::wire::{Device, Devices, Revoked};
use uuid::Uuid;

use crate::app::App;
use crate::refusal::Refusal;
use crate::routes::caller::Caller;
use crate::store::{RevokedWhy, Session};

/// Lists the devices a person is signed in on.
#[utoipa::path(get, path = "/sessions",
    responses((status = 200, description = "The sessions", body = Devices)))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
) -> Result<Json<Devices>, Refusal> {
    let live = app.store.live_sessions(caller.account.id, caller.now).await?;
    let sessions = live.into_iter().map(|session| device(session, caller.session.id)).collect();
    Ok(Json(Devices { sessions }))
}

/// Ends a session of this person.
#[utoipa::path(delete, path = "/sessions/{id}", params(("id" = String, Path, description = "The session")),
    responses((status = 204, description = "The session has ended")))]
pub(super) async fn revoke(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<Uuid>, PathRejection>,
) -> Result<StatusCode, Refusal> {
    // What is no identifier is nobody's session.
    let Path(id) = id.map_err(|_| Refusal::NotFound)?;
    let (session, _) = app.store.session(id).await?.ok_or(Refusal::NotFound)?;
    if session.account_id != caller.account.id {
        return Err(Refusal::NotFound);
    }
    let is_own = id == caller.session.id;
    let why = if is_own { RevokedWhy::SignedOut } else { RevokedWhy::RevokedElsewhere };
    app.store.revoke(id, why, caller.now).await?;
    app.live.bells.ring(id);
    app.live.bells.ring(caller.account.id);
    Ok(StatusCode::NO_CONTENT)
}

/// Ends all sessions of this person but the one that asks.
#[utoipa::path(delete, path = "/sessions/others",
    responses((status = 200, description = "How many have ended", body = Revoked)))]
pub(super) async fn revoke_others(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
) -> Result<Json<Revoked>, Refusal> {
    let revoked = app.store.revoke_others(caller.account.id, caller.session.id, caller.now).await?;
    app.live.bells.ring(caller.account.id);
    Ok(Json(Revoked { revoked }))
}

/// A session as its person sees it who looks from the session `own`.
pub(super) fn device(session: Session, own: Uuid) -> Device {
    Device {
        id: session.id.to_string(),
        device: session.device,
        address: session.address,
        created_at: session.created_at.to_string(),
        last_seen_at: session.last_seen_at.to_string(),
        current: session.id == own,
        kept: session.kept,
    }
}
