//! The `exchange` dialect: one access token, which is exchanged for the next one.
//!
//! Nothing that changes anything here goes by a cookie, so a page of another site can make a browser do nothing.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use perennial_dialect::wire::User;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::JsonBody;
use super::caller::{self, Caller};
use super::credentials::Credentials;
use super::description::{described, guarded};
use super::headers::user_agent;
use super::peer::Peer;
use super::person::user;
use crate::app::App;
use crate::dialect::Dialect;
use crate::refusal::{ErrorBody, Refusal};
use crate::sessions::{self, Granted, Refused, SignIn};

/// The routes under `/api/v1/auth`.
pub(super) fn routes(app: &Arc<App>) -> OpenApiRouter<Arc<App>> {
    let open = OpenApiRouter::new().routes(routes!(login)).routes(routes!(refresh)).routes(routes!(logout));
    let guarded = OpenApiRouter::new().routes(guarded(app, routes!(validate)));
    let routes = open.merge(guarded).fallback(async || Refusal::NotFound);
    described(routes, "exchange", ErrorBody::Exchange)
}

/// What a sign-in and a refresh answer.
#[derive(Serialize, ToSchema)]
struct ExchangeGrant {
    /// Always true.
    success: bool,
    /// The access token, a JWT. It is also what the next one is given for.
    token: String,
    /// The person who is signed in.
    user: User,
    /// Seconds until the absolute limit of the session, which no refresh extends.
    session_expires_in: u64,
}

/// Who is signed in.
#[derive(Serialize, ToSchema)]
struct ExchangeValid {
    /// Always true.
    success: bool,
    /// The person who is signed in.
    user: User,
    /// Seconds until the absolute limit of the session, which no refresh extends.
    session_expires_in: u64,
}

/// That it was done.
#[derive(Serialize, ToSchema)]
struct ExchangeDone {
    /// Always true.
    success: bool,
}

/// Signs in.
#[utoipa::path(post, path = "/login", request_body = Credentials,
    responses((status = 200, description = "Signed in", body = ExchangeGrant)))]
async fn login(
    State(app): State<Arc<App>>,
    Peer(address): Peer,
    headers: HeaderMap,
    JsonBody(body): JsonBody<Credentials>,
) -> Result<Response, Refusal> {
    let Credentials { email, password } = body;
    let (dialect, user_agent) = (Dialect::Exchange, user_agent(&headers));
    let wanted =
        SignIn { dialect, email: &email, password, keep: false, user_agent, address, known_by: None };
    // There is nothing to send a refresh token in: it is known to nobody.
    Ok(answer(sessions::sign_in(&app, wanted).await?.granted))
}

/// Exchanges an access token, expired or not, for the next one.
///
/// The log says what came of it in the words that operators of this dialect watch for.
#[utoipa::path(post, path = "/refresh", security(("bearer" = [])),
    responses((status = 200, description = "Refreshed", body = ExchangeGrant)))]
async fn refresh(
    State(app): State<Arc<App>>,
    Peer(address): Peer,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let exchanged = match caller::bearer(&app, &headers) {
        Ok(presented) => sessions::exchange(&app, &presented, address).await,
        Err(refusal) => Err(refusal.into()),
    };
    match &exchanged {
        Ok(granted) => {
            tracing::info!("Token refreshed successfully for user_id: {}", granted.account.id);
        }
        Err(refused) => tracing::warn!("Token refresh error: {}", refused.refusal.reason()),
    }
    exchanged.map(answer)
}

/// Says who is signed in.
#[utoipa::path(get, path = "/validate",
    responses((status = 200, description = "The token is good", body = ExchangeValid)))]
async fn validate(Extension(caller): Extension<Caller>) -> Json<ExchangeValid> {
    let session_expires_in = caller.session.remaining_s(caller.now);
    Json(ExchangeValid { success: true, user: user(caller.account), session_expires_in })
}

/// Ends the session of an access token, expired or not.
#[utoipa::path(post, path = "/logout", security(("bearer" = [])),
    responses((status = 200, description = "The session has ended", body = ExchangeDone)))]
async fn logout(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Refusal> {
    let bearers = Some(caller::bearer(&app, &headers)?.session_id);
    let signed_out = sessions::sign_out(&app, bearers, None).await?;
    let mut response = Json(ExchangeDone { success: true }).into_response();
    signed_out.note(bearers).attach(&mut response);
    Ok(response)
}

fn answer(granted: Granted) -> Response {
    let note = granted.note();
    let Granted { session, account, access, now, outcome: _ } = granted;
    let session_expires_in = session.remaining_s(now);
    let body = ExchangeGrant { success: true, token: access.token, user: user(account), session_expires_in };
    let mut response = Json(body).into_response();
    note.attach(&mut response);
    response
}
