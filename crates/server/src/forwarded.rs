//! `X-Forwarded-For`, when it comes and is not believed.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::{ConnectInfo, Request};

use crate::settings::Settings;

/// Whether it was said that the header is not believed.
#[derive(Debug, Default)]
pub(crate) struct Disbelief {
    is_said: AtomicBool,
}

impl Disbelief {
    /// Says it once, with the address that the header came from. A stranger can send the header as well as a proxy, so the
    /// operator decides which of both it was.
    pub(crate) fn note(&self, settings: &Settings, request: &Request) {
        if settings.trust_forwarded_for || !request.headers().contains_key("x-forwarded-for") {
            return;
        }
        if !self.is_said.swap(true, Ordering::Relaxed) {
            let from = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
            tracing::warn!(
                from = from.map(tracing::field::display),
                "X-Forwarded-For comes and is not believed; if a proxy of yours at this address writes it, start with --trust-forwarded-for, or all people are one address here"
            );
        }
    }
}
