//! Numbers as people read them (`Intl.NumberFormat`).

use js_sys::Number;

use super::dates::LOCALE;

/// A number with its digits in groups: `199,998`.
#[must_use]
pub fn grouped(number: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "no count of this application reaches 2^53")]
    let number = Number::from(number as f64);
    number.to_locale_string(LOCALE).into()
}
