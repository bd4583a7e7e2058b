//! Asks a backend what a browser would ask it, and says in sentences what would not work.
//!
//! A configuration can be right in itself and still not fit the backend: it may name a path that is not there, read a
//! refused sign-in as a fault, or need a header that the backend does not let another origin see. [`run`] makes the calls
//! of the application, as a page of one address would, without any credential that is good for anything, and has the
//! answers read by the same code that reads them in the browser ([`perennial_dialect`]). What it finds is a [`Report`].
//!
//! Two parts are kept apart: the way to the network ([`Network`], of which [`http::Client`] is the real one), and the
//! judgement of what came back, which is pure.
//!
//! # What it sends
//!
//! * Each call of the configuration once, and before it `OPTIONS` where a browser would ask for permission (CORS).
//! * One sign-in at most, with the account [`ACCOUNT`] and a password that nobody has. A backend counts it as a failed
//!   sign-in of this account from this address.
//! * In place of a token a made-up one, that is expired and signed by nobody; in place of a cookie nothing.
//!
//! # What holds whatever comes back
//!
//! Answers are hostile: header and body are bounded ([`exchange::MAX_BODY_BYTES`]), every exchange has a limit of time,
//! what is quoted of them is one short line without control characters, and nothing panics.

mod call;
pub mod exchange;
mod finding;
pub mod http;
mod judge;
mod page;
mod probe;
mod quote;
mod report;

pub use call::{ACCOUNT, Call};
pub use exchange::Network;
pub use finding::{Finding, Level};
pub use page::{NoPage, Page};
pub use probe::{limit, run};
pub use report::{Asked, Report};
