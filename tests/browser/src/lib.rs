//! The tests under `tests/` hold each adapter of `perennial::platform` against the real Web API.
//!
//! They run in a headless browser: `cargo xtask test browser`.
