//! The `cookie-pair` dialect: both tokens in cookies, where script sees neither.
//!
//! The access cookie authorises everything else under `/api` too; see [`super::caller`].

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use perennial_dialect::wire::User;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::body::{self, JsonBody};
use super::caller::{self, Caller};
use super::cookie::{self, Cookie};
use super::credentials::Credentials;
use super::description::{described, from_pages, guarded};
use super::headers::{idempotency_key, user_agent};
use super::page_request::PageRequest;
use super::peer::Peer;
use super::person::{landing, user};
use crate::access_token;
use crate::app::App;
use crate::dialect::Dialect;
use crate::refresh_token::RefreshToken;
use crate::refusal::{ErrorBody, Refusal};
use crate::sessions::{self, Granted, Refresh, Refused, SignIn, SignedIn};
use crate::settings::Settings;
use crate::store::Account;

/// The routes under `/api/auth`.
pub(super) fn routes(app: &Arc<App>) -> OpenApiRouter<Arc<App>> {
    let open = OpenApiRouter::new()
        .routes(from_pages(app, routes!(login)))
        .routes(routes!(refresh))
        .routes(from_pages(app, routes!(logout)))
        .fallback(async || Refusal::NotFound);
    let status = OpenApiRouter::new().routes(guarded(app, routes!(status)));
    described(open, TAG, ErrorBody::CookiePair).merge(described(status, TAG, ErrorBody::Status))
}

/// Who is signed in, where they land, and for how long the access cookie and the session are good.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CookiePairStatus {
    /// Always true.
    authenticated: bool,
    /// The person who is signed in.
    user: User,
    /// Where this person lands after signing in: a path of the application.
    redirect_to: String,
    /// Seconds the access cookie is good for.
    expires_in: u64,
    /// Seconds until the absolute limit of the session, which no refresh extends.
    session_expires_in: u64,
}

/// The body of a refresh, for programs that keep no cookies.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CookiePairRefresh {
    /// The refresh token.
    #[serde(default)]
    refresh_token: Option<String>,
}

/// That it was done.
#[derive(Serialize, ToSchema)]
struct CookiePairDone {
    /// Always true.
    success: bool,
}

/// Signs in and sets both cookies. The session that the cookies of before belong to ends.
#[utoipa::path(post, path = "/login", request_body = Credentials,
    responses((status = 200, description = "Signed in", body = CookiePairStatus)))]
async fn login(
    State(app): State<Arc<App>>,
    Peer(address): Peer,
    headers: HeaderMap,
    JsonBody(body): JsonBody<Credentials>,
) -> Result<Response, Refusal> {
    let Credentials { email, password } = body;
    let (dialect, user_agent) = (Dialect::CookiePair, user_agent(&headers));
    let known_by = Cookie::Device.read(&headers, &app.settings);
    let wanted = SignIn { dialect, email: &email, password, keep: false, user_agent, address, known_by };
    let SignedIn { granted, refresh, known_by } = sessions::sign_in(&app, wanted).await?;
    sessions::end_replaced(&app, session_of_cookies(&app, &headers).await.ok().flatten()).await;
    let before = cleared_of_before(&app, &headers).await;
    let mut response = answer(&app, (granted, refresh), before);
    cookie::make_known(&mut response, known_by.as_deref(), &app.settings);
    Ok(response)
}

/// Exchanges the refresh token, once, and sets both cookies.
///
/// The token in the body counts first, then a bearer token that is one, then the cookie. A refusal leaves the cookies
/// alone: it may come late and meet those of a newer sign-in.
#[utoipa::path(post, path = "/refresh", security(("refresh_cookie" = []), ("refresh_bearer" = [])),
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "32 hexadecimal digits, again in a repetition"),
        ("X-Requested-By" = Option<String>, Header, description = "Always `perennial`, where the cookie brings the token"),
    ),
    request_body = Option<CookiePairRefresh>,
    responses((status = 200, description = "Refreshed", body = CookiePairStatus)))]
async fn refresh(
    State(app): State<Arc<App>>,
    Peer(address): Peer,
    headers: HeaderMap,
    page: Result<PageRequest, Refusal>,
    request: Request,
) -> Result<Response, Refused> {
    let idempotency_key = idempotency_key(&headers)?;
    let CookiePairRefresh { refresh_token } = body::optional_json(request, &app).await?.unwrap_or_default();
    let token = presented_token(refresh_token.as_deref(), &headers, &app.settings, page)?;
    let presented = Refresh { dialect: Dialect::CookiePair, token: &token, idempotency_key, address };
    let refreshed = sessions::refresh(&app, presented).await?;
    let before = cleared_of_before(&app, &headers).await;
    Ok(answer(&app, refreshed, before))
}

/// The refresh token of a request. What a browser adds by itself needs the proof that one of our pages asks; a body of
/// JSON and a bearer token are nothing that a page of another site can send without being allowed to.
fn presented_token(
    in_body: Option<&str>,
    headers: &HeaderMap,
    settings: &Settings,
    page: Result<PageRequest, Refusal>,
) -> Result<RefreshToken, Refusal> {
    if let Some(text) = in_body {
        return RefreshToken::decode(text).ok_or(Refusal::RefreshUnknown);
    }
    // An access token beside the cookie says nothing here.
    let bearer = caller::bearer_text(headers).ok().flatten();
    if let Some(token) = bearer.and_then(RefreshToken::decode) {
        return Ok(token);
    }
    match Cookie::PairRefresh.read(headers, settings) {
        None if bearer.is_some() => Err(Refusal::RefreshUnknown),
        cookie => {
            page?;
            RefreshToken::decode(cookie.ok_or(Refusal::RefreshMissing)?).ok_or(Refusal::RefreshUnknown)
        }
    }
}

/// Says who is signed in.
#[utoipa::path(get, path = "/status",
    responses((status = 200, description = "Somebody is signed in", body = CookiePairStatus)))]
async fn status(Extension(caller): Extension<Caller>) -> Json<CookiePairStatus> {
    let expires_in = caller.now.whole_s_until(caller.token_ends);
    Json(shown(caller.account, expires_in, caller.session.remaining_s(caller.now)))
}

/// Ends the session and clears both cookies, unless they belong to a newer one.
#[utoipa::path(post, path = "/logout",
    security(("access_cookie" = []), ("refresh_cookie" = []), ("bearer" = [])),
    responses((status = 200, description = "The session has ended", body = CookiePairDone)))]
async fn logout(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Refusal> {
    let named = caller::bearer(&app, &headers).ok().map(|presented| presented.session_id);
    let cookies = session_of_cookies(&app, &headers).await?;
    let signed_out = sessions::sign_out(&app, named, cookies).await?;
    let before = cleared_of_before(&app, &headers).await;
    let mut response = Json(CookiePairDone { success: true }).into_response();
    if signed_out.clears_cookies {
        cookie::add(&mut response, PAIR.map(|cookie| cookie.clear(&app.settings)));
        cookie::add(&mut response, before);
    }
    signed_out.note(named.or(cookies)).attach(&mut response);
    Ok(response)
}

/// The session that the cookies of a request belong to, ended or not.
async fn session_of_cookies(app: &App, headers: &HeaderMap) -> Result<Option<Uuid>, Refusal> {
    let session_of = |token| Some(access_token::verify(&app.keys, token, app.clock.now())?.session_id);
    match Cookie::PairAccess.read(headers, &app.settings).and_then(session_of) {
        Some(id) => Ok(Some(id)),
        None => {
            let token = Cookie::PairRefresh.read(headers, &app.settings).and_then(RefreshToken::decode);
            sessions::session_of(app, token.as_ref()).await
        }
    }
}

fn answer(app: &App, (granted, refresh): (Granted, RefreshToken), cleared: Vec<HeaderValue>) -> Response {
    let note = granted.note();
    let Granted { session, account, access, now, outcome: _ } = granted;
    let session_expires_in = session.remaining_s(now);
    let cookies = [
        Cookie::PairAccess.set(&access.token, Some(access.expires_in_s), &app.settings),
        Cookie::PairRefresh.set(&refresh.encode(), Some(session_expires_in), &app.settings),
    ];
    let body = shown(account, access.expires_in_s, session_expires_in);
    let mut response = Json(body).into_response();
    cookie::add(&mut response, cookies.into_iter().chain(cleared));
    note.attach(&mut response);
    response
}

/// What removes the cookies of the version before, as far as they are this backend's.
async fn cleared_of_before(app: &App, headers: &HeaderMap) -> Vec<HeaderValue> {
    let mut cleared = Vec::new();
    for cookie in PAIR {
        cleared.extend(cookie.clear_of_before(app, headers).await);
    }
    cleared
}

fn shown(account: Account, expires_in: u64, session_expires_in: u64) -> CookiePairStatus {
    let redirect_to = landing(&account).to_owned();
    CookiePairStatus { authenticated: true, user: user(account), redirect_to, expires_in, session_expires_in }
}

const TAG: &str = "cookie-pair";

const PAIR: [Cookie; 2] = [Cookie::PairAccess, Cookie::PairRefresh];
