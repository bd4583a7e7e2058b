//! Requests that carry an access token, in any dialect.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::cookie::Cookie;
use super::page_request::PageRequest;
use super::peer::Peer;
use crate::access_token::{self, Presented};
use crate::app::App;
use crate::clock::Moment;
use crate::refusal::Refusal;
use crate::request_log::Note;
use crate::sessions::{self, Refused};
use crate::settings::Settings;
use crate::store::{Account, Session};

/// Who asks.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) session: Session,
    pub(super) account: Account,
    pub(super) token_ends: Moment,
    pub(super) now: Moment,
}

/// What brought an access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Carrier {
    /// The `Authorization` header, which script sets.
    Header,
    /// A cookie, which a browser adds by itself and script never sees.
    Cookie,
}

/// Lets a request through whose token is good and whose session is live at this moment, and puts a new token
/// into the answer when the presented one is near its end and script had it in its hands.
///
/// The session is read from the store each time, so a revocation bites on the next request.
pub(super) async fn require(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(peer) = Peer::from_request_parts(&mut parts, &app).await;
    let carried =
        carried_token(&parts.headers, &app.settings).map(|(token, carrier)| (token.to_owned(), carrier));
    let identified = match carried {
        Ok((_, Carrier::Cookie)) if !parts.method.is_safe() => {
            match PageRequest::from_request_parts(&mut parts, &app).await {
                Ok(PageRequest) => carried,
                Err(refusal) => return refusal.into_response(),
            }
        }
        Ok(_) | Err(_) => carried,
    };
    let identified = match identified {
        Ok((token, carrier)) => check(&app, &token, &peer).await.map(|found| (found, carrier)),
        Err(refusal) => Err(refusal.into()),
    };
    let ((caller, presented), carrier) = match identified {
        Ok(found) => found,
        Err(refused) => return refused.into_response(),
    };
    let session = caller.session.clone();
    parts.extensions.insert(caller);
    let mut response = next.run(Request::from_parts(parts, body)).await;
    Note::session(session.id).attach(&mut response);
    if response.status().is_success()
        && carrier == Carrier::Header
        && let Some(token) = successor(&app, &session, &presented)
    {
        response.headers_mut().insert(X_NEW_TOKEN, token);
    }
    response
}

/// The access token in the `Authorization` header, expired or not, if this server made it.
pub(super) fn bearer(app: &App, headers: &HeaderMap) -> Result<Presented, Refusal> {
    let token = bearer_text(headers)?.ok_or(Refusal::TokenMissing)?;
    access_token::verify(&app.keys, token, app.clock.now()).ok_or(Refusal::TokenInvalid)
}

/// What the `Authorization` header carries, if there is one.
pub(super) fn bearer_text(headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let (scheme, token) =
        value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or(Refusal::TokenInvalid)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(Some(token.trim())) } else { Err(Refusal::TokenInvalid) }
}

/// Whose token this is, if it is good and its session is live at this moment.
pub(super) async fn check(app: &App, token: &str, peer: &Peer) -> Result<(Caller, Presented), Refused> {
    let now = app.clock.now();
    let presented = access_token::verify(&app.keys, token, now).ok_or(Refusal::TokenInvalid)?;
    let refused = |refusal| Refused { refusal, session_id: Some(presented.session_id) };
    if presented.is_expired(now) {
        return Err(refused(Refusal::TokenExpired));
    }
    let (session, account) = sessions::presented_session(app, &presented, now).await.map_err(refused)?;
    sessions::note_seen(app, &session, peer.0, now).await;
    Ok((Caller { session, account, token_ends: presented.expires_at(), now }, presented))
}

/// The access token of a request: the header counts, and where there is none the cookie.
fn carried_token<'a>(headers: &'a HeaderMap, settings: &Settings) -> Result<(&'a str, Carrier), Refusal> {
    match bearer_text(headers)? {
        Some(token) => Ok((token, Carrier::Header)),
        None => {
            let token = Cookie::PairAccess.read(headers, settings).ok_or(Refusal::TokenMissing)?;
            Ok((token, Carrier::Cookie))
        }
    }
}

fn successor(app: &App, session: &Session, presented: &Presented) -> Option<HeaderValue> {
    let now = app.clock.now();
    if !presented.is_due(now) {
        return None;
    }
    let issued = access_token::issue(&app.keys, session, &app.settings, now)?;
    if !presented.is_outlived_by(&issued, now) {
        return None;
    }
    let mut value = HeaderValue::try_from(issued.token).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// A fresh access token for the session that asked.
const X_NEW_TOKEN: HeaderName = HeaderName::from_static("x-new-token");
