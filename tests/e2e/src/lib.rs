//! The harness of the end-to-end suites.
//!
//! A [`World`] is one [`Backend`] with an empty database, a [`Proxy`] that plays its origin in front of it, and as
//! many browsers as a scenario opens. The reference backend serves the pages whatever they talk to; a backend that
//! others wrote has an origin of its own. A proxy counts what reaches its origin, reads along on WebSockets, and
//! breaks what a scenario asks it to break; the application and the backends are the real ones and know nothing of
//! tests. A scenario waits for conditions, with a bound; for a time only where nothing must happen in it.
//!
//! The reference backend runs on a thread of the test, or as a process where one is killed ([`Runs`]). A scenario about
//! lifetimes and limits moves the time ([`Clocks`]): [`World::pass`] goes from one thing that is due to the next, in the
//! backend, at the proxy and in every page, so that an hour costs a second or a few. What a scenario says of moments is
//! then said of that time ([`World::now`]).
#![allow(clippy::print_stderr, reason = "a failing scenario tells where its pictures are")]
#![allow(clippy::disallowed_methods, reason = "a scenario watches real programs in real time")]

pub mod backend;
pub mod browser;
pub mod clock;
pub mod engine;
pub mod proxy;
pub mod server;
pub mod wait;
pub mod world;

mod bidi;
mod deploy;
mod driver;
mod listing;
mod passing;
mod process;
mod session;

pub use backend::{Backend, Calls, Life, Refusals};
pub use browser::{Browser, Focus, Preferences, Role};
pub use clock::Clocks;
pub use deploy::Deployed;
pub use engine::{Ability, Concern, Engine};
pub use proxy::{Fault, Proxy, Said, Seen, Side, Socket};
pub use server::Runs;
pub use wait::eventually;
pub use world::{Account, Pace, Pages, Setup, World, scenario};
