//! Each adapter against the real Web API.

#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::unwrap_used,
    reason = "Clippy takes only `#[test]` for a test, and these have another attribute"
)]

mod platform {
    mod channel;
    mod clock;
    mod config;
    mod drops;
    mod events;
    mod handle;
    mod http;
    mod kept;
    mod lock;
    mod lost;
    mod names;
    mod pending;
    mod preferences;
    mod socket;
    mod storage;
    mod text;
    mod timer;
    mod transfer;
}

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
