//! Numbers and sizes, in words.

/// Puts the digits of a number in groups, as the reader is used to.
pub type Group = fn(u64) -> String;

/// So many of something: `1 row`, `199,998 rows`.
#[must_use]
pub fn count(number: u64, noun: &str, group: Group) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{} {noun}s", group(number)) }
}

/// How long a file is: `812 bytes`, `3.4 MB`, `120 MB`.
#[must_use]
pub fn size(bytes: u64) -> String {
    let (unit, name) = match bytes {
        1 => return "1 byte".to_owned(),
        0..1_000 => return format!("{bytes} bytes"),
        1_000..999_500 => (1_000, "KB"),
        999_500..999_500_000 => (1_000_000, "MB"),
        _ => (1_000_000_000, "GB"),
    };
    let tenths = bytes.saturating_add(unit / 20) / (unit / 10);
    if tenths < 100 {
        format!("{}.{} {name}", tenths / 10, tenths % 10)
    } else {
        format!("{} {name}", bytes.saturating_add(unit / 2) / unit)
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

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
    fn one_is_not_many() {
        let group = |number: u64| format!("<{number}>");
        assert_eq!(count(1, "row", group), "1 row");
        assert_eq!(count(0, "row", group), "<0> rows");
        assert_eq!(count(2_000, "row", group), "<2000> rows");
    }
}
