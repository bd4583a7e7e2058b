//! Backends at another origin than the page.

use crate::support::{
    Backend, Reply, Request, assert_note, assert_one_problem, cookies_at, custom_at, imagine, probe, refuse,
    said,
};
use perennial_backend_probe::Level;

const PAGE: &str = "http://127.0.0.1:8080/";
const ORIGIN: &str = "http://127.0.0.1:8080";

/// Probes a backend at another port with tokens.
fn with_tokens(answer: impl Fn(&Request) -> Reply + Send + 'static) -> perennial_backend_probe::Report {
    probe(&custom_at(&Backend::start(answer).origin()), PAGE)
}

/// The same with cookies.
fn with_cookies(answer: impl Fn(&Request) -> Reply + Send + 'static) -> perennial_backend_probe::Report {
    probe(&cookies_at(&Backend::start(answer).origin()), PAGE)
}

fn allow(request: &Request) -> Reply {
    refuse(request).cors(ORIGIN)
}

fn allow_cookies(request: &Request) -> Reply {
    allow(request)
        .without("Access-Control-Allow-Headers")
        .with("Access-Control-Allow-Headers", "content-type, x-requested-by, idempotency-key")
        .with("Access-Control-Allow-Credentials", "true")
}

#[test]
fn a_backend_that_allows_the_page_has_no_finding() {
    let report = with_tokens(allow);
    assert!(report.findings.is_empty(), "{report}");
    let report = with_cookies(allow_cookies);
    assert!(report.findings.is_empty(), "{report}");
}

#[test]
fn leave_is_asked_for_with_the_method_and_the_headers_of_the_call() {
    let backend = Backend::start(allow);
    assert_eq!(probe(&custom_at(&backend.origin()), PAGE).problems(), 0);
    let asked = backend.asked();
    let permission = |path: &str| {
        let request = asked.iter().find(|it| it.method == "OPTIONS" && it.path == path).unwrap();
        assert_eq!(request.header("Origin"), Some(ORIGIN));
        assert_eq!(request.header("Authorization"), None);
        let method = request.header("Access-Control-Request-Method").unwrap().to_owned();
        (method, request.header("Access-Control-Request-Headers").unwrap().to_owned())
    };
    assert_eq!(permission("/me"), ("GET".to_owned(), "authorization".to_owned()));
    assert_eq!(permission("/login"), ("POST".to_owned(), "content-type".to_owned()));
}

#[test]
fn a_header_that_repeats_a_cookie_is_asked_for_although_there_is_no_cookie_yet() {
    let backend = Backend::start(allow_cookies);
    let text = format!(
        r#"{{ "preset": "cookie-pair", "backend": "{}",
             "csrf": {{ "kind": "double_submit", "header": "X-CSRF-TOKEN", "cookie": "csrf" }} }}"#,
        backend.origin()
    );
    assert_one_problem(&probe(&text, PAGE), &["refresh, sign-in and sign-out: ", "the header X-Csrf-Token"]);
}

#[test]
fn a_backend_that_does_not_answer_options_is_told_as_one() {
    let report = with_tokens(|request| match &*request.method {
        "OPTIONS" => Reply::json(401, "{}").cors(ORIGIN),
        _ => allow(request),
    });
    assert_one_problem(
        &report,
        &["refresh, validation and sign-in: `OPTIONS`", "401", "without a credential"],
    );
}

#[test]
fn an_origin_that_is_not_allowed_is_told_with_the_one_that_should_be() {
    let report = with_tokens(refuse);
    let words = [
        "refresh, validation and sign-in: the answer to `OPTIONS` has no `Access-Control-Allow-Origin`",
        ORIGIN,
    ];
    assert_one_problem(&report, &words);
    let report = with_tokens(|request| refuse(request).cors("https://app.example.org"));
    assert!(
        report.to_string().contains("`Access-Control-Allow-Origin: https://app.example.org`, where"),
        "{report}"
    );
    let report = with_tokens(|request| allow(request).with("Access-Control-Allow-Origin", ORIGIN));
    assert!(report.to_string().contains("more than once"), "{report}");
}

#[test]
fn an_error_that_script_cannot_see_is_told_although_leave_was_given() {
    let report = with_tokens(|request| match &*request.path {
        "/login" if request.method == "POST" => refuse(request),
        _ => allow(request),
    });
    assert_one_problem(
        &report,
        &["sign-in: the answer has no `Access-Control-Allow-Origin`", "errors included"],
    );
}

#[test]
fn a_star_is_enough_for_tokens_but_for_authorization_and_never_for_cookies() {
    let starred = |request: &Request| {
        refuse(request)
            .with("Access-Control-Allow-Origin", "*")
            .with("Access-Control-Allow-Headers", "*")
            .with("Access-Control-Allow-Methods", "*")
            .with("Access-Control-Expose-Headers", "*")
            .with("Access-Control-Max-Age", "600")
    };
    let report = with_tokens(starred);
    assert_one_problem(&report, &["validation: ", "the header Authorization", "`*` does not stand for it"]);
    let report =
        with_cookies(move |request| starred(request).with("Access-Control-Allow-Credentials", "true"));
    assert_one_problem(
        &report,
        &["`Access-Control-Allow-Origin: *`, where http://127.0.0.1:8080 was expected"],
    );
    let report = with_cookies(|request| {
        let named = allow_cookies(request).without("Access-Control-Allow-Headers");
        named.with("Access-Control-Allow-Headers", "*")
    });
    assert!(report.to_string().contains("as `*` counts for nothing where cookies go along"), "{report}");
}

#[test]
fn cookies_need_leave_of_their_own() {
    let report = with_cookies(|request| allow_cookies(request).without("Access-Control-Allow-Credentials"));
    assert!(report.problems() > 0);
    let problems = said(&report, Level::Problem);
    assert!(problems.iter().all(|it| it.contains("`Access-Control-Allow-Credentials: true`")), "{report}");
}

#[test]
fn a_method_that_is_not_allowed_is_told() {
    let report = imagine(
        r#"{ "preset": "custom", "backend": "https://api.example.org",
             "endpoints": { "sign_in": "POST /s", "refresh": "PUT /s" } }"#,
        "https://app.example.org",
        |request| {
            let reply =
                if request.method == "OPTIONS" { Reply::json(200, "") } else { Reply::json(401, "{}") };
            Ok(reply.cors("https://app.example.org").with("Date", "Tue, 01 Dec 2026 12:00:00 GMT"))
        },
    );
    assert_one_problem(
        &report,
        &["refresh: ", "does not allow the method PUT", "`Access-Control-Allow-Methods`"],
    );
}

#[test]
fn headers_that_script_cannot_see_are_told() {
    let report = with_tokens(|request| allow(request).without("Access-Control-Expose-Headers"));
    assert_note(&report, &["the header Retry-After is not exposed", "patience"]);
    assert_note(&report, &["the header Date is not exposed", "clock"]);
    let backend = Backend::start(|request| {
        allow(request)
            .without("Access-Control-Expose-Headers")
            .with("Access-Control-Expose-Headers", "Date, Retry-After")
    });
    let text = format!(r#"{{ "preset": "hybrid", "backend": "{}" }}"#, backend.origin());
    assert_one_problem(&probe(&text, PAGE), &["validation: the header X-New-Token", "`new_token_header`"]);
}

#[test]
fn leave_that_is_forgotten_at_once_is_worth_a_note() {
    let report = with_tokens(|request| allow(request).without("Access-Control-Max-Age"));
    assert_note(&report, &["refresh, validation and sign-in: ", "`Access-Control-Max-Age: 7200`"]);
}

#[test]
fn a_wait_that_is_not_exposed_is_not_heard() {
    let report = with_tokens(|request| {
        let reply = if request.path == "/login" && request.method == "POST" {
            Reply::json(429, "{}").with("Retry-After", "60")
        } else {
            refuse(request)
        };
        reply.cors(ORIGIN).without("Access-Control-Expose-Headers")
    });
    let text = report.to_string();
    assert!(text.contains("let it send `Retry-After`") && !text.contains("wait for 60 s"), "{text}");
}
