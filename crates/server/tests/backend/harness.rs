//! A backend to talk to, a clock to move and a browser that remembers its cookie.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, HeaderName, Method, Request, Response, StatusCode, header};
use perennial_server::accounts::{self, NewAccount};
use perennial_server::app::App;
use perennial_server::clock::{Clock, Moment};
use perennial_server::settings::{Limits, LiveTimes, Settings, SigningAlgorithm};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::watch;
use tower::ServiceExt;

pub(crate) const ORIGIN: &str = "http://127.0.0.1:8081";
pub(crate) const EMAIL: &str = "ada@example.org";
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub(crate) struct TestClock(watch::Sender<i64>);

impl TestClock {
    pub(crate) fn advance_ms(&self, ms: i64) {
        self.0.send_modify(|now| *now += ms);
    }

    pub(crate) fn advance_s(&self, seconds: i64) {
        self.advance_ms(seconds * 1000);
    }
}

#[async_trait]
impl Clock for TestClock {
    fn now(&self) -> Moment {
        Moment::from_unix_ms(*self.0.borrow())
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    async fn wait_until(&self, moment: Moment) {
        self.0.subscribe().wait_for(|now| *now >= moment.unix_ms).await.unwrap();
    }
}

pub(crate) struct Backend {
    pub(crate) app: Arc<App>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) dir: Arc<TempDir>,
    pub(crate) settings: Settings,
    router: Router,
}

impl Backend {
    /// A backend with the default settings and one account.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// A backend with changed settings and one account.
    pub(crate) async fn start_with(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings {
            limits: Limits::default(),
            public_origins: vec![ORIGIN.parse().unwrap()],
            connect_origins: Vec::new(),
            static_dir: None,
            trust_forwarded_for: false,
            signing_algorithm: SigningAlgorithm::default(),
            live_times: LiveTimes::default(),
        };
        change(&mut settings);
        // Half a second past a full one, so that rounding shows.
        let clock = Arc::new(TestClock(watch::Sender::new(1_795_190_400_500)));
        let backend = Self::open(Arc::new(tempfile::tempdir().unwrap()), settings, clock).await;
        backend.add_account(EMAIL).await;
        backend
    }

    async fn open(dir: Arc<TempDir>, settings: Settings, clock: Arc<TestClock>) -> Self {
        let source = Arc::clone(&clock);
        let app = App::open(dir.path(), settings.clone(), source).await.unwrap();
        let router = app.router();
        Self { app, clock, dir, settings, router }
    }

    pub(crate) async fn add_account(&self, email: &str) {
        self.add_account_with(email, "member", PASSWORD).await;
    }

    pub(crate) async fn add_account_with_role(&self, email: &str, role: &str) {
        self.add_account_with(email, role, PASSWORD).await;
    }

    pub(crate) async fn add_account_with(&self, email: &str, role: &str, password: &str) {
        let wanted = NewAccount {
            email: email.to_owned(),
            name: "Ada Lovelace".to_owned(),
            roles: vec![role.to_owned()],
            password: password.to_owned(),
        };
        accounts::add(self.app.store(), wanted, self.clock.now()).await.unwrap();
    }

    /// Ends this backend and opens another one on the same data directory, with changed settings.
    pub(crate) async fn restart_with(self, change: impl FnOnce(&mut Settings)) -> Self {
        self.app.close().await;
        let mut settings = self.settings;
        change(&mut settings);
        Self::open(self.dir, settings, self.clock).await
    }

    /// Another backend on the same data directory, as a second process would be.
    pub(crate) async fn twin(&self) -> Self {
        self.twin_with(|_| {}).await
    }

    /// The same with changed settings.
    pub(crate) async fn twin_with(&self, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = self.settings.clone();
        change(&mut settings);
        Self::open(Arc::clone(&self.dir), settings, Arc::clone(&self.clock)).await
    }

    /// The router, to be served on real connections.
    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    pub(crate) fn call(&self, method: Method, path: &str) -> Call {
        Call {
            router: self.router.clone(),
            request: Request::builder().method(method).uri(path).body(Body::empty()).unwrap(),
            peer: "192.0.2.7".parse().unwrap(),
        }
    }

    pub(crate) fn get(&self, path: &str) -> Call {
        self.call(Method::GET, path)
    }

    /// A request as a page of the application sends it.
    pub(crate) fn page(&self, method: Method, path: &str) -> Call {
        self.call(method, path).with("x-requested-by", "perennial").with("origin", ORIGIN)
    }

    pub(crate) fn sign_in_call(&self, email: &str, password: &str, keep: bool) -> Call {
        self.page(Method::POST, "/api/session")
            .json(&json!({ "email": email, "password": password, "keep": keep }))
    }

    /// Signs in and expects success.
    pub(crate) async fn sign_in(&self) -> Browser {
        Browser::of(self.sign_in_call(EMAIL, PASSWORD, false).send().await.expect(StatusCode::OK))
    }

    /// A file on its way in; `query` follows the question mark.
    pub(crate) fn send_call(&self, browser: &Browser, query: &str, file: impl Into<Body>) -> Call {
        self.call(Method::POST, &format!("/api/jobs?{query}"))
            .bearer(browser)
            .with("content-type", "text/csv")
            .body(file)
    }

    /// Sends a file and expects a job.
    pub(crate) async fn send_file(&self, browser: &Browser, query: &str, file: impl Into<Body>) -> String {
        let reply = self.send_call(browser, query, file).send().await.expect(StatusCode::CREATED);
        reply.json()["id"].as_str().unwrap().to_owned()
    }

    /// What is said under this path.
    pub(crate) async fn read(&self, browser: &Browser, path: &str) -> Value {
        self.get(path).bearer(browser).send().await.expect(StatusCode::OK).json()
    }

    /// Waits until a job has ended.
    pub(crate) async fn ended(&self, browser: &Browser, job: &str) -> Value {
        for _ in 0..3_000 {
            let found = self.read(browser, &format!("/api/jobs/{job}")).await;
            if !matches!(found["state"].as_str().unwrap(), "queued" | "running") {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the job did not end");
    }

    /// Sends a file, waits until it was read, and expects a dataset; its path.
    pub(crate) async fn import(&self, browser: &Browser, query: &str, file: impl Into<Body>) -> String {
        let job = self.send_file(browser, query, file).await;
        let ended = self.ended(browser, &job).await;
        assert_eq!(ended["state"], "done", "{ended}");
        format!("/api/datasets/{}", ended["dataset_id"].as_str().unwrap())
    }

    pub(crate) fn refresh_call(&self, cookie: &str) -> Call {
        self.page(Method::POST, "/api/session/refresh").with("cookie", cookie)
    }
}

/// A request on its way.
pub(crate) struct Call {
    router: Router,
    request: Request<Body>,
    peer: IpAddr,
}

impl Call {
    pub(crate) fn with(self, name: &'static str, value: &str) -> Self {
        self.named(name, value)
    }

    pub(crate) fn named(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().unwrap();
        self.request.headers_mut().insert(name, value.parse().unwrap());
        self
    }

    pub(crate) fn without(mut self, name: &'static str) -> Self {
        self.request.headers_mut().remove(name);
        self
    }

    pub(crate) fn bearer(self, browser: &Browser) -> Self {
        self.token(&browser.token)
    }

    pub(crate) fn token(self, token: &str) -> Self {
        self.with("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn from(mut self, peer: &str) -> Self {
        self.peer = peer.parse().unwrap();
        self
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.with("content-type", "application/json").body(body.to_string())
    }

    pub(crate) fn body(mut self, body: impl Into<Body>) -> Self {
        *self.request.body_mut() = body.into();
        self
    }

    /// The answer as soon as it begins, its body unread.
    pub(crate) async fn begin(mut self) -> Response<Body> {
        self.request.extensions_mut().insert(ConnectInfo(SocketAddr::new(self.peer, 50_000)));
        self.router.oneshot(self.request).await.unwrap()
    }

    pub(crate) async fn send(self) -> Reply {
        let response = self.begin().await;
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.unwrap();
        Reply { status: parts.status, headers: parts.headers, bytes: bytes.to_vec() }
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Reply {
    #[track_caller]
    pub(crate) fn expect(self, status: StatusCode) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.bytes));
        self
    }

    /// Expects a whole problem document with this status and reason.
    #[track_caller]
    pub(crate) fn expect_problem(self, status: u16, reason: &str) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.bytes));
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        let problem = self.json();
        assert_eq!(problem["reason"], reason);
        assert_eq!(problem["type"], format!("urn:perennial:problem:{reason}"));
        assert_eq!(problem["status"], status);
        assert!(!problem["title"].as_str().unwrap().is_empty());
        assert!(problem["detail"].as_str().unwrap().ends_with('.'), "the detail is a sentence");
        self
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    pub(crate) fn set_cookie(&self) -> Option<&str> {
        self.header(header::SET_COOKIE.as_str())
    }

    /// Every cookie that is set, with its attributes.
    pub(crate) fn set_cookies(&self) -> Vec<&str> {
        self.headers.get_all(header::SET_COOKIE).iter().map(|line| line.to_str().unwrap()).collect()
    }

    /// Expects an error in the shape of a dialect, whole.
    #[track_caller]
    pub(crate) fn expect_error(self, status: u16, reason: &str, also: &Value) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.bytes));
        assert_eq!(self.header("content-type"), Some("application/json"));
        let mut expected = also.clone();
        let body = self.json();
        expected["error"] = json!(reason);
        expected["message"] = body["message"].clone();
        assert_eq!(body, expected);
        assert!(body["message"].as_str().unwrap().ends_with('.'), "the message is a sentence");
        self
    }

    /// The cookie to send back, `name=value`.
    pub(crate) fn cookie(&self) -> String {
        self.set_cookie().unwrap().split(';').next().unwrap().to_owned()
    }
}

/// What a browser holds after a grant.
#[derive(Clone, Debug)]
pub(crate) struct Browser {
    pub(crate) token: String,
    pub(crate) cookie: String,
    pub(crate) session_id: String,
}

impl Browser {
    pub(crate) fn of(reply: Reply) -> Self {
        let grant = reply.json();
        Self {
            token: grant["access_token"].as_str().unwrap().to_owned(),
            cookie: reply.cookie(),
            session_id: grant["session"]["id"].as_str().unwrap().to_owned(),
        }
    }
}
