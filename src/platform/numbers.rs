//! Numbers as people read them (`Intl.NumberFormat`) and as browsers give them.

use js_sys::Number;

use crate::texts::t;

/// A number with its digits in groups: `199,998`.
#[must_use]
pub fn grouped(number: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "no count of this application reaches 2^53")]
    let number = Number::from(number as f64);
    number.to_locale_string(t().tag).into()
}

/// A number of tenths, with one digit after the mark where there is one: `71.4`, and `71,4` in German.
#[must_use]
pub fn tenths(number: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "no figure of this application reaches 2^53")]
    let number = Number::from(number as f64 / 10.0);
    number.to_locale_string(t().tag).into()
}

/// A count that comes from the browser, such as the length of a file. What is none saturates.
#[must_use]
pub fn whole(count: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count of bytes is whole and below 2^53"
    )]
    let count = count as u64;
    count
}
