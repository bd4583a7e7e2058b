//! What the application reads in answers.

use crate::support::{
    CUSTOM, Reply, Request, assert_note, assert_one_problem, cookies_at, probe_same_origin, refuse,
};

/// A backend that refuses as it should, but for one path.
fn but_for(path: &'static str, reply: Reply) -> impl Fn(&Request) -> Reply + Send + 'static {
    move |request| if request.path == path { reply.clone() } else { refuse(request) }
}

#[test]
fn a_refused_sign_in_that_is_not_read_as_one_is_told_with_what_came() {
    let reply = Reply::json(400, r#"{"message":"Failed to authenticate."}"#);
    let report = probe_same_origin(CUSTOM, but_for("/login", reply.clone()));
    assert_one_problem(
        &report,
        &[
            "sign-in: the answer to a made-up account was 400",
            "application/json",
            "Failed to authenticate.",
            "name 400 in `refused_sign_in`",
        ],
    );
    let listed = CUSTOM.replace(r#""preset""#, r#""refused_sign_in": [{ "status": 400 }], "preset""#);
    assert!(probe_same_origin(&listed, but_for("/login", reply)).findings.is_empty());
}

#[test]
fn the_page_of_a_static_host_is_no_answer_of_a_backend() {
    let report =
        probe_same_origin(CUSTOM, |_| Reply::new(200, "text/html", "<!doctype html><title>App</title>"));
    let text = report.to_string();
    assert_eq!(report.problems(), 3, "{text}");
    assert!(text.contains("as static hosts give for any path"), "{text}");
    assert!(text.contains("pass `GET http://127.0.0.1:"), "{text}");
}

#[test]
fn a_path_that_is_not_there_is_told_with_the_key_that_names_it() {
    let report = probe_same_origin(CUSTOM, but_for("/refresh", Reply::new(404, "text/plain", "Not Found")));
    assert_one_problem(
        &report,
        &["refresh: ", "404", "there seems to be no `POST", "`endpoints.refresh`", "`refused`"],
    );
}

#[test]
fn a_gateway_that_wants_a_sign_in_of_its_own_is_told_as_one() {
    let page = Reply::new(401, "text/html; charset=utf-8", "<title>Sign in</title>");
    let report = probe_same_origin(CUSTOM, but_for("/me", page));
    assert_one_problem(&report, &["validation: ", "something in front of the backend", "`gateway_401`"]);
}

#[test]
fn a_success_for_nobody_is_told_with_the_key_that_tells_it_apart() {
    let report = probe_same_origin(CUSTOM, but_for("/me", Reply::json(200, r#"{"user":null}"#)));
    assert_one_problem(&report, &["validation: ", "reads as a good session", "`refused_validate`"]);
    let cookies = cookies_at("");
    let report = probe_same_origin(&cookies, but_for("/api/auth/login", Reply::json(200, r#"{"ok":false}"#)));
    assert_one_problem(&report, &["sign-in: ", "reads as a sign-in", "`refused_sign_in`"]);
    let report = probe_same_origin(&cookies, but_for("/api/auth/refresh", Reply::json(200, "")));
    assert_one_problem(
        &report,
        &["refresh: the answer to no cookie", "reads as a new credential", "`refused`"],
    );
}

#[test]
fn a_token_that_a_backend_gives_to_anybody_is_not_printed() {
    let token = "opaque-but-good-4711";
    let reply = Reply::json(200, &format!(r#"{{"access_token":"{token}","refresh_token":"{token}"}}"#));
    let report = probe_same_origin(CUSTOM, but_for("/login", reply));
    assert_one_problem(&report, &["sign-in: ", "reads as a sign-in"]);
    assert!(!format!("{report}{report:?}").contains(token));
}

#[test]
fn a_backend_that_fails_or_forbids_is_no_refusal() {
    let report = probe_same_origin(CUSTOM, but_for("/me", Reply::json(502, "")));
    assert_one_problem(&report, &["validation: ", "502", "an empty body", "see their logs"]);
    let report = probe_same_origin(CUSTOM, but_for("/login", Reply::json(403, r#"{"detail":"CSRF"}"#)));
    assert_one_problem(&report, &["sign-in: ", "403", "`csrf`", "`refused_sign_in`"]);
}

#[test]
fn a_backend_that_asks_for_patience_has_no_problem() {
    let wait = Reply::json(429, "{}").with("Retry-After", "120");
    assert_note(&probe_same_origin(CUSTOM, but_for("/login", wait)), &["sign-in: ", "wait for 120 s"]);
    assert_note(&probe_same_origin(CUSTOM, but_for("/login", Reply::json(429, "{}"))), &["sign-in: ", "429"]);
}

#[test]
fn a_refusal_that_is_no_json_is_worth_a_note() {
    let report = probe_same_origin(CUSTOM, but_for("/login", Reply::new(401, "text/plain", "no")));
    assert_note(&report, &["sign-in: ", "`text/plain`", "`application/json` was expected"]);
}

#[test]
fn a_sign_out_that_may_not_be_there_is_told() {
    let with_sign_out = CUSTOM.replace(r#""validate""#, r#""sign_out": "POST /logout", "validate""#);
    let ask = |reply| probe_same_origin(&with_sign_out, but_for("/logout", reply));
    assert_note(&ask(Reply::json(404, "{}")), &["sign-out: ", "404", "`endpoints.sign_out`"]);
    assert_note(&ask(Reply::json(400, "{}")), &["sign-out: ", "told again and again"]);
    assert_one_problem(&ask(Reply::json(405, "{}")), &["sign-out: ", "405", "a 2xx or a 401"]);
    assert!(ask(Reply { status: 204, headers: Vec::new(), body: Vec::new() }).findings.is_empty());
}

#[test]
fn a_clock_without_a_date_is_worth_a_note() {
    let report = probe_same_origin(&cookies_at(""), |request| refuse(request).without("Date"));
    assert_note(&report, &["clock: ", "`Date`"]);
}

#[test]
fn a_word_for_a_wrong_origin_is_told_as_one() {
    let reply = Reply::json(403, r#"{"error":"csrf"}"#);
    let report = probe_same_origin(&cookies_at(""), but_for("/api/auth/login", reply));
    assert_one_problem(
        &report,
        &["sign-in: ", "takes no sign-in from this page's origin", "--public-origin"],
    );
}
