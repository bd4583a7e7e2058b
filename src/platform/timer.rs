//! The one timer (`setTimeout`).

use std::time::Duration;

use gloo_timers::callback::Timeout;

use super::panic;

/// A timer that is running; dropping it stops it.
#[derive(Debug)]
#[must_use = "a timer that is dropped does not fire"]
pub struct Timer(Timeout);

impl Timer {
    /// Lets it fire whatever becomes of this value.
    pub fn keep(self) {
        drop(self.0.forget());
    }
}

/// Calls back once, not before `after` has passed.
///
/// Browsers keep the delay in 32 bits and fire at once beyond them, so a longer one fires early, after 24 days: the
/// caller must look at the clock and ask again, as it must after any timer.
pub fn after(after: Duration, callback: impl FnOnce() + 'static) -> Timer {
    // Timers may fire a fraction of a millisecond before their time.
    let delay_ms = after.as_millis().saturating_add(1).min(i32::MAX as u128);
    Timer(Timeout::new(u32::try_from(delay_ms).unwrap_or(i32::MAX as u32), move || {
        if !panic::has_happened() {
            callback();
        }
    }))
}
