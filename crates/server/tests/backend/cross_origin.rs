//! Pages that were loaded from another address than the one they talk to.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::harness::{Backend, Call, EMAIL, ORIGIN, PASSWORD, Reply};

const ELSEWHERE: &str = "https://app.example.org";

async fn backend() -> Backend {
    Backend::start_with(|settings| settings.public_origins.push(ELSEWHERE.parse().unwrap())).await
}

fn preflight(backend: &Backend, path: &str, origin: &str) -> Call {
    let call = backend.call(Method::OPTIONS, path).with("origin", origin);
    call.with("access-control-request-method", "DELETE")
        .with("access-control-request-headers", "authorization,x-requested-by")
}

/// Whether a list in a header holds the word, however it is written.
fn lists(reply: &Reply, header: &str, word: &str) -> bool {
    let list = reply.header(header).unwrap_or_default().to_lowercase();
    list.split(',').any(|found| found.trim() == word.to_lowercase())
}

#[track_caller]
fn expect_shared(reply: &Reply, origin: &str) {
    assert_eq!(reply.header("access-control-allow-origin"), Some(origin));
    assert_eq!(reply.header("access-control-allow-credentials"), Some("true"));
    for name in ["X-New-Token", "Retry-After", "Date"] {
        assert!(lists(reply, "access-control-expose-headers", name), "{name}");
    }
    assert_eq!(reply.header("cross-origin-resource-policy"), Some("cross-origin"));
    assert!(lists(reply, "vary", "origin"));
}

#[track_caller]
fn expect_not_shared(reply: &Reply) {
    let shared = reply.headers.keys().find(|name| name.as_str().starts_with("access-control-"));
    assert_eq!(shared, None);
    assert_eq!(reply.header("cross-origin-resource-policy"), Some("same-origin"));
}

#[tokio::test]
async fn a_page_of_a_named_origin_may_ask_and_read_with_cookies() {
    let backend = backend().await;
    for origin in [ELSEWHERE, ORIGIN] {
        for path in ["/api/session", "/api/v1/auth/login", "/api/auth/refresh", "/api/sessions/others"] {
            let allowed = preflight(&backend, path, origin).send().await.expect(StatusCode::OK);
            assert_eq!(allowed.header("access-control-allow-origin"), Some(origin));
            assert_eq!(allowed.header("access-control-allow-credentials"), Some("true"));
            assert_eq!(allowed.header("access-control-max-age"), Some("7200"));
            for method in ["GET", "POST", "DELETE"] {
                assert!(lists(&allowed, "access-control-allow-methods", method), "{method}");
            }
            for name in ["Authorization", "Content-Type", "X-Requested-By", "Idempotency-Key", "Accept"] {
                assert!(lists(&allowed, "access-control-allow-headers", name), "{name}");
            }
        }
        let sign_in = backend.sign_in_call(EMAIL, PASSWORD, false).with("origin", origin);
        let reply = sign_in.send().await.expect(StatusCode::OK);
        expect_shared(&reply, origin);
        let refresh = backend.refresh_call(&reply.cookie()).with("origin", origin);
        expect_shared(&refresh.send().await.expect(StatusCode::OK), origin);
    }
}

#[tokio::test]
async fn refusals_and_errors_can_be_read_there_too() {
    let backend = backend().await;
    let send =
        async |method: Method, path: &str| backend.page(method, path).with("origin", ELSEWHERE).send().await;
    for (reply, status) in [
        (send(Method::GET, "/api/session").await, StatusCode::UNAUTHORIZED),
        (send(Method::GET, "/api/v1/auth/validate").await, StatusCode::UNAUTHORIZED),
        (send(Method::GET, "/api/nothing").await, StatusCode::NOT_FOUND),
        (send(Method::PUT, "/api/session").await, StatusCode::METHOD_NOT_ALLOWED),
        (send(Method::GET, "/api/auth/login").await, StatusCode::METHOD_NOT_ALLOWED),
        (send(Method::HEAD, "/healthz").await, StatusCode::OK),
    ] {
        expect_shared(&reply.expect(status), ELSEWHERE);
    }
}

#[tokio::test]
async fn a_foreign_page_is_told_nothing_that_lets_its_browser_show_an_answer() {
    let backend = backend().await;
    let browser = backend.sign_in().await;
    for origin in ["https://evil.example", "null", "https://app.example.org.evil.example", ""] {
        let asked = preflight(&backend, "/api/session", origin).send().await;
        assert!(!asked.status.is_success());
        expect_not_shared(&asked);
        for path in ["/api/session", "/api/me", "/api/nothing", "/api/openapi.json", "/healthz"] {
            let reply = backend.get(path).bearer(&browser).with("origin", origin).send().await;
            expect_not_shared(&reply);
            assert!(lists(&reply, "vary", "origin"), "{path}");
        }
        let body = json!({ "email": EMAIL, "password": PASSWORD });
        let login = backend.page(Method::POST, "/api/auth/login").json(&body).with("origin", origin);
        expect_not_shared(&login.send().await.expect(StatusCode::FORBIDDEN));
    }
    expect_not_shared(&backend.get("/api/session").bearer(&browser).send().await.expect(StatusCode::OK));
}
