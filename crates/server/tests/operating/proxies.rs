//! The application through nginx and Caddy.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::{Answer, Client, hear, say};
use crate::program::{Server, program};
use crate::proxy::{Kind, Proxy, free_port};

/// A server behind a proxy, and somebody in front of both.
struct Site {
    dir: TempDir,
    client: Client,
    proxy: Proxy,
    http: u16,
    password: String,
    _server: Server,
}

impl Site {
    fn open(kind: Kind) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let pages = dir.path().join("pages");
        fs::create_dir(&pages).unwrap();
        fs::write(pages.join("index.html"), "<!doctype html>page".repeat(100)).unwrap();
        fs::write(pages.join(&SCRIPT[1..]), "a script. ".repeat(10_000)).unwrap();
        fs::write(pages.join(format!("{}.br", &SCRIPT[1..])), "(in brotli)").unwrap();
        let (https, http) = (free_port(), free_port());
        let start = &mut program(&dir.path().join("data"));
        start.args(["--demo", "--trust-forwarded-for", "--upload-limit-bytes", "110000000"]);
        start.args(["--public-origin", &format!("https://localhost:{https}"), "--static-dir"]).arg(&pages);
        let log = File::create(dir.path().join("log")).unwrap();
        let server = Server::start_logging(start, log);
        let line = server.printed.iter().find_map(|line| line.split_once(" password: ")).unwrap();
        let password = line.1.to_owned();
        let proxy_dir = dir.path().join("proxy");
        fs::create_dir(&proxy_dir).unwrap();
        let proxy = Proxy::start(kind, &proxy_dir, &server.address, https, http);
        let client = Client { port: https, jar: dir.path().join("cookies") };
        Self { client, proxy, http, password, _server: server, dir }
    }

    fn sign_in(&self, password: &str, arguments: &[&str]) -> Answer {
        let body = json!({ "email": "demo@perennial.example", "password": password }).to_string();
        self.client.page("/api/session", &body, arguments)
    }

    fn token(&self) -> Value {
        let answer = self.sign_in(&self.password, &[]);
        assert_eq!(answer.status, 200, "{}{}", answer.json(), self.proxy.log());
        answer.json()["access_token"].clone()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.dir.path().join("log")).unwrap()
    }
}

/// A file to import of this length, all of it rows.
fn file(dir: &Path, name: &str, bytes: usize) -> String {
    let path = dir.join(name);
    let mut file = std::io::BufWriter::new(File::create(&path).unwrap());
    file.write_all(b"number,word\n").unwrap();
    for _ in 0..bytes / ROW.len() {
        file.write_all(ROW).unwrap();
    }
    file.into_inner().unwrap().sync_all().unwrap();
    format!("@{}", path.display())
}

fn everything(kind: Kind) {
    let site = Site::open(kind);
    people_stay_signed_in(&site);
    the_client_has_its_own_address(&site);
    headers_come_once(&site);
    files_come_compressed(&site);
    long_files_get_through(&site);
    a_live_connection_lives_long(&site);
    plain_http_is_led_away(&site);
}

#[test]
fn nginx_as_it_is_shipped() {
    everything(Kind::Nginx);
}

#[test]
fn caddy_as_it_is_shipped() {
    everything(Kind::Caddy);
}

fn people_stay_signed_in(site: &Site) {
    let answer = site.sign_in(&site.password, &[]);
    assert_eq!(answer.status, 200, "{}", site.proxy.log());
    let cookie = answer.all("set-cookie")[0];
    for part in ["__Host-", "Secure", "HttpOnly", "SameSite=Strict"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    for _ in 0..3 {
        let answer = site.client.page("/api/session/refresh", "", &[]);
        assert_eq!(answer.status, 200, "{}", answer.json());
    }
    let answer = site.client.page_of("https://example.org", "/api/session/refresh", "", &[]);
    assert_eq!((answer.status, &answer.json()["reason"]), (403, &json!("csrf")));
}

/// The proxy sees 127.0.0.2, and the server sees the proxy at 127.0.0.1.
fn the_client_has_its_own_address(site: &Site) {
    let from = ["--interface", "127.0.0.2"];
    let lying = [&from[..], &["--header", "X-Forwarded-For: 203.0.113.9"]].concat();
    for arguments in [&from[..], &lying] {
        assert_eq!(site.sign_in("a wrong password", arguments).status, 401);
    }
    let log = site.log();
    let lines: Vec<_> = log.lines().filter(|line| line.contains("sign-in failed")).collect();
    assert_eq!(lines.len(), 2, "{log}");
    assert!(lines.iter().all(|line| line.contains(r#""address":"127.0.0.2""#)), "{lines:#?}");
    assert!(!log.contains("203.0.113.9"));
}

fn headers_come_once(site: &Site) {
    for (path, policy) in [
        ("/", "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'"),
        ("/devices", "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'"),
        (SCRIPT, "default-src 'none'; script-src 'self'"),
        ("/api/session", "default-src 'none'; frame-ancestors 'none'"),
        ("/healthz", "default-src 'none'; frame-ancestors 'none'"),
    ] {
        let answer = site.client.curl(path, &[]);
        for name in [
            "content-security-policy",
            "strict-transport-security",
            "x-content-type-options",
            "referrer-policy",
            "cross-origin-opener-policy",
            "cross-origin-resource-policy",
            "permissions-policy",
            "cache-control",
            "content-type",
            "date",
        ] {
            assert_eq!(answer.all(name).len(), 1, "{name} of {path}: {:#?}", answer.headers);
        }
        let found = answer.all("content-security-policy")[0];
        assert!(found.starts_with(policy), "{path}: {found}");
    }
}

fn files_come_compressed(site: &Site) {
    let get =
        |encodings: &str| site.client.curl(SCRIPT, &["--header", &format!("Accept-Encoding: {encodings}")]);
    let brotli = get("gzip, br");
    assert_eq!((brotli.status, brotli.body.as_slice()), (200, &b"(in brotli)"[..]));
    assert_eq!(brotli.all("content-encoding"), ["br"]);
    assert!(brotli.all("vary").iter().any(|vary| vary.to_lowercase().contains("accept-encoding")));
    assert_eq!(brotli.all("cache-control"), ["public, max-age=31536000, immutable"]);
    for encodings in ["gzip", "identity"] {
        let plain = get(encodings);
        assert_eq!((plain.status, plain.body.len()), (200, 100_000), "{encodings}");
        assert!(plain.all("content-encoding").is_empty(), "{encodings}");
    }
    // No proxy compresses what it is not asked to.
    let page = site.client.curl("/", &["--header", "Accept-Encoding: gzip, br"]);
    assert!(page.all("content-encoding").is_empty(), "{:?}", page.headers);
}

fn long_files_get_through(site: &Site) {
    let bearer = format!("Authorization: Bearer {}", site.token().as_str().unwrap());
    let send = |file: &str| {
        let headers = ["--header", &bearer, "--header", "Content-Type: text/csv", "--data-binary", file];
        site.client.curl("/api/jobs?name=long.csv", &headers)
    };
    let answer = send(&file(site.dir.path(), "long.csv", 100_000_000));
    assert_eq!(answer.status, 201, "{}{}", answer.json(), site.proxy.log());
    let job = answer.json();
    assert!(job["size_bytes"].as_u64().unwrap() > 99_999_000, "{job}");
    let cancel = format!("/api/jobs/{}/cancel", job["id"].as_str().unwrap());
    let cancelled = site.client.curl(&cancel, &["--request", "POST", "--header", &bearer]);
    assert!(cancelled.status < 300, "{}", cancelled.status);
    // What is too long is refused in the server's words, not in those of the proxy.
    let answer = send(&file(site.dir.path(), "too-long.csv", 120_000_000));
    assert_eq!((answer.status, &answer.json()["reason"]), (413, &json!("body_too_large")));
}

/// Longer than any proxy waits by itself (60 s).
fn a_live_connection_lives_long(site: &Site) {
    let token = site.token();
    let (mut socket, _end) = site.client.connect();
    say(&mut socket, &json!({ "type": "authenticate", "access_token": token }));
    assert_eq!(hear(&mut socket)["type"], "authenticated");
    let started = Instant::now();
    let mut alive = 0;
    while started.elapsed() < Duration::from_secs(100) {
        assert_eq!(hear(&mut socket)["type"], "alive");
        alive += 1;
    }
    assert!(alive >= 4, "{alive}");
    say(&mut socket, &json!({ "type": "authenticate", "access_token": token }));
    assert_eq!(hear(&mut socket)["type"], "authenticated");
}

fn plain_http_is_led_away(site: &Site) {
    let url = format!("http://localhost:{}/devices", site.http);
    let resolve = format!("localhost:{}:127.0.0.1", site.http);
    let answer = site.client.ask(&url, &["--resolve", &resolve]);
    assert!(matches!(answer.status, 301 | 308), "{}", answer.status);
    assert!(answer.all("location")[0].starts_with("https://localhost"), "{:?}", answer.headers);
    assert!(answer.all("set-cookie").is_empty());
}

const SCRIPT: &str = "/app-0123456789abcdef.js";

const ROW: &[u8] = b"1234567,a word that makes the row long enough to be one hundred bytes, or almost as many as that, all told\n";
