//! The configuration, and the sentences that say what is wrong with one.

use core::{num::NonZeroU32, time::Duration};

mod combinations;
mod contradictions;
mod keys;
mod reference;
mod source;

use perennial_dialect::{Storage, config::Config, presets::PRESETS};
use perennial_session::{AccessBy, GrantStore, RefreshBy, RefreshWhen, Renewal, Settings, SignOutBy};

use crate::support::{PERENNIAL, preset};

pub(crate) fn sentences(text: &str) -> Vec<String> {
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
    let socket_silence_limit = Some(Duration::from_secs(45));
    // Its backend says when the session ends.
    let refresh_when = RefreshWhen::Active;
    let defaults = Settings { socket_silence_limit, refresh_when, ..Settings::default() };
    assert_eq!(Config::default().settings(), defaults);
    assert_eq!(&*Config::default().dialect, PERENNIAL);
    assert!(!Config::default().keep_signed_in);
}

#[test]
fn every_value_of_time_is_read() {
    let text = r#"{
        "preset": "perennial", "check_interval_s": 1, "refresh_buffer_s": 2, "refresh_when": "manual", "inactivity_limit_s": 9,
        "inactivity_warning_s": 4, "call_timeout_s": 5, "hold_limit_s": 6, "request_limit_s": 7,
        "attempts_per_round": 8, "retry_delay_s": 3, "sockets": {"authenticate": "subprotocol", "renew": "reconnect",
        "silence_limit_s": null}, "keep_signed_in": true
    }"#;
    let settings = Settings {
        check_interval: Duration::from_secs(1),
        refresh_buffer: Duration::from_secs(2),
        refresh_when: RefreshWhen::Manual,
        inactivity_limit: Duration::from_secs(9),
        inactivity_warning: Duration::from_secs(4),
        call_timeout: Duration::from_secs(5),
        hold_limit: Duration::from_secs(6),
        request_limit: Duration::from_secs(7),
        retry_delay: Duration::from_secs(3),
        attempts_per_round: NonZeroU32::new(8),
        socket_renewal: Renewal::Reconnect,
        socket_silence_limit: None,
        may_keep: true,
        ..Settings::default()
    };
    assert_eq!(Config::parse(text).unwrap().settings(), settings);
}

#[test]
fn each_preset_has_settings_of_its_own() {
    let settings = |name: &str, more: &str| {
        Config::parse(&format!(r#"{{"preset": "{name}"{more}}}"#)).unwrap().settings()
    };
    let silence = Some(Duration::from_secs(45));
    let defaults = || Settings { socket_silence_limit: silence, ..Settings::default() };
    let exchange = Settings {
        refresh_by: RefreshBy::AccessToken,
        grant_store: GrantStore::Browser,
        socket_renewal: Renewal::Reconnect,
        ..defaults()
    };
    assert_eq!(settings("exchange", ""), exchange);
    let cookie_pair = Settings {
        check_interval: Duration::from_secs(300),
        refresh_buffer: Duration::from_secs(600),
        attempts_per_round: NonZeroU32::new(3),
        access_by: AccessBy::Cookie,
        socket_renewal: Renewal::Reconnect,
        ..defaults()
    };
    assert_eq!(settings("cookie-pair", ""), cookie_pair);
    let hybrid = Settings {
        refresh_buffer: Duration::from_secs(7200),
        refresh_by: RefreshBy::RefreshToken,
        grant_store: GrantStore::Browser,
        ..defaults()
    };
    assert_eq!(settings("hybrid", ""), hybrid);
    let provider = r#", "oauth": {"issuer": "https://login.example", "client_id": "app"}"#;
    let oauth2 = Settings {
        refresh_by: RefreshBy::RefreshToken,
        sign_out_by: SignOutBy::RefreshToken,
        grant_store: GrantStore::Browser,
        socket_silence_limit: None,
        ..defaults()
    };
    assert_eq!(settings("oauth2", provider), oauth2);
    let least = r#", "endpoints": {"sign_in": "POST /in", "refresh": "POST /again"}, "storage": "session""#;
    let by = SignOutBy::Access;
    let custom = Settings { can_validate: false, sign_out_by: by, grant_store: GrantStore::Tab, ..oauth2 };
    assert_eq!(settings("custom", least), custom);
}

#[test]
fn tokens_are_kept_where_no_cookie_brings_them_back() {
    for preset in &PRESETS {
        let is_cookie = preset.dialect.refresh.by == perennial_dialect::RefreshCredential::Cookie;
        assert_eq!(preset.dialect.storage == Storage::Memory, is_cookie, "{}", preset.dialect.name);
    }
    let stored = |text: &str| Config::parse(text).unwrap().dialect.storage;
    let by_cookie = |more: &str| {
        let csrf = r#"{"kind": "header", "header": "X-Own", "value": "1"}"#;
        stored(&format!(r#"{{"preset": "hybrid", "refresh": {{"by": "cookie"}}, "csrf": {csrf}{more}}}"#))
    };
    assert_eq!(by_cookie(""), Storage::Memory);
    assert_eq!(by_cookie(r#", "storage": "session""#), Storage::Session);
}

#[test]
fn each_preset_is_found_by_its_name() {
    for known in PRESETS.iter().filter(|known| !["oauth2", "custom"].contains(&known.dialect.name)) {
        let config = Config::parse(&format!(r#"{{"preset": "{}"}}"#, known.dialect.name)).unwrap();
        assert_eq!((&*config.dialect, &config.timing), (&known.dialect, &known.timing));
    }
    assert_eq!(preset("perennial"), PERENNIAL);
}

#[test]
fn a_limit_alone_takes_a_warning_that_fits() {
    for (limit_s, warning_s) in [(2, 1), (10, 2), (600, 120), (1500, 300), (7200, 300)] {
        let config = Config::parse(&format!(r#"{{"inactivity_limit_s": {limit_s}}}"#)).unwrap();
        assert_eq!(config.timing.inactivity_warning_s, warning_s, "{limit_s}");
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
fn a_whole_number_may_be_written_with_a_fraction_of_nothing() {
    for value in ["60", "60.0", "6e1"] {
        let config = Config::parse(&format!(r#"{{"check_interval_s": {value}}}"#)).unwrap();
        assert_eq!(config.timing.check_interval_s, 60, "{value}");
    }
}

#[test]
fn an_unknown_preset_is_told_which_there_are() {
    let allowed = r#""perennial" or "exchange" or "cookie-pair" or "hybrid" or "oauth2" or "custom""#;
    for (written, quoted) in [(r#""exchang""#, r#""exchang""#), ("1", "1"), ("null", "null"), ("{}", "{}")] {
        assert_eq!(
            sentences(&format!(r#"{{"preset": {written}}}"#)),
            [format!("`preset` holds {quoted}, but may hold {allowed}.")]
        );
    }
}

/// What depends on the preset cannot be judged before it is known.
#[test]
fn an_unknown_preset_is_the_only_mistake_that_is_told_of_what_depends_on_it() {
    let text = r#"{"preset": "oauth", "oauth": {"issuer": "https://x.example"}, "csrf": {"cookie": "a"}}"#;
    assert_eq!(sentences(text).len(), 1);
    let text = r#"{"preset": "oauth", "oauth": {"issuer": 7}}"#;
    assert_eq!(sentences(text).len(), 2);
}

#[test]
fn a_switch_is_true_or_false_and_nothing_like_it() {
    assert_eq!(
        sentences(r#"{"keep_signed_in": "yes"}"#),
        [r#"`keep_signed_in` holds "yes", but may hold true or false."#]
    );
    assert_eq!(
        sentences(r#"{"sockets": "reconnect"}"#),
        [r#"`sockets` holds "reconnect", but may hold an object with further keys, or null."#]
    );
    assert_eq!(
        sentences(r#"{"csrf": null}"#),
        ["`csrf` holds null, but may hold an object with further keys."]
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
        ["`colour` is no key of the configuration. There are: preset, backend, pages, check_interval_s, \
          refresh_buffer_s, refresh_when, retry_delay_s, attempts_per_round, inactivity_limit_s, inactivity_warning_s, call_timeout_s, \
          hold_limit_s, request_limit_s, keep_signed_in, endpoints, sign_in, access, refresh, sign_out, csrf, \
          answers, access_lifetime_s, claims, new_token_header, refused, refused_sign_in, refused_validate, gateway_401, storage, sockets, oauth."]
    );
    assert_eq!(
        sentences(r#"{"claims": {"colour": "green"}}"#),
        ["`claims.colour` is no key of the configuration. There are: claims.account, claims.session."]
    );
}

#[test]
fn a_key_inside_of_another_is_named_with_a_dot_and_found_where_it_belongs() {
    for (text, key, meant) in [
        (r#"{"endpoints": {"refesh": 1}}"#, "endpoints.refesh", "endpoints.refresh"),
        (r#"{"endpoints": {"signin": 1}}"#, "endpoints.signin", "endpoints.sign_in"),
        (r#"{"oauth": {"clientid": 1}}"#, "oauth.clientid", "oauth.client_id"),
        (r#"{"client_id": "app"}"#, "client_id", "oauth.client_id"),
        (r#"{"endpoints": {"issuer": 1}}"#, "endpoints.issuer", "oauth.issuer"),
    ] {
        let errors = Config::parse(text).unwrap_err();
        assert_eq!(errors[0].key(), Some(key));
        assert!(errors[0].to_string().contains(&format!("`{meant}`")), "{}", errors[0]);
    }
}

#[test]
fn a_key_written_with_its_dots_is_told_how_to_write_it() {
    assert_eq!(
        sentences(r#"{"csrf.kind": "none"}"#),
        [r#"`csrf.kind` is written as an object inside of another: {"csrf": {"kind": …}}."#]
    );
}

#[test]
fn a_key_given_twice_is_an_error_even_with_the_same_value() {
    for (text, key) in [
        (r#"{"hold_limit_s": 20, "hold_limit_s": 20}"#, "hold_limit_s"),
        (r#"{"claims": {"account": "a", "account": "a"}}"#, "claims.account"),
        (r#"{"claims": {}, "claims": {}}"#, "claims"),
        (r#"{"sign_in": {"constants": {"a": "1", "a": "1"}}}"#, "sign_in.constants.a"),
        (r#"{"refused": [{"status": 400, "field": "a", "value": "b", "field": "a"}]}"#, "refused.field"),
    ] {
        let repeated = format!("`{key}` stands more than once in the configuration. Keep one.");
        assert!(sentences(text).contains(&repeated), "{text}");
    }
}

#[test]
fn all_errors_are_told_at_once_in_the_order_of_the_text() {
    let text = r#"{"keep_signed_in": 1, "nonsense_key": 2, "endpoints": {"validate": "GET", "x": 1,
        "refresh": null}, "call_timeout_s": 0, "csrf": {"kind": "header", "cookie": "c"},
        "inactivity_warning_s": 3600, "preset": "exchange", "answers": {"access_token": null}}"#;
    let errors = Config::parse(text).unwrap_err();
    let keys: Vec<_> = errors.iter().filter_map(|error| error.key()).collect();
    assert_eq!(
        keys,
        [
            "keep_signed_in",
            "nonsense_key",
            "endpoints.validate",
            "endpoints.x",
            "endpoints.refresh",
            "call_timeout_s",
            "csrf.header",
            "csrf.value",
            "csrf.cookie",
            "inactivity_warning_s",
            "answers.access_token",
        ]
    );
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
    for text in [format!(r#"{{"storage": "{long}"}}"#), format!(r#"{{"{long}": 1}}"#)] {
        assert!(sentences(&text)[0].len() < 600, "the names of all keys are not much shorter");
    }
}
