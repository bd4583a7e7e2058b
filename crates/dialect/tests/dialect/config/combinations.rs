//! Values that are right each, and wrong together.

use perennial_dialect::{Csrf, RefreshCredential, config::Config};

use super::sentences;

fn one(text: &str) -> String {
    let sentences = sentences(text);
    assert_eq!(sentences.len(), 1, "{sentences:?}");
    sentences[0].clone()
}

/// `custom` with what it cannot do without, and more.
fn custom(more: &str) -> String {
    format!(
        r#"{{"preset": "custom", "endpoints": {{"sign_in": "POST /in", "refresh": "POST /again"}}{more}}}"#
    )
}

#[test]
fn a_custom_backend_needs_endpoints_for_sign_in_and_refresh_and_no_others() {
    assert_eq!(
        sentences(r#"{"preset": "custom"}"#),
        [
            "`endpoints.sign_in` is missing, and the preset has none: it must hold a method and a path such as \
             \"POST /api/login\", or an absolute address in its place.",
            "`endpoints.refresh` is missing, and the preset has none: it must hold a method and a path such as \
             \"POST /api/login\", or an absolute address in its place.",
        ]
    );
    assert!(Config::parse(&custom("")).is_ok());
    assert_eq!(
        one(r#"{"preset": "hybrid", "endpoints": {"refresh": null}}"#),
        "`endpoints.refresh` holds null, but may hold a method and a path such as \"POST /api/login\", \
         or an absolute address in its place."
    );
}

#[test]
fn a_provider_needs_an_address_and_a_name_for_us() {
    assert_eq!(
        sentences(r#"{"preset": "oauth2"}"#),
        [
            "`oauth.issuer` is missing, and the preset has none: it must hold the address of the provider.",
            "`oauth.client_id` is missing, and the preset has none: it must hold the name of this application \
             at the provider.",
        ]
    );
}

#[test]
fn keys_for_another_kind_of_backend_are_told_what_they_are_for() {
    assert_eq!(
        one(r#"{"oauth": {"client_id": "app"}}"#),
        "`oauth.client_id` has no meaning here: it is only for the preset \"oauth2\"."
    );
    assert_eq!(
        one(r#"{"preset": "oauth2", "sign_in": {"identifier": "name"},
            "oauth": {"issuer": "https://x.example", "client_id": "a"}}"#),
        "`sign_in.identifier` has no meaning here: it is only for presets where people sign in by a form of the \
         application."
    );
    assert_eq!(
        one(r#"{"refresh": {"field": "token"}}"#),
        "`refresh.field` has no meaning here: it is only for `refresh.by` \"json\" or \"form\"."
    );
    assert_eq!(
        one(r#"{"csrf": {"cookie": "csrftoken"}}"#),
        "`csrf.cookie` has no meaning here: it is only for `csrf.kind` \"double_submit\"."
    );
}

/// While the kind itself is wrong, nobody knows what belongs to it.
#[test]
fn a_kind_that_is_wrong_is_the_only_mistake_of_its_object() {
    assert_eq!(sentences(r#"{"csrf": {"cookie": "csrftoken", "kind": "double-submit"}}"#).len(), 1);
    assert_eq!(sentences(r#"{"refresh": {"field": "token", "by": "body"}}"#).len(), 1);
}

#[test]
fn double_submit_needs_header_and_cookie() {
    let missing = sentences(r#"{"csrf": {"kind": "double_submit"}}"#);
    assert_eq!(missing.len(), 2, "{missing:?}");
    assert!(missing[0].starts_with("`csrf.header` is missing"), "{}", missing[0]);
    assert!(missing[1].starts_with("`csrf.cookie` is missing"), "{}", missing[1]);
    let text = r#"{"csrf": {"cookie": "csrftoken", "header": "X-CSRFToken", "kind": "double_submit"}}"#;
    let expected = Csrf::DoubleSubmit {
        header: "X-CSRFToken".into(),
        cookie: "csrftoken".into(),
        refresh_header: None,
        refresh_cookie: None,
    };
    assert_eq!(Config::parse(text).unwrap().dialect.csrf, expected);
}

#[test]
fn a_refresh_token_in_a_body_needs_a_field_and_a_place_it_comes_from() {
    assert_eq!(
        sentences(r#"{"refresh": {"by": "json"}}"#),
        [
            "`refresh.field` is missing, and the preset has none: it must hold the name of the field for the \
             refresh token.",
            "`answers.refresh_token` is missing, and the preset has none: it must hold the path of the refresh \
             token, because `refresh.by` says that the application sends it.",
        ]
    );
    let kept = Config::parse(&custom(r#", "refresh": {"by": "form"}"#)).unwrap();
    let RefreshCredential::Body { field, .. } = &kept.dialect.refresh.by else { panic!("no body") };
    assert_eq!(field, "refresh_token");
}

#[test]
fn a_bearer_needs_a_token() {
    for text in [
        custom(r#", "answers": {"access_token": null}"#),
        r#"{"preset": "hybrid", "answers": {"access_token": null}}"#.to_owned(),
    ] {
        assert_eq!(
            one(&text),
            "`answers.access_token` holds null, but must hold the path of the access token, because `access` is \
             \"bearer\"."
        );
    }
    assert!(
        one(r#"{"preset": "hybrid", "answers": {"refresh_token": null}}"#)
            .starts_with("`answers.refresh_token` holds null, but must hold the path of the refresh token")
    );
    assert!(
        one(r#"{"preset": "cookie-pair", "access": "bearer", "sockets": null}"#)
            .starts_with("`answers.access_token` is missing")
    );
}

#[test]
fn where_script_sees_no_token_nothing_is_to_be_done_with_one() {
    assert_eq!(
        one(&custom(
            r#", "access": "cookie", "refresh": {"by": "access_bearer"},
            "csrf": {"kind": "header", "header": "X-Own", "value": "1"}"#
        )),
        "`refresh.by` holds \"access_bearer\", but `access` is \"cookie\": script has no token to send. \
         Another value of `refresh.by` is needed."
    );
    assert_eq!(
        one(r#"{"preset": "cookie-pair", "storage": "local"}"#),
        "`storage` must be \"memory\" where both `access` and `refresh.by` are \"cookie\": script holds nothing \
         that could be kept."
    );
    assert_eq!(
        one(r#"{"preset": "cookie-pair", "new_token_header": "X-New-Token"}"#),
        "`new_token_header` must be null where `access` is \"cookie\": a token in a header would be used by nobody."
    );
    assert_eq!(
        one(r#"{"preset": "cookie-pair", "sockets": {"authenticate": "subprotocol"}}"#),
        "`sockets.authenticate` must be \"cookie\" where `access` is \"cookie\": script has no token to send."
    );
}

#[test]
fn connections_that_are_known_by_their_handshake_are_made_anew() {
    for by in ["subprotocol", "cookie"] {
        assert_eq!(
            one(&format!(r#"{{"sockets": {{"authenticate": "{by}"}}}}"#)),
            format!(
                "`sockets.renew` must be \"reconnect\" where `sockets.authenticate` is \"{by}\": nothing is said \
                 over the open connection that could carry a new token."
            )
        );
    }
    for sockets in [
        r#"{"authenticate": "message", "renew": "reconnect"}"#,
        r#"{"authenticate": "subprotocol", "renew": "reconnect"}"#,
        "null",
    ] {
        assert!(Config::parse(&format!(r#"{{"sockets": {sockets}}}"#)).is_ok(), "{sockets}");
    }
}

#[test]
fn connections_need_a_path_where_the_preset_has_none() {
    assert!(one(&custom(r#", "sockets": {}"#)).starts_with("`sockets.path` is missing"));
    assert!(Config::parse(&custom(r#", "sockets": {"path": "/live"}"#)).is_ok());
    assert!(one(r#"{"sockets": null, "access": "cookie"}"#).contains("`new_token_header` must be null"));
}

#[test]
fn what_decides_may_stand_behind_what_it_decides_about() {
    let text = r#"{"csrf": {"cookie": "c", "header": "h", "kind": "double_submit"}, "refresh": {"field": "f",
        "by": "json"}, "preset": "hybrid"}"#;
    let dialect = Config::parse(text).unwrap().dialect;
    assert!(matches!(dialect.csrf, Csrf::DoubleSubmit { .. }));
    assert!(matches!(dialect.refresh.by, RefreshCredential::Body { .. }));
}

#[test]
fn a_slash_at_the_end_of_the_backend_is_one_too_many_and_is_dropped() {
    let config = Config::parse(r#"{"backend": "https://api.example/v1/"}"#).unwrap();
    assert_eq!(config.dialect.url("/x"), "https://api.example/v1/x");
}
