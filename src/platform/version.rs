//! Which build this page is of: what `cargo xtask finish` wrote into it.

use leptos::prelude::document;

/// The build's name; `None` in development builds.
#[must_use]
pub fn read() -> Option<String> {
    let meta = document().query_selector("meta[name=perennial-version]").ok().flatten()?;
    meta.get_attribute("content")
}
