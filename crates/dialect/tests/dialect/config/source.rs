//! Where a value in force comes from.

use perennial_dialect::config::{Config, Source};

fn source(text: &str, key: &str) -> Source {
    Config::parse(text).unwrap().source(key)
}

#[test]
fn a_value_that_nobody_chose_is_the_default() {
    for (key, _) in Config::default().timing.values() {
        assert_eq!(source("{}", key), Source::Default, "{key}");
    }
}

#[test]
fn a_preset_gives_the_values_that_are_its_own() {
    let text = r#"{"preset": "cookie-pair"}"#;
    assert_eq!(source(text, "check_interval_s"), Source::Preset("cookie-pair"));
    assert_eq!(source(text, "attempts_per_round"), Source::Preset("cookie-pair"));
    assert_eq!(source(text, "inactivity_limit_s"), Source::Default);
}

#[test]
fn what_is_written_comes_from_the_configuration_whatever_it_is() {
    let text = r#"{"preset": "cookie-pair", "check_interval_s": 7, "hold_limit_s": 25}"#;
    assert_eq!(source(text, "check_interval_s"), Source::Configuration);
    assert_eq!(source(text, "hold_limit_s"), Source::Configuration);
}

#[test]
fn a_warning_that_fits_a_written_limit_follows_from_it() {
    let text = r#"{"inactivity_limit_s": 600}"#;
    assert_eq!(source(text, "inactivity_warning_s"), Source::Derived);
    let text = r#"{"inactivity_limit_s": 7200}"#;
    assert_eq!(source(text, "inactivity_warning_s"), Source::Default);
}
