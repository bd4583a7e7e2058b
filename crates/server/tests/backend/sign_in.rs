//! `POST /api/session` and what it grants.

use axum::http::{Method, StatusCode};
use base64::Engine as _;
use perennial_server::accounts::{self, NewAccount};
use perennial_server::clock::Clock;
use perennial_server::store::{Account, Session, Successor};
use serde_json::Value;
use uuid::Uuid;

use crate::harness::{Backend, Browser, EMAIL, PASSWORD};

fn token_part(token: &str, part: usize) -> Value {
    let text = token.split('.').nth(part).unwrap();
    serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
}

#[tokio::test]
async fn the_right_password_grants_tokens_and_says_who_is_signed_in() {
    let backend = Backend::start().await;
    let reply =
        backend.sign_in_call(" Ada@Example.org ", PASSWORD, false).send().await.expect(StatusCode::OK);
    let grant = reply.json();
    assert_eq!(grant["token_type"], "Bearer");
    assert_eq!(grant["expires_in"], 900);
    assert_eq!(grant["session"]["expires_in"], 86_400);
    assert_eq!(grant["user"]["email"], EMAIL);
    assert_eq!(grant["user"]["name"], "Ada Lovelace");
    assert_eq!(grant["user"]["roles"], serde_json::json!(["member"]));
    assert_eq!(grant["landing"], "/");

    let browser = Browser::of(reply);
    let header = token_part(&browser.token, 0);
    assert_eq!(header["alg"], "HS256");
    assert!(header["kid"].as_str().is_some_and(|kid| !kid.is_empty()));
    let claims = token_part(&browser.token, 1);
    assert_eq!(claims["sub"], grant["user"]["id"]);
    assert_eq!(claims["sid"], browser.session_id.as_str());
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 900);
}

/// Field 56. What is the same to read is the same address and the same password, whatever keyboard typed it.
#[tokio::test]
async fn letters_of_two_characters_are_the_letters_of_one() {
    let backend = Backend::start().await;
    backend.add_account_with("ju\u{308}rgen@exa\u{308}mple.org", "member", "pa\u{308}ssword of his").await;
    for (email, password) in [
        ("j\u{fc}rgen@ex\u{e4}mple.org", "p\u{e4}ssword of his"),
        ("JU\u{308}RGEN@exa\u{308}mple.org", "pa\u{308}ssword of his"),
    ] {
        let reply = backend.sign_in_call(email, password, false).send().await.expect(StatusCode::OK);
        assert_eq!(reply.json()["user"]["email"], "j\u{fc}rgen@ex\u{e4}mple.org");
    }
    backend
        .sign_in_call("j\u{fc}rgen@ex\u{e4}mple.org", "passwort of his", false)
        .send()
        .await
        .expect(StatusCode::UNAUTHORIZED);
}

/// Versions before kept addresses as keyboards had sent them.
#[tokio::test]
async fn an_account_from_before_is_found_in_any_form_of_its_letters() {
    let backend = Backend::start().await;
    let store = backend.app.store();
    let ada = store.account_by_email(EMAIL).await.unwrap().unwrap();
    let email = "ju\u{308}rgen@example.org".to_owned();
    store.add_account(&Account { id: Uuid::new_v4(), email, ..ada }).await.unwrap();
    for typed in ["j\u{fc}rgen@example.org", "JU\u{308}RGEN@example.org"] {
        backend.sign_in_call(typed, PASSWORD, false).send().await.expect(StatusCode::OK);
    }
    let again = NewAccount {
        email: "j\u{fc}rgen@example.org".to_owned(),
        name: "J\u{fc}rgen".to_owned(),
        roles: vec!["member".to_owned()],
        password: PASSWORD.to_owned(),
    };
    let refused = accounts::add(store, again, backend.clock.now()).await.unwrap_err();
    assert!(refused.to_string().contains("already"), "{refused}");
}

/// The password was compared a moment before.
#[tokio::test]
async fn no_session_is_opened_in_an_account_that_was_closed_or_got_another_password_meanwhile() {
    let backend = Backend::start().await;
    let (store, now) = (backend.app.store(), backend.clock.now());
    let browser = backend.sign_in().await;
    let (session, ada) = store.session(browser.session_id.parse().unwrap()).await.unwrap().unwrap();
    let mut opened = 0;
    let mut open = async |password_hash: &str| {
        opened += 1;
        let session = Session { id: Uuid::new_v4(), ..session.clone() };
        let first = Successor { hash: [opened; 32], kid: "kid".to_owned() };
        store.open_session(&session, &first, 100, password_hash).await.unwrap()
    };
    assert_eq!(open(&ada.password_hash).await, Some(Vec::new()));
    assert_eq!(open("that of before").await, None);
    store.disable_account(ada.id, now).await.unwrap();
    assert_eq!(open(&ada.password_hash).await, None);
    assert!(store.live_sessions(ada.id, now).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_cookie_ends_with_the_browser_unless_keeping_was_asked_for() {
    let backend = Backend::start().await;
    let plain = backend.sign_in_call(EMAIL, PASSWORD, false).send().await.expect(StatusCode::OK);
    let cookie = plain.set_cookie().unwrap();
    assert!(cookie.starts_with("perennial_refresh_8081="), "{cookie}");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{cookie}");

    let kept = backend.sign_in_call(EMAIL, PASSWORD, true).send().await.expect(StatusCode::OK);
    assert!(kept.set_cookie().unwrap().ends_with("; SameSite=Strict; Max-Age=2592000"));
    assert_eq!(kept.json()["session"]["expires_in"], 2_592_000);

    backend.clock.advance_s(1000);
    let refreshed = backend.refresh_call(&kept.cookie()).send().await.expect(StatusCode::OK);
    assert!(refreshed.set_cookie().unwrap().ends_with("; Max-Age=2591000"), "a refresh never extends it");
    let refreshed = backend.refresh_call(&plain.cookie()).send().await.expect(StatusCode::OK);
    assert!(!refreshed.set_cookie().unwrap().contains("Max-Age"));
}

#[tokio::test]
async fn keeping_is_not_granted_where_it_is_not_offered() {
    let backend = Backend::start_with(|settings| settings.limits.kept_session_lifetime_s = 0).await;
    let reply = backend.sign_in_call(EMAIL, PASSWORD, true).send().await.expect(StatusCode::OK);
    assert!(!reply.set_cookie().unwrap().contains("Max-Age"));
    assert_eq!(reply.json()["session"]["expires_in"], 86_400);
    let browser = Browser::of(reply);
    let listed = backend.get("/api/sessions").bearer(&browser).send().await.json();
    assert_eq!(listed["sessions"][0]["kept"], false);
}

#[tokio::test]
async fn the_cookie_is_secure_and_host_bound_behind_https() {
    let backend = Backend::start_with(|settings| {
        settings.public_origins = vec!["https://app.example.org".parse().unwrap()];
    })
    .await;
    let call = backend.sign_in_call(EMAIL, PASSWORD, false).with("origin", "https://app.example.org");
    let reply = call.send().await.expect(StatusCode::OK);
    let cookie = reply.set_cookie().unwrap();
    assert!(cookie.starts_with("__Host-perennial_refresh="), "{cookie}");
    assert!(cookie.contains("; Path=/; HttpOnly; SameSite=Strict; Secure"), "{cookie}");
    let kept = "max-age=31536000; includeSubDomains";
    assert_eq!(reply.header("strict-transport-security"), Some(kept));
    let refresh = backend.refresh_call(&reply.cookie()).with("origin", "https://app.example.org");
    refresh.send().await.expect(StatusCode::OK);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_account_get_the_same_answer() {
    let backend = Backend::start().await;
    let wrong =
        backend.sign_in_call(EMAIL, "wrong", false).send().await.expect_problem(401, "wrong_credentials");
    let unknown = backend.sign_in_call("eve@example.org", PASSWORD, false).send().await;
    assert_eq!(wrong.bytes, unknown.bytes);
    assert_eq!(wrong.headers, unknown.headers);
    assert!(wrong.set_cookie().is_none());
}

#[tokio::test]
async fn signing_in_on_two_devices_opens_two_sessions() {
    let backend = Backend::start().await;
    let (one, two) = (backend.sign_in().await, backend.sign_in().await);
    assert_ne!(one.session_id, two.session_id);
    assert_ne!(one.cookie, two.cookie);
}

#[tokio::test]
async fn the_demo_account_works_only_while_it_is_asked_for() {
    use perennial_server::accounts::{close_demo, open_demo};
    let backend = Backend::start().await;
    let (store, dir) = (backend.app.store(), backend.dir.path());
    let demo = open_demo(store, dir, backend.clock.now()).await.unwrap();
    let reply = backend.sign_in_call(demo.email, &demo.password, false).send().await.expect(StatusCode::OK);
    let browser = Browser::of(reply);

    close_demo(store, backend.clock.now()).await.unwrap();
    backend.get("/api/session").bearer(&browser).send().await.expect_problem(401, "session_revoked");
    let again = backend.sign_in_call(demo.email, &demo.password, false).send().await;
    again.expect_problem(401, "wrong_credentials");

    let reopened = open_demo(store, dir, backend.clock.now()).await.unwrap();
    assert_eq!(reopened.password, demo.password, "the password stays the same from start to start");
    backend.sign_in_call(demo.email, &demo.password, false).send().await.expect(StatusCode::OK);
    backend.call(Method::GET, "/healthz").send().await.expect(StatusCode::OK);
}

#[tokio::test]
async fn the_device_and_address_are_those_of_the_request() {
    let backend = Backend::start_with(|settings| settings.trust_forwarded_for = true).await;
    let firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:153.0) Gecko/20100101 Firefox/153.0";
    let call = backend.sign_in_call(EMAIL, PASSWORD, false).with("user-agent", firefox);
    let browser = Browser::of(call.with("x-forwarded-for", "6.6.6.6, 198.51.100.9").send().await);
    let listed = backend.get("/api/sessions").bearer(&browser).send().await.json();
    assert_eq!(listed["sessions"][0]["device"], "Firefox on Windows");
    assert_eq!(listed["sessions"][0]["address"], "198.51.100.9");
}

#[tokio::test]
async fn a_forwarded_address_is_not_believed_unless_told_so() {
    let backend = Backend::start().await;
    let call = backend.sign_in_call(EMAIL, PASSWORD, false).with("x-forwarded-for", "198.51.100.9");
    let browser = Browser::of(call.send().await);
    let listed = backend.get("/api/sessions").bearer(&browser).send().await.json();
    assert_eq!(listed["sessions"][0]["address"], "192.0.2.7");
}
