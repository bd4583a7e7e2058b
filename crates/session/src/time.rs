//! Time as values: the engine never asks a clock.

use core::{
    fmt,
    ops::{Add, Sub},
    time::Duration,
};

/// What the two clocks of the device say at one moment.
///
/// Neither is enough alone. The monotonic clock stands still while most devices sleep; the wall clock may be
/// wrong by a day and may be set at any time. The engine lives on the monotonic clock and uses the wall clock
/// only to notice time that passed in sleep, and to say a moment to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Milliseconds since an arbitrary start, never going back (`performance.now()`).
    pub monotonic_ms: u64,
    /// Milliseconds since 1970-01-01 UTC as the device believes (`Date.now()`).
    pub wall_ms: u64,
}

/// A moment of the device's wall clock, in milliseconds since 1970-01-01 UTC: for showing and for keeping
/// across restarts, never for deciding within a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wall(pub u64);

/// A moment of the engine's own time, in milliseconds: only ever moves forward, and sees sleep.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(u64);

impl Moment {
    /// The time from `earlier` until this moment, zero when it lies ahead.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Moment {
    type Output = Self;

    fn add(self, length: Duration) -> Self {
        Self(self.0.saturating_add(millis(length)))
    }
}

impl Sub<Duration> for Moment {
    type Output = Self;

    fn sub(self, length: Duration) -> Self {
        Self(self.0.saturating_sub(millis(length)))
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}ms", i128::from(self.0) - i128::from(ORIGIN.0))
    }
}

/// Joins the two clocks into one that never goes back and does not stand still in sleep.
///
/// A wall clock that is set back is ignored.
#[derive(Clone, Debug)]
pub(crate) struct Timeline {
    last: Reading,
    now: Moment,
    /// The wall clock at the engine's zero. It moves only when the clocks really part, so that a moment once
    /// said to a person is not said a millisecond differently the next time.
    zero_wall_ms: i64,
}

impl Timeline {
    pub(crate) fn start(reading: Reading) -> Self {
        Self { last: reading, now: ORIGIN, zero_wall_ms: parted(reading.wall_ms, ORIGIN) }
    }

    /// Takes a new reading in. Returns the moment it stands for by the monotonic clock, and the time that only the wall
    /// clock saw: sleep, or a clock that was set forward. It is for the caller to say which, by [`Timeline::skip`].
    pub(crate) fn advance(&mut self, reading: Reading) -> (Moment, Duration) {
        let monotonic = reading.monotonic_ms.saturating_sub(self.last.monotonic_ms).min(LONGEST_STEP_MS);
        let wall = reading.wall_ms.saturating_sub(self.last.wall_ms).min(LONGEST_STEP_MS);
        let unseen = wall.saturating_sub(monotonic);
        self.now = Moment(self.now.0.saturating_add(monotonic));
        self.last = reading;
        self.set_zero();
        let jump = if unseen > CLOCK_TOLERANCE_MS { unseen } else { 0 };
        (self.now, Duration::from_millis(jump))
    }

    /// Lets time pass that only the wall clock saw.
    pub(crate) fn skip(&mut self, jump: Duration) {
        self.now = self.now + jump;
        self.set_zero();
    }

    fn set_zero(&mut self) {
        let zero_wall_ms = parted(self.last.wall_ms, self.now);
        if zero_wall_ms.abs_diff(self.zero_wall_ms) > CLOCK_TOLERANCE_MS {
            self.zero_wall_ms = zero_wall_ms;
        }
    }

    pub(crate) fn now(&self) -> Moment {
        self.now
    }

    /// Says a moment as the device's wall clock would.
    pub(crate) fn wall(&self, moment: Moment) -> Wall {
        Wall(moment.0.saturating_add_signed(self.zero_wall_ms))
    }

    /// The time from a wall moment kept by an earlier run until now, zero when it lies ahead.
    pub(crate) fn since_wall(&self, earlier: Wall) -> Duration {
        Duration::from_millis(self.wall(self.now).0.saturating_sub(earlier.0))
    }
}

/// How far the wall clock is ahead of the engine's time.
fn parted(wall_ms: u64, now: Moment) -> i64 {
    let signed = |ms| i64::try_from(ms).unwrap_or(i64::MAX);
    signed(wall_ms).saturating_sub(signed(now.0))
}

fn millis(length: Duration) -> u64 {
    length.as_secs().saturating_mul(1_000).saturating_add(length.subsec_millis().into())
}

/// Where the engine's time begins: far enough from zero that moments before the start can be said.
const ORIGIN: Moment = Moment(1 << 42);

/// How far the two clocks may part between readings before it means something. Clocks are disciplined by
/// milliseconds all day; no sleep that matters to a session is shorter than this.
const CLOCK_TOLERANCE_MS: u64 = 1_000;

/// No page is away for longer than a hundred years. A clock that says so is broken, and taking it at its word would
/// leave no later moment to wait for.
const LONGEST_STEP_MS: u64 = 3_153_600_000_000;
