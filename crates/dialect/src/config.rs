//! What an operator may set, in the JSON data block of `index.html`.
//!
//! | key | default | may hold | meaning |
//! |---|---|---|---|
//! | `preset` | `"perennial"` | `"perennial"` | the dialect of the backend |
//! | `check_interval_s` | 60 | 1 to 86400 | how often the session is checked although nothing happened |
//! | `refresh_buffer_s` | 300 | 1 to 86400 | how long before its expiry a token is refreshed, at most; never more than a fifth of its life |
//! | `inactivity_limit_s` | 3600 | 2 to 2592000 | how long a person may do nothing before the session ends |
//! | `inactivity_warning_s` | 300, but no more than a fifth of the limit | 1 to just under the limit | how long before that the person is asked |
//! | `call_timeout_s` | 15 | 1 to 300 | how long a call to the backend may take |
//! | `hold_limit_s` | 25 | 1 to 300 | how long a request may wait for a usable token |
//! | `request_limit_s` | 60 | 1 to 3600 | how long a request of the application may be on its way |
//! | `sockets` | `"renew"` | `"renew"`, `"reconnect"` | how a new token reaches live connections: over the open one, or by another connection that is made with it before the old one is closed, for backends that look at tokens at the handshake only |
//! | `keep_signed_in` | `false` | `true`, `false` | whether people are offered to stay signed in on a device |
//!
//! An empty block means all defaults. Anything that is not understood is an error, and none is passed over in
//! favour of a default: a limit that silently is not the one written down is worse than a page that says so.

mod entries;
mod error;

use core::{ops::RangeInclusive, time::Duration};

use perennial_session::{Renewal, Settings};
use serde_json::Value;

use crate::{PERENNIAL, dialect::Dialect};

pub use error::ConfigError;

/// The settings of one installation, complete and within their bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// How the backend is spoken to.
    pub dialect: &'static Dialect,
    /// How often the session is checked although nothing happened, in seconds.
    pub check_interval_s: u64,
    /// How long before its expiry a token is refreshed, at most, in seconds.
    pub refresh_buffer_s: u64,
    /// How long a person may do nothing before the session ends, in seconds.
    pub inactivity_limit_s: u64,
    /// How long before that the person is asked, in seconds; shorter than the limit.
    pub inactivity_warning_s: u64,
    /// How long a call to the backend may take, in seconds.
    pub call_timeout_s: u64,
    /// How long a request may wait for a usable token, in seconds.
    pub hold_limit_s: u64,
    /// How long a request of the application may be on its way, in seconds.
    pub request_limit_s: u64,
    /// How a new token reaches live connections.
    pub sockets: Renewal,
    /// Whether people are offered to stay signed in on a device.
    pub keep_signed_in: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            dialect: &PERENNIAL,
            check_interval_s: 60,
            refresh_buffer_s: 300,
            inactivity_limit_s: 3600,
            inactivity_warning_s: 300,
            call_timeout_s: 15,
            hold_limit_s: 25,
            request_limit_s: 60,
            sockets: Renewal::InBand,
            keep_signed_in: false,
        }
    }
}

impl Config {
    /// Reads the text of the data block.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of the text, so that it can be put right in one go.
    pub fn parse(text: &str) -> Result<Self, Vec<ConfigError>> {
        let entries = entries::parse(text).map_err(|error| vec![error])?;
        let mut config = Self::default();
        let mut errors = Vec::new();
        for (index, (key, value)) in entries.iter().enumerate() {
            if entries.iter().take(index).any(|(earlier, _)| earlier == key) {
                errors.push(ConfigError::repeated(key));
            } else if let Err(error) = config.set(key, value) {
                errors.push(error);
            }
        }
        if !entries.iter().any(|(key, _)| key == WARNING) {
            config.inactivity_warning_s = default_warning_s(config.inactivity_limit_s);
        } else if !errors.iter().any(|error| error.concerns(LIMIT) || error.concerns(WARNING)) {
            errors.extend(config.check_warning().err());
        }
        if errors.is_empty() { Ok(config) } else { Err(errors) }
    }

    /// The values the session engine works with; what the tabs can do together is for the platform to say.
    #[must_use]
    pub fn settings(&self) -> Settings {
        Settings {
            check_interval: Duration::from_secs(self.check_interval_s),
            refresh_buffer: Duration::from_secs(self.refresh_buffer_s),
            inactivity_limit: Duration::from_secs(self.inactivity_limit_s),
            inactivity_warning: Duration::from_secs(self.inactivity_warning_s),
            call_timeout: Duration::from_secs(self.call_timeout_s),
            hold_limit: Duration::from_secs(self.hold_limit_s),
            request_limit: Duration::from_secs(self.request_limit_s),
            socket_renewal: self.sockets,
            socket_silence_limit: Some(Duration::from_secs(self.dialect.live.silence_limit_s)),
            may_keep: self.keep_signed_in,
            can_validate: true,
            ..Settings::default()
        }
    }

    fn set(&mut self, key: &str, value: &Value) -> Result<(), ConfigError> {
        match key {
            "preset" => self.dialect = preset(key, value)?,
            "check_interval_s" => self.check_interval_s = seconds(key, value, 1..=DAY_S)?,
            "refresh_buffer_s" => self.refresh_buffer_s = seconds(key, value, 1..=DAY_S)?,
            LIMIT => self.inactivity_limit_s = seconds(key, value, 2..=30 * DAY_S)?,
            WARNING => self.inactivity_warning_s = seconds(key, value, 1..=30 * DAY_S - 1)?,
            "call_timeout_s" => self.call_timeout_s = seconds(key, value, 1..=MAX_PATIENCE_S)?,
            "request_limit_s" => self.request_limit_s = seconds(key, value, 1..=LONGEST_REQUEST_S)?,
            "hold_limit_s" => self.hold_limit_s = seconds(key, value, 1..=MAX_PATIENCE_S)?,
            "sockets" => self.sockets = renewal(key, value)?,
            "keep_signed_in" => self.keep_signed_in = flag(key, value)?,
            _ => return Err(ConfigError::unknown(key, &KEYS)),
        }
        Ok(())
    }

    fn check_warning(&self) -> Result<(), ConfigError> {
        let (warning_s, limit_s) = (self.inactivity_warning_s, self.inactivity_limit_s);
        if warning_s < limit_s {
            return Ok(());
        }
        let allowed = format!(
            "a whole number of seconds below the {limit_s} of `{LIMIT}`, so from 1 to {}",
            limit_s - 1
        );
        Err(ConfigError::invalid(WARNING, &warning_s.into(), allowed))
    }
}

/// The warning of those who only set a limit: five minutes, or a fifth of a limit too short for that.
fn default_warning_s(limit_s: u64) -> u64 {
    (limit_s / 5).clamp(1, Config::default().inactivity_warning_s)
}

fn preset(key: &str, value: &Value) -> Result<&'static Dialect, ConfigError> {
    PRESETS.iter().copied().find(|dialect| value.as_str() == Some(dialect.name)).ok_or_else(|| {
        let names: Vec<_> = PRESETS.iter().map(|dialect| format!("\"{}\"", dialect.name)).collect();
        ConfigError::invalid(key, value, names.join(" or "))
    })
}

fn seconds(key: &str, value: &Value, range: RangeInclusive<u64>) -> Result<u64, ConfigError> {
    value.as_u64().filter(|seconds| range.contains(seconds)).ok_or_else(|| {
        let allowed = format!("a whole number of seconds from {} to {}", range.start(), range.end());
        ConfigError::invalid(key, value, allowed)
    })
}

fn renewal(key: &str, value: &Value) -> Result<Renewal, ConfigError> {
    match value.as_str() {
        Some("renew") => Ok(Renewal::InBand),
        Some("reconnect") => Ok(Renewal::Reconnect),
        Some(_) | None => Err(ConfigError::invalid(key, value, "\"renew\" or \"reconnect\"".to_owned())),
    }
}

fn flag(key: &str, value: &Value) -> Result<bool, ConfigError> {
    value.as_bool().ok_or_else(|| ConfigError::invalid(key, value, "true or false".to_owned()))
}

const PRESETS: [&Dialect; 1] = [&PERENNIAL];

const LIMIT: &str = "inactivity_limit_s";
const WARNING: &str = "inactivity_warning_s";

/// Every key, for those who mistype one.
const KEYS: [&str; 10] = [
    "preset",
    "check_interval_s",
    "refresh_buffer_s",
    LIMIT,
    WARNING,
    "call_timeout_s",
    "hold_limit_s",
    "request_limit_s",
    "sockets",
    "keep_signed_in",
];

/// A day. A check or a buffer longer than that guards no session that exists.
const DAY_S: u64 = 24 * 60 * 60;

/// Longer than five minutes nobody looks at a page that waits.
const MAX_PATIENCE_S: u64 = 5 * 60;

/// The longest answer a page waits for.
const LONGEST_REQUEST_S: u64 = 60 * 60;
