//! The `cookie-pair` dialect: both tokens in cookies, where script sees neither.
//!
//! The access cookie authorises everything else under `/api` too; see [`super::caller`].

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::{Extension, Json};
use perennial_dialect::wire::User;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::JsonBody;
use super::caller::{self, ACCESS_COOKIE, Caller};
use super::cookie;
use super::credentials::Credentials;
use super::description::{described, from_pages, guarded};
use super::headers::{idempotency_key, user_agent};
use super::peer::Peer;
use super::person::{landing, user};
use crate::access_token;
use crate::app::App;
use crate::dialect::Dialect;
use crate::refresh_token::RefreshToken;
use crate::refusal::{ErrorBody, Refusal};
use crate::sessions::{self, Granted, Refresh, Refused, SignIn};
use crate::settings::Settings;
use crate::store::Account;

/// The routes under `/api/auth`.
pub(super) fn routes(app: &Arc<App>) -> OpenApiRouter<Arc<App>> {
    let open = OpenApiRouter::new()
        .routes(from_pages(app, routes!(login)))
        .routes(from_pages(app, routes!(refresh)))
        .routes(from_pages(app, routes!(logout)))
        .fallback(async || Refusal::NotFound);
    let status = OpenApiRouter::new().routes(guarded(app, routes!(status)));
    described(open, TAG, ErrorBody::Plain).merge(described(status, TAG, ErrorBody::Status))
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

/// That it was done.
#[derive(Serialize, ToSchema)]
struct CookiePairDone {
    /// Always true.
    success: bool,
}

/// Signs in and sets both cookies.
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
    let wanted = SignIn { dialect, email: &email, password, keep: false, user_agent, address };
    Ok(answer(sessions::sign_in(&app, wanted).await?, &app.settings))
}

/// Exchanges the refresh cookie, once, and sets both cookies.
///
/// A refusal leaves the cookies alone: it may come late and meet those of a newer sign-in.
#[utoipa::path(post, path = "/refresh", security(("refresh_cookie" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "32 hexadecimal digits, again in a repetition")),
    responses((status = 200, description = "Refreshed", body = CookiePairStatus)))]
async fn refresh(
    State(app): State<Arc<App>>,
    Peer(address): Peer,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let idempotency_key = idempotency_key(&headers)?;
    let text = cookie::read(&headers, REFRESH_COOKIE).ok_or(Refusal::RefreshMissing)?;
    let token = RefreshToken::decode(text).ok_or(Refusal::RefreshUnknown)?;
    let presented = Refresh { dialect: Dialect::CookiePair, token: &token, idempotency_key, address };
    Ok(answer(sessions::refresh(&app, presented).await?, &app.settings))
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
    let session_of = |token| Some(access_token::verify(&app.keys, token)?.session_id);
    let named = caller::bearer(&app, &headers).ok().map(|presented| presented.session_id);
    let cookies = match cookie::read(&headers, ACCESS_COOKIE).and_then(session_of) {
        Some(id) => Some(id),
        None => {
            let token = cookie::read(&headers, REFRESH_COOKIE).and_then(RefreshToken::decode);
            sessions::session_of(&app, token.as_ref()).await?
        }
    };
    let signed_out = sessions::sign_out(&app, named, cookies).await?;
    let mut response = Json(CookiePairDone { success: true }).into_response();
    if signed_out.clears_cookies {
        for name in [ACCESS_COOKIE, REFRESH_COOKIE] {
            response.headers_mut().append(header::SET_COOKIE, cookie::clear(name, &app.settings));
        }
    }
    signed_out.note(named.or(cookies)).attach(&mut response);
    Ok(response)
}

fn answer((granted, refresh): (Granted, RefreshToken), settings: &Settings) -> Response {
    let note = granted.note();
    let Granted { session, account, access, now, outcome: _ } = granted;
    let session_expires_in = session.remaining_s(now);
    let cookies = [
        cookie::set(ACCESS_COOKIE, &access.token, Some(access.expires_in_s), settings),
        cookie::set(REFRESH_COOKIE, &refresh.encode(), Some(session_expires_in), settings),
    ];
    let cookies = AppendHeaders(cookies.map(|cookie| (header::SET_COOKIE, cookie)));
    let body = shown(account, access.expires_in_s, session_expires_in);
    let mut response = (cookies, Json(body)).into_response();
    note.attach(&mut response);
    response
}

fn shown(account: Account, expires_in: u64, session_expires_in: u64) -> CookiePairStatus {
    let redirect_to = landing(&account).to_owned();
    CookiePairStatus { authenticated: true, user: user(account), redirect_to, expires_in, session_expires_in }
}

const TAG: &str = "cookie-pair";

const REFRESH_COOKIE: &str = "refreshToken";
