//! Numbers and sizes, in words.

use super::{fill, plural, t};

/// Puts the digits of a number in groups, as the reader is used to.
pub type Group = fn(u64) -> String;

/// So many of something, of a text with a form for each: `1 row`, `199,998 rows`.
#[must_use]
pub fn count(text: &'static str, number: u64, group: Group) -> String {
    fill(plural(text, number), &[("n", &group(number))])
}

/// How long a file is: `812 bytes`, `3.4 MB`, `120 MB`.
#[must_use]
pub fn size(bytes: u64) -> String {
    let (unit, name) = match bytes {
        0..1_000 => return count(t().number.bytes, bytes, |bytes| bytes.to_string()),
        1_000..999_500 => (1_000, "KB"),
        999_500..999_500_000 => (1_000_000, "MB"),
        _ => (1_000_000_000, "GB"),
    };
    let tenths = bytes.saturating_add(unit / 20) / (unit / 10);
    if tenths < 100 {
        format!("{}{}{} {name}", tenths / 10, t().number.decimal, tenths % 10)
    } else {
        format!("{} {name}", bytes.saturating_add(unit / 2) / unit)
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::{super::spoken::in_german, *};

    #[test]
    fn a_size_has_two_digits_or_more_and_a_unit_that_keeps_it_short() {
        for (bytes, expected) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1_000, "1.0 KB"),
            (9_949, "9.9 KB"),
            (9_950, "10 KB"),
            (999_499, "999 KB"),
            (999_500, "1.0 MB"),
            (3_440_000, "3.4 MB"),
            (104_857_600, "105 MB"),
            (2_000_000_000, "2.0 GB"),
            (u64::MAX, "18446744073 GB"),
        ] {
            assert_eq!(size(bytes), expected, "{bytes}");
        }
    }

    #[test]
    fn tenths_follow_the_mark_of_the_language() {
        assert_eq!(in_german(|| size(3_440_000)), "3,4 MB");
        assert_eq!(in_german(|| size(1)), "1 Byte");
    }

    #[test]
    fn one_is_not_many() {
        let group = |number: u64| format!("<{number}>");
        assert_eq!(count("{n} row | {n} rows", 1, group), "<1> row");
        assert_eq!(count("{n} row | {n} rows", 0, group), "<0> rows");
        assert_eq!(count("{n} row | {n} rows", 2_000, group), "<2000> rows");
    }
}
