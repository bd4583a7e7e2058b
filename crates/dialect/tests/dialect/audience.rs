//! Whom credentials are for.

use perennial_dialect::config::Config;

fn audience(block: &str) -> String {
    Config::parse(block).unwrap().dialect.audience()
}

/// Field 48.
#[test]
fn another_preset_backend_or_client_is_another_audience() {
    let client = |issuer: &str, id: &str| {
        format!(r#"{{"preset": "oauth2", "oauth": {{"issuer": "{issuer}", "client_id": "{id}"}}}}"#)
    };
    let texts = [
        audience("{}"),
        audience(r#"{"preset": "hybrid"}"#),
        audience(r#"{"preset": "hybrid", "backend": "https://one.example"}"#),
        audience(r#"{"preset": "hybrid", "backend": "https://one.example:8443"}"#),
        audience(r#"{"preset": "hybrid", "backend": "https://one.example/api"}"#),
        audience(&client("https://login.example", "app")),
        audience(&client("https://login.example", "app-two")),
        audience(&client("https://login.example/other", "app")),
    ];
    for (at, text) in texts.iter().enumerate() {
        assert!(!texts[..at].contains(text), "{text}");
        assert!(!text.contains(':') || text.contains("https:"), "{text}");
    }
    assert_eq!(texts[0], "perennial");
    assert_eq!(texts[2], "hybrid https://one.example");
    assert_eq!(texts[5], "oauth2 https://login.example app");
}

/// Field 48.
#[test]
fn an_endpoint_that_lies_elsewhere_is_part_of_the_audience() {
    let block =
        |refresh: &str| format!(r#"{{"preset": "hybrid", "endpoints": {{"refresh": "POST {refresh}"}}}}"#);
    assert_eq!(audience(&block("/other/path")), "hybrid");
    assert_eq!(audience(&block("https://auth.example/refresh")), "hybrid https://auth.example");
    assert_eq!(audience(&block("https://auth.example/token?x=1")), "hybrid https://auth.example");
    assert_eq!(audience(&block("https://auth.test/refresh")), "hybrid https://auth.test");
}

#[test]
fn what_concerns_no_credential_is_no_part_of_it() {
    let same = r#"{"preset": "hybrid", "backend": "https://one.example/", "inactivity_limit_s": 600}"#;
    assert_eq!(audience(same), "hybrid https://one.example");
}
