//! Every text of the application, in one file per language, and what makes sentences of them.
//!
//! Nothing here touches the page: moments come in as values, and what depends on the reader's time zone comes in as a
//! function, so each sentence can be tested where the tests are quick.

pub mod catalog;
pub mod dataset;
pub mod devices;
pub mod password;
pub mod queue;
pub mod reason;
pub mod sign_in;

mod de;
mod en;
mod number;
mod request;
mod session;
mod spoken;
mod time;

pub use number::{Group, count, size};
pub use request::fetch_failure;
pub use session::{Chip, cause, chip, health, next_refresh, sign_in_failure, sign_out_reason};
pub use spoken::{LANGUAGES, around, best, fill, find, plural, speak, t};
pub use time::{ago, countdown, left, length};

/// The name of the product, which is the same in every language.
pub const BRAND: &str = "Perennial";

/// The title of a tab.
#[must_use]
pub fn title(page: &str) -> String {
    format!("{page} · {BRAND}")
}

/// A text with the moment it speaks of.
#[must_use]
pub fn at(text: &str, clock: &str) -> String {
    fill(text, &[("clock", clock)])
}
