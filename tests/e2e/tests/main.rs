//! The scenarios: each a sentence about what a person, a browser and a backend do together.
#![allow(clippy::disallowed_methods, reason = "a scenario watches real programs in real time")]

mod ending;
mod pictures;
mod refusals;
mod signing_in;
mod staying;

/// What the application asks when a token nears its end.
const REFRESH: &str = "POST /api/session/refresh";
/// What the page Devices asks.
const DEVICES: &str = "GET /api/sessions";
