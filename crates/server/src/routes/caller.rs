//! Requests that carry an access token, in any dialect.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::peer::Peer;
use crate::access_token::{self, Presented};
use crate::app::App;
use crate::clock::Moment;
use crate::refusal::Refusal;
use crate::request_log::Note;
use crate::sessions::Refused;
use crate::store::{Account, Session};

/// Who asks.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) session: Session,
    pub(super) account: Account,
    pub(super) now: Moment,
}

/// Lets a request through whose token is good and whose session is live at this moment, and puts a new token
/// into the answer when the presented one is near its end.
///
/// The session is read from the store each time, so a revocation bites on the next request.
pub(super) async fn require(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(peer) = Peer::from_request_parts(&mut parts, &app).await;
    let identified = match bearer_token(&parts.headers) {
        Ok(token) => check(&app, token, &peer).await,
        Err(missing) => Err(missing.into()),
    };
    let (caller, presented) = match identified {
        Ok(found) => found,
        Err(refused) => return challenged(refused.into_response()),
    };
    let session = caller.session.clone();
    parts.extensions.insert(caller);
    let mut response = next.run(Request::from_parts(parts, body)).await;
    Note::session(session.id).attach(&mut response);
    // What takes long looks at the session again.
    response = challenged(response);
    if response.status().is_success()
        && let Some(token) = successor(&app, &session, &presented)
    {
        response.headers_mut().insert(X_NEW_TOKEN, token);
    }
    response
}

/// The session of the bearer token for signing out, for which an expired token is as good as a fresh one.
pub(super) fn session_to_end(app: &App, headers: &HeaderMap) -> Option<Uuid> {
    let token = bearer_token(headers).ok()?;
    Some(access_token::verify(&app.keys, token)?.session_id)
}

/// Whose token this is, if it is good and its session is live at this moment.
pub(super) async fn check(app: &App, token: &str, peer: &Peer) -> Result<(Caller, Presented), Refused> {
    let now = app.clock.now();
    let presented = access_token::verify(&app.keys, token).ok_or(Refusal::TokenInvalid)?;
    let refused = |refusal| Refused { refusal, session_id: Some(presented.session_id) };
    if presented.is_expired(now) {
        return Err(refused(Refusal::TokenExpired));
    }
    let (session, account) = live_session(app, presented.session_id, now).await.map_err(refused)?;
    if now.ms_since(session.last_seen_at) >= SEEN_RESOLUTION_MS
        && let Err(error) = app.store.note_seen(session.id, &peer.0.to_string(), now).await
    {
        tracing::warn!(%error, "the time a session was last seen could not be noted");
    }
    Ok((Caller { session, account, now }, presented))
}

/// A session that has not ended, and its person.
pub(super) async fn live_session(app: &App, id: Uuid, now: Moment) -> Result<(Session, Account), Refusal> {
    // A session that is not known any more was ended long ago, or the database is older than the token.
    let (session, account) = app.store.session(id).await?.ok_or(Refusal::TokenInvalid)?;
    if let Some(why) = session.revoked {
        return Err(Refusal::SessionRevoked(why));
    }
    if session.remaining_s(now) == 0 {
        return Err(Refusal::SessionExpired);
    }
    Ok((session, account))
}

fn bearer_token(headers: &HeaderMap) -> Result<&str, Refusal> {
    let value = headers.get(header::AUTHORIZATION).ok_or(Refusal::TokenMissing)?;
    let (scheme, token) =
        value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or(Refusal::TokenInvalid)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(token.trim()) } else { Err(Refusal::TokenInvalid) }
}

fn successor(app: &App, session: &Session, presented: &Presented) -> Option<HeaderValue> {
    let now = app.clock.now();
    if !presented.is_due(now) {
        return None;
    }
    let issued = access_token::issue(&app.keys, session, app.settings.limits.access_token_lifetime_s, now)?;
    if !presented.is_outlived_by(&issued, now) {
        return None;
    }
    let mut value = HeaderValue::try_from(issued.token).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn challenged(mut response: Response) -> Response {
    if response.status() == axum::http::StatusCode::UNAUTHORIZED {
        // RFC 6750 section 3.
        let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

/// A fresh access token for the session that asked.
const X_NEW_TOKEN: HeaderName = HeaderName::from_static("x-new-token");

/// How far `last_seen_at` may lag behind: a write per request would cost more than it tells.
const SEEN_RESOLUTION_MS: i64 = 30_000;
