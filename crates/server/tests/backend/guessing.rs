//! Too many failed sign-ins.

use axum::http::StatusCode;
use perennial_server::clock::Clock;
use perennial_server::store::accounts::{PasswordChange, Spared};

use crate::harness::{Backend, EMAIL, PASSWORD, Reply};

#[tokio::test]
async fn an_account_is_closed_to_a_guessing_network_after_five_failures_and_opens_when_it_said() {
    let backend = Backend::start().await;
    for _ in 0..5 {
        let call = backend.sign_in_call(EMAIL, "wrong", false);
        call.send().await.expect_problem(401, "wrong_credentials");
        backend.clock.advance_s(10);
    }
    let refused = backend.sign_in_call(EMAIL, PASSWORD, false).from("192.0.2.200").send().await;
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
async fn a_stranger_who_guesses_keeps_nobody_out_who_comes_from_elsewhere() {
    let backend = Backend::start().await;
    for _ in 0..10 {
        backend.sign_in_call(EMAIL, "wrong", false).send().await;
    }
    backend.sign_in_call(EMAIL, PASSWORD, false).send().await.expect_problem(429, "too_many_attempts");
    let elsewhere = backend.sign_in_call(EMAIL, PASSWORD, false).from("198.51.100.1");
    elsewhere.send().await.expect(StatusCode::OK);
}

/// Signs in; what the browser is known by from then on.
async fn known_by(backend: &Backend, email: &str) -> String {
    let reply = backend.sign_in_call(email, PASSWORD, false).from("198.51.100.1").send().await;
    device_of(&reply.expect(StatusCode::OK))
}

fn device_of(reply: &Reply) -> String {
    let lines = reply.set_cookies();
    let line = lines.iter().find(|line| line.contains("perennial_device")).unwrap();
    line.split(';').next().unwrap().to_owned()
}

/// One stranger with many networks guesses until the account is closed to all strangers.
async fn guess_from_everywhere(backend: &Backend) {
    for n in 0..=backend.settings.limits.sign_in_failures_per_account_everywhere {
        backend.sign_in_call(EMAIL, "wrong", false).from(&format!("203.0.{n}.1")).send().await;
    }
    let refused = backend.sign_in_call(EMAIL, PASSWORD, false).from("198.51.100.1").send().await;
    refused.expect_problem(429, "too_many_attempts");
}

async fn backend_of_few_strangers() -> Backend {
    // So few that nothing takes longer.
    Backend::start_with(|settings| settings.limits.sign_in_failures_per_account_everywhere = 3).await
}

#[tokio::test]
async fn a_device_that_has_signed_in_before_signs_in_while_strangers_guess_from_everywhere() {
    let backend = backend_of_few_strangers().await;
    let known = known_by(&backend, EMAIL).await;
    guess_from_everywhere(&backend).await;
    // From the network of a guesser, too.
    for _ in 0..3 {
        let call = backend.sign_in_call(EMAIL, PASSWORD, false).from("203.0.1.1").with("cookie", &known);
        call.send().await.expect(StatusCode::OK);
    }
}

#[tokio::test]
async fn the_cookie_of_another_account_makes_nobody_known() {
    let backend = backend_of_few_strangers().await;
    backend.add_account("eve@example.org").await;
    let eves = known_by(&backend, "eve@example.org").await;
    guess_from_everywhere(&backend).await;
    let call = backend.sign_in_call(EMAIL, PASSWORD, false).from("198.51.100.1").with("cookie", &eves);
    call.send().await.expect_problem(429, "too_many_attempts");
}

#[tokio::test]
async fn a_stolen_cookie_is_good_for_a_few_guesses_and_keeps_its_person_out_of_nothing() {
    let backend = Backend::start().await;
    let known = known_by(&backend, EMAIL).await;
    let guess = async |password: &str, from: &str| {
        backend.sign_in_call(EMAIL, password, false).from(from).with("cookie", &known).send().await
    };
    let mut compared = 0;
    for _ in 0..20 {
        compared += usize::from(guess("wrong", "203.0.113.1").await.status == StatusCode::UNAUTHORIZED);
    }
    assert_eq!(compared, 10, "five on the device and five as a stranger");
    // It has the cookie still, and the thief has made it a stranger.
    let reply = guess(PASSWORD, "198.51.100.1").await.expect(StatusCode::OK);
    let renewed = device_of(&reply);
    assert_ne!(renewed, known);
    for _ in 0..10 {
        guess("wrong", "203.0.114.1").await;
    }
    let call = backend.sign_in_call(EMAIL, PASSWORD, false).from("203.0.114.1").with("cookie", &renewed);
    call.send().await.expect(StatusCode::OK);
}

#[tokio::test]
async fn a_device_is_known_for_half_a_year_and_until_the_password_changes() {
    let backend = backend_of_few_strangers().await;
    let reply = backend.sign_in_call(EMAIL, PASSWORD, false).send().await.expect(StatusCode::OK);
    let line = reply.set_cookies()[1].to_owned();
    assert!(line.starts_with("perennial_device_8081="), "{line}");
    assert!(line.ends_with("; Path=/; HttpOnly; SameSite=Strict; Max-Age=15552000"), "{line}");
    let known = device_of(&reply);
    let call = || backend.sign_in_call(EMAIL, PASSWORD, false).from("198.51.100.1").with("cookie", &known);

    backend.clock.advance_s(15_552_000 - 1);
    guess_from_everywhere(&backend).await;
    call().send().await.expect(StatusCode::OK);
    backend.clock.advance_s(1);
    call().send().await.expect_problem(429, "too_many_attempts");

    let known = known_by(backend_at_peace(&backend), EMAIL).await;
    guess_from_everywhere(&backend).await;
    let call =
        |password| backend.sign_in_call(EMAIL, password, false).from("198.51.100.1").with("cookie", &known);
    call(PASSWORD).send().await.expect(StatusCode::OK);
    let store = backend.app.store();
    let ada = store.account_by_email(EMAIL).await.unwrap().unwrap();
    backend.add_account_with("other@example.org", "member", "wrong donkey charger").await;
    let other = store.account_by_email("other@example.org").await.unwrap().unwrap();
    let change = PasswordChange {
        account_id: ada.id,
        password_hash: &other.password_hash,
        instead_of: None,
        spared: Spared::All,
        now: backend.clock.now(),
    };
    assert!(store.change_password(change).await.unwrap().is_some());
    call("wrong donkey charger").send().await.expect_problem(429, "too_many_attempts");
}

/// The same backend when the guesses of before count no more.
fn backend_at_peace(backend: &Backend) -> &Backend {
    backend.clock.advance_s(301);
    backend
}

#[tokio::test]
async fn the_cookie_of_a_device_is_bound_to_the_host_behind_https_and_given_only_where_it_is_wanted() {
    let origin = "https://app.example.org";
    let https = Backend::start_with(|settings| settings.public_origins = vec![origin.parse().unwrap()]).await;
    let reply = https.sign_in_call(EMAIL, PASSWORD, false).with("origin", origin).send().await;
    let line = reply.set_cookies()[1].to_owned();
    assert!(line.starts_with("__Host-perennial_device="), "{line}");
    assert!(line.contains("; Path=/; HttpOnly; SameSite=Strict; Secure"), "{line}");
    let none = Backend::start_with(|settings| settings.limits.known_device_lifetime_s = 0).await;
    let reply = none.sign_in_call(EMAIL, PASSWORD, false).send().await.expect(StatusCode::OK);
    assert_eq!(reply.set_cookies().len(), 1);
}

#[tokio::test]
async fn guesses_are_slowed_down_before_any_is_refused() {
    let backend = Backend::start().await;
    let started = tokio::time::Instant::now();
    for _ in 0..5 {
        backend.sign_in_call(EMAIL, "wrong", false).send().await.expect_problem(401, "wrong_credentials");
    }
    // A quarter of a second and half a second.
    assert!(started.elapsed().as_millis() >= 750, "{:?}", started.elapsed());
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
