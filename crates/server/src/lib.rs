//! The reference backend of Perennial: accounts, sessions and their tokens, for development, tests and small
//! installations. `perennial-server --help` explains how to run it; this is what it promises.
//!
//! # Sessions
//! A session is one sign-in of one person on one device. It ends when the person signs out, when the person ends it
//! from another device, when one of its refresh tokens comes back after its use, or at its absolute limit, which is
//! set at the sign-in and extended by nothing. With less than a whole second left it is over. An ended session is
//! refused on its next request, and remembered for a week, so that its device can be told why.
//!
//! # Access tokens
//! JWTs (HS256) that name their key by `kid`, their account by `sub` and their session by `sid`. A token lives at
//! least as long as `expires_in` says and less than a second longer, by this server's clock alone. A good signature
//! is not enough: the session is read from the store on every request. When less than `min(300 s, lifetime / 5)` of
//! the presented token is left, a successful answer carries a fresh one in `X-New-Token`, unless the session would
//! end no later than the old one.
//!
//! # Refresh tokens
//! 256 bits in an `HttpOnly`, `SameSite=Strict` cookie, derived by HMAC from a key, the session and a generation
//! that counts up. The store holds SHA-256 hashes only, of every generation, so a stolen token is known when it comes
//! back. Judging a token and following it by its successor is one transaction. What a token means:
//!
//! | the token | the request | what happens |
//! |---|---|---|
//! | is the current one | has the `Idempotency-Key` that made it, within the idempotency window | the same successor again, which is the token itself: the answer had set the cookie, but came to another tab or to none |
//! | is the current one | otherwise | a successor |
//! | is the previous one | has the `Idempotency-Key` that superseded it, within the idempotency window | the same successor again: its answer was lost |
//! | is the previous one | has any key, within the overlap | the same successor again: two tabs |
//! | is an older one | has the `Idempotency-Key` that superseded it, within the idempotency window | 409, nothing ends: a late duplicate |
//! | was superseded | has the `Idempotency-Key` that made it, within the idempotency window | 409, nothing ends: a late duplicate |
//! | was superseded | otherwise | 401, the session ends as stolen |
//!
//! Either window may be 0. A refusal never touches the cookie: it may arrive late and meet that of a newer sign-in.
//!
//! # Keys
//! One file that only its owner may read. The first key signs; `key rotate` puts a new one in front and keeps the
//! two before it, which go on verifying. Losing the file costs each client one refresh and no session.
//!
//! # Guards
//! What the cookie authorises needs the header `X-Requested-By: perennial` and a known `Origin`. Failed sign-ins are
//! counted per account and per address, in memory; passwords are compared a few at a time, and an account that does
//! not exist costs as much as one that does. Bodies are bounded. Logs hold a line per request with the route's
//! pattern and never a header, a body or a path as typed.
//!
//! # Shape
//! `routes` holds a module per dialect with the shapes on the wire; `sessions` is what they all share;
//! [`store`] is an interface that knows no database, with SQLite behind it. Time comes from one [`clock`].
//! A start refuses what it finds broken in one sentence ([`failure`]) and changes nothing of it.

pub mod app;
pub mod cli;
pub mod commands;
pub mod failure;
pub mod serve;
pub mod settings;

mod assets;
mod headers;
pub mod log;
mod problems;
mod refusal;
mod request_log;
mod routes;

mod access_token;
mod attempts;
mod device;
pub mod refresh_token;
mod sessions;

pub mod accounts;
pub mod clock;
mod data_dir;
mod keys;
mod passwords;
mod private_file;
pub mod store;
