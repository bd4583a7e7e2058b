//! The names of cookies: browsers share them between the ports of a host.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::harness::{Backend, Call, EMAIL, PASSWORD, Reply};

/// A browser, which keeps one jar for all ports of a host (RFC 6265 section 8.5).
#[derive(Clone, Default)]
struct Jar(BTreeMap<String, String>);

impl Jar {
    fn take(&mut self, reply: &Reply) {
        for line in reply.set_cookies() {
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            // It belongs to no session, and stays when one ends.
            if name.contains("perennial_device") {
                continue;
            }
            match line.contains("Max-Age=0") {
                true => self.0.remove(name),
                false => self.0.insert(name.to_owned(), value.to_owned()),
            };
        }
    }

    fn names(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }

    /// Calls every cookie as the version before did.
    fn of_the_version_before(&self) -> Self {
        let shorter = |name: &String| name.rsplit_once('_').unwrap().0.to_owned();
        Self(self.0.iter().map(|(name, value)| (shorter(name), value.clone())).collect())
    }

    async fn send(&mut self, call: Call) -> Reply {
        let pairs: Vec<_> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let reply = if pairs.is_empty() { call } else { call.with("cookie", &pairs.join("; ")) }.send().await;
        self.take(&reply);
        reply
    }
}

/// A backend whose pages come from this origin.
async fn at(origin: &str) -> Backend {
    Backend::start_with(|settings| settings.public_origins = vec![origin.parse().unwrap()]).await
}

fn post(backend: &Backend, path: &str) -> Call {
    backend.page(Method::POST, path).with("origin", backend.settings.public_origins[0].as_str())
}

fn sign_in(backend: &Backend, path: &str) -> Call {
    post(backend, path).json(&json!({ "email": EMAIL, "password": PASSWORD }))
}

/// Sign-in, refresh and sign-out of the dialects with cookies.
const WAYS: [[&str; 2]; 2] =
    [["/api/session", "/api/session/refresh"], ["/api/auth/login", "/api/auth/refresh"]];

/// Field 49.
#[tokio::test]
async fn two_backends_on_two_ports_of_one_host_do_not_sign_each_other_out() {
    let (one, two) = (at("http://127.0.0.1:8080").await, at("http://127.0.0.1:9090").await);
    for [login, refresh] in WAYS {
        let mut jar = Jar::default();
        jar.send(sign_in(&one, login)).await.expect(StatusCode::OK);
        jar.send(sign_in(&two, login)).await.expect(StatusCode::OK);
        for _ in 0..2 {
            jar.send(post(&one, refresh)).await.expect(StatusCode::OK);
            jar.send(post(&two, refresh)).await.expect(StatusCode::OK);
        }
        let sign_out = match login {
            "/api/session" => one.page(Method::DELETE, login).with("origin", "http://127.0.0.1:8080"),
            _ => post(&one, "/api/auth/logout"),
        };
        assert!(jar.send(sign_out).await.status.is_success());
        assert_eq!(jar.send(post(&one, refresh)).await.status, StatusCode::UNAUTHORIZED);
        jar.send(post(&two, refresh)).await.expect(StatusCode::OK);
    }
}

/// Field 49.
#[tokio::test]
async fn the_port_is_in_the_name_where_the_main_origin_has_one() {
    for (origin, refresh, pair) in [
        ("http://127.0.0.1:8080", "perennial_refresh_8080", ["authToken_8080", "refreshToken_8080"]),
        ("http://[::1]:8080", "perennial_refresh_8080", ["authToken_8080", "refreshToken_8080"]),
        ("http://[::1]", "perennial_refresh", ["authToken", "refreshToken"]),
        ("http://localhost:80", "perennial_refresh", ["authToken", "refreshToken"]),
        ("https://example.org", "__Host-perennial_refresh", ["__Host-authToken", "__Host-refreshToken"]),
        ("https://example.org:443", "__Host-perennial_refresh", ["__Host-authToken", "__Host-refreshToken"]),
        (
            "https://example.org:8443",
            "__Host-perennial_refresh_8443",
            ["__Host-authToken_8443", "__Host-refreshToken_8443"],
        ),
    ] {
        let backend = at(origin).await;
        let mut jar = Jar::default();
        jar.send(sign_in(&backend, "/api/session")).await.expect(StatusCode::OK);
        assert_eq!(jar.names(), [refresh], "{origin}");
        let mut jar = Jar::default();
        jar.send(sign_in(&backend, "/api/auth/login")).await.expect(StatusCode::OK);
        assert_eq!(jar.names(), pair, "{origin}");
        let description = backend.get("/api/openapi.json").send().await.json();
        let schemes = &description["components"]["securitySchemes"];
        assert_eq!(schemes["perennial_cookie"]["name"], refresh);
        assert_eq!(schemes["access_cookie"]["name"], pair[0]);
    }
}

/// Field 49.
#[tokio::test]
async fn a_session_whose_cookie_has_the_name_of_the_version_before_goes_on_under_the_new_one() {
    let backend = Backend::start().await;
    for [login, refresh] in WAYS {
        let mut jar = Jar::default();
        jar.send(sign_in(&backend, login)).await.expect(StatusCode::OK);
        let names: Vec<_> = jar.names().into_iter().map(str::to_owned).collect();
        let mut jar = jar.of_the_version_before();
        assert!(jar.names().iter().all(|name| !name.contains("8081")));
        if login == "/api/auth/login" {
            jar.send(backend.get("/api/auth/status")).await.expect(StatusCode::OK);
        }
        jar.send(post(&backend, refresh)).await.expect(StatusCode::OK);
        assert_eq!(jar.names(), names, "the name of before is gone");
        jar.send(post(&backend, refresh)).await.expect(StatusCode::OK);
    }
}

/// Field 49.
#[tokio::test]
async fn a_cookie_with_the_name_of_before_is_left_alone_where_it_is_another_backends() {
    let (ours, theirs) = (Backend::start().await, at("http://127.0.0.1").await);
    for [login, refresh] in WAYS {
        let mut jar = Jar::default();
        jar.send(sign_in(&theirs, login)).await.expect(StatusCode::OK);
        jar.send(post(&ours, refresh)).await;
        jar.send(sign_in(&ours, login)).await.expect(StatusCode::OK);
        jar.send(post(&ours, refresh)).await.expect(StatusCode::OK);
        let sign_out = match login {
            "/api/session" => ours.page(Method::DELETE, login),
            _ => post(&ours, "/api/auth/logout"),
        };
        assert!(jar.send(sign_out).await.status.is_success());
        jar.send(post(&theirs, refresh)).await.expect(StatusCode::OK);
    }
}

/// Field 49.
#[tokio::test]
async fn signing_out_leaves_no_session_under_the_name_of_before() {
    let backend = Backend::start().await;
    for [login, refresh] in WAYS {
        let mut before = Jar::default();
        before.send(sign_in(&backend, login)).await.expect(StatusCode::OK);
        let mut jar = before.of_the_version_before();
        // Nobody asked whether the session of before still lives.
        jar.send(sign_in(&backend, login)).await.expect(StatusCode::OK);
        assert!(jar.names().iter().all(|name| name.ends_with("_8081")), "{:?}", jar.names());
        let mut jar = before.of_the_version_before();
        let sign_out = match login {
            "/api/session" => backend.page(Method::DELETE, login),
            _ => post(&backend, "/api/auth/logout"),
        };
        assert!(jar.send(sign_out).await.status.is_success());
        assert!(jar.names().is_empty(), "{:?}", jar.names());
        assert_eq!(before.send(post(&backend, refresh)).await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn a_cookie_that_a_sibling_host_could_set_says_nothing_over_https() {
    let backend = at("https://example.org").await;
    let mut jar = Jar::default();
    let reply = jar.send(sign_in(&backend, "/api/auth/login")).await.expect(StatusCode::OK);
    let planted: Vec<_> = reply
        .set_cookies()
        .iter()
        .map(|line| line.split(';').next().unwrap().replace("__Host-", ""))
        .collect();
    let status = backend.get("/api/auth/status").with("cookie", &planted.join("; ")).send().await;
    assert_eq!(status.status, StatusCode::UNAUTHORIZED);
    jar.send(backend.get("/api/auth/status")).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn signing_in_over_a_live_session_ends_it_and_no_other() {
    let backend = Backend::start().await;
    for [login, refresh] in WAYS {
        let (mut jar, mut elsewhere) = (Jar::default(), Jar::default());
        for jar in [&mut jar, &mut elsewhere] {
            jar.send(sign_in(&backend, login)).await.expect(StatusCode::OK);
        }
        let mut before = jar.clone();
        jar.send(sign_in(&backend, login)).await.expect(StatusCode::OK);
        let ended = before.send(post(&backend, refresh)).await.expect(StatusCode::UNAUTHORIZED);
        assert!(String::from_utf8_lossy(&ended.bytes).contains("session_revoked"), "{login}");
        for jar in [&mut jar, &mut elsewhere] {
            jar.send(post(&backend, refresh)).await.expect(StatusCode::OK);
        }
        // What is refused changes nothing.
        let wrong = json!({ "email": EMAIL, "password": "wrong" });
        let refused = jar.send(backend.page(Method::POST, login).json(&wrong)).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        jar.send(post(&backend, refresh)).await.expect(StatusCode::OK);
    }
}
