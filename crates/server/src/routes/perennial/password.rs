//! `/api/password`: a person changes the own password.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use perennial_dialect::wire::{NewPassword, Revoked};

use crate::app::App;
use crate::dialect::Dialect;
use crate::refusal::Refusal;
use crate::request_log::Note;
use crate::routes::body::JsonBody;
use crate::routes::caller::Caller;
use crate::routes::cookie::{self, Cookie};
use crate::sessions;

/// Changes the password of the person who asks, and ends the other sessions where that is wished.
///
/// Whoever holds a token of this session alone cannot do it: the password of before is asked for. The device stays known.
#[utoipa::path(post, path = "/password", request_body = NewPassword,
    responses((status = 200, description = "Changed, and how many sessions have ended", body = Revoked)))]
pub(super) async fn change(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    JsonBody(wanted): JsonBody<NewPassword>,
) -> Result<Response, Refusal> {
    let (session, now) = (caller.session, caller.now);
    let (account, ended) = sessions::change_password(&app, &session, caller.account, wanted, now).await?;
    let mut response = Json(Revoked { revoked: ended }).into_response();
    // The other dialects set no cookies.
    if matches!(session.dialect, Dialect::Perennial | Dialect::CookiePair) {
        let known_by = Cookie::Device.read(&headers, &app.settings);
        let known_by = sessions::remember_device(&app, known_by, &account, now);
        cookie::make_known(&mut response, known_by.as_deref(), &app.settings);
    }
    Note::outcome("password_changed").attach(&mut response);
    Ok(response)
}
