//! Values that no request could be made of, or that would open what they are to close.

use perennial_dialect::config::Config;

use super::sentences;

fn one(text: &str) -> String {
    let sentences = sentences(text);
    assert_eq!(sentences.len(), 1, "{text}: {sentences:?}");
    sentences[0].clone()
}

fn is_right(text: &str) -> bool {
    Config::parse(text).is_ok()
}

fn oauth2(more: &str) -> String {
    format!(
        r#"{{"preset": "oauth2", "oauth": {{"issuer": "https://login.example", "client_id": "app"}}{more}}}"#
    )
}

#[test]
fn a_provider_gives_its_tokens_to_script() {
    assert_eq!(
        one(&oauth2(r#", "access": "cookie""#)),
        "`access` holds \"cookie\", but may hold only \"bearer\" where people sign in at a provider: it gives its tokens \
         to script."
    );
    for by in ["cookie", "access_bearer"] {
        assert_eq!(
            one(&oauth2(&format!(r#", "refresh": {{"by": "{by}"}}"#))),
            format!(
                "`refresh.by` holds \"{by}\", but may hold \"form\", \"json\" or \"refresh_bearer\" where people sign \
                 in at a provider: it gives its refresh token to script."
            )
        );
    }
    for by in ["form", "json", "refresh_bearer"] {
        assert!(is_right(&oauth2(&format!(r#", "refresh": {{"by": "{by}"}}"#))), "{by}");
    }
}

#[test]
fn what_has_a_body_is_sent_by_a_method_that_takes_one() {
    for method in ["GET", "HEAD"] {
        assert_eq!(
            one(&format!(r#"{{"endpoints": {{"sign_in": "{method} /in"}}}}"#)),
            format!(
                "`endpoints.sign_in` holds \"{method} /in\", but may hold a method and a path such as \"POST \
                 /api/login\", or an absolute address in its place, with a method that takes a body: POST, PUT, PATCH, \
                 DELETE."
            )
        );
        for by in ["json", "form"] {
            let text = format!(
                r#"{{"preset": "custom", "refresh": {{"by": "{by}"}},
                "endpoints": {{"sign_in": "POST /in", "refresh": "{method} /again"}}}}"#
            );
            assert_eq!(
                one(&text),
                format!(
                    "`endpoints.refresh` holds \"{method} /again\", but may hold a method that takes a body, POST or PUT \
                     or PATCH or DELETE, where `refresh.by` is \"{by}\"."
                )
            );
        }
        let sign_out = format!(r#""endpoints": {{"sign_out": "{method} /out"}}"#);
        assert!(
            one(&format!(r#"{{"preset": "hybrid", {sign_out}}}"#))
                .ends_with("where `sign_out.refresh_token` is \"refresh_token\".")
        );
        assert!(is_right(&format!(
            r#"{{"preset": "hybrid", {sign_out}, "sign_out": {{"refresh_token": null}}}}"#
        )));
        assert!(is_right(&format!(r#"{{"preset": "exchange", {sign_out}}}"#)));
    }
    assert!(is_right(r#"{"preset": "hybrid", "endpoints": {"refresh": "GET /again"}}"#));
}

#[test]
fn what_a_cookie_authorises_is_guarded_against_forgery() {
    for (text, key) in [
        (r#"{"preset": "hybrid", "access": "cookie", "new_token_header": null}"#, "access"),
        (r#"{"preset": "hybrid", "refresh": {"by": "cookie"}}"#, "refresh.by"),
    ] {
        assert!(
            sentences(text).contains(&format!(
                "`csrf.kind` is missing, and must be written down where `{key}` is \"cookie\": \"header\" or \
                 \"double_submit\", or \"none\" if the backend's cookies are `SameSite`, as otherwise a page of another \
                 site could forge what the cookie authorises."
            )),
            "{text}"
        );
    }
    assert!(is_right(r#"{"preset": "exchange", "csrf": {"kind": "none"}}"#));
}

/// Field 47.
#[test]
fn cookies_without_csrf_can_be_said_in_so_many_words() {
    for text in [
        r#"{"preset": "cookie-pair", "csrf": {"kind": "none"}}"#,
        r#"{"csrf": {"kind": "none"}}"#,
        r#"{"preset": "hybrid", "refresh": {"by": "cookie"}, "csrf": {"kind": "none"}}"#,
    ] {
        let dialect = Config::parse(text).unwrap().dialect;
        assert_eq!(dialect.csrf, perennial_dialect::Csrf::None, "{text}");
        assert_eq!(dialect.authorize(&perennial_session::Access::Cookie, "POST", "a=b"), [], "{text}");
    }
}

/// Field 47.
#[test]
fn constants_of_a_sign_out_have_a_body_and_names_of_their_own() {
    let text = r#"{"preset": "hybrid", "sign_out": {"constants": {"refresh_token": "x"}}}"#;
    assert_eq!(
        one(text),
        "`sign_out.constants` holds a field \"refresh_token\", but may hold only other names than that of \
         `sign_out.refresh_token`: a request says each field once."
    );
    let get = r#"{"preset": "exchange", "endpoints": {"sign_out": "GET /out"}, "sign_out": {"constants": {"a": "b"}}}"#;
    assert_eq!(
        one(get),
        "`endpoints.sign_out` holds \"GET /out\", but may hold a method that takes a body, POST or PUT or PATCH or \
         DELETE, where `sign_out.constants` holds fields."
    );
    assert!(is_right(&get.replace("GET", "POST")));
    let provider = one(&oauth2(r#", "sign_out": {"constants": {"a": "b"}}"#));
    assert!(provider.starts_with("`sign_out.constants` has no meaning here"), "{provider}");
}

#[test]
fn a_header_that_others_set_is_none_of_ones_own() {
    for name in ["Authorization", "content-type", "Cookie", "HOST", "Origin", "accept", "Sec-Fetch-Site"] {
        for text in [
            format!(r#"{{"refresh": {{"idempotency_header": "{name}"}}}}"#),
            format!(r#"{{"csrf": {{"header": "{name}"}}}}"#),
            format!(
                r#"{{"csrf": {{"kind": "double_submit", "header": "X", "cookie": "c", "refresh_header": "{name}"}}}}"#
            ),
        ] {
            let sentence = one(&text);
            assert!(
                sentence.contains(&format!("holds \"{name}\", but may hold a name as headers have it")),
                "{sentence}"
            );
            assert!(is_right(&text.replace(name, "X-Own")), "{text}");
        }
    }
    for name in ["Set-Cookie", "set-cookie2"] {
        let sentence = one(&format!(r#"{{"new_token_header": "{name}"}}"#));
        assert!(sentence.contains("not Set-Cookie, which no script can read"), "{sentence}");
    }
    assert!(is_right(r#"{"new_token_header": "Authorization"}"#));
}

#[test]
fn a_request_says_each_field_once() {
    for (name, owner) in [("email", "identifier"), ("password", "password"), ("keep", "keep")] {
        assert_eq!(
            one(&format!(r#"{{"sign_in": {{"constants": {{"client": "web", "{name}": "x"}}}}}}"#)),
            format!(
                "`sign_in.constants` holds a field \"{name}\", but may hold only other names than that of \
                 `sign_in.{owner}`: a request says each field once."
            )
        );
    }
    assert!(is_right(r#"{"preset": "hybrid", "sign_in": {"constants": {"keep": "x"}}}"#));
    let custom = |refresh: &str| {
        format!(
            r#"{{"preset": "custom", "endpoints": {{"sign_in": "POST /in", "refresh": "POST /again"}},
            "refresh": {{{refresh}}}}}"#
        )
    };
    assert_eq!(
        one(&custom(r#""field": "token", "constants": {"token": "x"}"#)),
        "`refresh.constants` holds a field \"token\", but may hold only other names than that of `refresh.field`: a \
         request says each field once."
    );
    assert!(is_right(&custom(r#""field": "token", "constants": {"refresh_token": "x"}"#)));
}

#[test]
fn a_refresh_token_that_script_does_not_hold_is_not_sent() {
    for (preset, by) in [("perennial", "cookie"), ("exchange", "access_bearer")] {
        assert_eq!(
            one(&format!(r#"{{"preset": "{preset}", "sign_out": {{"refresh_token": "refresh"}}}}"#)),
            format!(
                "`sign_out.refresh_token` holds \"refresh\", but may hold only null where `refresh.by` is \"{by}\": \
                 script has no refresh token to send."
            )
        );
    }
    let text = r#"{"preset": "hybrid", "refresh": {"by": "access_bearer"}}"#;
    assert_eq!(Config::parse(text).unwrap().dialect.sign_out.refresh_token, None);
}
