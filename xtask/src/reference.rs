//! `cargo xtask reference`: writes what there is to be said of the keys of a configuration into the documentation.

use std::fs;

use anyhow::{Context as _, Result};
use perennial_dialect::config::reference;

use crate::shell;

/// Writes the JSON Schema, and the tables into their place in the page.
pub(crate) fn run() -> Result<()> {
    let docs = shell::root().join("docs");
    let page = docs.join("configuration.md");
    let text = fs::read_to_string(&page).with_context(|| format!("cannot read {}", page.display()))?;
    let text = reference::page(&text)
        .with_context(|| format!("{} has no place for the tables of keys", page.display()))?;
    for (path, text) in [(page, text), (docs.join("configuration.schema.json"), reference::schema_file())] {
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        println!("{} is up to date", path.display());
    }
    Ok(())
}
