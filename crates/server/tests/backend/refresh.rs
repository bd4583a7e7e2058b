//! `POST /api/session/refresh`: rotation, theft, and the two exceptions that cost no honest person a session.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use axum::http::{Method, StatusCode};

use crate::harness::{Backend, Browser, PASSWORD};

const KEY_1: &str = "00000000000000000000000000000001";
const KEY_2: &str = "00000000000000000000000000000002";
const KEY_3: &str = "00000000000000000000000000000003";

async fn refresh(backend: &Backend, cookie: &str, key: &str) -> crate::harness::Reply {
    backend.refresh_call(cookie).with("idempotency-key", key).send().await
}

#[tokio::test]
async fn each_refresh_gives_a_new_cookie_and_a_token_that_works() {
    let backend = Backend::start().await;
    let mut browser = backend.sign_in().await;
    let mut cookies = BTreeSet::from([browser.cookie.clone()]);
    for round in 0..5 {
        backend.clock.advance_s(800);
        let key = format!("{round:032x}");
        let reply = refresh(&backend, &browser.cookie, &key).await.expect(StatusCode::OK);
        assert_eq!(reply.json()["session"]["expires_in"], 86_400 - 800 * (round + 1));
        let next = Browser::of(reply);
        assert_eq!(next.session_id, browser.session_id);
        assert!(cookies.insert(next.cookie.clone()), "a cookie came twice");
        backend.get("/api/session").bearer(&next).send().await.expect(StatusCode::OK);
        browser = next;
    }
}

#[tokio::test]
async fn a_superseded_token_ends_the_session_as_stolen() {
    let backend = Backend::start().await;
    let thief = backend.sign_in().await;
    let owner = Browser::of(refresh(&backend, &thief.cookie, KEY_1).await.expect(StatusCode::OK));
    backend.clock.advance_s(61);
    let refused = refresh(&backend, &thief.cookie, KEY_1).await.expect_problem(401, "refresh_reused");
    assert!(refused.set_cookie().is_none(), "a refusal leaves the cookie alone");

    let refused =
        backend.get("/api/session").bearer(&owner).send().await.expect_problem(401, "session_revoked");
    assert!(refused.json()["detail"].as_str().unwrap().contains("used twice"));
    refresh(&backend, &owner.cookie, KEY_2).await.expect_problem(401, "session_revoked");
}

#[tokio::test]
async fn a_lost_answer_is_given_again_to_the_same_idempotency_key() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    let lost = refresh(&backend, &browser.cookie, KEY_1).await.expect(StatusCode::OK);
    backend.clock.advance_ms(59_999);
    let again = refresh(&backend, &browser.cookie, KEY_1).await.expect(StatusCode::OK);
    assert_eq!(again.cookie(), lost.cookie());
    backend.clock.advance_ms(1);
    refresh(&backend, &browser.cookie, KEY_1).await.expect_problem(401, "refresh_reused");
}

#[tokio::test]
async fn another_idempotency_key_does_not_get_a_lost_answer_after_the_overlap() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    refresh(&backend, &browser.cookie, KEY_1).await.expect(StatusCode::OK);
    backend.clock.advance_s(11);
    refresh(&backend, &browser.cookie, KEY_2).await.expect_problem(401, "refresh_reused");
}

#[tokio::test]
async fn a_request_without_a_key_is_not_the_same_as_another_without_a_key() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    backend.refresh_call(&browser.cookie).send().await.expect(StatusCode::OK);
    backend.clock.advance_s(11);
    backend.refresh_call(&browser.cookie).send().await.expect_problem(401, "refresh_reused");
}

#[tokio::test]
async fn two_tabs_that_refresh_at_once_get_the_same_successor() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    let one = refresh(&backend, &browser.cookie, KEY_1).await.expect(StatusCode::OK);
    backend.clock.advance_ms(9_999);
    let two = refresh(&backend, &browser.cookie, KEY_2).await.expect(StatusCode::OK);
    assert_eq!(one.cookie(), two.cookie());
    backend.clock.advance_ms(1);
    refresh(&backend, &browser.cookie, KEY_3).await.expect_problem(401, "refresh_reused");
}

#[tokio::test]
async fn the_key_that_made_the_current_token_gets_it_again() {
    let backend = Backend::start_with(|settings| settings.limits.refresh_overlap_s = 0).await;
    let first = backend.sign_in().await;
    let second = Browser::of(refresh(&backend, &first.cookie, KEY_1).await.expect(StatusCode::OK));
    backend.clock.advance_ms(59_999);
    let again = Browser::of(refresh(&backend, &second.cookie, KEY_1).await.expect(StatusCode::OK));
    assert_eq!(again.cookie, second.cookie);
    assert_ne!(again.token, second.token, "the access token is a new one");
    backend.get("/api/session").bearer(&again).send().await.expect(StatusCode::OK);
    // The cookie is good for the next refresh, so nothing hangs on the second answer.
    let third = refresh(&backend, &second.cookie, KEY_2).await.expect(StatusCode::OK);
    assert_ne!(third.cookie(), second.cookie, "another key rotates");
}

#[tokio::test]
async fn the_key_that_made_the_current_token_rotates_it_after_the_window() {
    for (window_s, pause_ms) in [(60, 60_000), (0, 0)] {
        let backend = Backend::start_with(|settings| settings.limits.idempotency_window_s = window_s).await;
        let first = backend.sign_in().await;
        let second = refresh(&backend, &first.cookie, KEY_1).await.expect(StatusCode::OK).cookie();
        backend.clock.advance_ms(pause_ms);
        let third = refresh(&backend, &second, KEY_1).await.expect(StatusCode::OK).cookie();
        assert_ne!(third, second);
    }
}

#[tokio::test]
async fn a_repetition_does_not_prolong_the_window() {
    let backend = Backend::start().await;
    let first = backend.sign_in().await;
    let second = refresh(&backend, &first.cookie, KEY_1).await.expect(StatusCode::OK).cookie();
    backend.clock.advance_s(59);
    let again = refresh(&backend, &second, KEY_1).await.expect(StatusCode::OK).cookie();
    assert_eq!(again, second);
    backend.clock.advance_s(1);
    let third = refresh(&backend, &second, KEY_1).await.expect(StatusCode::OK).cookie();
    assert_ne!(third, second);
}

#[tokio::test]
async fn a_current_token_made_without_a_key_rotates_without_one() {
    let backend = Backend::start().await;
    let first = backend.sign_in().await;
    let second = backend.refresh_call(&first.cookie).send().await.expect(StatusCode::OK).cookie();
    let third = backend.refresh_call(&second).send().await.expect(StatusCode::OK).cookie();
    assert_ne!(third, second);
}

#[tokio::test]
async fn a_stolen_token_is_noticed_after_a_repetition_on_the_current_one() {
    for (key, pause_s) in [(KEY_1, 60), (KEY_2, 10)] {
        let backend = Backend::start().await;
        let thief = backend.sign_in().await;
        let owner = Browser::of(refresh(&backend, &thief.cookie, KEY_1).await.expect(StatusCode::OK));
        let again = refresh(&backend, &owner.cookie, KEY_1).await.expect(StatusCode::OK);
        assert_eq!(again.cookie(), owner.cookie);
        backend.clock.advance_s(pause_s);
        refresh(&backend, &thief.cookie, key).await.expect_problem(401, "refresh_reused");
        refresh(&backend, &owner.cookie, KEY_2).await.expect_problem(401, "session_revoked");
    }
}

#[tokio::test]
async fn a_late_duplicate_of_an_answer_already_used_is_told_so_and_ends_nothing() {
    let backend = Backend::start().await;
    let first = backend.sign_in().await;
    let second = Browser::of(refresh(&backend, &first.cookie, KEY_1).await.expect(StatusCode::OK));
    let third = Browser::of(refresh(&backend, &second.cookie, KEY_2).await.expect(StatusCode::OK));
    let late = refresh(&backend, &first.cookie, KEY_1).await.expect_problem(409, "refresh_superseded");
    assert!(late.set_cookie().is_none());
    backend.get("/api/session").bearer(&third).send().await.expect(StatusCode::OK);
    refresh(&backend, &third.cookie, KEY_3).await.expect(StatusCode::OK);
}

/// Two tabs ask under one key. The second presents what the first brought, and arrives when the next refresh has been.
#[tokio::test]
async fn a_late_duplicate_on_the_token_that_its_key_made_ends_nothing() {
    let backend = Backend::start_with(|settings| settings.limits.refresh_overlap_s = 0).await;
    let first = backend.sign_in().await;
    let second = Browser::of(refresh(&backend, &first.cookie, KEY_1).await.expect(StatusCode::OK));
    let third = Browser::of(refresh(&backend, &second.cookie, KEY_2).await.expect(StatusCode::OK));
    let late = refresh(&backend, &second.cookie, KEY_1).await.expect_problem(409, "refresh_superseded");
    assert!(late.set_cookie().is_none());
    refresh(&backend, &third.cookie, KEY_3).await.expect(StatusCode::OK);
    backend.clock.advance_s(60);
    refresh(&backend, &second.cookie, KEY_1).await.expect_problem(401, "refresh_reused");
}

#[tokio::test]
async fn the_token_before_the_previous_one_has_no_overlap() {
    let backend = Backend::start().await;
    let first = backend.sign_in().await;
    let second = Browser::of(refresh(&backend, &first.cookie, KEY_1).await.expect(StatusCode::OK));
    refresh(&backend, &second.cookie, KEY_2).await.expect(StatusCode::OK);
    refresh(&backend, &first.cookie, KEY_3).await.expect_problem(401, "refresh_reused");
}

#[tokio::test]
async fn with_windows_of_zero_every_superseded_token_is_stolen() {
    for key in [KEY_1, KEY_2] {
        let backend = Backend::start_with(|settings| {
            settings.limits.refresh_overlap_s = 0;
            settings.limits.idempotency_window_s = 0;
        })
        .await;
        let browser = backend.sign_in().await;
        refresh(&backend, &browser.cookie, KEY_1).await.expect(StatusCode::OK);
        refresh(&backend, &browser.cookie, key).await.expect_problem(401, "refresh_reused");
    }
}

#[tokio::test]
async fn each_window_works_with_the_other_at_zero() {
    let backend = Backend::start_with(|settings| settings.limits.refresh_overlap_s = 0).await;
    let browser = backend.sign_in().await;
    refresh(&backend, &browser.cookie, KEY_1).await.expect(StatusCode::OK);
    refresh(&backend, &browser.cookie, KEY_1).await.expect(StatusCode::OK);
    refresh(&backend, &browser.cookie, KEY_2).await.expect_problem(401, "refresh_reused");

    let backend = Backend::start_with(|settings| settings.limits.idempotency_window_s = 0).await;
    let browser = backend.sign_in().await;
    refresh(&backend, &browser.cookie, KEY_1).await.expect(StatusCode::OK);
    refresh(&backend, &browser.cookie, KEY_1).await.expect(StatusCode::OK);
    backend.clock.advance_s(10);
    refresh(&backend, &browser.cookie, KEY_1).await.expect_problem(401, "refresh_reused");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_refreshes_of_one_token_at_once_in_two_processes_make_one_generation() {
    let backend = Backend::start().await;
    let twin = backend.twin().await;
    let mut cookie = backend.sign_in().await.cookie;
    for round in 0..10 {
        let calls = (0..8).map(|n| {
            let one = if n % 2 == 0 { &backend } else { &twin };
            one.refresh_call(&cookie).with("idempotency-key", &format!("{round:016x}{n:016x}"))
        });
        let tasks: Vec<_> = calls.map(|call| tokio::spawn(call.send())).collect();
        let mut cookies = BTreeSet::new();
        for task in tasks {
            cookies.insert(task.await.unwrap().expect(StatusCode::OK).cookie());
        }
        assert_eq!(cookies.len(), 1, "all got the same successor");
        let successor = cookies.pop_first().unwrap();
        assert_ne!(successor, cookie);
        cookie = successor;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_refreshes_under_one_key_make_one_generation_whichever_cookie_they_find() {
    let backend = Backend::start_with(|settings| settings.limits.refresh_overlap_s = 0).await;
    let backends = [Arc::new(backend.twin().await), Arc::new(backend)];
    let mut cookie = backends[1].sign_in().await.cookie;
    for round in 0..10 {
        let jar = Arc::new(Mutex::new(cookie.clone()));
        let tabs = (0..8).map(|tab| {
            let (backend, jar) = (Arc::clone(&backends[tab % 2]), Arc::clone(&jar));
            let key = format!("{round:032x}");
            tokio::spawn(async move {
                // The second request at the latest finds the cookie that an answer has set.
                let mut cookies = Vec::new();
                for _ in 0..2 {
                    let found = jar.lock().unwrap().clone();
                    let reply = refresh(&backend, &found, &key).await.expect(StatusCode::OK);
                    cookies.push(reply.cookie());
                    *jar.lock().unwrap() = reply.cookie();
                }
                cookies
            })
        });
        let mut cookies = BTreeSet::new();
        for tab in tabs.collect::<Vec<_>>() {
            cookies.extend(tab.await.unwrap());
        }
        assert_eq!(cookies.len(), 1, "all got the same successor");
        let successor = cookies.pop_first().unwrap();
        assert_ne!(successor, cookie);
        cookie = successor;
    }
}

#[tokio::test]
async fn no_refresh_extends_the_absolute_limit() {
    let backend = Backend::start_with(|settings| settings.limits.session_lifetime_s = Some(1000)).await;
    let browser = backend.sign_in().await;
    backend.clock.advance_s(700);
    let reply = refresh(&backend, &browser.cookie, KEY_1).await.expect(StatusCode::OK);
    assert_eq!(reply.json()["session"]["expires_in"], 300);
    assert_eq!(reply.json()["expires_in"], 300, "the token ends with the session");
    let browser = Browser::of(reply);
    backend.clock.advance_ms(299_001);
    refresh(&backend, &browser.cookie, KEY_2).await.expect_problem(401, "session_expired");
    backend.get("/api/session").bearer(&browser).send().await.expect_problem(401, "session_expired");
}

#[tokio::test]
async fn what_is_no_refresh_token_is_refused_by_name() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    let bare = backend.page(Method::POST, "/api/session/refresh").send().await;
    bare.expect_problem(401, "refresh_missing");
    for cookie in ["other=1", "perennial_refresh=", "__Host-perennial_refresh=abc"] {
        refresh(&backend, cookie, KEY_1).await.expect_problem(401, "refresh_missing");
    }
    for text in ["abc", "%%%", &"A".repeat(43), &"A".repeat(9000)] {
        let cookie = format!("perennial_refresh={text}");
        refresh(&backend, &cookie, KEY_1).await.expect_problem(401, "refresh_unknown");
    }
    refresh(&backend, &browser.cookie, KEY_1).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn the_cookie_is_found_among_others() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    let cookies = format!("theme=dark; x_perennial_refresh=1; {}; last=1", browser.cookie);
    refresh(&backend, &cookies, KEY_1).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn a_malformed_idempotency_key_is_refused_before_anything_happens() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    for key in ["", "xyz", "0000000000000000000000000000000g", &"0".repeat(33)] {
        refresh(&backend, &browser.cookie, key).await.expect_problem(400, "idempotency_key_invalid");
    }
    let kept = refresh(&backend, &browser.cookie, KEY_1).await.expect(StatusCode::OK);
    assert_ne!(kept.cookie(), browser.cookie);
}

#[tokio::test]
async fn the_store_keeps_no_token_in_any_file() {
    let backend = Backend::start().await;
    let first = backend.sign_in().await;
    let second = Browser::of(refresh(&backend, &first.cookie, KEY_1).await.expect(StatusCode::OK));
    let secrets = [&first.cookie, &second.cookie].map(|cookie| cookie.split_once('=').unwrap().1.to_owned());
    let raw = secrets.clone().map(|text| {
        use base64::Engine as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).unwrap()
    });
    let mut seen = 0;
    let entries = std::fs::read_dir(backend.dir.path()).unwrap().map(|entry| entry.unwrap().path());
    for file in entries.filter(|path| path.is_file()) {
        let bytes = std::fs::read(file).unwrap();
        let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
        seen += usize::from(holds(KEY_1.as_bytes()));
        assert!(!secrets.iter().any(|secret| holds(secret.as_bytes())));
        assert!(!raw.iter().any(|secret| holds(secret)));
        assert!(!holds(PASSWORD.as_bytes()));
    }
    assert!(seen > 0, "the idempotency key is kept, so the search finds what is there");
}
