//! Serving the built application.

use std::fs;

use axum::http::{Method, StatusCode};
use tempfile::TempDir;

use crate::harness::{Backend, Call};

const SCRIPT: &str = "/app-0123456789abcdef.js";

async fn with_files() -> (Backend, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &str| fs::write(dir.path().join(name), content).unwrap();
    fs::create_dir(dir.path().join("style")).unwrap();
    write("index.html", "<!doctype html>page");
    write("index.html.br", "(page in brotli)");
    write(&SCRIPT[1..], "script");
    write(&format!("{}.br", &SCRIPT[1..]), "(script in brotli)");
    write("boot.js", "boot");
    write(".trunk-lock", "");
    fs::create_dir(dir.path().join(".git")).unwrap();
    write(".git/config", "secret");
    write("style/main.css", "style");
    let path = dir.path().to_owned();
    (Backend::start_with(|settings| settings.static_dir = Some(path)).await, dir)
}

fn navigate(backend: &Backend, path: &str) -> Call {
    backend.get(path).with("accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
}

#[tokio::test]
async fn every_page_gets_the_document_with_its_policy_and_is_asked_for_again() {
    let (backend, _dir) = with_files().await;
    for path in ["/", "/index.html", "/devices", "/datasets/42", "/style"] {
        let reply = navigate(&backend, path).send().await.expect(StatusCode::OK);
        assert_eq!(reply.bytes, b"<!doctype html>page", "{path}");
        assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"));
        assert_eq!(reply.header("cache-control"), Some("no-cache"));
        let policy = reply.header("content-security-policy").unwrap();
        for rule in [
            "default-src 'none'",
            "script-src 'self' 'wasm-unsafe-eval'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'; trusted-types default",
        ] {
            assert!(policy.contains(rule), "{policy}");
        }
        assert!(!policy.contains("unsafe-inline"));
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    }
}

#[tokio::test]
async fn a_file_with_a_hash_in_its_name_is_kept_for_ever_and_the_others_are_not() {
    let (backend, dir) = with_files().await;
    // Trunk writes no leading zeros.
    fs::write(dir.path().join("app-ed5f3cb51b0ae4e_bg.wasm"), "module").unwrap();
    let module = backend.get("/app-ed5f3cb51b0ae4e_bg.wasm").send().await.expect(StatusCode::OK);
    assert_eq!(module.header("cache-control"), Some("public, max-age=31536000, immutable"));
    let script = backend.get(SCRIPT).send().await.expect(StatusCode::OK);
    assert_eq!(script.bytes, b"script");
    assert_eq!(script.header("cache-control"), Some("public, max-age=31536000, immutable"));
    for (path, content) in [("/boot.js", "boot"), ("/style/main.css", "style")] {
        let reply = backend.get(path).send().await.expect(StatusCode::OK);
        assert_eq!(reply.bytes, content.as_bytes());
        assert_eq!(reply.header("cache-control"), Some("no-cache"));
    }
}

#[tokio::test]
async fn the_worker_and_the_manifest_are_asked_for_again_and_the_policy_lets_them_in() {
    let (backend, dir) = with_files().await;
    for (name, kind) in [
        ("sw.js", "text/javascript; charset=utf-8"),
        ("manifest.webmanifest", "application/manifest+json"),
        ("icons/icon-192.png", "image/png"),
    ] {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "content").unwrap();
        let reply = backend.get(&format!("/{name}")).send().await.expect(StatusCode::OK);
        assert_eq!(reply.header("content-type"), Some(kind));
        assert_eq!(reply.header("cache-control"), Some("no-cache"), "{name}");
        let policy = reply.header("content-security-policy").unwrap();
        assert!(policy.contains("worker-src 'self'") && policy.contains("manifest-src 'self'"), "{policy}");
    }
}

#[tokio::test]
async fn brotli_is_sent_to_those_who_take_it() {
    let (backend, _dir) = with_files().await;
    let script = backend.get(SCRIPT).with("accept-encoding", "gzip, br").send().await.expect(StatusCode::OK);
    assert_eq!(script.bytes, b"(script in brotli)");
    assert_eq!(script.header("content-encoding"), Some("br"));
    assert_eq!(script.header("content-type"), Some("text/javascript; charset=utf-8"));
    assert_eq!(script.header("vary"), Some("accept-encoding"));
    let page = navigate(&backend, "/devices").with("accept-encoding", "br").send().await;
    assert_eq!(page.expect(StatusCode::OK).bytes, b"(page in brotli)");
}

#[tokio::test]
async fn a_missing_file_and_a_missing_endpoint_are_not_found_and_never_the_page() {
    let (backend, _dir) = with_files().await;
    for path in [
        "/app-ffffffffffffffff.js",
        "/missing.css",
        "/style/x.png",
        "/api",
        "/api/",
        "/api/nothing",
        "/../Cargo.toml",
        "/%2e%2e/etc/passwd.x",
    ] {
        let reply = navigate(&backend, path).send().await.expect_problem(404, "not_found");
        assert_ne!(reply.header("cache-control"), Some("public, max-age=31536000, immutable"));
    }
    let fetched = backend.get("/devices").with("accept", "application/json").send().await;
    fetched.expect_problem(404, "not_found");
}

#[tokio::test]
async fn what_begins_with_a_dot_is_not_served_however_it_is_spelt() {
    let (backend, _dir) = with_files().await;
    for path in
        ["/.trunk-lock", "/%2Etrunk-lock", "/.git/config", "/%2egit/config", "/style%2f..%2F.git/config"]
    {
        navigate(&backend, path).send().await.expect_problem(404, "not_found");
    }
}

#[tokio::test]
async fn files_are_only_read() {
    let (backend, _dir) = with_files().await;
    let reply = backend.page(Method::POST, "/boot.js").send().await.expect_problem(405, "method_not_allowed");
    assert_eq!(reply.header("allow"), Some("GET,HEAD"));
    let head = backend.call(Method::HEAD, "/boot.js").send().await.expect(StatusCode::OK);
    assert_eq!(head.bytes, b"");
}

#[tokio::test]
async fn a_page_that_has_not_changed_is_not_sent_again() {
    let (backend, _dir) = with_files().await;
    let page = navigate(&backend, "/devices").send().await.expect(StatusCode::OK);
    let again =
        navigate(&backend, "/devices").with("if-modified-since", page.header("last-modified").unwrap());
    again.send().await.expect(StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn the_policy_lets_pages_talk_to_the_origins_named_and_no_others() {
    let (backend, _dir) = with_files().await;
    let page = navigate(&backend, "/").send().await.expect(StatusCode::OK);
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.contains("; connect-src 'self'; ") && policy.contains("; form-action 'self'; "),
        "{policy}"
    );

    let backend = backend
        .restart_with(|settings| {
            settings.connect_origins = ["https://api.example.org", "http://127.0.0.1:3000"]
                .map(|text| text.parse().unwrap())
                .to_vec();
        })
        .await;
    let page = navigate(&backend, "/").send().await.expect(StatusCode::OK);
    let policy = page.header("content-security-policy").unwrap();
    let named = "https://api.example.org wss://api.example.org http://127.0.0.1:3000 ws://127.0.0.1:3000";
    assert!(policy.contains(&format!("; connect-src 'self' {named}; ")), "{policy}");
    let named = "https://api.example.org http://127.0.0.1:3000";
    assert!(policy.contains(&format!("; form-action 'self' {named}; ")), "{policy}");
    let missing = backend.get("/missing.js").send().await.expect(StatusCode::NOT_FOUND);
    let policy = missing.header("content-security-policy");
    assert_eq!(policy, Some("default-src 'none'; frame-ancestors 'none'"));
}

#[tokio::test]
async fn what_no_file_can_be_called_is_not_found() {
    let (backend, _dir) = with_files().await;
    for path in [
        format!("/{}.js", "x".repeat(300)),
        format!("/{}", "x".repeat(5_000)),
        format!("/{}", "%61".repeat(300)),
        format!("/{}a.js", "a/".repeat(3_000)),
    ] {
        backend.get(&path).send().await.expect_problem(404, "not_found");
    }
}

/// The headers that other hosts are told to send, as `docs/operating/_headers` has them.
#[tokio::test]
async fn the_headers_for_other_hosts_are_those_that_are_sent_here() {
    let text = include_str!("../../../../docs/operating/_headers");
    let told: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("  ")?.split_once(": ")).collect();
    assert!(told.len() > 6, "{text}");
    let (_, dir) = with_files().await;
    let path = dir.path().to_owned();
    let backend = Backend::start_with(|settings| {
        settings.static_dir = Some(path);
        settings.public_origins = vec!["https://app.example.org".parse().unwrap()];
    })
    .await;
    let page = navigate(&backend, "/").send().await.expect(StatusCode::OK);
    for (name, value) in &told {
        assert_eq!(page.header(&name.to_lowercase()), Some(*value), "{name}");
    }
    let of_the_file = ["content-type", "content-length", "accept-ranges", "last-modified", "vary", "etag"];
    for name in page.headers.keys().map(|name| name.as_str()) {
        let is_told = told.iter().any(|(told, _)| told.eq_ignore_ascii_case(name));
        assert!(is_told || of_the_file.contains(&name), "{name} is sent and not told");
    }
}
