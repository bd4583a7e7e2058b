//! Every key with many values: the parser and the JSON Schema take the same ones, and what is taken arrives.

mod values;

use boon::{Compiler, SchemaIndex, Schemas};
use perennial_dialect::{
    Dialect, Gateway401, SignInBy,
    config::{Config, reference},
    presets::PRESETS,
};
use serde_json::{Value, json};

/// Configurations that are complete, and in one of which each key means something.
fn bases() -> Vec<Value> {
    let custom = |csrf: Value, by: &str, access: &str| {
        json!({
            "preset": "custom",
            "endpoints": {"sign_in": "POST /in", "refresh": "POST /again"},
            "refresh": {"by": by},
            "csrf": csrf,
            "access": access,
            "sockets": {"path": "/live"},
        })
    };
    let double = json!({"kind": "double_submit", "header": "X-CSRF", "cookie": "csrf"});
    let mut without_sockets = custom(json!({}), "json", "bearer");
    without_sockets["sockets"] = Value::Null;
    let mut reconnecting = custom(json!({}), "json", "bearer");
    reconnecting["sockets"]["renew"] = json!("reconnect");
    vec![
        json!({}),
        json!({"inactivity_limit_s": 2_592_000}),
        json!({"inactivity_warning_s": 1}),
        custom(double, "json", "bearer"),
        custom(json!({"kind": "header", "header": "X", "value": "y"}), "form", "bearer"),
        custom(json!({"kind": "header", "header": "X", "value": "y"}), "cookie", "bearer"),
        without_sockets,
        reconnecting,
        json!({"preset": "cookie-pair"}),
        json!({"preset": "cookie-pair", "sockets": null}),
        json!({"preset": "oauth2", "oauth": {"issuer": "https://login.example", "client_id": "app"}}),
    ]
}

/// The configuration with the value put at the dotted name.
fn with(base: &Value, name: &str, value: &Value) -> Value {
    let mut config = base.clone();
    let mut place = &mut config;
    for part in name.split('.') {
        if !place.is_object() {
            *place = json!({});
        }
        place = &mut place[part];
    }
    *place = value.clone();
    config
}

struct Schema {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Schema {
    fn new() -> Self {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.add_resource("schema.json", reference::schema()).expect("it is JSON");
        let index = compiler.compile("schema.json", &mut schemas).expect("it is a schema");
        Self { schemas, index }
    }

    fn takes(&self, config: &Value) -> bool {
        self.schemas.validate(config, self.index).is_ok()
    }
}

fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = PRESETS.iter().flat_map(reference::spelled_out).map(|(name, _)| name).collect();
    // These mean something in no preset as it comes.
    names.extend(["csrf.cookie", "csrf.refresh_cookie", "csrf.refresh_header"]);
    names.extend(["endpoints", "sign_in", "refresh", "sign_out", "csrf", "answers", "claims", "oauth"]);
    names.extend(["unknown", "endpoints.unknown", "sockets.unknown"]);
    names.sort_unstable();
    names.dedup();
    names
}

/// The schema sees one key at a time, the parser all of them: a value is right where some configuration has it.
#[test]
fn a_value_is_right_by_the_schema_where_the_parser_takes_it() {
    let (schema, bases, values) = (Schema::new(), bases(), values::all());
    for base in &bases {
        assert!(Config::parse(&base.to_string()).is_ok(), "{base}");
        assert!(schema.takes(base), "{base}");
    }
    let mut taken = 0;
    for name in names() {
        for value in &values {
            let by_schema = schema.takes(&with(&json!({}), name, value));
            let takes = |base: &Value| Config::parse(&with(base, name, value).to_string()).is_ok();
            let by_parser = bases.iter().any(takes);
            assert_eq!(by_schema, by_parser, "`{name}` with {value}");
            taken += usize::from(by_parser);
        }
    }
    assert!(taken > 1000, "{taken} values were right");
}

/// Each preset can be written down as a configuration on top of `custom`: nothing in it is out of an operator's reach
/// but the words in which its system speaks to the console.
#[test]
fn every_preset_but_the_provider_can_be_spelled_out() {
    for preset in PRESETS.iter().filter(|preset| preset.dialect.name != "oauth2") {
        let mut config = json!({});
        for (name, value) in reference::spelled_out(preset) {
            if value != json!({}) || name.ends_with("constants") {
                config = with(&config, name, &value);
            }
        }
        config["preset"] = json!("custom");
        if preset.dialect.name == "custom" {
            config["endpoints"] = json!({"sign_in": "POST /in", "refresh": "POST /again"});
        }
        let parsed = Config::parse(&config.to_string()).unwrap_or_else(|errors| panic!("{errors:?}"));
        let (name, words) = ("custom", parsed.dialect.words);
        let mut expected = Dialect { name, words, ..preset.dialect.clone() };
        if preset.dialect.name == "custom" {
            expected.endpoints = parsed.dialect.endpoints.clone();
        }
        assert_eq!(*parsed.dialect, expected);
        assert_eq!(parsed.timing, preset.timing);
    }
}

#[test]
fn every_key_is_described_with_a_sentence() {
    fn walk(schema: &Value, name: &str) {
        let described = schema["description"].as_str().unwrap_or_default();
        assert!(described.ends_with('.'), "`{name}`: {described}");
        for (own, inside) in schema["properties"].as_object().into_iter().flatten() {
            walk(inside, &format!("{name}.{own}"));
        }
    }
    walk(&reference::schema(), "");
}

#[test]
fn a_whole_configuration_arrives_in_full() {
    let text = r#"{
        "preset": "custom",
        "backend": "https://api.example",
        "pages": ["devices"],
        "endpoints": {"sign_in": "POST /token/", "refresh": "POST /token/refresh/", "validate": "GET /me/",
            "sign_out": "POST /token/blacklist/", "clock": "HEAD /time"},
        "sign_in": {"encoding": "form", "identifier": "username", "password": "secret", "keep": "remember",
            "constants": {"client": "web"}},
        "refresh": {"by": "json", "field": "refresh", "constants": {"rotate": "yes"},
            "idempotency_header": "Idempotency-Key"},
        "sign_out": {"refresh_token": "refresh", "encoding": "json"},
        "answers": {"access_token": "access", "refresh_token": ["refresh", "data.refresh"],
            "expires_in_unit": "ms", "user_name": "username"},
        "claims": {"account": "user_id", "session": "jti"},
        "new_token_header": "X-Fresh",
        "refused": [{"status": 403, "field": "code", "value": "token_not_valid"}],
        "gateway_401": "refused",
        "storage": "session",
        "sockets": {"path": "wss://live.example/", "silence_limit_s": 90}
    }"#;
    let dialect = Config::parse(text).unwrap().dialect;
    let SignInBy::Form(fields) = &dialect.sign_in else { panic!("no form") };
    assert_eq!(
        (&*fields.identifier, &*fields.password, fields.keep.as_deref()),
        ("username", "secret", Some("remember"))
    );
    assert_eq!(dialect.gateway_401, Gateway401::Refused);
    assert_eq!(dialect.url("/x"), "https://api.example/x");
    assert_eq!(&*dialect.answers.refresh_token, ["refresh", "data.refresh"]);
    assert_eq!(&*dialect.answers.token_type, ["token_type"]);
    assert_eq!((&*dialect.claims.account, dialect.refused[0].status), ("user_id", 403));
    assert_eq!(dialect.live.as_ref().unwrap().silence_limit_s, Some(90));
    assert_eq!(dialect.endpoints.sign_out.as_ref().unwrap().at, "/token/blacklist/");
}
