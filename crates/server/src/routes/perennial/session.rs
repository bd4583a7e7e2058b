//! `/api/session`: signing in, refreshing, asking who is signed in, signing out.

use std::iter;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use perennial_dialect::wire::{Grant, Profile, SessionInfo, SignInRequest};

use crate::app::App;
use crate::clock::Moment;
use crate::dialect::Dialect;
use crate::refresh_token::RefreshToken;
use crate::refusal::Refusal;
use crate::routes::body::JsonBody;
use crate::routes::caller::{self, Caller};
use crate::routes::cookie::{self, Cookie};
use crate::routes::headers::{idempotency_key, user_agent};
use crate::routes::peer::Peer;
use crate::routes::person::{landing, user};
use crate::sessions::{self, Granted, Refresh, Refused, SignIn, SignedIn};
use crate::sign_out_ticket;
use crate::store::Session;

/// Signs in and sets the refresh cookie. The session that the cookie of before belongs to ends.
#[utoipa::path(post, path = "/session", request_body = SignInRequest,
    responses((status = 200, description = "Signed in", body = Grant)))]
pub(super) async fn sign_in(
    State(app): State<Arc<App>>,
    Peer(address): Peer,
    headers: HeaderMap,
    JsonBody(body): JsonBody<SignInRequest>,
) -> Result<Response, Refusal> {
    let SignInRequest { email, password, keep } = body;
    let (dialect, user_agent) = (Dialect::Perennial, user_agent(&headers));
    let known_by = Cookie::Device.read(&headers, &app.settings);
    let wanted = SignIn { dialect, email: &email, password, keep, user_agent, address, known_by };
    let SignedIn { granted, refresh, known_by } = sessions::sign_in(&app, wanted).await?;
    let replaced = Cookie::Refresh.read(&headers, &app.settings).and_then(RefreshToken::decode);
    sessions::end_replaced(&app, sessions::session_of(&app, replaced.as_ref()).await.ok().flatten()).await;
    let before = Cookie::Refresh.clear_of_before(&app, &headers).await;
    let mut response = answer(&app, (granted, refresh), before)?;
    cookie::make_known(&mut response, known_by.as_deref(), &app.settings);
    Ok(response)
}

/// Exchanges the refresh cookie, once, and sets the next one.
///
/// A refusal leaves the cookie alone: it may come late and meet the cookie of a newer sign-in.
#[utoipa::path(post, path = "/session/refresh", security(("perennial_cookie" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "32 hexadecimal digits, again in a repetition")),
    responses((status = 200, description = "Refreshed", body = Grant)))]
pub(super) async fn refresh(
    State(app): State<Arc<App>>,
    Peer(address): Peer,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let idempotency_key = idempotency_key(&headers)?;
    let text = Cookie::Refresh.read(&headers, &app.settings).ok_or(Refusal::RefreshMissing)?;
    let token = RefreshToken::decode(text).ok_or(Refusal::RefreshUnknown)?;
    let presented = Refresh { dialect: Dialect::Perennial, token: &token, idempotency_key, address };
    let refreshed = sessions::refresh(&app, presented).await?;
    let before = Cookie::Refresh.clear_of_before(&app, &headers).await;
    Ok(answer(&app, refreshed, before)?)
}

/// Says who is signed in.
#[utoipa::path(get, path = "/session",
    responses((status = 200, description = "Who is signed in", body = Profile)))]
pub(super) async fn profile(Extension(caller): Extension<Caller>) -> Json<Profile> {
    let session = session_info(&caller.session, caller.now);
    Json(Profile { session, user: user(caller.account) })
}

/// Ends the session and clears the refresh cookie, unless it belongs to a newer one.
///
/// A ticket counts before everything else: it may be shown long after, when somebody has signed in since.
#[utoipa::path(delete, path = "/session", security(("bearer" = []), ("perennial_cookie" = [])),
    params(("X-Sign-Out-Ticket" = Option<String>, Header, description = "What came with the tokens of the session")),
    responses((status = 204, description = "The session has ended, now or before")))]
pub(super) async fn sign_out(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Refusal> {
    // An expired token is as good as a fresh one for this.
    let bearers = caller::bearer(&app, &headers).ok().map(|presented| presented.session_id);
    let ticket = headers.get(SIGN_OUT_TICKET).and_then(|value| value.to_str().ok());
    let named = ticket.and_then(|ticket| sign_out_ticket::verify(&app.keys, ticket)).or(bearers);
    let token = Cookie::Refresh.read(&headers, &app.settings).and_then(RefreshToken::decode);
    let cookies = sessions::session_of(&app, token.as_ref()).await?;
    let signed_out = sessions::sign_out(&app, named, cookies).await?;
    let before = Cookie::Refresh.clear_of_before(&app, &headers).await;
    let mut response = match named.or(cookies) {
        Some(_) => StatusCode::NO_CONTENT.into_response(),
        // Said so, since the application may have something else to show.
        None => Refusal::NothingToEnd.into_response(),
    };
    if signed_out.clears_cookies {
        let cleared = [Some(Cookie::Refresh.clear(&app.settings)), before];
        cookie::add(&mut response, cleared.into_iter().flatten());
    }
    signed_out.note(named).attach(&mut response);
    Ok(response)
}

fn answer(
    app: &App,
    (granted, refresh): (Granted, RefreshToken),
    cleared: Option<HeaderValue>,
) -> Result<Response, Refusal> {
    let note = granted.note();
    let Granted { session, account, access, now, outcome: _ } = granted;
    let max_age_s = session.kept.then(|| session.remaining_s(now));
    let cookie = Cookie::Refresh.set(&refresh.encode(), max_age_s, &app.settings);
    let grant = Grant {
        access_token: access.token,
        token_type: "Bearer".to_owned(),
        expires_in: access.expires_in_s,
        session: session_info(&session, now),
        landing: landing(&account).to_owned(),
        sign_out_ticket: sign_out_ticket::issue(&app.keys, &session).ok_or(Refusal::Internal)?,
        user: user(account),
    };
    let mut response = Json(grant).into_response();
    cookie::add(&mut response, iter::once(cookie).chain(cleared));
    note.attach(&mut response);
    Ok(response)
}

fn session_info(session: &Session, now: Moment) -> SessionInfo {
    SessionInfo { id: session.id.to_string(), expires_in: session.remaining_s(now) }
}

/// What can end a session and do nothing else.
const SIGN_OUT_TICKET: HeaderName = HeaderName::from_static("x-sign-out-ticket");
