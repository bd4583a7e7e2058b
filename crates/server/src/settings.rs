//! Limits and lifetimes, each a flag and an environment variable with its unit in the name.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::dialect::Dialect;

/// How long things live and how much of them is allowed.
#[derive(Args, Clone, Debug)]
pub struct Limits {
    /// How long an access token lives, in seconds, in all dialects that have no value of their own [default: 900 perennial, 3600 exchange,
    /// 604800 cookie-pair, 86400 hybrid]
    #[arg(long, env = "PERENNIAL_ACCESS_TOKEN_LIFETIME_S", value_name = "S", value_parser = lifetime())]
    pub access_token_lifetime_s: Option<u64>,

    /// The same in perennial alone
    #[arg(long, env = "PERENNIAL_ACCESS_TOKEN_LIFETIME_PERENNIAL_S", value_name = "S", value_parser = lifetime())]
    pub access_token_lifetime_perennial_s: Option<u64>,

    /// The same in exchange alone
    #[arg(long, env = "PERENNIAL_ACCESS_TOKEN_LIFETIME_EXCHANGE_S", value_name = "S", value_parser = lifetime())]
    pub access_token_lifetime_exchange_s: Option<u64>,

    /// The same in cookie-pair alone
    #[arg(long, env = "PERENNIAL_ACCESS_TOKEN_LIFETIME_COOKIE_PAIR_S", value_name = "S", value_parser = lifetime())]
    pub access_token_lifetime_cookie_pair_s: Option<u64>,

    /// The same in hybrid alone
    #[arg(long, env = "PERENNIAL_ACCESS_TOKEN_LIFETIME_HYBRID_S", value_name = "S", value_parser = lifetime())]
    pub access_token_lifetime_hybrid_s: Option<u64>,

    /// The absolute limit of a session, in seconds, in all dialects: no refresh extends it [default: 86400 perennial
    /// and exchange, 2592000 cookie-pair and hybrid]
    #[arg(long, env = "PERENNIAL_SESSION_LIFETIME_S", value_name = "S", value_parser = lifetime())]
    pub session_lifetime_s: Option<u64>,

    /// The absolute limit of a session that a person asked to keep on the device, in seconds; 0 does not offer it.
    /// Only perennial asks
    #[arg(long, env = "PERENNIAL_KEPT_SESSION_LIFETIME_S", value_name = "S", default_value_t = 2_592_000, value_parser = window())]
    pub kept_session_lifetime_s: u64,

    /// How long the previous refresh token still gets the same successor, in seconds: two tabs that refresh at once
    #[arg(long, env = "PERENNIAL_REFRESH_OVERLAP_S", value_name = "S", default_value_t = 10, value_parser = window())]
    pub refresh_overlap_s: u64,

    /// How long a repeated Idempotency-Key gets the same successor, in seconds: an answer that was lost
    #[arg(long, env = "PERENNIAL_IDEMPOTENCY_WINDOW_S", value_name = "S", default_value_t = 60, value_parser = window())]
    pub idempotency_window_s: u64,

    /// How many sign-ins to one account may fail within the window that come from one network (IPv4: one /24, IPv6: one
    /// /48), or from one device that has signed in to it before
    #[arg(long, env = "PERENNIAL_SIGN_IN_FAILURES_PER_ACCOUNT", value_name = "N", default_value_t = 5, value_parser = count())]
    pub sign_in_failures_per_account: u32,

    /// How many sign-ins to one account may fail within the window, wherever they come from; devices that have signed in
    /// to it before are not counted and not refused
    #[arg(long, env = "PERENNIAL_SIGN_IN_FAILURES_PER_ACCOUNT_EVERYWHERE", value_name = "N", default_value_t = 50, value_parser = count())]
    pub sign_in_failures_per_account_everywhere: u32,

    /// How many sign-ins from one address (IPv6: one /64) may fail within the window
    #[arg(long, env = "PERENNIAL_SIGN_IN_FAILURES_PER_ADDRESS", value_name = "N", default_value_t = 20, value_parser = count())]
    pub sign_in_failures_per_address: u32,

    /// The window in which failed sign-ins are counted, in seconds
    #[arg(long, env = "PERENNIAL_SIGN_IN_FAILURE_WINDOW_S", value_name = "S", default_value_t = 300, value_parser = lifetime())]
    pub sign_in_failure_window_s: u64,

    /// How long a device that has signed in to an account is known by a cookie, so that others who guess its password do
    /// not keep it from signing in, in seconds; 0 knows none
    #[arg(long, env = "PERENNIAL_KNOWN_DEVICE_LIFETIME_S", value_name = "S", default_value_t = 15_552_000, value_parser = window())]
    pub known_device_lifetime_s: u64,

    /// How many sessions one person may have; the next sign-in ends the one that was used longest ago
    #[arg(long, env = "PERENNIAL_SESSIONS_PER_ACCOUNT", value_name = "N", default_value_t = 100, value_parser = count())]
    pub sessions_per_account: u32,

    /// How many refreshes one session may ask for within the window, whatever their answers; many tabs need far fewer
    #[arg(long, env = "PERENNIAL_REFRESHES_PER_SESSION", value_name = "N", default_value_t = 600, value_parser = count())]
    pub refreshes_per_session: u32,

    /// How many refreshes may come from one address (IPv6: one /64) within the window
    #[arg(long, env = "PERENNIAL_REFRESHES_PER_ADDRESS", value_name = "N", default_value_t = 6_000, value_parser = count())]
    pub refreshes_per_address: u32,

    /// The window in which refreshes are counted, in seconds
    #[arg(long, env = "PERENNIAL_REFRESH_WINDOW_S", value_name = "S", default_value_t = 60, value_parser = lifetime())]
    pub refresh_window_s: u64,

    /// The longest request body that is read, in bytes
    #[arg(long, env = "PERENNIAL_BODY_LIMIT_BYTES", value_name = "BYTES", default_value_t = 16_384, value_parser = count())]
    pub body_limit_bytes: u32,

    /// The longest file that is taken for an import, in bytes
    #[arg(long, env = "PERENNIAL_UPLOAD_LIMIT_BYTES", value_name = "BYTES", default_value_t = 268_435_456, value_parser = clap::value_parser!(u64).range(1..=LONGEST_UPLOAD_BYTES))]
    pub upload_limit_bytes: u64,

    /// How many jobs of one person may wait or run
    #[arg(long, env = "PERENNIAL_JOBS_PER_ACCOUNT", value_name = "N", default_value_t = 10, value_parser = count())]
    pub jobs_per_account: u32,

    /// How many datasets one person may have; for another, one must be deleted
    #[arg(long, env = "PERENNIAL_DATASETS_PER_ACCOUNT", value_name = "N", default_value_t = 100, value_parser = count())]
    pub datasets_per_account: u32,

    /// How many downloads, or pages of long rows, may be on their way to one person
    #[arg(long, env = "PERENNIAL_DOWNLOADS_PER_ACCOUNT", value_name = "N", default_value_t = 8, value_parser = count())]
    pub downloads_per_account: u32,

    /// How many jobs run at the same time, each of another person
    #[arg(long, env = "PERENNIAL_RUNNING_JOBS", value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=64))]
    pub running_jobs: u32,

    /// How many live connections one person may have
    #[arg(long, env = "PERENNIAL_CONNECTIONS_PER_ACCOUNT", value_name = "N", default_value_t = 64, value_parser = count())]
    pub connections_per_account: u32,

    /// How many live connections may be open whose token has not come yet
    #[arg(long, env = "PERENNIAL_UNAUTHENTICATED_CONNECTIONS", value_name = "N", default_value_t = 256, value_parser = count())]
    pub unauthenticated_connections: u32,

    /// How many of them may come from one address (IPv6: one /64)
    #[arg(long, env = "PERENNIAL_UNAUTHENTICATED_CONNECTIONS_PER_ADDRESS", value_name = "N", default_value_t = 32, value_parser = count())]
    pub unauthenticated_connections_per_address: u32,

    /// How many connections may be open
    #[arg(long, env = "PERENNIAL_OPEN_CONNECTIONS", value_name = "N", default_value_t = 4_096, value_parser = count())]
    pub open_connections: u32,

    /// How many of them may come from one address (IPv6: one /64); not counted with --trust-forwarded-for, where all
    /// come from the proxy
    #[arg(long, env = "PERENNIAL_OPEN_CONNECTIONS_PER_ADDRESS", value_name = "N", default_value_t = 512, value_parser = count())]
    pub open_connections_per_address: u32,

    /// How long the head of a request may take to arrive, in seconds
    #[arg(long, env = "PERENNIAL_HEADER_TIMEOUT_S", value_name = "S", default_value_t = 10, value_parser = lifetime())]
    pub header_timeout_s: u64,

    /// How long a connection stays open without a request, in seconds; longer than a proxy in front keeps its own
    #[arg(long, env = "PERENNIAL_IDLE_TIMEOUT_S", value_name = "S", default_value_t = 75, value_parser = lifetime())]
    pub idle_timeout_s: u64,

    /// How long a client may take nothing of an answer, in seconds
    #[arg(long, env = "PERENNIAL_WRITE_TIMEOUT_S", value_name = "S", default_value_t = 30, value_parser = lifetime())]
    pub write_timeout_s: u64,

    /// How long open requests may take to finish after SIGTERM or SIGINT, in seconds
    #[arg(long, env = "PERENNIAL_DRAIN_LIMIT_S", value_name = "S", default_value_t = 10, value_parser = window())]
    pub drain_limit_s: u64,
}

impl Default for Limits {
    /// The values of `--help`, whatever the environment says.
    fn default() -> Self {
        Self {
            access_token_lifetime_s: None,
            access_token_lifetime_perennial_s: None,
            access_token_lifetime_exchange_s: None,
            access_token_lifetime_cookie_pair_s: None,
            access_token_lifetime_hybrid_s: None,
            session_lifetime_s: None,
            kept_session_lifetime_s: 2_592_000,
            refresh_overlap_s: 10,
            idempotency_window_s: 60,
            sign_in_failures_per_account: 5,
            sign_in_failures_per_account_everywhere: 50,
            sign_in_failures_per_address: 20,
            sign_in_failure_window_s: 300,
            known_device_lifetime_s: 15_552_000,
            sessions_per_account: 100,
            refreshes_per_session: 600,
            refreshes_per_address: 6_000,
            refresh_window_s: 60,
            body_limit_bytes: 16_384,
            upload_limit_bytes: 268_435_456,
            jobs_per_account: 10,
            datasets_per_account: 100,
            downloads_per_account: 8,
            running_jobs: 4,
            connections_per_account: 64,
            unauthenticated_connections: 256,
            unauthenticated_connections_per_address: 32,
            open_connections: 4_096,
            open_connections_per_address: 512,
            header_timeout_s: 10,
            idle_timeout_s: 75,
            write_timeout_s: 30,
            drain_limit_s: 10,
        }
    }
}

impl Limits {
    /// How long an access token of this dialect lives.
    pub(crate) fn access_token_lifetime_s_in(&self, dialect: Dialect) -> u64 {
        let own = match dialect {
            Dialect::Perennial => self.access_token_lifetime_perennial_s,
            Dialect::Exchange => self.access_token_lifetime_exchange_s,
            Dialect::CookiePair => self.access_token_lifetime_cookie_pair_s,
            Dialect::Hybrid => self.access_token_lifetime_hybrid_s,
        };
        own.or(self.access_token_lifetime_s).unwrap_or_else(|| dialect.access_token_lifetime_s())
    }

    /// The absolute limit of a session of this dialect that is not kept.
    pub(crate) fn session_lifetime_s_in(&self, dialect: Dialect) -> u64 {
        self.session_lifetime_s.unwrap_or_else(|| dialect.session_lifetime_s())
    }
}

/// Everything the router needs to know about where and how it is served.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Lifetimes and bounds.
    pub limits: Limits,
    /// The origins of the application's pages; the first decides whether cookies are `Secure`, and which port is in their
    /// names.
    pub public_origins: Vec<Origin>,
    /// What the served pages may talk to beside this origin.
    pub connect_origins: Vec<Origin>,
    /// The built application to serve beside the API.
    pub static_dir: Option<PathBuf>,
    /// Whether the last entry of `X-Forwarded-For` is believed.
    pub trust_forwarded_for: bool,
    /// What new access tokens are signed with.
    pub signing_algorithm: SigningAlgorithm,
    /// What live connections wait for, and how long.
    pub live_times: LiveTimes,
}

/// What access tokens are signed with (RFC 7518 section 3.1, RFC 8037).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, ValueEnum)]
pub enum SigningAlgorithm {
    /// A secret that stays here: nobody else can verify a token.
    #[default]
    Hs256,
    /// Ed25519: other services verify tokens with the public keys of `/.well-known/jwks.json`.
    #[value(name = "eddsa")]
    EdDsa,
}

/// How long a live connection waits. These are no flags, because clients count on them.
#[derive(Clone, Copy, Debug)]
pub struct LiveTimes {
    /// For the first token.
    pub authentication: Duration,
    /// Until the next sign of life of the server.
    pub alive: Duration,
    /// For any sign of life of the client.
    pub silence: Duration,
    /// For a message to be taken, before progress is left out.
    pub slow: Duration,
    /// For a message to be taken, before it is given up.
    pub stuck: Duration,
    /// Until the store is read though no bell rang: what a lost ring, or the deed of another process, would cost.
    pub look: Duration,
}

impl Default for LiveTimes {
    fn default() -> Self {
        Self {
            authentication: Duration::from_secs(5),
            alive: Duration::from_secs(20),
            // Three signs of life that were not answered.
            silence: Duration::from_secs(60),
            slow: Duration::from_secs(1),
            stuck: Duration::from_secs(30),
            look: Duration::from_secs(5),
        }
    }
}

impl Settings {
    /// Whether people reach this backend by https.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_origins.first().is_some_and(|origin| origin.0.starts_with("https://"))
    }

    /// The port by which people reach this backend, where it is not that of the scheme.
    pub(crate) fn public_port(&self) -> Option<&str> {
        self.public_origins.first()?.port()
    }
}

/// An origin as browsers spell it in the `Origin` header: `https://example.org` or `http://localhost:8080`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// The origin as browsers send it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether anybody on the way between people and this backend can read their passwords: it is plain http, and not of
    /// this machine alone.
    pub(crate) fn is_exposed(&self) -> bool {
        let Some(authority) = self.0.strip_prefix("http://") else { return false };
        let port = self.port().map_or(0, |port| port.len() + 1);
        let host = &authority[..authority.len() - port];
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let is_here = match address {
            Ok(address) => address.to_canonical().is_loopback(),
            Err(_) => host == "localhost" || host.ends_with(".localhost"),
        };
        !is_here
    }

    /// Its port, where it is not that of the scheme.
    fn port(&self) -> Option<&str> {
        // What follows the last colon of an IPv6 address ends with a bracket.
        let (_, port) = self.0.rsplit_once(':')?;
        port.bytes().all(|byte| byte.is_ascii_digit()).then_some(port).filter(|port| !port.is_empty())
    }

    /// The origin of its live connections, as a content security policy spells it.
    pub(crate) fn live(&self) -> String {
        // `http` becomes `ws`, and `https` becomes `wss`.
        self.0.replacen("http", "ws", 1)
    }
}

impl FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted =
            "give scheme, host and port only, such as https://app.example.org or http://localhost:8080";
        let lower = text.trim().trim_end_matches('/').to_ascii_lowercase();
        let (scheme, authority) = lower.split_once("://").ok_or_else(|| wanted.to_owned())?;
        let default_port = match scheme {
            "http" => ":80",
            "https" => ":443",
            _ => return Err(wanted.to_owned()),
        };
        let authority = authority.strip_suffix(default_port).unwrap_or(authority);
        let plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
        if authority.is_empty() || !authority.chars().all(plain) {
            return Err(wanted.to_owned());
        }
        Ok(Self(format!("{scheme}://{authority}")))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn lifetime() -> clap::builder::RangedU64ValueParser<u64> {
    clap::value_parser!(u64).range(1..=LONGEST_S)
}

fn window() -> clap::builder::RangedU64ValueParser<u64> {
    clap::value_parser!(u64).range(0..=LONGEST_S)
}

fn count() -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(1..)
}

/// Ten years: longer than any session should last and far from where milliseconds overflow.
const LONGEST_S: u64 = 315_360_000;

/// 1 TiB: more than anybody sends through a browser and far from where sums overflow.
const LONGEST_UPLOAD_BYTES: u64 = 1 << 40;

#[cfg(test)]
mod tests {
    use super::Origin;

    #[test]
    fn plain_http_is_exposed_but_on_the_machine_itself() {
        for (origin, expected) in [
            ("http://example.org", true),
            ("http://example.org:8080", true),
            ("http://192.0.2.7:8080", true),
            ("http://[2001:db8::1]:8080", true),
            ("http://0.0.0.0:8081", true),
            ("http://localhost.example.org", true),
            ("http://localhost:8080", false),
            ("http://app.localhost", false),
            ("http://127.0.0.1:8081", false),
            ("http://[::1]:8080", false),
            ("http://[::1]", false),
            ("https://example.org", false),
        ] {
            assert_eq!(origin.parse::<Origin>().unwrap().is_exposed(), expected, "{origin}");
        }
    }
}
