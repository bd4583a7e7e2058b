//! Which part of a dataset is looked at, as the address says it: so Back, a reload and the way back after signing in
//! lead to the same rows.

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate, use_query_map},
};

/// The pages of the tables, counted from 0, and how the rows are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// The page of the rows.
    pub page: u64,
    /// How they are sorted, if not as in the file.
    pub sort: Option<Sort>,
    /// The page of the rows that were not taken.
    pub rejected: u64,
}

/// How the rows are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// By which column, counted from 0.
    pub column: usize,
    /// Whether the last comes first.
    pub is_descending: bool,
}

/// The way that the address says, and how to go another.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// What is looked at.
    pub way: Memo<Way>,
    go: Callback<Way>,
}

impl Route {
    /// Reads the address, now and whenever it changes.
    #[must_use]
    pub fn new() -> Self {
        let (query, pathname, navigate) = (use_query_map(), use_location().pathname, use_navigate());
        let way = Memo::new(move |_| query.with(|query| Way::read(|name| query.get(name))));
        let navigate = StoredValue::new_local(navigate);
        let go = Callback::new(move |way: Way| {
            let path = pathname.with_untracked(|path| format!("{path}{}", way.query()));
            let options = NavigateOptions { resolve: false, scroll: false, ..NavigateOptions::default() };
            navigate.with_value(|navigate| navigate(&path, options));
        });
        Self { way, go }
    }

    /// Goes another way, which is a step that Back takes back.
    pub fn change(self, change: impl FnOnce(&mut Way)) {
        let mut way = self.way.get_untracked();
        change(&mut way);
        self.go.run(way);
    }
}

impl Way {
    /// Reads a query, which anybody may have written: what is no number counts as not there.
    fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let number = |name: &str| get(name)?.parse::<u64>().ok()?.checked_sub(1);
        let column = number("sort").and_then(|column| usize::try_from(column).ok());
        let is_descending = get("order").as_deref() == Some("desc");
        Self {
            page: number("page").unwrap_or_default(),
            sort: column.map(|column| Sort { column, is_descending }),
            rejected: number("rejected").unwrap_or_default(),
        }
    }

    /// The query that says it: nothing where there is nothing to say.
    fn query(self) -> String {
        let mut query = String::new();
        let mut say = |name: &str, value: &str| {
            query.push(if query.is_empty() { '?' } else { '&' });
            query.extend([name, "=", value]);
        };
        if let Some(Sort { column, is_descending }) = self.sort {
            say("sort", &column.saturating_add(1).to_string());
            if is_descending {
                say("order", "desc");
            }
        }
        for (name, page) in [("page", self.page), ("rejected", self.rejected)] {
            if page > 0 {
                say(name, &page.saturating_add(1).to_string());
            }
        }
        query
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn a_way_is_read_as_it_was_said() {
        let sorted = Some(Sort { column: 2, is_descending: true });
        for (way, said) in [
            (Way::default(), ""),
            (Way { page: 2, ..Way::default() }, "?page=3"),
            (Way { page: 1, sort: sorted, rejected: 4 }, "?sort=3&order=desc&page=2&rejected=5"),
        ] {
            assert_eq!(way.query(), said);
            assert_eq!(read(said), way, "{said}");
        }
    }

    #[test]
    fn what_is_no_page_and_no_column_counts_as_not_there() {
        for said in
            ["?page=0", "?page=-1", "?page=x&sort=", "?sort=0&order=desc", "?page=99999999999999999999"]
        {
            assert_eq!(read(said), Way::default(), "{said}");
        }
    }

    fn read(query: &str) -> Way {
        let pairs: Vec<_> =
            query.trim_start_matches('?').split('&').filter_map(|it| it.split_once('=')).collect();
        Way::read(|name| pairs.iter().find(|(of, _)| *of == name).map(|(_, value)| (*value).to_owned()))
    }
}
