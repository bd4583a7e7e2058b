//! What the probe sends.

use crate::support::{Backend, CUSTOM, cookies_at, probe, refuse};

#[test]
fn one_sign_in_at_most_is_tried_with_an_account_that_says_what_it_was() {
    let backend = Backend::start(refuse);
    assert_eq!(probe(CUSTOM, &backend.origin()).problems(), 0);
    let asked = backend.asked();
    let sign_ins: Vec<_> = asked.iter().filter(|request| request.path == "/login").collect();
    assert_eq!(sign_ins.len(), 1);
    assert!(sign_ins[0].body.contains(r#""email":"perennial-probe@example.org""#), "{}", sign_ins[0].body);
    assert!(sign_ins[0].header("User-Agent").unwrap().contains("check-config --probe"));
}

#[test]
fn a_backend_that_cannot_be_reached_costs_no_sign_in() {
    let backend = Backend::serve(|_, _| {});
    assert_eq!(probe(CUSTOM, &backend.origin()).problems(), 1);
    assert!(backend.asked().iter().all(|request| request.path == "/refresh"));
}

#[test]
fn cookies_are_neither_kept_nor_sent() {
    let backend = Backend::start(|request| refuse(request).with("Set-Cookie", "session=abc; Path=/"));
    assert_eq!(probe(&cookies_at(""), &backend.origin()).problems(), 0);
    assert!(backend.asked().len() >= 5);
    assert!(backend.asked().iter().all(|request| request.header("Cookie").is_none()));
}

#[test]
fn calls_look_like_those_of_a_page_on_its_own_origin() {
    let backend = Backend::start(refuse);
    assert_eq!(probe(CUSTOM, &format!("{}/some/where?x#y", backend.origin())).problems(), 0);
    for request in backend.asked() {
        assert_eq!(request.header("Sec-Fetch-Site"), Some("same-origin"));
        let has_origin = request.header("Origin") == Some(&*backend.origin());
        assert_eq!(has_origin, request.method == "POST", "{request:?}");
        assert_ne!(request.method, "OPTIONS");
    }
}

#[test]
fn a_post_without_a_body_says_that_it_has_none() {
    let backend = Backend::start(refuse);
    assert_eq!(probe(&cookies_at(""), &backend.origin()).problems(), 0);
    let asked = backend.asked();
    let refresh = asked.iter().find(|request| request.path == "/api/auth/refresh").unwrap();
    assert_eq!((&*refresh.method, refresh.header("Content-Length")), ("POST", Some("0")));
}
