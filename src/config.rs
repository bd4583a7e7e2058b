//! The configuration that an operator wrote into the page.

use perennial_dialect::config::{Config, ConfigError};

use crate::loaded_later::loaded_later;

/// Reads the data block of `index.html`; a page without one has the defaults.
///
/// # Errors
/// All that is wrong with it, each in a sentence.
pub async fn read() -> Result<Config, Vec<String>> {
    let block = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.get_element_by_id(ID))
        .and_then(|element| element.text_content())
        .unwrap_or_default();
    // Most installations have nothing to say, and need none of the code that would understand it.
    if matches!(block.trim(), "" | "{}") {
        return Ok(Config::default());
    }
    let parse = parser().await.map_err(|error| vec![error.to_string()])?;
    parse(&block).map_err(|errors| errors.iter().map(ToString::to_string).collect())
}

type Parse = fn(&str) -> Result<Config, Vec<ConfigError>>;

loaded_later! {
    config: fn parser() -> Parse { Config::parse }
}

const ID: &str = "perennial-config";
