//! What the page of a dataset says.

use super::{
    fill,
    number::{Group, count},
    t,
};

/// What separates fields, in words.
#[must_use]
pub fn delimiter(word: &str) -> String {
    match word {
        "comma" => t().dataset.commas.to_owned(),
        "semicolon" => t().dataset.semicolons.to_owned(),
        "tab" => t().dataset.tabs.to_owned(),
        word => word.to_owned(),
    }
}

/// An encoding as people know it.
#[must_use]
pub fn encoding(word: &str) -> String {
    match word {
        "utf-8" => "UTF-8".to_owned(),
        "windows-1252" => "Windows-1252".to_owned(),
        word => word.to_owned(),
    }
}

/// Which rows a page shows: `Rows 1 to 100 of 199,998`.
#[must_use]
pub fn shown(offset: u64, on_page: u64, total: u64, group: Group) -> String {
    if on_page == 0 {
        return count(t().dataset.total, total, group);
    }
    let (first, last) = (group(offset.saturating_add(1)), group(offset.saturating_add(on_page)));
    fill(t().dataset.shown, &[("first", &first), ("last", &last), ("total", &group(total))])
}

/// How the rows are ordered, for the name of their table.
#[must_use]
pub fn table(name: &str, sorted_by: Option<(&str, bool)>) -> String {
    let (text, column) = match sorted_by {
        None => (t().dataset.in_order, ""),
        Some((column, false)) => (t().dataset.ascending, column),
        Some((column, true)) => (t().dataset.descending, column),
    };
    fill(text, &[("name", name), ("column", column)])
}

/// How many rejected rows can be looked at.
#[must_use]
pub fn kept(total: u64, kept: u64, group: Group) -> String {
    let rows = count(t().dataset.not_taken, total, group);
    if kept < total {
        format!("{rows} {}", fill(t().dataset.first_kept, &[("kept", &group(kept))]))
    } else {
        format!("{rows} {}", t().dataset.mend)
    }
}

/// While the file is on its way: `Downloading… 12 MB`.
#[must_use]
pub fn downloading(size: &str) -> String {
    fill(t().dataset.downloading_size, &[("size", size)])
}

/// When something could not be done.
#[must_use]
pub fn not_done(text: &str, why: &str) -> String {
    fill(text, &[("why", why)])
}

/// What the question before a dataset is deleted explains.
#[must_use]
pub fn delete_explained(name: &str, rows: u64, group: Group) -> String {
    fill(&count(t().dataset.delete_explained, rows, group), &[("name", name)])
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn plain(number: u64) -> String {
        number.to_string()
    }

    #[test]
    fn a_page_says_which_rows_it_shows() {
        assert_eq!(shown(0, 100, 199_998, plain), "Rows 1 to 100 of 199998");
        assert_eq!(shown(100, 7, 107, plain), "Rows 101 to 107 of 107");
        assert_eq!(shown(0, 0, 0, plain), "0 rows");
        assert_eq!(shown(500, 0, 1, plain), "1 row");
    }

    #[test]
    fn rejected_rows_that_are_not_kept_are_counted_all_the_same() {
        assert!(
            kept(12_000, 10_000, plain)
                .starts_with("12000 rows of the file could not be taken. The first 10000")
        );
        assert!(kept(1, 1, plain).starts_with("1 row of the file"));
    }
}
