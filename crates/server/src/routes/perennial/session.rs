//! `/api/session`: signing in, refreshing, asking who is signed in, signing out.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use perennial_dialect::wire::{Grant, Profile, SessionInfo, SignInRequest, User};

use super::cookie;
use crate::app::App;
use crate::clock::Moment;
use crate::refresh_token::RefreshToken;
use crate::refusal::Refusal;
use crate::request_log::Note;
use crate::routes::body::JsonBody;
use crate::routes::caller::{self, Caller};
use crate::routes::page_request::PageRequest;
use crate::routes::peer::Peer;
use crate::sessions::{self, Granted, Refresh, Refused, SignIn, SignedOut};
use crate::settings::Settings;
use crate::store::{Account, Session};

/// `POST /api/session`
pub(super) async fn sign_in(
    State(app): State<Arc<App>>,
    _: PageRequest,
    Peer(address): Peer,
    headers: HeaderMap,
    JsonBody(body): JsonBody<SignInRequest>,
) -> Result<Response, Refusal> {
    let user_agent =
        headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let SignInRequest { email, password, keep } = body;
    let wanted = SignIn { email: &email, password, keep, user_agent, address };
    Ok(answer(sessions::sign_in(&app, wanted).await?, &app.settings))
}

/// `POST /api/session/refresh`
///
/// A refusal leaves the cookie alone: it may come late and meet the cookie of a newer sign-in.
pub(super) async fn refresh(
    State(app): State<Arc<App>>,
    _: PageRequest,
    Peer(address): Peer,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let idempotency_key = idempotency_key(&headers)?;
    let text = cookie::read(&headers, &app.settings)
        .filter(|text| !text.is_empty())
        .ok_or(Refusal::RefreshMissing)?;
    let token = RefreshToken::decode(text).ok_or(Refusal::RefreshUnknown)?;
    let granted = sessions::refresh(&app, Refresh { token: &token, idempotency_key, address }).await?;
    Ok(answer(granted, &app.settings))
}

/// `GET /api/session`
pub(super) async fn profile(Extension(caller): Extension<Caller>) -> Json<Profile> {
    let session = session_info(&caller.session, caller.now);
    Json(Profile { session, user: user(caller.account) })
}

/// `DELETE /api/session`
pub(super) async fn sign_out(
    State(app): State<Arc<App>>,
    _: PageRequest,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let bearers = caller::session_to_end(&app, &headers);
    let token = cookie::read(&headers, &app.settings).and_then(RefreshToken::decode);
    let SignedOut { ended, clears_cookie } = sessions::sign_out(&app, bearers, token.as_ref()).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    if clears_cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie::clear(&app.settings));
    }
    Note::outcome(if ended.is_some() { "signed_out" } else { "nothing_to_end" }).attach(&mut response);
    if let Some(id) = ended.or(bearers) {
        Note::session(id).attach(&mut response);
    }
    Ok(response)
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = self.refusal.into_response();
        if let Some(id) = self.session_id {
            Note::session(id).attach(&mut response);
        }
        response
    }
}

fn answer(granted: Granted, settings: &Settings) -> Response {
    let Granted { session, account, access, refresh, now, outcome } = granted;
    let max_age_s = session.kept.then(|| session.remaining_s(now));
    let cookie = cookie::set(&refresh, max_age_s, settings);
    let grant = Grant {
        access_token: access.token,
        token_type: "Bearer".to_owned(),
        expires_in: access.expires_in_s,
        session: session_info(&session, now),
        user: user(account),
        landing: "/".to_owned(),
    };
    let mut response = ([(header::SET_COOKIE, cookie)], Json(grant)).into_response();
    Note::session(session.id).attach(&mut response);
    Note::outcome(outcome).attach(&mut response);
    response
}

fn session_info(session: &Session, now: Moment) -> SessionInfo {
    SessionInfo { id: session.id.to_string(), expires_in: session.remaining_s(now) }
}

fn user(account: Account) -> User {
    User { id: account.id.to_string(), email: account.email, name: account.name, roles: account.roles }
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let is_key = |text: &&str| text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    value.to_str().ok().filter(is_key).map(Some).ok_or(Refusal::IdempotencyKeyInvalid)
}
