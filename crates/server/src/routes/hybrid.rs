//! The `hybrid` dialect: both tokens in answers, a refresh token that stays the same, and a fresh access token in
//! `X-New-Token` besides.
//!
//! Nothing that changes anything here goes by a cookie, so a page of another site can make a browser do nothing.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use perennial_dialect::wire::User;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{self, JsonBody};
use super::caller::{self, Caller};
use super::credentials::Credentials;
use super::description::{described, guarded};
use super::headers::user_agent;
use super::peer::Peer;
use super::person::user;
use crate::app::App;
use crate::dialect::Dialect;
use crate::refresh_token::RefreshToken;
use crate::refusal::{ErrorBody, Refusal};
use crate::sessions::{self, Refresh, Refused, SignIn, SignedIn};

/// The routes under `/api`.
pub(super) fn routes(app: &Arc<App>) -> OpenApiRouter<Arc<App>> {
    let open = OpenApiRouter::new().routes(routes!(login)).routes(routes!(refresh)).routes(routes!(logout));
    let guarded = OpenApiRouter::new().routes(guarded(app, routes!(me)));
    described(open.merge(guarded), "hybrid", ErrorBody::Plain)
}

/// What a sign-in answers.
#[derive(Serialize, ToSchema)]
struct HybridGrant {
    /// The access token, a JWT.
    access_token: String,
    /// What the next access token is given for. It stays the same for as long as the session lives.
    refresh_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// Seconds the access token lives, counted from the request.
    expires_in: u64,
    /// Seconds until the absolute limit of the session, which no refresh extends.
    session_expires_in: u64,
    /// The person who is signed in.
    user: User,
}

/// What a refresh answers.
#[derive(Serialize, ToSchema)]
struct HybridRefreshed {
    /// The access token, a JWT.
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// Seconds the access token lives, counted from the request.
    expires_in: u64,
    /// Seconds until the absolute limit of the session, which no refresh extends.
    session_expires_in: u64,
    /// The person who is signed in.
    user: User,
}

/// Who is signed in.
#[derive(Serialize, ToSchema)]
struct HybridMe {
    /// The person who is signed in.
    #[serde(flatten)]
    user: User,
    /// Seconds until the absolute limit of the session, which no refresh extends.
    session_expires_in: u64,
}

/// The body of a sign-out.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HybridSignOut {
    /// The refresh token, whose session ends as well.
    #[serde(default)]
    refresh_token: Option<String>,
}

/// That it was done.
#[derive(Serialize, ToSchema)]
struct HybridDone {
    /// What was done, in a sentence.
    message: &'static str,
}

/// Signs in.
#[utoipa::path(post, path = "/login", request_body = Credentials,
    responses((status = 200, description = "Signed in", body = HybridGrant)))]
async fn login(
    State(app): State<Arc<App>>,
    Peer(address): Peer,
    headers: HeaderMap,
    JsonBody(body): JsonBody<Credentials>,
) -> Result<Response, Refusal> {
    let Credentials { email, password } = body;
    let (dialect, user_agent) = (Dialect::Hybrid, user_agent(&headers));
    let wanted =
        SignIn { dialect, email: &email, password, keep: false, user_agent, address, known_by: None };
    let SignedIn { granted, refresh, known_by: _ } = sessions::sign_in(&app, wanted).await?;
    let note = granted.note();
    let body = HybridGrant {
        access_token: granted.access.token,
        refresh_token: refresh.encode(),
        token_type: BEARER,
        expires_in: granted.access.expires_in_s,
        session_expires_in: granted.session.remaining_s(granted.now),
        user: user(granted.account),
    };
    let mut response = Json(body).into_response();
    note.attach(&mut response);
    Ok(response)
}

/// Says who is signed in.
#[utoipa::path(get, path = "/me",
    responses((status = 200, description = "Who is signed in", body = HybridMe)))]
async fn me(Extension(caller): Extension<Caller>) -> Json<HybridMe> {
    let session_expires_in = caller.session.remaining_s(caller.now);
    Json(HybridMe { user: user(caller.account), session_expires_in })
}

/// Gives a new access token for the refresh token, which stays the same.
#[utoipa::path(post, path = "/refresh", security(("refresh_bearer" = [])),
    responses((status = 200, description = "Refreshed", body = HybridRefreshed)))]
async fn refresh(
    State(app): State<Arc<App>>,
    Peer(address): Peer,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let text = caller::bearer_text(&headers)?.ok_or(Refusal::RefreshMissing)?;
    let token = RefreshToken::decode(text).ok_or(Refusal::RefreshUnknown)?;
    let presented = Refresh { dialect: Dialect::Hybrid, token: &token, idempotency_key: None, address };
    let granted = sessions::renew(&app, presented).await?;
    let note = granted.note();
    let body = HybridRefreshed {
        access_token: granted.access.token,
        token_type: BEARER,
        expires_in: granted.access.expires_in_s,
        session_expires_in: granted.session.remaining_s(granted.now),
        user: user(granted.account),
    };
    let mut response = Json(body).into_response();
    note.attach(&mut response);
    Ok(response)
}

/// Ends the session of the access token, expired or not, and that of the refresh token in the body.
///
/// Both are named by the one who asks, and by no cookie that may have changed meanwhile: so both end.
#[utoipa::path(post, path = "/logout", security(("bearer" = [])), request_body = Option<HybridSignOut>,
    responses((status = 200, description = "The session has ended", body = HybridDone)))]
async fn logout(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Refusal> {
    let HybridSignOut { refresh_token } = body::optional_json(request, &app).await?.unwrap_or_default();
    let token = refresh_token.as_deref().and_then(RefreshToken::decode);
    let by_refresh = sessions::session_of(&app, token.as_ref()).await?;
    let by_access = match caller::bearer(&app, &headers) {
        Ok(presented) => Some(presented.session_id),
        Err(refusal) if by_refresh.is_none() => return Err(refusal),
        Err(_) => None,
    };
    let mut response = Json(HybridDone { message: "You signed out." }).into_response();
    for named in [by_refresh, by_access].into_iter().flatten() {
        sessions::sign_out(&app, Some(named), None).await?.note(Some(named)).attach(&mut response);
    }
    Ok(response)
}

const BEARER: &str = "Bearer";
