use std::{cell::Cell, rc::Rc, time::Duration};

use gloo_timers::future::TimeoutFuture;
use perennial::platform::{clock, timer};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn a_timer_fires_once_and_not_before_its_time() {
    let fired: Rc<Cell<Option<u64>>> = Rc::default();
    let start = clock::read().monotonic_ms;
    let _timer = timer::after(Duration::from_millis(50), {
        let fired = fired.clone();
        move || fired.set(Some(clock::read().monotonic_ms))
    });
    while fired.get().is_none() {
        TimeoutFuture::new(10).await;
    }
    let passed = fired.get().unwrap() - start;
    assert!(passed >= 50, "fired after {passed} ms");
}

#[wasm_bindgen_test]
async fn a_dropped_timer_does_not_fire() {
    let fired = Rc::new(Cell::new(false));
    let timer = timer::after(Duration::from_millis(10), {
        let fired = fired.clone();
        move || fired.set(true)
    });
    drop(timer);
    TimeoutFuture::new(60).await;
    assert!(!fired.get());
}

/// Browsers keep the delay in 32 bits; a longer one would overflow and fire at once.
#[wasm_bindgen_test]
async fn a_timer_for_thirty_days_does_not_fire_at_once() {
    let fired = Rc::new(Cell::new(false));
    let _timer = timer::after(Duration::from_secs(30 * 24 * 60 * 60), {
        let fired = fired.clone();
        move || fired.set(true)
    });
    TimeoutFuture::new(60).await;
    assert!(!fired.get());
}
