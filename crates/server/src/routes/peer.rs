//! Where a request comes from.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;

use crate::app::App;

/// The address of the client, as far as it can be trusted.
pub(super) struct Peer(pub(super) IpAddr);

impl FromRequestParts<Arc<App>> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let forwarded = || parts.headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok();
        // Only the last entry was written by the proxy in front; the ones before it may say anything.
        let named = app
            .settings
            .trust_forwarded_for
            .then(forwarded)
            .flatten()
            .and_then(|list| list.rsplit(',').next()?.trim().parse::<IpAddr>().ok());
        let connected = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let address = named.or(connected).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        Ok(Self(address.to_canonical()))
    }
}
