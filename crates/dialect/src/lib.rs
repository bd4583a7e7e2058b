//! Wire dialects: what backends say, as data, and what it means to the session engine.
//!
//! The engine (`perennial-session`) speaks of sign-ins, refreshes and refusals, and has never heard of HTTP.
//! A backend speaks HTTP and has never heard of the engine. A [`Dialect`] is the dictionary between them: which
//! endpoints there are, which headers every request carries, where in an answer each fact stands, and which of
//! the server's words mean what. It is data; [`presets`] has one for each kind of backend that is known here. The code
//! that reads it is the same for all dialects, pure, and in five parts:
//!
//! * [`request`]: what the engine wants asked → method, address, headers, body.
//! * [`answers`]: status, headers, body → what the server said, in the engine's words.
//! * [`live`]: what is said over live connections, and what their end means.
//! * [`token`]: an access token → what it says about itself, as an unverified hint.
//! * [`oauth`]: the way to a provider where people sign in, and back.
//!
//! All of them read JSON by [`json`], which is as tolerant as a browser.
//!
//! [`config`] reads what an operator writes into the page: a preset, and keys on top of it.
//! [`wire`] holds the JSON bodies of the `perennial` preset for those who write them (the reference backend)
//! and for those who read lists and profiles (the pages of the application).
//!
//! # What holds whatever a server sends
//!
//! * **Only a 401, and what a dialect lists ([`Dialect::refused`]), can mean "refused".** No other status, no body, header or token
//!   makes an answer that ends a session. Proxies, captive portals, overloaded and broken servers answer with all sorts of things while the
//!   session is well; a person who is working must not pay for that.
//! * **What is not understood is a doubt, never a decision**: [`perennial_session::Doubt`] says which.
//! * **What a browser can read is read.** An answer whose tokens can be read is granted, whatever else is odd about it.
//! * **Nothing panics and nothing overflows.** Bodies, headers and tokens are hostile until mapped: their size is
//!   bounded before they are parsed, lifetimes and waits are bounded after.
//! * **A token that could break out of its header is not a token.** Only the characters of RFC 6750 pass.
//! * **The device's clock is not asked.** A lifetime is a length, counted by the engine from the moment the
//!   request was sent. The one exception is a `Retry-After` that is a date in an answer without a `Date`. What the
//!   server's clock says is passed on ([`answers::WireAnswer::server_date`]), for the moments when the device's is in doubt.
//! * **Secrets are not printed**: `Debug` of requests and answers shows neither credentials nor bodies.
//!
//! The first five are property tests, over every preset and random dialects, in `tests/dialect/hostile.rs`; the clock is seen to in `tokens.rs` and
//! `retry_after.rs`, the secrets in `requests.rs` and `live.rs` beside it.

mod address;
pub mod answers;
mod audience;
pub mod config;
mod dialect;
mod form;
mod http_date;
pub mod json;
pub mod live;
mod moment;
pub mod oauth;
pub mod presets;
pub mod request;
mod retry_after;
pub mod token;
pub mod wire;

pub use dialect::{
    Answers, Authenticate, Claims, Csrf, Dialect, Encoding, Endpoint, Endpoints, Fact, Gateway401,
    LifetimeUnit, List, Live, Page, Pairs, Paths, Refresh, RefreshCredential, Refused, Says, SignInBy,
    SignInFields, SignOut, Storage, Text,
};
