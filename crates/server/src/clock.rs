//! Where the backend reads the time.
//!
//! Everything else gets time as a value, so a test can move it and a token's life is judged by one clock.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, SecondsFormat};

/// A moment of wall time in milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub unix_ms: i64,
}

impl Moment {
    /// The moment `unix_ms` milliseconds after the Unix epoch.
    #[must_use]
    pub const fn from_unix_ms(unix_ms: i64) -> Self {
        Self { unix_ms }
    }

    /// The moment `seconds` later.
    #[must_use]
    pub fn plus_s(self, seconds: u64) -> Self {
        Self { unix_ms: self.unix_ms.saturating_add(seconds_to_ms(seconds)) }
    }

    /// The moment `seconds` earlier.
    #[must_use]
    pub fn minus_s(self, seconds: u64) -> Self {
        Self { unix_ms: self.unix_ms.saturating_sub(seconds_to_ms(seconds)) }
    }

    /// Milliseconds from `earlier` to this moment; 0 when the clock was set back in between.
    #[must_use]
    pub fn ms_since(self, earlier: Self) -> i64 {
        self.unix_ms.saturating_sub(earlier.unix_ms).max(0)
    }

    /// Whole seconds from this moment to `later`, rounded down; 0 when it has passed.
    #[must_use]
    pub fn whole_s_until(self, later: Self) -> u64 {
        u64::try_from(later.ms_since(self) / 1000).unwrap_or(0)
    }

    /// Seconds since the Unix epoch, rounded up: what is counted from here lasts at least as long as promised.
    #[must_use]
    pub fn unix_s_rounded_up(self) -> i64 {
        self.unix_ms.div_euclid(1000) + i64::from(self.unix_ms.rem_euclid(1000) > 0)
    }
}

impl fmt::Display for Moment {
    /// Writes RFC 3339 in UTC with whole seconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = DateTime::from_timestamp_millis(self.unix_ms).unwrap_or_default();
        f.write_str(&time.to_rfc3339_opts(SecondsFormat::Secs, true))
    }
}

/// A source of time.
#[async_trait]
pub trait Clock: fmt::Debug + Send + Sync {
    /// The wall time now.
    fn now(&self) -> Moment;

    /// Time since some fixed moment, never going backwards; for durations.
    fn elapsed(&self) -> Duration;

    /// Waits until the wall time is about `moment`. Whoever waited looks at the time again: it may have been set.
    async fn wait_until(&self, moment: Moment);
}

/// The clock of the machine.
#[derive(Debug)]
pub struct SystemClock {
    started: std::time::Instant,
}

impl SystemClock {
    /// A clock whose [`Clock::elapsed`] starts here.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the edge that reads the clock")]
    pub fn new() -> Self {
        Self { started: std::time::Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the edge that reads the clock")]
    fn now(&self) -> Moment {
        let since_epoch =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Moment::from_unix_ms(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    async fn wait_until(&self, moment: Moment) {
        let ms = moment.ms_since(self.now()).unsigned_abs();
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
}

fn seconds_to_ms(seconds: u64) -> i64 {
    i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1000)
}
