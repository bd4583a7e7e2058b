//! Cookies that a browser would not keep.

use crate::support::{
    Reply, assert_note, assert_one_problem, cookies_at, imagine, probe_same_origin, refuse,
};
use perennial_backend_probe::Report;

const PAGE: &str = "https://app.example.org/";

/// A backend at this address that refuses and sets this cookie.
fn set(backend: &str, cookie: &str) -> Report {
    imagine(&cookies_at(backend), PAGE, |request| {
        let reply = if request.method == "OPTIONS" { Reply::json(200, "") } else { Reply::json(401, "{}") };
        let reply = reply
            .with("Access-Control-Allow-Origin", "https://app.example.org")
            .with("Access-Control-Allow-Credentials", "true")
            .with("Access-Control-Allow-Headers", "Content-Type, X-Requested-By, Idempotency-Key")
            .with("Access-Control-Expose-Headers", "Retry-After, Date")
            .with("Access-Control-Max-Age", "60")
            .with("Date", "Tue, 01 Dec 2026 12:00:00 GMT");
        let sets = request.url.path() == "/api/auth/refresh" && request.method == "POST";
        Ok(if sets { reply.with("Set-Cookie", cookie) } else { reply })
    })
}

#[test]
fn cookies_of_the_pages_own_site_are_kept() {
    for cookie in [
        "refresh=secret-value; HttpOnly; Secure; SameSite=Strict; Path=/api/auth",
        "__Host-refresh=; Max-Age=0; Path=/; Secure; SameSite=Lax",
        "refresh=x; Domain=.Example.org; Secure",
        "refresh=x; Domain=api.example.org",
    ] {
        let report = set("https://api.example.org", cookie);
        assert!(report.findings.is_empty(), "{cookie}: {report}");
        assert!(!report.to_string().contains("secret-value"));
    }
}

#[test]
fn a_secure_cookie_over_plain_http_is_lost() {
    let report = imagine(&cookies_at(""), "http://app.example.org", |_| {
        let reply = Reply::json(401, "{}").with("Date", "Tue, 01 Dec 2026 12:00:00 GMT");
        Ok(reply.with("Set-Cookie", "a=b; Secure; SameSite=Lax"))
    });
    let report_text = report.to_string();
    assert_one_problem(&report, &["refresh, validation, sign-in and sign-out: ", "cookie `a`", "HTTPS"]);
    assert!(!report_text.contains("a=b"), "{report_text}");
}

#[test]
fn a_secure_cookie_of_this_device_is_kept_but_by_safari() {
    let report = probe_same_origin(&cookies_at(""), |it| refuse(it).with("Set-Cookie", "a=b; Secure"));
    assert_note(&report, &["cookie `a`", "Safari"]);
}

#[test]
fn a_cookie_for_every_site_needs_secure() {
    let report = set("https://api.example.org", "a=b; SameSite=None");
    assert_one_problem(&report, &["refresh: ", "cookie `a`", "`SameSite=None` without `Secure`"]);
}

#[test]
fn a_cookie_of_another_site_is_lost_unless_it_says_that_it_may_come_from_there() {
    for (cookie, how) in [
        ("a=b; Secure; SameSite=Lax", "is `SameSite=Lax`"),
        ("a=b; Secure; SameSite=strict", "is `SameSite=Strict`"),
        ("a=b; Secure", "does not say `SameSite`"),
        ("a=b; Secure; SameSite=nonsense", "does not say `SameSite`"),
    ] {
        let report = set("https://api.example.com", cookie);
        assert_one_problem(&report, &["cookie `a`", how, "of another site", "credentials are tokens"]);
    }
    let report = set("https://api.example.com", "a=b; Secure; SameSite=None");
    assert_note(&report, &["cookie `a`", "third-party cookies"]);
}

#[test]
fn a_prefix_binds_the_rest_of_the_cookie() {
    for cookie in [
        "__Host-a=b; Secure; Path=/; Domain=example.org",
        "__Host-a=b; Secure",
        "__Host-a=b; Secure; Path=/api",
        "__host-a=b; Path=/",
    ] {
        assert_one_problem(&set("https://api.example.org", cookie), &["prefix `__Host-` needs"]);
    }
    assert_one_problem(&set("https://api.example.org", "__Secure-a=b"), &["prefix `__Secure-` needs"]);
}

#[test]
fn a_domain_that_is_not_the_hosts_own_loses_the_cookie() {
    for domain in ["example.com", "org", "other.api.example.org", "xample.org"] {
        let report = set("https://api.example.org", &format!("a=b; Domain={domain}"));
        assert_one_problem(&report, &["cookie `a`", &format!("`Domain={domain}`"), "api.example.org"]);
    }
}

#[test]
fn a_cookie_that_script_is_to_repeat_must_be_readable() {
    let text = r#"{ "preset": "cookie-pair", "csrf": {
        "kind": "double_submit", "header": "X-CSRF-TOKEN", "cookie": "csrf" } }"#;
    let report = probe_same_origin(text, |it| refuse(it).with("Set-Cookie", "csrf=b; HttpOnly"));
    assert_one_problem(&report, &["cookie `csrf`", "is `HttpOnly`"]);
    let cross = text.replacen('{', r#"{ "backend": "https://api.example.org","#, 1);
    let set = |cookie: &'static str| {
        imagine(&cross, PAGE, move |request| {
            let reply = Reply::json(if request.method == "OPTIONS" { 200 } else { 401 }, "")
                .cors("https://app.example.org")
                .without("Access-Control-Allow-Headers")
                .with("Access-Control-Allow-Headers", "content-type, x-csrf-token, idempotency-key")
                .with("Access-Control-Allow-Credentials", "true")
                .with("Date", "Tue, 01 Dec 2026 12:00:00 GMT");
            Ok(reply.with("Set-Cookie", cookie))
        })
    };
    assert_one_problem(&set("csrf=b; Secure"), &["cannot be read by script", "api.example.org", "`Domain`"]);
    assert!(set("csrf=b; Secure; Domain=example.org").findings.is_empty());
}

#[test]
fn a_cookie_that_is_too_long_is_lost() {
    let report = set("https://api.example.org", &format!("a={}", "b".repeat(4096)));
    assert_one_problem(&report, &["longer than 4096 bytes"]);
}
