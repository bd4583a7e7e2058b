//! The configuration, and the sentences that say what is wrong with one.

use core::time::Duration;

use perennial_dialect::{PERENNIAL, config::Config};
use perennial_session::{Renewal, Settings};

fn sentences(text: &str) -> Vec<String> {
    Config::parse(text).unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn an_empty_block_means_all_defaults() {
    for text in ["", " \n\t ", "{}", "{ }"] {
        assert_eq!(Config::parse(text), Ok(Config::default()), "{text:?}");
    }
}

#[test]
fn the_defaults_are_those_of_the_engine() {
    let socket_silence_limit = Some(Duration::from_secs(PERENNIAL.live.silence_limit_s));
    assert_eq!(Config::default().settings(), Settings { socket_silence_limit, ..Settings::default() });
    assert_eq!(Config::default().dialect, &PERENNIAL);
    assert!(!Config::default().keep_signed_in);
}

#[test]
fn every_key_is_read() {
    let text = r#"{
        "preset": "perennial", "check_interval_s": 1, "refresh_buffer_s": 2, "inactivity_limit_s": 9,
        "inactivity_warning_s": 4, "call_timeout_s": 5, "hold_limit_s": 6, "request_limit_s": 7,
        "sockets": "reconnect", "keep_signed_in": true
    }"#;
    let config = Config::parse(text).unwrap();
    let expected = Config {
        dialect: &PERENNIAL,
        check_interval_s: 1,
        refresh_buffer_s: 2,
        inactivity_limit_s: 9,
        inactivity_warning_s: 4,
        call_timeout_s: 5,
        hold_limit_s: 6,
        request_limit_s: 7,
        sockets: Renewal::Reconnect,
        keep_signed_in: true,
    };
    assert_eq!(config, expected);
    let settings = Settings {
        check_interval: Duration::from_secs(1),
        refresh_buffer: Duration::from_secs(2),
        inactivity_limit: Duration::from_secs(9),
        inactivity_warning: Duration::from_secs(4),
        call_timeout: Duration::from_secs(5),
        hold_limit: Duration::from_secs(6),
        request_limit: Duration::from_secs(7),
        socket_renewal: Renewal::Reconnect,
        socket_silence_limit: Some(Duration::from_secs(45)),
        may_keep: true,
        ..Settings::default()
    };
    assert_eq!(config.settings(), settings);
}

#[test]
fn a_limit_alone_takes_a_warning_that_fits() {
    for (limit_s, warning_s) in [(2, 1), (10, 2), (600, 120), (1500, 300), (7200, 300)] {
        let config = Config::parse(&format!(r#"{{"inactivity_limit_s": {limit_s}}}"#)).unwrap();
        assert_eq!(config.inactivity_warning_s, warning_s, "{limit_s}");
    }
}

#[test]
fn a_warning_as_long_as_the_limit_is_an_error_that_names_both() {
    assert_eq!(
        sentences(r#"{"inactivity_warning_s": 60, "inactivity_limit_s": 60}"#),
        ["`inactivity_warning_s` holds 60, but may hold a whole number of seconds below the 60 of \
          `inactivity_limit_s`, so from 1 to 59."]
    );
    assert_eq!(sentences(r#"{"inactivity_warning_s": 3600}"#).len(), 1);
    assert!(Config::parse(r#"{"inactivity_warning_s": 3599}"#).is_ok());
}

#[test]
fn a_warning_is_not_measured_against_a_limit_that_is_wrong_itself() {
    assert_eq!(
        sentences(r#"{"inactivity_warning_s": 4000, "inactivity_limit_s": "1 h"}"#),
        [r#"`inactivity_limit_s` holds "1 h", but may hold a whole number of seconds from 2 to 2592000."#]
    );
}

#[test]
fn a_number_that_makes_no_sense_names_key_value_and_range() {
    for value in
        ["0", "-60", "0.5", "60.5", "86401", "1e300", "18446744073709551616", "\"60\"", "null", "true"]
    {
        let errors = Config::parse(&format!(r#"{{"check_interval_s": {value}}}"#)).unwrap_err();
        assert_eq!(errors.len(), 1, "{value}");
        assert_eq!(errors[0].key(), Some("check_interval_s"));
        let sentence = errors[0].to_string();
        assert!(sentence.starts_with("`check_interval_s` holds "), "{sentence}");
        assert!(sentence.ends_with("a whole number of seconds from 1 to 86400."), "{sentence}");
    }
}

#[test]
fn every_number_has_its_own_range() {
    for (key, least, most) in [
        ("check_interval_s", 1, 86_400),
        ("refresh_buffer_s", 1, 86_400),
        ("inactivity_limit_s", 2, 2_592_000),
        ("call_timeout_s", 1, 300),
        ("hold_limit_s", 1, 300),
        ("request_limit_s", 1, 3_600),
    ] {
        let parse = |value: u64| Config::parse(&format!(r#"{{"{key}": {value}}}"#));
        assert!(parse(least).is_ok() && parse(most).is_ok(), "{key}");
        assert!(parse(least - 1).is_err() && parse(most + 1).is_err(), "{key}");
    }
}

#[test]
fn an_unknown_preset_is_told_which_there_are() {
    assert_eq!(
        sentences(r#"{"preset": "exchange"}"#),
        [r#"`preset` holds "exchange", but may hold "perennial"."#]
    );
    assert_eq!(sentences(r#"{"preset": 1}"#), [r#"`preset` holds 1, but may hold "perennial"."#]);
}

#[test]
fn a_switch_is_true_or_false_and_nothing_like_it() {
    assert_eq!(
        sentences(r#"{"keep_signed_in": "yes"}"#),
        [r#"`keep_signed_in` holds "yes", but may hold true or false."#]
    );
    assert_eq!(
        sentences(r#"{"sockets": "cookie"}"#),
        [r#"`sockets` holds "cookie", but may hold "renew" or "reconnect"."#]
    );
}

#[test]
fn a_mistyped_key_is_told_what_it_resembles() {
    for (typo, meant) in [
        ("check_interval", "check_interval_s"),
        ("checkInterval_s", "check_interval_s"),
        ("inactivty_limit_s", "inactivity_limit_s"),
        ("REFRESH_BUFFER_S", "refresh_buffer_s"),
        ("presets", "preset"),
        ("keep_signedin", "keep_signed_in"),
    ] {
        assert_eq!(
            sentences(&format!(r#"{{"{typo}": 1}}"#)),
            [format!("`{typo}` is no key of the configuration. Did you mean `{meant}`?")]
        );
    }
}

#[test]
fn a_key_like_no_other_is_told_which_there_are() {
    assert_eq!(
        sentences(r#"{"colour": "green"}"#),
        ["`colour` is no key of the configuration. There are: preset, check_interval_s, refresh_buffer_s, \
          inactivity_limit_s, inactivity_warning_s, call_timeout_s, hold_limit_s, request_limit_s, \
          sockets, keep_signed_in."]
    );
}

#[test]
fn a_key_given_twice_is_an_error_even_with_the_same_value() {
    assert_eq!(
        sentences(r#"{"hold_limit_s": 20, "hold_limit_s": 20}"#),
        ["`hold_limit_s` stands more than once in the configuration. Keep one."]
    );
}

#[test]
fn all_errors_are_told_at_once_in_the_order_of_the_text() {
    let text =
        r#"{"keep_signed_in": 1, "nonsense_key": 2, "call_timeout_s": 0, "inactivity_warning_s": 3600}"#;
    let errors = Config::parse(text).unwrap_err();
    let keys: Vec<_> = errors.iter().filter_map(|error| error.key()).collect();
    assert_eq!(keys, ["keep_signed_in", "nonsense_key", "call_timeout_s", "inactivity_warning_s"]);
}

#[test]
fn text_that_is_not_json_is_told_line_and_column() {
    let errors = sentences("{\n  \"check_interval_s\": 60\n  \"hold_limit_s\": 20\n}");
    assert_eq!(errors.len(), 1);
    assert!(errors[0].starts_with("The configuration is not JSON: "), "{}", errors[0]);
    assert!(errors[0].contains("at line 3 column 3 of the block"), "{}", errors[0]);
    assert_eq!(Config::parse("{} trailing").unwrap_err()[0].key(), None);
}

#[test]
fn json_that_is_no_object_is_told_what_an_object_looks_like() {
    for text in ["[]", "7", "\"perennial\"", "null", "true"] {
        assert_eq!(
            sentences(text),
            ["The configuration must be a JSON object, such as {\"check_interval_s\": 60}. \
              An empty one, {}, means all defaults."],
            "{text}"
        );
    }
}

#[test]
fn a_value_of_megabytes_is_quoted_in_a_few_words() {
    let long = "x".repeat(1 << 20);
    for text in [format!(r#"{{"preset": "{long}"}}"#), format!(r#"{{"{long}": 1}}"#)] {
        assert!(sentences(&text)[0].len() < 300);
    }
}
