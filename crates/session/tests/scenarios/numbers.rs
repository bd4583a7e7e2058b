//! Failures that people reported of other systems are numbered from 1 to 32: each that can be shown without a browser has a
//! test that names its number.

use std::{collections::BTreeSet, fs, path::Path};

/// A test that is deleted or renamed takes its number along.
#[test]
fn every_scenario_that_needs_no_browser_has_a_test_with_its_number() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut sources = vec![tests.join("fleet.rs")];
    for folder in ["scenarios", "tabs"] {
        let entries = fs::read_dir(tests.join(folder)).expect("a folder of tests");
        sources.extend(entries.map(|entry| entry.expect("an entry").path()));
    }
    sources.retain(|path| path.extension().is_some_and(|it| it == "rs"));
    let texts = sources.iter().map(|path| fs::read_to_string(path).expect("a source"));
    let shown: BTreeSet<u32> = texts.flat_map(|text| numbers_of_tests(&text)).collect();
    let missing: Vec<u32> = SCENARIOS.into_iter().filter(|number| !shown.contains(number)).collect();
    assert!(missing.is_empty(), "no test shows {missing:?}");
}

/// Only the comment of a test counts: without the test it would be a number and nothing else.
#[test]
fn a_number_counts_where_a_test_follows_it() {
    let comment = "/// Words of 7 tabs.\n///\n/// Scenarios 1 and 29.\n";
    assert_eq!(numbers_of_tests(&format!("{comment}#[test]\nfn it_holds() {{}}")), [1, 29]);
    assert_eq!(
        numbers_of_tests(&format!("{comment}fn helper() {{}}\n\n#[test]\nfn it_holds() {{}}")),
        [0; 0]
    );
}

/// The numbers in the comments of tests, which stand in a line of their own.
fn numbers_of_tests(source: &str) -> Vec<u32> {
    let mut shown = Vec::new();
    let mut above = Vec::new();
    for line in source.lines() {
        match line.strip_prefix("/// ") {
            Some(comment) if comment.starts_with("Scenario") => {
                let words = comment.split(|it: char| !it.is_ascii_digit());
                above.extend(words.filter_map(|it| it.parse::<u32>().ok()));
            }
            Some(_) => {}
            None if line == "///" => {}
            None if line == "#[test]" => shown.append(&mut above),
            None => above.clear(),
        }
    }
    shown
}

/// Those that a simulator can show. The rest need a real browser.
const SCENARIOS: [u32; 30] = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 21, 22, 23, 25, 26, 27, 28, 29, 30,
    31, 32,
];
