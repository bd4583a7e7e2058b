//! Components in a real browser, and what it or its extensions do to them.

#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::unwrap_used,
    reason = "Clippy takes only `#[test]` for a test, and these have another attribute"
)]

mod components {
    mod changing;
}

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
