//! The log: one line per request that says what happened, and no secret, ever.

use std::io;
use std::sync::{Arc, Mutex};

use axum::http::{Method, StatusCode};
use perennial_server::log::subscriber;
use serde_json::Value;
use tracing::level_filters::LevelFilter;

use crate::harness::{Backend, Browser, EMAIL, PASSWORD};

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Written {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    fn requests(&self) -> Vec<Value> {
        let lines =
            self.text().lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect::<Vec<_>>();
        lines.into_iter().filter(|line| line["message"] == "request").collect()
    }
}

fn listen(level: LevelFilter) -> (Written, tracing::subscriber::DefaultGuard) {
    let written = Written::default();
    let writer = written.clone();
    let guard = tracing::subscriber::set_default(subscriber(level, move || writer.clone()));
    (written, guard)
}

#[tokio::test]
async fn a_request_makes_one_line_with_its_route_status_session_and_outcome() {
    let (written, _guard) = listen(LevelFilter::INFO);
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    backend.get(&format!("/api/sessions/{}?x=1", browser.session_id)).send().await;
    let call = backend.call(Method::DELETE, "/api/sessions/secret-in-a-path?token=secret").bearer(&browser);
    call.send().await.expect(StatusCode::NOT_FOUND);
    backend.refresh_call(&browser.cookie).send().await.expect(StatusCode::OK);
    backend.get("/nowhere").send().await.expect(StatusCode::NOT_FOUND);

    let lines = written.requests();
    let told = |n: usize| {
        let line = &lines[n];
        let text = |name: &str| line[name].as_str().unwrap_or("-").to_owned();
        format!(
            "{} {} {} {} {}",
            text("method"),
            text("path"),
            line["status"],
            text("session"),
            text("outcome")
        )
    };
    let id = &browser.session_id;
    assert_eq!(lines.len(), 5);
    assert_eq!(told(0), format!("POST /api/session 200 {id} signed_in"));
    assert_eq!(told(1), "GET /api/sessions/{id} 405 - method_not_allowed");
    assert_eq!(told(2), format!("DELETE /api/sessions/{{id}} 404 {id} not_found"));
    assert_eq!(told(3), format!("POST /api/session/refresh 200 {id} rotated"));
    assert_eq!(told(4), "GET (none) 404 - not_found");
    assert!(lines.iter().all(|line| line["duration_ms"].is_number() && line["level"] == "INFO"));
}

#[tokio::test]
async fn no_secret_reaches_the_log_at_any_level() {
    let (written, _guard) = listen(LevelFilter::TRACE);
    let backend = Backend::start().await;
    let first = backend.sign_in().await;
    backend.sign_in_call(EMAIL, "a wrong password", false).send().await.expect(StatusCode::UNAUTHORIZED);
    backend
        .page(Method::POST, "/api/session")
        .with("content-type", "application/json")
        .body("{\"password\":\"torn body")
        .send()
        .await
        .expect(StatusCode::BAD_REQUEST);
    let second = Browser::of(backend.refresh_call(&first.cookie).send().await.expect(StatusCode::OK));
    backend.clock.advance_s(800);
    let reply = backend.get("/api/session").bearer(&second).send().await.expect(StatusCode::OK);
    let third = reply.header("x-new-token").unwrap().to_owned();
    backend.refresh_call(&first.cookie).send().await.expect_problem(401, "refresh_reused");
    backend.page(Method::DELETE, "/api/session").bearer(&second).with("cookie", &second.cookie).send().await;
    backend.app.close().await;
    backend.get("/api/session").bearer(&second).send().await.expect(StatusCode::INTERNAL_SERVER_ERROR);

    let text = written.text();
    assert!(text.contains(&first.session_id) && text.contains("refresh_reused"), "the log is there");
    let value = |browser: &Browser| browser.cookie.split_once('=').unwrap().1.to_owned();
    let keys: Value =
        serde_json::from_slice(&std::fs::read(backend.dir.path().join("keys.json")).unwrap()).unwrap();
    let secrets = [
        PASSWORD.to_owned(),
        "a wrong password".to_owned(),
        "torn body".to_owned(),
        first.token.clone(),
        second.token.clone(),
        third,
        value(&first),
        value(&second),
        keys["keys"][0]["secret"].as_str().unwrap().to_owned(),
        "$argon2id$".to_owned(),
    ];
    for secret in secrets {
        assert!(!text.contains(&secret), "{secret} is in the log");
    }
}
