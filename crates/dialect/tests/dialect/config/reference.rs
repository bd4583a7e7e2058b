//! The documentation and the JSON Schema, held to the keys.

use perennial_dialect::config::reference;

const HINT: &str = "run `cargo xtask reference` and commit what it writes";

#[test]
fn the_tables_of_the_reference_are_those_of_the_keys() {
    let written = include_str!("../../../../../docs/configuration.md");
    let page = reference::page(written).expect("there is a place for the tables");
    assert!(page == written, "docs/configuration.md is out of step: {HINT}");
}

#[test]
fn the_schema_is_that_of_the_keys() {
    let written = include_str!("../../../../../docs/configuration.schema.json");
    assert!(reference::schema_file() == written, "docs/configuration.schema.json is out of step: {HINT}");
}

#[test]
fn a_page_without_a_place_for_the_tables_has_none() {
    assert_eq!(reference::page("# Configuration"), None);
}

/// The examples that people copy.
#[test]
fn every_example_of_the_reference_is_a_configuration() {
    assert_eq!(examples(include_str!("../../../../../docs/configuration.md")), 6);
}

/// The same, for well-known kinds of backends.
#[test]
fn every_recipe_is_a_configuration() {
    assert_eq!(examples(include_str!("../../../../../docs/recipes.md")), 14);
}

/// How many examples a page has, all of them right.
fn examples(page: &str) -> usize {
    let blocks = page.split("```json\n").skip(1);
    blocks
        .map(|block| {
            let (example, _) = block.split_once("```").expect("the block ends");
            let errors = perennial_dialect::config::Config::parse(example).map(drop);
            assert_eq!(errors, Ok(()), "{example}");
        })
        .count()
}
