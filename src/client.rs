//! The fetch wrapper that pages use: through the gate, onto the wire, and once more where the engine says so.

use std::{cell::Cell, rc::Rc};

use futures_util::{
    StreamExt as _,
    future::{Either, select},
};
use perennial_dialect::{answers::server_date, json, request::Cookies};
use perennial_session::{Access, Credential, Input, Order, RequestError, RequestEvent, RequestId};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use web_sys::Blob;

use crate::{
    backend,
    driver::{Driver, Ticket},
    platform::{
        clock,
        http::{self, Abort, Body, HttpRequest, HttpResponse, NoAnswer, Redirects},
        location, transfer,
    },
};

pub use transfer::Moved;

/// Sends requests on behalf of whoever is signed in.
#[derive(Clone, Debug)]
pub struct Client {
    driver: Driver,
}

/// A request of a page; it is sent the same, byte for byte, should it be sent twice.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "the body may hold what a person typed")]
pub struct ApiRequest(HttpRequest);

/// An answer with a status of success.
#[expect(missing_debug_implementations, reason = "the body may hold personal data")]
pub struct ApiResponse {
    /// The status, 200 to 299.
    pub status: u16,
    body: Vec<u8>,
}

/// Why a request brought no answer of success. None of these has ended the session but [`FetchError::SignedOut`],
/// which tells that it has ended.
#[derive(Clone, Debug)]
pub enum FetchError {
    /// Nobody is signed in.
    SignedOut,
    /// Somebody else is signed in now than when the request was made.
    AccountChanged,
    /// No usable token could be had in time; the session goes on, and so do the attempts to refresh it.
    Unavailable,
    /// The server could not be reached. The request may or may not have got there.
    Network,
    /// The server did not answer in time. The request may or may not have got there.
    TimedOut,
    /// The server answered with another status.
    Status {
        /// The status.
        status: u16,
        /// What the server says about it (RFC 9457), as it came: whoever wrote it, nothing in it is certain.
        problem: Option<Value>,
    },
    /// The answer was not what it should be.
    Unreadable,
    /// Something in front of the server refused the request or leads it elsewhere, most likely for a sign-in of its own. The
    /// session goes on.
    Gateway,
}

impl Client {
    /// Makes a client of the session that the driver keeps.
    #[must_use]
    pub fn new(driver: Driver) -> Self {
        Self { driver }
    }

    /// Sends a request with the current token and returns the answer.
    ///
    /// It waits for a token where there is none, is replayed once with a new one where the server refused the first,
    /// and is called back where the session ends meanwhile. A request that failed in the network is not repeated.
    ///
    /// # Errors
    /// See [`FetchError`].
    pub async fn send(&self, ApiRequest(request): ApiRequest) -> Result<ApiResponse, FetchError> {
        let fetch = async |request: HttpRequest, _| {
            // A browser without `AbortController` lets a request run on; its answer is dropped all the same.
            let abort = Abort::new().ok();
            let signal = abort.as_ref().map(Abort::signal);
            http::send(&request, signal.as_ref()).await
        };
        finish(self.exchange(&request, fetch).await?)
    }

    /// Sends a request whose body is long, and tells how far it is. It may take as long as something moves.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn upload(
        &self,
        request: ApiRequest,
        on_moved: impl Fn(Moved) + 'static,
    ) -> Result<ApiResponse, FetchError> {
        let answer = self.transfer(request, on_moved).await?;
        finish(read(answer).await?)
    }

    /// Sends a request whose answer is long, and tells how far it is. It may take as long as something moves, and the
    /// browser holds what has come.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn download(
        &self,
        request: ApiRequest,
        on_moved: impl Fn(Moved) + 'static,
    ) -> Result<Blob, FetchError> {
        let answer = self.transfer(request, on_moved).await?;
        match answer.status {
            200..=299 => Ok(answer.body),
            _ => Err(refusal(&read(answer).await?)),
        }
    }

    async fn transfer(
        &self,
        ApiRequest(request): ApiRequest,
        on_moved: impl Fn(Moved) + 'static,
    ) -> Result<HttpResponse<Blob>, FetchError> {
        let on_moved = Rc::new(on_moved);
        let transfer = async |request: HttpRequest, id| {
            let (on_moved, driver, told) = (on_moved.clone(), self.driver.clone(), Cell::new(0));
            let moved = move |moved| {
                on_moved(moved);
                let now_ms = clock::read().monotonic_ms;
                if now_ms.saturating_sub(told.get()) >= TELL_EVERY_MS {
                    told.set(now_ms);
                    driver.dispatch(Input::Request { id, event: RequestEvent::Progressed });
                }
            };
            transfer::send(&request, moved).await
        };
        self.exchange(&request, transfer).await
    }

    /// Takes a request through the gate and sends it, once or twice, in the way it is told to. Whatever the status,
    /// an answer is an answer.
    async fn exchange<B>(
        &self,
        request: &HttpRequest,
        send: impl AsyncFn(HttpRequest, RequestId) -> Result<HttpResponse<B>, NoAnswer>,
    ) -> Result<HttpResponse<B>, FetchError> {
        let mut ticket = self.driver.request(endpoint(request));
        let mut order = ticket.orders().next().await;
        let mut refused = None;
        loop {
            let credential = match order {
                Some(Order::Send(credential) | Order::Replay(credential)) => credential,
                Some(Order::Deliver) => return refused.ok_or(FetchError::Unavailable),
                Some(Order::Fail(error)) => return Err(error.into()),
                None => return Err(FetchError::Unavailable),
            };
            let sending = std::pin::pin!(send(self.authorized(request, &credential), ticket.id()));
            // An order that comes before the answer calls the request back: what is being sent is dropped.
            let answer = match select(sending, ticket.orders().next()).await {
                Either::Left((answer, _)) => answer,
                Either::Right((overtaking, _)) => {
                    order = overtaking;
                    continue;
                }
            };
            match answer {
                Ok(response) if self.is_from_between(&response) => return Err(FetchError::Gateway),
                Ok(response) if response.status == 401 => {
                    refused = Some(response);
                    ticket.report(RequestEvent::Refused);
                    order = ticket.orders().next().await;
                }
                Ok(response) => {
                    self.adopt_header_token(&ticket, &credential.access, &response);
                    return Ok(response);
                }
                Err(NoAnswer) => return Err(FetchError::Network),
            }
        }
    }

    fn authorized(&self, request: &HttpRequest, credential: &Credential) -> HttpRequest {
        let dialect = self.driver.backend().known();
        let mut request = request.clone();
        let headers = dialect.authorize(&credential.access, &request.method, &location::cookies());
        request.headers.extend(backend::to_pairs(headers));
        request.url = dialect.url(&request.url);
        request.cookies = dialect.cookies();
        request.redirects = match credential.access {
            Access::Token(_) => Redirects::Refuse,
            // The browser sends a cookie to the server that set it, and to no other.
            Access::Cookie => Redirects::Follow,
        };
        request
    }

    fn is_from_between<B>(&self, HttpResponse { status, headers, .. }: &HttpResponse<B>) -> bool {
        let (content_type, scheme) = (headers.get("Content-Type"), headers.get("WWW-Authenticate"));
        let dialect = self.driver.backend().known();
        dialect.is_from_between(*status, content_type.as_deref(), scheme.as_deref())
    }

    fn adopt_header_token<B>(&self, ticket: &Ticket, sent_with: &Access, response: &HttpResponse<B>) {
        let dialect = self.driver.backend().known();
        let Some(header) = &dialect.new_token_header else { return };
        let Some(value) = response.headers.get(header) else { return };
        let (date, age) = (response.headers.get("Date"), response.headers.get("Age"));
        let now = server_date(date.as_deref(), age.as_deref());
        if let Some(grant) = dialect.header_grant(&value, sent_with, now) {
            self.driver.dispatch(Input::HeaderToken { request: ticket.id(), grant });
        }
    }
}

impl ApiRequest {
    /// Asks for what is at a path.
    #[must_use]
    pub fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    /// Asks for something to be made at a path.
    #[must_use]
    pub fn post(path: &str) -> Self {
        Self::new("POST", path)
    }

    /// Asks for what is at a path to be removed.
    #[must_use]
    pub fn delete(path: &str) -> Self {
        Self::new("DELETE", path)
    }

    /// Gives the request a JSON body.
    ///
    /// # Errors
    /// Where the value cannot be written as JSON, which is a mistake in this program.
    pub fn json<T: Serialize>(mut self, body: &T) -> Result<Self, serde_json::Error> {
        self.0.body = Body::Bytes(serde_json::to_vec(body)?);
        Ok(self.of_type("application/json"))
    }

    /// Gives the request a body that the browser holds, such as a file.
    #[must_use]
    pub fn blob(mut self, body: Blob, media_type: &str) -> Self {
        self.0.body = Body::Blob(body);
        self.of_type(media_type)
    }

    /// Asks for an answer of this type; what is wrong is still explained in JSON.
    #[must_use]
    pub fn accepting(mut self, media_type: &str) -> Self {
        self.0.headers.retain(|(name, _)| name != "Accept");
        self.0.headers.push(("Accept".into(), format!("{media_type}, application/problem+json")));
        self
    }

    /// Adds a value to the query.
    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        let url = &mut self.0.url;
        url.push(if url.contains('?') { '&' } else { '?' });
        url.push_str(name);
        url.push('=');
        url.extend(js_sys::encode_uri_component(value).as_string());
        self
    }

    fn of_type(mut self, media_type: &str) -> Self {
        self.0.headers.push(("Content-Type".into(), media_type.into()));
        self
    }

    fn new(method: &str, path: &str) -> Self {
        Self(HttpRequest {
            method: method.into(),
            url: path.into(),
            headers: vec![("Accept".into(), "application/json".into())],
            body: Body::Empty,
            keepalive: false,
            cookies: Cookies::SameOrigin,
            redirects: Redirects::Refuse,
        })
    }
}

impl ApiResponse {
    /// Reads the body as JSON.
    ///
    /// # Errors
    /// [`FetchError::Unreadable`] where it is none, or not of this shape.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, FetchError> {
        json::read(&self.body).map_err(|_| FetchError::Unreadable)
    }
}

impl From<RequestError> for FetchError {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::SignedOut => Self::SignedOut,
            RequestError::AccountChanged => Self::AccountChanged,
            RequestError::Unavailable => Self::Unavailable,
            RequestError::TimedOut => Self::TimedOut,
        }
    }
}

/// The name under which the engine remembers an endpoint: without the query, which differs from call to call.
fn endpoint(request: &HttpRequest) -> String {
    let path = request.url.split(['?', '#']).next().unwrap_or_default();
    format!("{} {path}", request.method)
}

fn finish(response: HttpResponse) -> Result<ApiResponse, FetchError> {
    match response.status {
        status @ 200..=299 => Ok(ApiResponse { status, body: response.body }),
        _ => Err(refusal(&response)),
    }
}

fn refusal(response: &HttpResponse) -> FetchError {
    FetchError::Status { status: response.status, problem: json::read(&response.body).ok() }
}

async fn read(
    HttpResponse { status, headers, body }: HttpResponse<Blob>,
) -> Result<HttpResponse, FetchError> {
    let body = transfer::bytes(&body).await.map_err(|NoAnswer| FetchError::Unreadable)?;
    Ok(HttpResponse { status, headers, body })
}

/// How often the engine is told that a request moves: often enough for the shortest limit, which is a second, and
/// seldom beside the events of a browser, which come twenty times a second.
const TELL_EVERY_MS: u64 = 500;
