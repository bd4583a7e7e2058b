//! The configuration that an operator wrote into the page.

use perennial_dialect::config::{Config, ConfigError};

/// Reads the data block of `index.html`; a page without one has the defaults.
///
/// # Errors
/// All that is wrong with it, each in a sentence.
pub fn read() -> Result<Config, Vec<ConfigError>> {
    let block = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.get_element_by_id(ID))
        .and_then(|element| element.text_content());
    Config::parse(&block.unwrap_or_default())
}

const ID: &str = "perennial-config";
