//! The harness of the end-to-end suites.
//!
//! A [`World`] is one backend with an empty database, one [`Proxy`] that plays the site's origin in
//! front of it, and as many browsers as a scenario opens. The proxy counts what reaches the site, reads
//! along on WebSockets, and breaks what a scenario asks it to break; the application and the backend are the real ones and
//! know nothing of tests. Waiting is always a poll of a condition with a bound.
#![allow(clippy::print_stderr, reason = "a failing scenario tells where its pictures are")]
#![allow(clippy::disallowed_methods, reason = "a scenario watches real programs in real time")]

pub mod browser;
pub mod driver;
pub mod proxy;
pub mod server;
pub mod wait;
pub mod world;

pub use browser::{Browser, Role};
pub use proxy::{Fault, Proxy, Said, Seen, Side, Socket};
pub use wait::eventually;
pub use world::{Account, Setup, World, scenario};
