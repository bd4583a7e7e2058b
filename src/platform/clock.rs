//! The two clocks of the device (`performance.now()` and `Date.now()`).

use perennial_session::Reading;

/// Reads both clocks.
///
/// A page without `performance` has no monotonic clock; the wall clock then stands in for it, which the engine takes
/// for a device that never sleeps.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "whole milliseconds of both clocks fit; a negative one saturates to zero"
)]
pub fn read() -> Reading {
    let wall_ms = js_sys::Date::now() as u64;
    let monotonic_ms = web_sys::window()
        .and_then(|window| window.performance())
        .map_or(wall_ms, |performance| performance.now() as u64);
    Reading { monotonic_ms, wall_ms }
}
