//! What is simulated: how many, for how long, and what goes wrong.

use std::{ops::Range, sync::Arc, time::Duration};

use perennial_session::Settings;

/// The fleet, its days and its troubles.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    /// How many people there are; each has one engine for all days.
    pub(crate) engines: usize,
    pub(crate) seed: u64,
    pub(crate) days: u64,
    /// How long an access token lives.
    pub(crate) lifetime_min: u64,
    /// How many of a hundred calls are lost: half of them on the way to the server, half on the way back.
    pub(crate) loss_percent: f64,
    /// How long nothing reaches the server on the first day, from noon.
    pub(crate) outage_min: u64,
    /// Whether there is a regular look at the session. Most of a run's time goes into it.
    pub(crate) validates: bool,
    /// How many of the last events each engine keeps.
    pub(crate) history_limit: usize,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            engines: 1_000_000,
            seed: 1,
            days: 2,
            lifetime_min: 15,
            loss_percent: 1.0,
            outage_min: 10,
            validates: true,
            history_limit: Settings::default().history_limit,
        }
    }
}

impl Setup {
    /// What all engines are set to.
    pub(crate) fn settings(&self) -> Arc<Settings> {
        let default = Settings::default();
        Arc::new(Settings {
            check_interval: if self.validates {
                default.check_interval
            } else {
                Duration::from_millis(DAY_MS)
            },
            can_validate: self.validates,
            history_limit: self.history_limit,
            ..default
        })
    }

    pub(crate) fn lifetime(&self) -> Duration {
        Duration::from_millis(self.lifetime_ms())
    }

    pub(crate) fn lifetime_ms(&self) -> u64 {
        self.lifetime_min * MINUTE_MS
    }

    pub(crate) fn end_ms(&self) -> u64 {
        self.days * DAY_MS
    }

    /// When nothing reaches the server. Only on the first day, so that the second shows what an ordinary day is.
    pub(crate) fn outage_ms(&self) -> Range<u64> {
        NOON_MS..NOON_MS + self.outage_min * MINUTE_MS
    }
}

pub(crate) const SECOND_MS: u64 = 1_000;
pub(crate) const MINUTE_MS: u64 = 60 * SECOND_MS;
pub(crate) const HOUR_MS: u64 = 60 * MINUTE_MS;
pub(crate) const DAY_MS: u64 = 24 * HOUR_MS;
pub(crate) const NOON_MS: u64 = 12 * HOUR_MS;

/// When everyone signs in, evenly.
pub(crate) const SIGN_IN_MS: Range<u64> = 9 * HOUR_MS..9 * HOUR_MS + 5 * MINUTE_MS;

/// When everyone goes home, evenly. The page stays open, so that the inactivity limit ends the session an hour later.
pub(crate) const LEAVE_MS: Range<u64> = 17 * HOUR_MS..17 * HOUR_MS + 30 * MINUTE_MS;

/// How long a person at work does nothing: never long enough to be asked whether they are still there.
pub(crate) const PAUSE_MS: Range<u64> = MINUTE_MS..10 * MINUTE_MS;
