//! `/api/events`: live connections.

mod connection;
mod end;
mod feed;
mod heard;
mod roll;
mod watched;
mod who;

use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use perennial_dialect::wire::live::{SUBPROTOCOL, SUBPROTOCOL_COOKIE, SUBPROTOCOL_TOKEN_PREFIX};

use crate::app::App;
use crate::live::Strangers;
use crate::refusal::Refusal;
use crate::request_log::Note;
use crate::routes::cookie::Cookie;
use crate::routes::page_request::OwnOrigin;
use crate::routes::peer::Peer;
use crate::settings::Settings;

/// Opens a WebSocket that watches a job, or the sessions of the person.
///
/// A token that is not good is told by a close code and not by a status: a browser keeps the status to itself.
#[utoipa::path(get, path = "/events", security((), ("bearer" = []), ("access_cookie" = [])),
    responses((status = 101, description = "The connection; its messages are JSON in text frames")))]
pub(super) async fn connect(
    State(app): State<Arc<App>>,
    _: OwnOrigin,
    peer: Peer,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refusal> {
    if query.is_some() {
        return Err(Refusal::QueryInvalid("A connection knows no query. The token is the first message."));
    }
    let upgrade = upgrade.map_err(|_| Refusal::UpgradeRequired)?;
    let limits = &app.settings.limits;
    let most = Strangers {
        everywhere: limits.unauthenticated_connections,
        per_address: limits.unauthenticated_connections_per_address,
    };
    let place = app.live.places.enter(peer.0, most).ok_or(Refusal::Busy)?;
    let token = offered_token(&upgrade, &headers, &app.settings);
    let mut response = upgrade
        .protocols([SUBPROTOCOL])
        .max_frame_size(LONGEST_MESSAGE)
        .max_message_size(LONGEST_MESSAGE)
        .read_buffer_size(READ_BUFFER)
        // Written at once: what waits is in the store and not in a buffer.
        .write_buffer_size(0)
        .max_write_buffer_size(MOST_UNWRITTEN)
        .on_upgrade(move |socket| connection::serve(app, socket, peer, place, token));
    Note::outcome("connected").attach(&mut response);
    Ok(response)
}

/// The access token that comes with the handshake, if the client offers a subprotocol that says where it is: in the
/// subprotocol itself, or in the cookie.
fn offered_token(
    upgrade: &WebSocketUpgrade,
    headers: &HeaderMap,
    settings: &Settings,
) -> Option<Result<String, Refusal>> {
    let offers = || upgrade.requested_protocols().filter_map(|offer| offer.to_str().ok());
    if let Some(token) = offers().find_map(|offer| offer.strip_prefix(SUBPROTOCOL_TOKEN_PREFIX)) {
        return Some(Ok(token.to_owned()));
    }
    let token = || Cookie::PairAccess.read(headers, settings).map(str::to_owned).ok_or(Refusal::TokenMissing);
    offers().any(|offer| offer == SUBPROTOCOL_COOKIE).then(token)
}

/// In bytes. A token is the longest thing that a client has to say.
const LONGEST_MESSAGE: usize = 16 * 1024;

const READ_BUFFER: usize = 4 * 1024;

/// In bytes. One message of the server and the pongs to a client that pings without reading.
const MOST_UNWRITTEN: usize = 64 * 1024;
