//! The time of a scenario: the machine's, and on top of it what the scenario let pass.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use perennial_server::clock::{Clock, Moment};
use tokio::sync::watch;

/// Whose time a scenario lives by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clocks {
    /// The machine's, in which an hour takes an hour.
    #[default]
    Machine,
    /// The machine's and what [`World::pass`](crate::World::pass) adds to it, in every page and in a backend that runs
    /// here.
    ///
    /// A backend that is a process of its own keeps the machine's time, as do service workers and what style sheets
    /// animate. Pages have a script and a worker more, and browsers may keep none of them in memory to go back to; one
    /// that was loaded without a network keeps the machine's time as well.
    Moved,
}

/// A clock that is ahead of the machine's by what a scenario let pass.
#[derive(Clone, Debug, Default)]
pub(crate) struct WorldClock(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    ahead: watch::Sender<Duration>,
    waits: Mutex<Waits>,
}

/// The moments that somebody waits for.
#[derive(Debug, Default)]
struct Waits {
    last: u64,
    moments: BTreeMap<u64, Instant>,
}

/// A wait that goes on; it is over when this value is dropped.
struct Wait<'a> {
    inner: &'a Inner,
    number: u64,
}

impl WorldClock {
    pub(crate) fn now(&self) -> Instant {
        Instant::now() + self.ahead()
    }

    /// By how much it is ahead of the machine's.
    pub(crate) fn ahead(&self) -> Duration {
        *self.0.ahead.borrow()
    }

    /// What it says, as servers and people tell the time.
    pub(crate) fn wall(&self) -> SystemTime {
        SystemTime::now() + self.ahead()
    }

    pub(crate) fn move_on(&self, by: Duration) {
        self.0.ahead.send_modify(|ahead| *ahead += by);
    }

    pub(crate) async fn sleep(&self, time: Duration) {
        self.sleep_until(self.now() + time).await;
    }

    /// How long it is until somebody has waited long enough.
    pub(crate) fn next_due(&self) -> Option<Duration> {
        let next = self.0.waits().moments.values().min().copied();
        next.map(|at| at.saturating_duration_since(self.now()))
    }

    async fn sleep_until(&self, at: Instant) {
        let mut ahead = self.0.ahead.subscribe();
        let _wait = Wait::until(&self.0, at);
        loop {
            let left = at.saturating_duration_since(self.now());
            if left.is_zero() {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(left) => {}
                // The sender lives as long as this clock.
                moved = ahead.changed() => moved.unwrap_or(()),
            }
        }
    }
}

#[async_trait]
impl Clock for WorldClock {
    fn now(&self) -> Moment {
        let since_epoch = self.wall().duration_since(UNIX_EPOCH).unwrap_or_default();
        Moment::from_unix_ms(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }

    fn elapsed(&self) -> Duration {
        // Nothing but differences of it are looked at.
        self.wall().duration_since(UNIX_EPOCH).unwrap_or_default()
    }

    async fn wait_until(&self, moment: Moment) {
        let left_ms = moment.ms_since(Clock::now(self)).unsigned_abs();
        self.sleep(Duration::from_millis(left_ms)).await;
    }
}

impl<'a> Wait<'a> {
    fn until(inner: &'a Inner, at: Instant) -> Self {
        let mut waits = inner.waits();
        waits.last += 1;
        let number = waits.last;
        waits.moments.insert(number, at);
        Self { inner, number }
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        self.inner.waits().moments.remove(&self.number);
    }
}

impl Inner {
    fn waits(&self) -> MutexGuard<'_, Waits> {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
