//! The site's origin as the browser sees it: a reverse proxy that counts, and breaks what it is told to.
//!
//! It passes `Host` and `Origin` on untouched, since its own address is the public origin the backend
//! was started with. It closes each connection after one answer: a browser silently repeats a request
//! whose reused connection died, and then a scenario about a lost answer would count two.

mod fault;
mod frames;
mod page;
mod pages;
mod probe;
mod socket;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use fault::Fault;
use fault::Rule;
pub use frames::Said;
pub(crate) use page::WEBKIT_SHIM;
pub(crate) use pages::{Answer, Order, Pages};
pub use socket::{Frame, Side, Socket};

use crate::clock::{Clocks, WorldClock};

/// One request that reached the site.
#[derive(Clone, Debug)]
pub struct Seen {
    /// When it arrived.
    pub at: Instant,
    /// `GET /api/session`, without the query.
    pub call: String,
    /// The query.
    pub query: Option<String>,
    /// What it carried.
    pub headers: HeaderMap,
    /// The status the browser was answered; `None` while it waits and when the connection was dropped.
    pub status: Option<u16>,
    /// Whether the answer brought a new token although none was asked for.
    pub brought_token: bool,
}

/// A handle for the origin, for those that outlive a look at it.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    shared: Arc<Shared>,
    origin: String,
}

/// The proxy; it ends with this value.
#[derive(Debug)]
pub struct Proxy {
    shared: Arc<Shared>,
    address: SocketAddr,
    started: Instant,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    backend_port: u16,
    client: reqwest::Client,
    clock: WorldClock,
    /// Where the clocks of pages are moved.
    pages: Option<Arc<Pages>>,
    state: Mutex<State>,
    /// Changes when all WebSockets are to break.
    cut: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct State {
    seen: Vec<Seen>,
    sockets: Vec<Socket>,
    rules: Vec<Rule>,
    config: Option<Value>,
    shim: Option<String>,
    /// What pages said on their consoles, in an engine whose driver does not tell.
    logged: Vec<String>,
    /// What is added to the content security policy of pages.
    policy: Option<&'static str>,
    /// Whether the pages are served as by a host that knows nothing of the application.
    is_plain_host: bool,
    /// Whether nothing passes, in an engine whose driver cannot take the network from a page.
    is_offline: bool,
    /// How many requests are being answered, and how many of them a fault holds back.
    under_way: usize,
    held: usize,
}

/// A request that is being answered, or held back, as long as this value lives.
struct Counted<'a> {
    shared: &'a Shared,
    count: fn(&mut State) -> &mut usize,
}

impl Proxy {
    /// Binds a free port in front of a backend that may start later.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start(backend_port: u16) -> Result<Self> {
        Self::start_with(backend_port, WorldClock::default(), Clocks::Machine).await
    }

    /// Binds a free port, and lives by a clock, by which the clocks of its pages are moved or not.
    pub(crate) async fn start_with(backend_port: u16, clock: WorldClock, clocks: Clocks) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("no port for the proxy")?;
        let address = listener.local_addr()?;
        let client = crate::server::client()?;
        let pages = (clocks == Clocks::Moved).then(Arc::default);
        let (state, cut) = (Mutex::default(), watch::Sender::new(()));
        let shared = Arc::new(Shared { backend_port, client, clock, pages, state, cut });
        let task = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self { shared, address, started: Instant::now(), task })
    }

    /// The origin of the site: `http://127.0.0.1:40123`.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn site(&self) -> Site {
        Site { shared: Arc::clone(&self.shared), origin: self.origin() }
    }

    /// Puts this configuration into the data block of each page served from now on.
    pub fn configure(&self, config: Value) {
        self.shared.state().config = Some(config);
    }

    /// Adds directives to the content security policy of each page served from now on.
    pub fn add_policy(&self, directives: &'static str) {
        self.shared.state().policy = Some(directives);
    }

    /// Serves the pages as a plain static host does: it does not know the type of WebAssembly, and answers a path that
    /// is no file with 404 and the page `404.html`.
    pub fn serve_as_plain_host(&self) {
        self.shared.state().is_plain_host = true;
    }

    /// Runs this script before everything else in each page served from now on.
    pub fn shim(&self, script: &str) {
        self.shared.state().shim = Some(script.to_owned());
    }

    /// Breaks the next `times` requests of one call, such as `POST /api/session/refresh`.
    pub fn disturb(&self, call: &str, times: usize, fault: Fault) {
        self.shared.state().rules.push(Rule { call: call.to_owned(), left: times, fault });
    }

    /// Breaks nothing any more but what is broken already.
    pub fn undisturb(&self) {
        self.shared.state().rules.clear();
    }

    /// Every WebSocket so far, in the order in which they were opened.
    #[must_use]
    pub fn sockets(&self) -> Vec<Socket> {
        self.shared.state().sockets.clone()
    }

    /// How many WebSockets are open now.
    #[must_use]
    pub fn open_sockets(&self) -> usize {
        self.shared.state().sockets.iter().filter(|socket| socket.closed.is_none()).count()
    }

    /// Breaks every open WebSocket without a word to either end.
    pub fn cut_sockets(&self) {
        self.shared.cut.send_replace(());
    }

    /// Every request so far, oldest first.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.state().seen.clone()
    }

    /// The requests of one call so far, oldest first. Where it is named with a query, it is not those without.
    #[must_use]
    pub fn calls(&self, call: &str) -> Vec<Seen> {
        self.shared
            .state()
            .seen
            .iter()
            .filter(|seen| is(call, &seen.call, seen.query.as_deref()))
            .cloned()
            .collect()
    }

    /// How many requests of one call were answered with this status.
    #[must_use]
    pub fn count(&self, call: &str, status: u16) -> usize {
        self.calls(call).iter().filter(|seen| seen.status == Some(status)).count()
    }

    /// How long after the start of the proxy this was, in seconds.
    #[must_use]
    pub fn age_s(&self, at: Instant) -> f32 {
        at.duration_since(self.started).as_secs_f32()
    }

    /// Where the clocks of pages are moved, if they are.
    pub(crate) fn pages(&self) -> Option<&Pages> {
        self.shared.pages.as_deref()
    }

    /// How many requests are being answered, and how many more a fault holds back.
    pub(crate) fn under_way(&self) -> (usize, usize) {
        let state = self.shared.state();
        (state.under_way.saturating_sub(state.held), state.held)
    }

    /// Whether it is the same.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    /// Forgets what requests were seen, so that the next count starts here.
    pub fn forget(&self) {
        self.shared.state().seen.clear();
    }
}

impl Site {
    /// `http://127.0.0.1:40123`.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// What pages said on their consoles since this was last asked.
    pub(crate) fn logged(&self) -> Vec<String> {
        std::mem::take(&mut self.shared.state().logged)
    }

    /// Lets nothing pass any more, or everything again. Connections that are open stay so.
    pub(crate) fn set_offline(&self, offline: bool) {
        self.shared.state().is_offline = offline;
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Seen {
    /// The key by which the backend tells a repeated refresh from a new one.
    #[must_use]
    pub fn idempotency_key(&self) -> Option<&str> {
        self.headers.get("idempotency-key")?.to_str().ok()
    }

    /// What it carried in the cookie that a backend calls so.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let cookies = self.headers.get(header::COOKIE)?.to_str().ok()?;
        let mut cookies = cookies.split("; ").filter_map(|cookie| cookie.split_once('='));
        cookies.find(|(found, _)| fault::is_called(found, name)).map(|(_, held)| held)
    }

    /// The bearer token it carried.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
    }
}

impl Shared {
    /// A panic in one scenario poisons nothing that another uses.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a request and takes the fault that is meant for it.
    fn note(&self, call: &str, query: Option<&str>, headers: &HeaderMap) -> (Instant, Option<Fault>) {
        let at = self.clock.now();
        let mut state = self.state();
        let rule = state.rules.iter_mut().find(|rule| is(&rule.call, call, query) && rule.left > 0);
        let fault = rule.map(|rule| {
            rule.left -= 1;
            rule.fault.clone()
        });
        let (call, headers, query) = (call.to_owned(), headers.clone(), query.map(str::to_owned));
        state.seen.push(Seen { at, call, query, headers, status: None, brought_token: false });
        (at, fault)
    }

    /// Lets a fault hold a request back for this long.
    async fn hold(&self, time: Duration) {
        let _held = self.count(|state| &mut state.held);
        self.clock.sleep(time).await;
    }

    fn count(&self, count: fn(&mut State) -> &mut usize) -> Counted<'_> {
        *count(&mut self.state()) += 1;
        Counted { shared: self, count }
    }

    fn answered(&self, call: &str, at: Instant, response: &Response<Full<Bytes>>) {
        let mut state = self.state();
        if let Some(seen) = state.seen.iter_mut().rev().find(|seen| seen.at == at && seen.call == call) {
            seen.status = Some(response.status().as_u16());
            seen.brought_token = response.headers().contains_key("x-new-token");
        }
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        *(self.count)(&mut self.shared.state()) -= 1;
    }
}

/// Whether this request is what is meant.
fn is(meant: &str, call: &str, query: Option<&str>) -> bool {
    match meant.split_once('?') {
        Some((path, wanted)) => path == call && query == Some(wanted),
        None => meant == call,
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(serve(stream, Arc::clone(&shared)));
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let service = service_fn(|request| answer(&shared, request));
    let mut http = hyper::server::conn::http1::Builder::new();
    let connection = http.keep_alive(false).serve_connection(TokioIo::new(stream), service);
    // An error here is a connection that was dropped, by the browser or on purpose.
    connection.with_upgrades().await.unwrap_or(());
}

/// Answers one request; an error closes the connection without an answer.
async fn answer(shared: &Arc<Shared>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>> {
    let call = format!("{} {}", request.method(), request.uri().path());
    if call == format!("GET {}", page::SHIM_PATH) {
        let script = shared.state().shim.clone().unwrap_or_default();
        return Ok(Response::builder()
            .header(header::CONTENT_TYPE, "text/javascript")
            .body(script.into())?);
    }
    if call == format!("POST {}", page::CONSOLE_PATH) {
        let line = request.into_body().collect().await?.to_bytes();
        shared.state().logged.push(String::from_utf8_lossy(&line).into_owned());
        return Ok(Response::new(Full::default()));
    }
    if let Some(pages) = &shared.pages {
        match request.uri().path() {
            pages::SCRIPT_PATH => return pages.script(&shared.clock),
            pages::WORKER_PATH => return Pages::worker(),
            pages::CONNECTION_PATH => return pages.connect(&shared.clock, request),
            _ => {}
        }
    }
    if shared.state().is_offline {
        bail!("the device is offline");
    }
    let config = shared.state().config.clone();
    if let Some(answer) = probe::answer(request.uri().path(), config.as_ref()) {
        return answer;
    }
    let _counted = shared.count(|state| &mut state.under_way);
    let (at, fault) = shared.note(&call, request.uri().query(), request.headers());
    let hold = async |time| shared.hold(time).await;
    let forward = async |request| forward(shared, request).await;
    let mut response = fault::apply(fault, request, hold, forward).await?;
    if !shared.clock.ahead().is_zero() {
        // The backend may live by the machine's clock, and this server does; to pages that would be a clock that is
        // behind.
        let date = httpdate::fmt_http_date(shared.clock.wall());
        response.headers_mut().insert(header::DATE, HeaderValue::try_from(date)?);
    }
    shared.answered(&call, at, &response);
    Ok(response)
}

/// Lets the backend answer; when it is not there, answers as any gateway would.
async fn forward(shared: &Arc<Shared>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>> {
    if socket::is_upgrade(&request) {
        return socket::open(shared, request).await;
    }
    let is_page = is_page(&request);
    let is_plain_host = shared.state().is_plain_host;
    let (mut parts, body) = request.into_parts();
    let is_lost = is_plain_host && is_page && !parts.uri.path().ends_with('/');
    if is_lost {
        parts.uri = Uri::from_static("/404.html");
    }
    let url = backend_url(shared, &parts.uri);
    let mut headers = without(parts.headers, HOP_BY_HOP);
    if is_page {
        headers = without(headers, CONDITIONAL);
    }
    // A file passes while it comes, whatever its length.
    let body = reqwest::Body::wrap(body);
    let sent = shared.client.request(parts.method, url).headers(headers).body(body).send().await;
    let Ok(answer) = sent else {
        return Ok(Response::builder().status(StatusCode::BAD_GATEWAY).body(Full::default())?);
    };
    let (mut status, mut headers) = (answer.status(), without(answer.headers().clone(), HOP_BY_HOP));
    if is_plain_host && headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/wasm") {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    }
    let policy = shared.state().policy.filter(|_| is_page);
    if let (Some(more), Some(policy)) = (policy, headers.get(header::CONTENT_SECURITY_POLICY)) {
        let policy = format!("{}; {more}", policy.to_str()?.trim_end_matches(';'));
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::try_from(policy)?);
    }
    if let (true, Some(policy)) =
        (is_page && shared.pages.is_some(), headers.get(header::CONTENT_SECURITY_POLICY))
    {
        // The script that moves the clock names a worker.
        let policy = policy.to_str()?.replace("trusted-types default", "trusted-types default harness");
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::try_from(policy)?);
    }
    let mut body = answer.bytes().await?;
    if is_lost {
        status = StatusCode::NOT_FOUND;
    } else if is_page && status.is_success() && is_html(&headers) {
        let state = shared.state();
        let scripts = [(shared.pages.is_some(), pages::SCRIPT_PATH), (state.shim.is_some(), page::SHIM_PATH)];
        let scripts: Vec<_> =
            scripts.into_iter().filter_map(|(is_wanted, path)| is_wanted.then_some(path)).collect();
        body = page::rewrite(&body, state.config.as_ref(), &scripts)?;
    }
    let mut response = Response::builder().status(status).body(Full::new(body))?;
    *response.headers_mut() = headers;
    Ok(response)
}

fn backend_url(shared: &Shared, uri: &Uri) -> String {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    format!("http://127.0.0.1:{}{path}", shared.backend_port)
}

/// Whether a browser navigates, so that the answer is a page to rewrite.
fn is_page(request: &Request<Incoming>) -> bool {
    let accept =
        request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    request.method() == Method::GET && accept.contains("text/html")
}

/// Whether the answer is a page: a browser may also be led to a file that is none.
fn is_html(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/html"))
}

fn without(mut headers: HeaderMap<HeaderValue>, names: &[HeaderName]) -> HeaderMap<HeaderValue> {
    for name in names {
        headers.remove(name);
    }
    headers
}

/// What concerns one connection only; the length is computed anew.
const HOP_BY_HOP: &[HeaderName] = &[header::CONNECTION, header::TRANSFER_ENCODING, header::CONTENT_LENGTH];
/// What would make the backend answer a page in a form that cannot be rewritten.
const CONDITIONAL: &[HeaderName] =
    &[header::ACCEPT_ENCODING, header::IF_NONE_MATCH, header::IF_MODIFIED_SINCE];
