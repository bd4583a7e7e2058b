//! Too many failed sign-ins.

use axum::http::StatusCode;

use crate::harness::{Backend, EMAIL, PASSWORD};

#[tokio::test]
async fn an_account_is_closed_to_guessing_after_five_failures_and_opens_when_it_said() {
    let backend = Backend::start().await;
    for _ in 0..5 {
        let call = backend.sign_in_call(EMAIL, "wrong", false);
        call.send().await.expect_problem(401, "wrong_credentials");
        backend.clock.advance_s(10);
    }
    let refused = backend.sign_in_call(EMAIL, PASSWORD, false).from("198.51.100.1").send().await;
    let refused = refused.expect_problem(429, "too_many_attempts");
    assert_eq!(refused.header("retry-after"), Some("250"));
    assert_eq!(refused.json()["retry_after_s"], 250);
    assert_eq!(refused.json()["detail"], "Too many failed sign-ins. Try again in 5 minutes.");
    assert!(refused.set_cookie().is_none());

    backend.clock.advance_s(200);
    let refused = backend.sign_in_call(EMAIL, PASSWORD, false).send().await;
    let refused = refused.expect_problem(429, "too_many_attempts");
    assert_eq!(refused.json()["detail"], "Too many failed sign-ins. Try again in 50 seconds.");

    backend.clock.advance_s(50);
    backend.sign_in_call(EMAIL, PASSWORD, false).send().await.expect(StatusCode::OK);
}

#[tokio::test]
async fn a_success_starts_the_count_over() {
    let backend = Backend::start().await;
    for _ in 0..3 {
        for _ in 0..4 {
            backend.sign_in_call(EMAIL, "wrong", false).send().await.expect_problem(401, "wrong_credentials");
        }
        backend.sign_in().await;
    }
}

#[tokio::test]
async fn an_account_that_does_not_exist_is_closed_in_the_same_way() {
    let backend = Backend::start_with(|settings| settings.limits.sign_in_failures_per_account = 1).await;
    let call = || backend.sign_in_call("nobody@example.org", "wrong", false);
    call().send().await.expect_problem(401, "wrong_credentials");
    call().send().await.expect_problem(429, "too_many_attempts");
}

#[tokio::test]
async fn an_address_is_closed_to_guessing_at_many_accounts_and_others_are_not() {
    let backend = Backend::start_with(|settings| settings.limits.sign_in_failures_per_address = 3).await;
    for n in 0..3 {
        let call = backend.sign_in_call(&format!("a{n}@example.org"), "wrong", false);
        call.send().await.expect_problem(401, "wrong_credentials");
    }
    backend.sign_in_call(EMAIL, PASSWORD, false).send().await.expect_problem(429, "too_many_attempts");
    let elsewhere = backend.sign_in_call(EMAIL, PASSWORD, false).from("198.51.100.1");
    elsewhere.send().await.expect(StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn guesses_made_all_at_once_do_not_slip_through() {
    let backend = Backend::start().await;
    let tasks: Vec<_> =
        (0..15).map(|_| tokio::spawn(backend.sign_in_call(EMAIL, "wrong", false).send())).collect();
    let mut compared = 0;
    for task in tasks {
        compared += usize::from(task.await.unwrap().status == StatusCode::UNAUTHORIZED);
    }
    assert_eq!(compared, 5);
}
