//! `POST /api/password`: a person changes the own password.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Backend, Browser, Call, EMAIL, PASSWORD};

const NEW: &str = "wrong donkey charger";

fn change(backend: &Backend, browser: &Browser, current: &str, new: &str, others: bool) -> Call {
    let body = json!({ "current": current, "new": new, "sign_out_others": others });
    backend.call(Method::POST, "/api/password").bearer(browser).json(&body)
}

async fn is_live(backend: &Backend, browser: &Browser) -> bool {
    backend.get("/api/session").bearer(browser).send().await.status == StatusCode::OK
}

#[tokio::test]
async fn the_new_password_counts_and_the_other_sessions_end_or_stay() {
    let backend = Backend::start().await;
    let (here, there) = (backend.sign_in().await, backend.sign_in().await);
    let reply = change(&backend, &here, PASSWORD, NEW, false).send().await.expect(StatusCode::OK);
    assert_eq!(reply.json(), json!({ "revoked": 0 }));
    assert!(is_live(&backend, &here).await && is_live(&backend, &there).await);
    backend.sign_in_call(EMAIL, PASSWORD, false).send().await.expect_problem(401, "wrong_credentials");

    let reply = change(&backend, &here, NEW, PASSWORD, true).send().await.expect(StatusCode::OK);
    assert_eq!(reply.json(), json!({ "revoked": 1 }));
    assert!(is_live(&backend, &here).await);
    let ended = backend.get("/api/session").bearer(&there).send().await;
    let ended = ended.expect_problem(401, "session_revoked").json();
    let said = "The password of this account was changed. Sign in with the new one.";
    assert_eq!(ended["detail"], said);
    backend.sign_in().await;
    // The session that changed it goes on in every way.
    backend.refresh_call(&here.cookie).send().await.expect(StatusCode::OK);
}

#[tokio::test]
async fn whoever_does_not_know_the_old_password_changes_nothing_and_has_few_tries() {
    let backend = Backend::start().await;
    let (thief, person) = (backend.sign_in().await, backend.sign_in().await);
    for _ in 0..5 {
        change(&backend, &thief, "wrong", NEW, true).send().await.expect_problem(403, "wrong_password");
    }
    let refused = change(&backend, &thief, PASSWORD, NEW, true).send().await;
    refused.expect_problem(429, "too_many_attempts");
    assert!(is_live(&backend, &thief).await && is_live(&backend, &person).await);
    // Neither another session nor a sign-in pays for it.
    backend.sign_in().await;
    change(&backend, &person, PASSWORD, NEW, true).send().await.expect(StatusCode::OK);
    assert!(!is_live(&backend, &thief).await);
}

#[tokio::test]
async fn strangers_who_guess_keep_nobody_from_changing_the_password() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    for _ in 0..6 {
        backend.sign_in_call(EMAIL, "wrong", false).send().await;
    }
    change(&backend, &browser, PASSWORD, NEW, false).send().await.expect(StatusCode::OK);
}

#[tokio::test]
async fn a_new_password_that_is_not_fit_is_refused_with_the_reason() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    let long = "correct horse battery ".repeat(50);
    for (new, reason) in [
        ("kR7#vQz", "password_too_short"),
        (long.as_str(), "password_too_long"),
        ("          ", "password_blank"),
        ("12345678", "password_common"),
        ("ada.lovelace", "password_common"),
        (EMAIL, "password_common"),
    ] {
        change(&backend, &browser, PASSWORD, new, true).send().await.expect_problem(422, reason);
    }
    backend.sign_in().await;
    assert!(is_live(&backend, &browser).await);
}

#[tokio::test]
async fn a_token_is_needed_and_no_cookie_of_another_site_is_enough() {
    let backend = Backend::start().await;
    let body = json!({ "current": PASSWORD, "new": NEW, "sign_out_others": true });
    let call = || backend.call(Method::POST, "/api/password").json(&body);
    call().send().await.expect_problem(401, "token_missing");
    let login = backend.page(Method::POST, "/api/auth/login");
    let reply = login.json(&json!({ "email": EMAIL, "password": PASSWORD })).send().await;
    call().with("cookie", &reply.cookie()).send().await.expect_problem(403, "csrf");
    let page = backend.page(Method::POST, "/api/password").json(&body).with("cookie", &reply.cookie());
    page.send().await.expect(StatusCode::OK);
}

#[tokio::test]
async fn the_device_that_changed_it_stays_known() {
    let backend =
        Backend::start_with(|settings| settings.limits.sign_in_failures_per_account_everywhere = 1).await;
    let browser = backend.sign_in().await;
    let reply = change(&backend, &browser, PASSWORD, NEW, true).send().await.expect(StatusCode::OK);
    backend.sign_in_call(EMAIL, "wrong", false).from("203.0.113.1").send().await;
    let call = || backend.sign_in_call(EMAIL, NEW, false).from("198.51.100.1");
    call().send().await.expect_problem(429, "too_many_attempts");
    call().with("cookie", &reply.cookie()).send().await.expect(StatusCode::OK);
}

#[tokio::test]
async fn nobody_changes_the_password_of_the_demo_account() {
    use perennial_server::accounts::open_demo;
    use perennial_server::clock::Clock;
    let backend = Backend::start().await;
    let demo = open_demo(backend.app.store(), backend.dir.path(), backend.clock.now()).await.unwrap();
    let browser = Browser::of(backend.sign_in_call(demo.email, &demo.password, false).send().await);
    let refused = change(&backend, &browser, &demo.password, NEW, true).send().await;
    refused.expect_problem(403, "password_fixed");
}

#[tokio::test]
async fn neither_password_is_ever_said_again() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    let wrong: Value = json!({ "current": PASSWORD, "new": 7, "sign_out_others": "NEVERSAY" });
    let call = backend.call(Method::POST, "/api/password").bearer(&browser).json(&wrong);
    let reply = call.send().await.expect_problem(422, "body_invalid");
    let said = String::from_utf8(reply.bytes).unwrap();
    assert!(!said.contains(PASSWORD) && !said.contains("NEVERSAY"), "{said}");
}
