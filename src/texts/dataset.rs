//! What the page of a dataset says.

use super::number::{Group, count};

/// The link back.
pub const BACK: &str = "All imports";
/// Term of the facts.
pub const ROWS: &str = "Rows";
/// Term of the facts.
pub const COLUMNS: &str = "Columns";
/// Term of the facts.
pub const REJECTED_ROWS: &str = "Rejected";
/// Term of the facts.
pub const DELIMITER: &str = "Separated by";
/// Term of the facts.
pub const ENCODING: &str = "Encoding";
/// Term of the facts.
pub const IMPORTED: &str = "Imported";
/// The button that saves the rows as a file.
pub const DOWNLOAD: &str = "Download CSV";
/// While the file is on its way.
pub const DOWNLOADING: &str = "Downloading…";
/// When the browser would not save the file.
pub const NOT_SAVED: &str = "The browser did not save the file.";
/// The button that deletes the dataset.
pub const DELETE: &str = "Delete";
/// The question behind it.
pub const CONFIRM_DELETE: &str = "Delete this dataset?";

/// What a screen reader hears while the dataset is on its way.
pub const LOADING: &str = "Loading the dataset";
/// Heading of the failure when there is nothing to show.
pub const FAILED: &str = "The dataset could not be loaded.";
/// Where there is none of this name, or it is somebody else's.
pub const GONE: &str = "There is no such dataset. It may have been deleted.";
/// When a page of rows could not be loaded.
pub const PAGE_FAILED: &str = "These rows could not be loaded.";

/// Heading of the table.
pub const DATA: &str = "Data";
/// The first column: where a row stands in the file.
pub const LINE: &str = "Line";
/// Where a file has a header and nothing else.
pub const NO_ROWS: &str = "The file has a header and no rows that could be taken.";
/// Heading of what was not taken.
pub const REJECTED: &str = "Rejected rows";
/// Where everything was taken.
pub const NOTHING_REJECTED: &str = "Every row of the file was taken.";
/// Column of the rejected rows.
pub const REASON: &str = "Reason";
/// Column of the rejected rows.
pub const BEGINNING: &str = "How the row begins";
/// What stands for a column without a name.
pub const UNNAMED: &str = "(no name)";

/// Name of the buttons under a table.
pub const PAGES: &str = "Pages";
/// To the first page.
pub const FIRST: &str = "First";
/// To the page before.
pub const PREVIOUS: &str = "Previous";
/// To the page after.
pub const NEXT: &str = "Next";
/// To the last page.
pub const LAST: &str = "Last";

/// What separates fields, in words.
#[must_use]
pub fn delimiter(word: &str) -> String {
    match word {
        "comma" => "Commas".to_owned(),
        "semicolon" => "Semicolons".to_owned(),
        "tab" => "Tabs".to_owned(),
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
        return count(total, "row", group);
    }
    let (first, last) = (group(offset.saturating_add(1)), group(offset.saturating_add(on_page)));
    format!("Rows {first} to {last} of {}", group(total))
}

/// How the rows are ordered, for the name of their table.
#[must_use]
pub fn table(name: &str, sorted_by: Option<(&str, bool)>) -> String {
    match sorted_by {
        None => format!("Rows of {name}, in the order of the file"),
        Some((column, false)) => format!("Rows of {name}, sorted by {column}, ascending"),
        Some((column, true)) => format!("Rows of {name}, sorted by {column}, descending"),
    }
}

/// How many rejected rows can be looked at.
#[must_use]
pub fn kept(total: u64, kept: u64, group: Group) -> String {
    let rows = count(total, "row", group);
    if kept < total {
        format!("{rows} of the file could not be taken. The first {} are kept to be looked at.", group(kept))
    } else {
        format!("{rows} of the file could not be taken. Mend them in the file and send it again.")
    }
}

/// While the file is on its way: `Downloading… 12 MB`.
#[must_use]
pub fn downloading(size: &str) -> String {
    format!("{DOWNLOADING} {size}")
}

/// When the file did not come.
#[must_use]
pub fn not_downloaded(why: &str) -> String {
    format!("The file was not downloaded. {why}")
}

/// What the question explains.
#[must_use]
pub fn delete_explained(name: &str, rows: u64, group: Group) -> String {
    format!("{} of {name} will be gone for good.", count(rows, "row", group))
}

/// When the dataset is still there.
#[must_use]
pub fn not_deleted(why: &str) -> String {
    format!("The dataset was not deleted. {why}")
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
