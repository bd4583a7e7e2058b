//! The presets: a dialect for each kind of backend that is known here, and the values of time that suit it.
//!
//! A further preset is a further value in [`PRESETS`]. No code asks which one it has.

mod cookie_pair;
mod custom;
mod exchange;
mod hybrid;
mod oauth2;
mod perennial;

use perennial_session::{RefreshWhen, Refusal, Renewal};

use crate::{
    dialect::{Authenticate, Dialect, Live, Text},
    wire::live::{Close, SUBPROTOCOL, SUBPROTOCOL_COOKIE, SUBPROTOCOL_TOKEN_PREFIX},
};

pub use self::{
    cookie_pair::COOKIE_PAIR, custom::CUSTOM, exchange::EXCHANGE, hybrid::HYBRID, oauth2::OAUTH2,
    perennial::PERENNIAL,
};

/// A dialect, and the values of time that suit it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preset {
    /// The dialect.
    pub dialect: Dialect,
    /// The values of time.
    pub timing: Timing,
}

/// The values of time, in seconds where their names end so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timing {
    /// How often the session is checked although nothing happened.
    pub check_interval_s: u64,
    /// How long before its expiry a token is refreshed, at most.
    pub refresh_buffer_s: u64,
    /// When a token is refreshed that nobody has refused.
    pub refresh_when: RefreshWhen,
    /// How long after a failure the next attempt is made at the latest; doubles with each failure.
    pub retry_delay_s: u64,
    /// After how many failed refreshes the next one waits for the regular check; 0 for never.
    pub attempts_per_round: u64,
    /// How long a person may do nothing before the session ends.
    pub inactivity_limit_s: u64,
    /// How long before that the person is asked; shorter than the limit.
    pub inactivity_warning_s: u64,
    /// How long a call to the backend may take.
    pub call_timeout_s: u64,
    /// How long a request may wait for a usable token.
    pub hold_limit_s: u64,
    /// How long a request of the application may be on its way.
    pub request_limit_s: u64,
}

impl Timing {
    /// Every number by the key that sets it.
    #[must_use]
    pub fn values(&self) -> [(&'static str, u64); 9] {
        let &Self {
            check_interval_s,
            refresh_buffer_s,
            refresh_when: _,
            retry_delay_s,
            attempts_per_round,
            inactivity_limit_s,
            inactivity_warning_s,
            call_timeout_s,
            hold_limit_s,
            request_limit_s,
        } = self;
        [
            ("check_interval_s", check_interval_s),
            ("refresh_buffer_s", refresh_buffer_s),
            ("retry_delay_s", retry_delay_s),
            ("attempts_per_round", attempts_per_round),
            ("inactivity_limit_s", inactivity_limit_s),
            ("inactivity_warning_s", inactivity_warning_s),
            ("call_timeout_s", call_timeout_s),
            ("hold_limit_s", hold_limit_s),
            ("request_limit_s", request_limit_s),
        ]
    }
}

/// The values of time that suit most backends.
pub const TIMING: Timing = Timing {
    check_interval_s: 60,
    refresh_buffer_s: 300,
    refresh_when: RefreshWhen::Always,
    retry_delay_s: 1,
    attempts_per_round: 0,
    inactivity_limit_s: 3600,
    inactivity_warning_s: 300,
    call_timeout_s: 15,
    hold_limit_s: 25,
    request_limit_s: 60,
};

/// Every preset; the first is the default.
pub static PRESETS: [Preset; 6] = [PERENNIAL, EXCHANGE, COOKIE_PAIR, HYBRID, OAUTH2, CUSTOM];

/// The reference backend's words for why a credential is refused, the same in all its dialects.
const REFUSALS: &[(&str, Refusal)] = &[
    ("refresh_missing", Refusal::Missing),
    ("refresh_reused", Refusal::Reused),
    ("session_revoked", Refusal::Revoked),
    ("session_expired", Refusal::Expired),
];

/// Where first and last names stand in the answers of backends that have no whole one.
const NAME_PARTS: &[Text] = &[
    Text::Borrowed("user.first_name"),
    Text::Borrowed("first_name"),
    Text::Borrowed("user.firstName"),
    Text::Borrowed("firstName"),
    Text::Borrowed("user.last_name"),
    Text::Borrowed("last_name"),
    Text::Borrowed("user.lastName"),
    Text::Borrowed("lastName"),
];

/// The reference backend's word for a request that does not come from a page that it knows, the same in all its dialects.
const WRONG_ORIGIN: &str = "csrf";

/// Live connections as the reference backend has them, where tokens can be sent over them.
pub(crate) const LIVE: Live = Live {
    at: Text::Borrowed("/api/events"),
    authenticate: Authenticate::Message,
    renew: Renewal::InBand,
    // Something is said every 20 s: twice nothing, and a little patience.
    silence_limit_s: Some(45),
    subprotocol: SUBPROTOCOL,
    token_prefix: SUBPROTOCOL_TOKEN_PREFIX,
    cookie_subprotocol: SUBPROTOCOL_COOKIE,
    unauthenticated_code: Close::Unauthenticated.code(),
    gone_code: Close::NoSuchTopic.code(),
};
