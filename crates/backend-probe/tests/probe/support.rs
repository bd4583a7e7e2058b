//! Backends of a few lines, and configurations for them.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use perennial_backend_probe::{
    Level, Page, Report,
    exchange::{Incoming, NoAnswer, Outgoing},
    http::Client,
    run,
};
use perennial_dialect::config::Config;

/// What a backend was asked.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// What it answers.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn new(status: u16, media_type: &str, body: &str) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }.with("Content-Type", media_type)
    }

    pub(crate) fn json(status: u16, body: &str) -> Self {
        Self::new(status, "application/json", body)
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With what a backend sends to pages of another origin.
    pub(crate) fn cors(self, origin: &str) -> Self {
        self.with("Access-Control-Allow-Origin", origin)
            .with("Access-Control-Allow-Methods", "GET, POST")
            .with("Access-Control-Allow-Headers", "Authorization, Content-Type")
            .with("Access-Control-Expose-Headers", "X-New-Token, Retry-After, Date")
            .with("Access-Control-Max-Age", "7200")
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(it, _)| it != name);
        self
    }

    pub(crate) fn to_incoming(&self) -> Incoming {
        let headers = self.headers.iter().map(|(name, value)| (name.to_lowercase(), value.clone()));
        Incoming {
            status: self.status,
            headers: headers.collect(),
            body: self.body.clone(),
            received_wall_ms: 0,
        }
    }
}

/// A backend that refuses everything as it should.
pub(crate) fn refuse(request: &Request) -> Reply {
    let reply = match &*request.method {
        "OPTIONS" | "HEAD" => Reply { status: 204, headers: Vec::new(), body: Vec::new() },
        _ => Reply::json(401, r#"{"error":"unauthorized"}"#),
    };
    reply.with("Date", "Tue, 01 Dec 2026 12:00:00 GMT")
}

/// A backend on this device.
pub(crate) struct Backend {
    pub(crate) port: u16,
    asked: Arc<Mutex<Vec<Request>>>,
}

impl Backend {
    /// Answers with this until the test ends.
    pub(crate) fn start(answer: impl Fn(&Request) -> Reply + Send + 'static) -> Self {
        Self::serve(move |stream, request| {
            let reply = answer(&request);
            let mut bytes = format!("HTTP/1.1 {} Some Words\r\nConnection: close\r\n", reply.status);
            for (name, value) in &reply.headers {
                bytes.push_str(&format!("{name}: {value}\r\n"));
            }
            if reply.status != 204 {
                bytes.push_str(&format!("Content-Length: {}\r\n", reply.body.len()));
            }
            let mut bytes = format!("{bytes}\r\n").into_bytes();
            if request.method != "HEAD" {
                bytes.extend_from_slice(&reply.body);
            }
            // A probe that has seen enough is gone.
            stream.write_all(&bytes).unwrap_or_default();
        })
    }

    /// Does this with each connection that has brought a request.
    pub(crate) fn serve(answer: impl Fn(&mut TcpStream, Request) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("a port").port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a connection");
                stream.set_read_timeout(Some(Duration::from_secs(5))).expect("a limit");
                if let Some(request) = read(&stream) {
                    log.lock().expect("no panic elsewhere").push(request.clone());
                    answer(&mut stream, request);
                }
            }
        });
        Self { port, asked }
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn asked(&self) -> Vec<Request> {
        self.asked.lock().expect("no panic elsewhere").clone()
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(": ") else { break };
        headers.push((name.to_owned(), value.to_owned()));
    }
    let mut request = Request { method, path, headers, body: String::new() };
    let length = request.header("Content-Length").and_then(|it| it.parse().ok()).unwrap_or(0);
    reader.take(length).read_to_string(&mut request.body).ok()?;
    Some(request)
}

pub(crate) fn config(text: &str) -> Config {
    Config::parse(text).unwrap_or_else(|errors| panic!("{errors:?}"))
}

/// Probes over real sockets.
pub(crate) fn probe(text: &str, page: &str) -> Report {
    probe_within(Duration::from_secs(20), text, page)
}

/// The same, and waits no longer than this for an answer.
pub(crate) fn probe_within(limit: Duration, text: &str, page: &str) -> Report {
    run(&config(text), &Page::parse(page).expect("an address of a page"), &Client::new(limit))
}

/// Probes a backend on the page's own origin.
pub(crate) fn probe_same_origin(text: &str, answer: impl Fn(&Request) -> Reply + Send + 'static) -> Report {
    probe(text, &Backend::start(answer).origin())
}

/// The same without a network, for addresses that no test can serve.
pub(crate) fn imagine(
    text: &str,
    page: &str,
    answer: impl Fn(&Outgoing) -> Result<Reply, NoAnswer>,
) -> Report {
    let network = |request: &Outgoing| answer(request).map(|reply| reply.to_incoming());
    run(&config(text), &Page::parse(page).expect("an address of a page"), &network)
}

/// What was found at a level, one sentence each.
pub(crate) fn said(report: &Report, level: Level) -> Vec<String> {
    report.findings.iter().filter(|it| it.level == level).map(ToString::to_string).collect()
}

/// Asserts that exactly one problem was found, and that it holds all of these words.
#[track_caller]
pub(crate) fn assert_one_problem(report: &Report, words: &[&str]) {
    let problems = said(report, Level::Problem);
    assert_eq!(problems.len(), 1, "{report}");
    for word in words {
        assert!(problems[0].contains(word), "{word} is not in: {}", problems[0]);
    }
}

/// Asserts that one of the notes holds all of these words, and that there is no problem.
#[track_caller]
pub(crate) fn assert_note(report: &Report, words: &[&str]) {
    assert_eq!(report.problems(), 0, "{report}");
    let is_found = said(report, Level::Note).iter().any(|note| words.iter().all(|word| note.contains(word)));
    assert!(is_found, "{words:?} are not in:\n{report}");
}

/// A token and refresh token in JSON, three endpoints.
pub(crate) const CUSTOM: &str = r#"{
    "preset": "custom",
    "endpoints": { "sign_in": "POST /login", "refresh": "POST /refresh", "validate": "GET /me" }
}"#;

/// The same at another place.
pub(crate) fn custom_at(backend: &str) -> String {
    CUSTOM.replace(r#""preset""#, &format!(r#""backend": "{backend}", "preset""#))
}

/// Both tokens in cookies.
pub(crate) fn cookies_at(backend: &str) -> String {
    format!(r#"{{ "preset": "cookie-pair", "backend": "{backend}" }}"#)
}
