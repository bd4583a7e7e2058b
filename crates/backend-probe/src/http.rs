//! The way to the network.

use std::{
    io::{self, Read as _},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use ureq::{
    Agent, Body, Error, Proxy,
    http::{Request, Response},
    tls::{RootCerts, TlsConfig},
};
use url::Url;

use crate::{
    exchange::{Incoming, MAX_BODY_BYTES, Network, NoAnswer, Outgoing},
    page::is_loopback,
};

/// A client that keeps no cookies, follows no redirect, and trusts whom the system trusts.
#[derive(Debug)]
pub struct Client {
    /// By the proxy of the environment, where it names one.
    outward: Agent,
    /// To this device: browsers ask no proxy there either.
    inward: Agent,
}

impl Client {
    /// Makes one that gives an exchange up after this time.
    #[must_use]
    pub fn new(limit: Duration) -> Self {
        let agent = |proxy| {
            let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
            let config = Agent::config_builder()
                .tls_config(tls)
                .proxy(proxy)
                .http_status_as_error(false)
                .max_redirects(0)
                .max_redirects_will_error(false)
                .max_response_header_size(MAX_HEADER_BYTES)
                .max_idle_connections(0)
                .user_agent(USER_AGENT)
                .accept("*/*")
                .timeout_global(Some(limit));
            Agent::new_with_config(config.build())
        };
        Self { outward: agent(Proxy::try_from_env()), inward: agent(None) }
    }
}

impl Network for Client {
    fn send(&self, request: &Outgoing) -> Result<Incoming, NoAnswer> {
        let agent = if is_loopback(&request.url) { &self.inward } else { &self.outward };
        let mut builder = Request::builder().method(&*request.method).uri(request.url.as_str());
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        // With these a browser says that there is no body.
        let says_length = ["POST", "PUT", "PATCH"].contains(&&*request.method);
        let answer = match &request.body {
            Some(body) => agent.run(builder.body(&body[..]).map_err(Error::Http).map_err(no_answer)?),
            None if says_length => agent.run(builder.body(&[][..]).map_err(Error::Http).map_err(no_answer)?),
            None => agent.run(builder.body(()).map_err(Error::Http).map_err(no_answer)?),
        };
        match answer {
            Ok(answer) => read(answer),
            Err(error) => {
                let why = no_answer(error);
                // What the resolver says has no kind of its own.
                let is_unclear = matches!(why, NoAnswer::Broken(_)) && agent.config().proxy().is_none();
                Err(if is_unclear && !is_known(&request.url) { NoAnswer::UnknownHost } else { why })
            }
        }
    }
}

fn read(answer: Response<Body>) -> Result<Incoming, NoAnswer> {
    let (head, body) = answer.into_parts();
    let mut bytes = Vec::new();
    let most = u64::try_from(MAX_BODY_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    body.into_reader().take(most).read_to_end(&mut bytes).map_err(|error| no_answer(Error::from(error)))?;
    if bytes.len() > MAX_BODY_BYTES {
        return Err(NoAnswer::TooLong);
    }
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let headers = head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes())));
    Ok(Incoming {
        status: head.status.as_u16(),
        headers: headers.collect(),
        body: bytes,
        received_wall_ms: now_ms(),
    })
}

/// Whether the name of a host has an address.
fn is_known(url: &Url) -> bool {
    url.socket_addrs(|| None).is_ok_and(|all| !all.is_empty())
}

fn no_answer(error: Error) -> NoAnswer {
    #[expect(clippy::wildcard_enum_match_arm, reason = "all others mean the same, and there may be more")]
    match error {
        Error::HostNotFound => NoAnswer::UnknownHost,
        Error::Timeout(_) => NoAnswer::TimedOut,
        Error::Tls(why) => NoAnswer::Tls(why.to_owned()),
        Error::Rustls(why) => NoAnswer::Tls(why.to_string()),
        Error::Io(why) => of_io(&why),
        Error::ConnectionFailed => NoAnswer::NotConnected("connection failed".to_owned()),
        other => NoAnswer::Broken(other.to_string()),
    }
}

fn of_io(error: &io::Error) -> NoAnswer {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "there are dozens of kinds, and more with every version"
    )]
    match error.kind() {
        io::ErrorKind::TimedOut => NoAnswer::TimedOut,
        // What rustls says of a handshake comes wrapped like this.
        io::ErrorKind::InvalidData => NoAnswer::Tls(error.to_string()),
        io::ErrorKind::ConnectionRefused
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::AddrNotAvailable => NoAnswer::NotConnected(error.to_string()),
        _ => NoAnswer::Broken(error.to_string()),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the edge: a date in `Retry-After` is compared with it"
)]
fn now_ms() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_millis()).unwrap_or(u64::MAX)
}

/// As much as browsers take.
const MAX_HEADER_BYTES: usize = 256 * 1024;

/// What an operator finds in a log.
const USER_AGENT: &str =
    concat!("perennial-probe/", env!("CARGO_PKG_VERSION"), " (cargo xtask check-config --probe)");
