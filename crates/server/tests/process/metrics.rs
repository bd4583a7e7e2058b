//! `GET /metrics`: what is counted, where it is told, and what never gets into a label.

use std::collections::BTreeMap;
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::live;
use crate::program::{Server, head, program, read_all, run, stderr};
use crate::serving::{cookie, demo_password, sign_in_body};

fn with_metrics(command: &mut Command) -> &mut Command {
    command.args(["--demo", "--metrics-listen", "127.0.0.1:0"])
}

fn ask(server: &Server, path: &str) -> String {
    let line = server.printed.iter().find_map(|line| line.strip_prefix("Metrics on http://")).unwrap();
    let mut stream = TcpStream::connect(line.strip_suffix("/metrics").unwrap()).unwrap();
    std::io::Write::write_all(&mut stream, head("GET", path, "", 0).as_bytes()).unwrap();
    read_all(&mut stream)
}

/// Every series with its value.
fn scrape(server: &Server) -> BTreeMap<String, f64> {
    let answer = ask(server, "/metrics");
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert!(head.contains("content-type: text/plain; version=0.0.4; charset=utf-8"), "{head}");
    let series = |line: &str| {
        let (name, value) = line.rsplit_once(' ').unwrap();
        (name.to_owned(), value.parse().unwrap())
    };
    body.lines().filter(|line| !line.starts_with('#')).map(series).collect()
}

fn bearer(token: &Value) -> String {
    format!("Authorization: Bearer {}\r\n", token.as_str().unwrap())
}

fn body_of(answer: &str) -> Value {
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[test]
fn sign_ins_and_refreshes_are_counted_by_dialect_and_outcome() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(with_metrics(&mut program(dir.path())));
    let body = sign_in_body(&demo_password(&server));
    let send = |path: &str, headers: &str| server.request("POST", path, headers, &body);
    let perennial = send("/api/session", "");
    send("/api/session/refresh", &format!("Cookie: {}\r\n", cookie(&perennial)));
    send("/api/session/refresh", &format!("Cookie: {}\r\n", cookie(&perennial)));
    send("/api/session/refresh", "");
    let exchange = body_of(&send("/api/v1/auth/login", ""));
    send("/api/v1/auth/refresh", &bearer(&exchange["token"]));
    let pair = send("/api/auth/login", "");
    let refresh = pair.lines().find(|line| line.starts_with("set-cookie: refreshToken")).unwrap();
    let refresh = refresh.strip_prefix("set-cookie: ").unwrap().split(';').next().unwrap();
    server.request("POST", "/api/auth/refresh", &format!("Cookie: {refresh}\r\n"), "");
    let hybrid = body_of(&send("/api/login", ""));
    send("/api/refresh", &bearer(&hybrid["refresh_token"]));
    server.request("POST", "/api/session", "", &sign_in_body("a wrong password"));

    let found = scrape(&server);
    let credentials: BTreeMap<_, _> = found
        .iter()
        .filter(|(name, _)| name.starts_with("perennial_sign_ins") || name.starts_with("perennial_refreshes"))
        .map(|(name, value)| (name.strip_prefix("perennial_").unwrap(), *value))
        .collect();
    let expected = BTreeMap::from([
        (r#"sign_ins_total{dialect="perennial",outcome="signed_in"}"#, 1.0),
        (r#"sign_ins_total{dialect="perennial",outcome="wrong_credentials"}"#, 1.0),
        (r#"sign_ins_total{dialect="exchange",outcome="signed_in"}"#, 1.0),
        (r#"sign_ins_total{dialect="cookie-pair",outcome="signed_in"}"#, 1.0),
        (r#"sign_ins_total{dialect="hybrid",outcome="signed_in"}"#, 1.0),
        (r#"refreshes_total{dialect="perennial",outcome="rotated"}"#, 1.0),
        (r#"refreshes_total{dialect="perennial",outcome="repeated"}"#, 1.0),
        (r#"refreshes_total{dialect="perennial",outcome="refresh_missing"}"#, 1.0),
        (r#"refreshes_total{dialect="exchange",outcome="exchanged"}"#, 1.0),
        (r#"refreshes_total{dialect="cookie-pair",outcome="rotated"}"#, 1.0),
        (r#"refreshes_total{dialect="hybrid",outcome="renewed"}"#, 1.0),
    ]);
    assert_eq!(credentials, expected);
    assert_eq!(found[r#"perennial_refusals_total{reason="wrong_credentials"}"#], 1.0);
    assert_eq!(found[r#"perennial_refusals_total{reason="refresh_missing"}"#], 1.0);
    let refreshes = r#"method="POST",route="/api/session/refresh",status="200""#;
    assert_eq!(found[&format!("perennial_requests_total{{{refreshes}}}")], 2.0);
    let route = r#"route="/api/session/refresh""#;
    assert_eq!(found[&format!("perennial_request_duration_seconds_count{{{route}}}")], 3.0);
    let buckets: Vec<_> = found
        .iter()
        .filter(|(name, _)| name.starts_with("perennial_request_duration_seconds_bucket"))
        .filter(|(name, _)| name.contains(route) && name.contains(r#"le="+Inf""#))
        .map(|(_, value)| *value)
        .collect();
    assert_eq!(buckets, [3.0]);
}

#[test]
fn what_is_there_at_this_moment_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(with_metrics(&mut program(dir.path())));
    let grant = body_of(&server.request("POST", "/api/session", "", &sign_in_body(&demo_password(&server))));
    let mut known = live::connect(&server, None);
    live::say(&mut known, json!({ "type": "authenticate", "access_token": grant["access_token"] }));
    known.read().unwrap();
    let stranger = live::connect(&server, None);
    let job = server.send_file(&bearer(&grant["access_token"]), "a,b\n1,2\n");
    assert!(job.starts_with("HTTP/1.1 201"), "{job}");
    let job_done = r#"perennial_jobs_ended_total{state="done"}"#;
    let mut found = scrape(&server);
    for _ in 0..300 {
        if found.contains_key(job_done) {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
        found = scrape(&server);
    }
    let version = env!("CARGO_PKG_VERSION");
    for (name, value) in [
        (r#"perennial_live_connections{state="authenticated"}"#, 1.0),
        (r#"perennial_live_connections{state="unauthenticated"}"#, 1.0),
        ("perennial_open_connections", 2.0),
        (r#"perennial_jobs{state="queued"}"#, 0.0),
        (r#"perennial_jobs{state="running"}"#, 0.0),
        ("perennial_job_wait_seconds", 0.0),
        (job_done, 1.0),
        ("perennial_database_up", 1.0),
        (&format!("perennial_build_info{{version=\"{version}\"}}"), 1.0),
    ] {
        assert_eq!(found.get(name), Some(&value), "{name} in {found:#?}");
    }
    for name in ["perennial_data_dir_free_bytes", "process_resident_memory_bytes", "process_open_fds"] {
        assert!(found[name] > 0.0, "{name}");
    }
    drop((known, stranger));
    for _ in 0..300 {
        found = scrape(&server);
        if found["perennial_open_connections"] == 0.0 {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("connections are counted that have ended: {found:#?}");
}

#[test]
fn nothing_that_a_client_chooses_becomes_a_label_or_a_series() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(with_metrics(program(dir.path()).arg("--trust-forwarded-for")));
    let body = sign_in_body(&demo_password(&server));
    let attempt = |word: &str| {
        let headers =
            format!("X-Forwarded-For: 192.0.2.77\r\nUser-Agent: {word}\r\nOrigin: http://{word}\r\n");
        server.request(&word.to_uppercase(), "/api/session", &headers, &body);
        for path in [
            format!("/{word}"),
            format!("/api/{word}"),
            format!("/api/auth/{word}"),
            format!("/api/sessions/{word}"),
            format!("/api/jobs/{word}/events?after={word}"),
        ] {
            server.request("GET", &path, &headers, "");
        }
        let stranger = format!("{{\"email\":\"{word}@example.org\",\"password\":\"{word}\"}}");
        server.request("POST", "/api/session", "", &stranger);
    };
    attempt("typedbysomebody");
    let series = scrape(&server).len();
    for word in ["typedbyanother", "typedbyathird"] {
        attempt(word);
    }
    let text = ask(&server, "/metrics");
    assert_eq!(scrape(&server).len(), series, "{text}");
    for secret in ["typedby", "TYPEDBY", "192.0.2.77", "example.org", "perennial.example"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    assert!(text.contains(r#"method="other",route="/api/session",status="405""#), "{text}");
}

#[test]
fn metrics_are_told_on_their_own_address_alone() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(program(dir.path()).arg("--demo"));
    assert!(server.printed.iter().all(|line| !line.starts_with("Metrics on")), "{:?}", server.printed);
    drop(server);
    let server =
        Server::start(with_metrics(program(dir.path()).args(["--open-connections-per-address", "1"])));
    assert!(server.request("GET", "/metrics", "", "").starts_with("HTTP/1.1 404"));
    assert!(ask(&server, "/api/session").starts_with("HTTP/1.1 404"));
    // People who fill their own places leave those of the operator.
    let held = server.connect();
    for _ in 0..300 {
        if scrape(&server)["perennial_open_connections"] == 1.0 {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(server.request("GET", "/healthz", "", "").starts_with("HTTP/1.1 503"));
    let turned_away = r#"perennial_connections_turned_away_total{bound="--open-connections-per-address"}"#;
    assert_eq!(scrape(&server)[turned_away], 1.0);
    drop(held);
    server.signal("TERM");
    assert_eq!(server.wait(), Some(0));
}

#[test]
fn an_address_for_metrics_that_is_taken_is_named_with_its_flag() {
    let dir = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let data = dir.path().join("data");
    let start = &mut program(&data);
    let output = run(start.args(["--listen", "127.0.0.1:0", "--metrics-listen", &address]), "");
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    assert!(said.contains(&address) && said.contains("--metrics-listen"), "{said}");
    assert!(!data.exists());
}

/// Every metric that the files of docs/operating ask for, after all that could be counted has been.
#[test]
fn the_dashboard_and_the_alerts_ask_for_what_is_there() {
    let dir = tempfile::tempdir().unwrap();
    let flags = ["--open-connections-per-address", "1"];
    let server = Server::start(with_metrics(program(dir.path()).args(flags)));
    let body = sign_in_body(&demo_password(&server));
    let grant = server.request("POST", "/api/session", "", &body);
    server.request("POST", "/api/session/refresh", &format!("Cookie: {}\r\n", cookie(&grant)), "");
    server.send_file(&bearer(&body_of(&grant)["access_token"]), "a\n1\n");
    let held = server.connect();
    server.request("GET", "/healthz", "", "");
    drop(held);
    server.request("GET", "/nothing", "", "");
    for _ in 0..300 {
        if scrape(&server).keys().any(|name| name.starts_with("perennial_jobs_ended_total")) {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let found = scrape(&server);
    let names: Vec<_> = found.keys().map(|name| name.split('{').next().unwrap()).collect();
    let files = [
        include_str!("../../../../docs/operating/dashboard.json"),
        include_str!("../../../../docs/operating/alerts.yml"),
    ];
    for file in files {
        let words = file.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let asked: Vec<_> =
            words.filter(|word| word.starts_with("perennial_") || word.starts_with("process_")).collect();
        assert!(asked.len() >= 8, "{asked:?}");
        for word in asked {
            assert!(names.contains(&word), "{word} is not told");
        }
    }
}
