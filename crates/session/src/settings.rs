//! The values an operator may choose.

use core::{num::NonZeroU32, time::Duration};

use crate::Renewal;

/// How the engine behaves in time; every value has a sensible default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How often the session is checked although nothing happened. Default 60 s.
    pub check_interval: Duration,
    /// How long before its expiry a token is refreshed, at most; never more than a fifth of its life.
    /// Default 5 min.
    pub refresh_buffer: Duration,
    /// When a token is refreshed that nobody has refused. Default before its end, always.
    pub refresh_when: RefreshWhen,
    /// How long a person may do nothing before the session ends. Default 60 min.
    pub inactivity_limit: Duration,
    /// How long before that the person is asked. Default 5 min; must be shorter than the limit.
    pub inactivity_warning: Duration,
    /// How long a call to the server may take before it counts as unanswered. Default 15 s.
    pub call_timeout: Duration,
    /// How long a request may wait for a usable token before it fails. Default 25 s, so that
    /// one refresh that is never answered and the next attempt fit in, and so does the wait for a tab that holds the lock
    /// and does not move.
    pub hold_limit: Duration,
    /// How long a request of the application may be on its way, with nothing of it moving, before it fails.
    /// Default 60 s.
    pub request_limit: Duration,
    /// How a new token reaches live connections. Default in-band.
    pub socket_renewal: Renewal,
    /// How long a live connection may be silent before it counts as lost. Default none: only a server that is known to
    /// say something regularly can be held to it.
    pub socket_silence_limit: Option<Duration>,
    /// Whether a person may stay signed in on a device without the limit of activity. Default false: what the device
    /// remembers of such a wish is then void.
    pub may_keep: bool,
    /// Whether the backend can be asked about a session without refreshing it. Default true.
    pub can_validate: bool,
    /// How long after a failure the next attempt is made at the latest. Doubles with each failure up to a minute, and full
    /// jitter draws from all of it. For refreshes, live connections and sign-outs that could not be told. Default 1 s.
    pub retry_delay: Duration,
    /// After how many failed refreshes in a row the next one waits for [`Settings::check_interval`]. Default none: the
    /// backoff alone decides.
    pub attempts_per_round: Option<NonZeroU32>,
    /// What authorises requests. Default a token.
    pub access_by: AccessBy,
    /// What a refresh is granted for. Default a cookie.
    pub refresh_by: RefreshBy,
    /// What a sign-out is recognised by. Default what authorises requests.
    pub sign_out_by: SignOutBy,
    /// Where the grant is kept beyond the life of the page. Default nowhere.
    pub grant_store: GrantStore,
    /// How many of the last events [`crate::Engine::history`] keeps. Default 256, which is a day of refreshes of an hour's
    /// token many times over, and 8 KiB; who runs many engines in one process, or has little memory, may want fewer.
    pub history_limit: usize,
    /// What the platform offers to act as one with other tabs. Default nothing, which is right for a program that
    /// has none.
    pub tabs: Tabs,
}

/// When a token is refreshed that nobody has refused, and that nobody has asked to be refreshed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RefreshWhen {
    /// Before its end.
    #[default]
    Always,
    /// Before its end, while somebody is active or something is watched live. When nobody has been active for longer than a
    /// token lives, and nothing is watched, the refresh waits for one of these or for a request. It waits in no case for so
    /// long that what it is granted for would end meanwhile, and where nobody has said when that is, it does not wait.
    Active,
    /// When it has expired and something needs one: a request, a live connection that is to be made, or the start of a page
    /// that holds none.
    Manual,
}

/// What authorises requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AccessBy {
    /// A token that the application sends.
    #[default]
    Token,
    /// A cookie that the browser sends and no script sees.
    Cookie,
}

/// What a refresh is granted for, and so whether there is anything on the device to ask with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RefreshBy {
    /// A cookie that no script sees: whether it is there only the server knows.
    #[default]
    Cookie,
    /// The access token itself.
    AccessToken,
    /// A refresh token that the application holds.
    RefreshToken,
}

/// What the server recognises a session by that is to end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignOutBy {
    /// What authorises requests. Where it has expired it is refreshed first.
    #[default]
    Access,
    /// The refresh token alone, as where tokens are revoked (RFC 7009).
    RefreshToken,
}

/// Where the grant is kept beyond the life of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GrantStore {
    /// Nowhere: what a page holds ends with it.
    #[default]
    None,
    /// In a store of each tab, which ends with it.
    Tab,
    /// In a store that all tabs share.
    Browser,
}

/// The means by which tabs act as one. With neither the engine is still correct, only less thrifty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tabs {
    /// Whether there is a lock that only one tab holds at a time (Web Locks).
    pub has_lock: bool,
    /// Whether messages reach the other tabs (BroadcastChannel).
    pub has_channel: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            check_interval: Duration::from_secs(60),
            refresh_buffer: Duration::from_secs(5 * 60),
            refresh_when: RefreshWhen::Always,
            inactivity_limit: Duration::from_secs(60 * 60),
            inactivity_warning: Duration::from_secs(5 * 60),
            call_timeout: Duration::from_secs(15),
            hold_limit: Duration::from_secs(25),
            request_limit: Duration::from_secs(60),
            socket_renewal: Renewal::InBand,
            socket_silence_limit: None,
            may_keep: false,
            can_validate: true,
            retry_delay: Duration::from_secs(1),
            attempts_per_round: None,
            access_by: AccessBy::Token,
            refresh_by: RefreshBy::Cookie,
            sign_out_by: SignOutBy::Access,
            grant_store: GrantStore::None,
            history_limit: 256,
            tabs: Tabs::default(),
        }
    }
}
