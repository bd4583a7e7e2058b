//! The two clocks of the device (`performance.now()` and `Date.now()`).

use std::cell::Cell;

use perennial_session::Reading;

/// Reads both clocks.
///
/// A page without `performance` has no monotonic clock; the wall clock then stands in for it, which the engine takes
/// for a device that never sleeps. WebKit takes `performance` away from a page that has been left and still runs. There
/// the clock stands still: the wall clock in its place would be a leap of half a century.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "whole milliseconds of both clocks fit; a negative one saturates to zero"
)]
pub fn read() -> Reading {
    let wall_ms = js_sys::Date::now() as u64;
    let now_ms = web_sys::window()
        .and_then(|window| window.performance())
        .map(|performance| performance.now() as u64)
        .or_else(|| LAST_MS.get());
    LAST_MS.set(now_ms);
    Reading { monotonic_ms: now_ms.unwrap_or(wall_ms), wall_ms }
}

thread_local! {
    /// What `performance` said last, in milliseconds.
    static LAST_MS: Cell<Option<u64>> = const { Cell::new(None) };
}
