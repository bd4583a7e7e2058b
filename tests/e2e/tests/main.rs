//! The scenarios: each a sentence about what a person, a browser and a backend do together.
#![allow(clippy::disallowed_methods, reason = "a scenario watches real programs in real time")]

mod clocks;
mod ending;
mod losses;
mod pictures;
mod refusals;
mod signing_in;
mod staying;
mod tabs;

/// What the application asks when a token nears its end.
const REFRESH: &str = "POST /api/session/refresh";
/// What the application says when somebody signs out.
const SIGN_OUT: &str = "DELETE /api/session";
/// What the page Devices asks.
const DEVICES: &str = "GET /api/sessions";
