//! What outlives the process.

use axum::http::StatusCode;
use perennial_server::cli::{Command, KeyCommand};
use perennial_server::commands;

use crate::harness::{Backend, Browser};

#[tokio::test]
async fn a_restart_keeps_sessions_tokens_and_the_windows_of_a_refresh() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    let key = "0000000000000000000000000000000a";
    let refreshed = backend.refresh_call(&browser.cookie).with("idempotency-key", key).send().await;
    let lost = refreshed.expect(StatusCode::OK).cookie();

    let backend = backend.restart_with(|_| {}).await;
    backend.get("/api/session").bearer(&browser).send().await.expect(StatusCode::OK);
    backend.clock.advance_s(30);
    let again = backend.refresh_call(&browser.cookie).with("idempotency-key", key).send().await;
    assert_eq!(again.expect(StatusCode::OK).cookie(), lost);
}

#[tokio::test]
async fn a_key_rotation_signs_nobody_out_and_new_tokens_use_the_new_key() {
    let backend = Backend::start().await;
    let old = backend.sign_in().await;
    let kid = |browser: &Browser| browser.token.split('.').next().unwrap().to_owned();
    let refreshed = backend.refresh_call(&old.cookie).send().await.expect(StatusCode::OK).cookie();

    commands::run(backend.dir.path(), Command::Key(KeyCommand::Rotate)).await.unwrap();
    let backend = backend.restart_with(|_| {}).await;
    backend.get("/api/session").bearer(&old).send().await.expect(StatusCode::OK);
    let again = backend.refresh_call(&old.cookie).send().await.expect(StatusCode::OK);
    assert_eq!(again.cookie(), refreshed, "a successor derived with the old key can be given again");
    let new = Browser::of(backend.refresh_call(&refreshed).send().await.expect(StatusCode::OK));
    assert_ne!(kid(&new), kid(&old));

    // Two more rotations give up the first key.
    for _ in 0..2 {
        commands::run(backend.dir.path(), Command::Key(KeyCommand::Rotate)).await.unwrap();
    }
    let backend = backend.restart_with(|_| {}).await;
    backend.get("/api/session").bearer(&old).send().await.expect_problem(401, "token_invalid");
    backend.refresh_call(&new.cookie).send().await.expect(StatusCode::OK);
}

#[tokio::test]
async fn a_lost_key_file_costs_a_refresh_and_no_session() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    let successor = backend.refresh_call(&browser.cookie).send().await.expect(StatusCode::OK).cookie();
    std::fs::remove_file(backend.dir.path().join("keys.json")).unwrap();
    let backend = backend.restart_with(|_| {}).await;
    backend.get("/api/session").bearer(&browser).send().await.expect_problem(401, "token_invalid");
    // The successor cannot be derived again, but it is still good.
    backend.refresh_call(&browser.cookie).send().await.expect_problem(409, "refresh_superseded");
    let renewed = Browser::of(backend.refresh_call(&successor).send().await.expect(StatusCode::OK));
    backend.get("/api/session").bearer(&renewed).send().await.expect(StatusCode::OK);
}

#[tokio::test]
async fn a_shorter_limit_applies_to_new_sessions_only() {
    let backend = Backend::start().await;
    let old = backend.sign_in().await;
    let backend = backend.restart_with(|settings| settings.limits.session_lifetime_s = Some(60)).await;
    backend.clock.advance_s(100);
    backend.refresh_call(&old.cookie).send().await.expect(StatusCode::OK);
    let new = backend.sign_in().await;
    backend.clock.advance_s(100);
    backend.refresh_call(&new.cookie).send().await.expect_problem(401, "session_expired");
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_secret_in_the_data_directory_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let backend = Backend::start().await;
    let now = perennial_server::clock::Clock::now(&*backend.clock);
    perennial_server::accounts::open_demo(backend.app.store(), backend.dir.path(), now).await.unwrap();
    for name in ["keys.json", "demo-password", "perennial.sqlite3", "perennial.sqlite3-wal"] {
        let mode = std::fs::metadata(backend.dir.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}
