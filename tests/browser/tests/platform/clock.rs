use gloo_timers::future::TimeoutFuture;
use perennial::platform::{clock, entropy};
use wasm_bindgen_test::wasm_bindgen_test;

use super::lost::without;

#[wasm_bindgen_test]
async fn both_clocks_move_on_while_time_passes() {
    let before = clock::read();
    TimeoutFuture::new(60).await;
    let after = clock::read();
    assert!(after.monotonic_ms >= before.monotonic_ms + 50, "{before:?} {after:?}");
    assert!(after.wall_ms >= before.wall_ms + 50, "{before:?} {after:?}");
}

#[wasm_bindgen_test]
fn the_wall_clock_counts_from_1970_and_the_monotonic_one_from_the_page() {
    let reading = clock::read();
    assert!(reading.wall_ms > 1_700_000_000_000, "{reading:?}");
    assert!(reading.monotonic_ms < reading.wall_ms / 2, "{reading:?}");
}

#[wasm_bindgen_test]
fn no_two_seeds_are_alike() {
    let (one, other) = (entropy::draw::<32>().unwrap(), entropy::draw::<32>().unwrap());
    assert_ne!(one, other);
    assert_ne!(one, [0; 32]);
}

/// Otherwise the wall clock would stand in: a leap of half a century, after which everybody has been away for too long.
#[wasm_bindgen_test]
fn the_clock_stands_still_where_the_page_loses_its_performance() {
    let before = clock::read();
    let lost = without("performance", clock::read);
    assert!(web_sys::window().unwrap().performance().is_some(), "the page has not got it back");
    assert!(lost.monotonic_ms >= before.monotonic_ms, "it went backwards");
    assert!(lost.monotonic_ms - before.monotonic_ms < 10_000, "it leapt to {}", lost.monotonic_ms);
    assert!(clock::read().monotonic_ms >= lost.monotonic_ms, "it is not back");
}
