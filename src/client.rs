//! The fetch wrapper that pages use: through the gate, onto the wire, and once more where the engine says so.

use futures_util::{
    StreamExt as _,
    future::{Either, select},
};
use perennial_dialect::wire::Problem;
use perennial_session::{Credential, Input, Order, RequestError, RequestEvent};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    backend,
    driver::{Driver, Ticket},
    platform::http::{self, Abort, HttpRequest, HttpResponse, NoAnswer},
};

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
        /// What the server says about it.
        problem: Option<Problem>,
    },
    /// The answer was not what it should be.
    Unreadable,
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
    pub async fn send(&self, request: ApiRequest) -> Result<ApiResponse, FetchError> {
        let ApiRequest(request) = request;
        let mut ticket = self.driver.request(endpoint(&request));
        let mut order = ticket.orders().next().await;
        let mut refused = None;
        loop {
            let credential = match order {
                Some(Order::Send(credential) | Order::Replay(credential)) => credential,
                Some(Order::Deliver) => return finish(refused),
                Some(Order::Fail(error)) => return Err(error.into()),
                None => return Err(FetchError::Unavailable),
            };
            match self.send_once(&request, &credential, &mut ticket).await {
                Sent::Answered(Ok(response)) if response.status == 401 => {
                    refused = Some(response);
                    ticket.report(RequestEvent::Refused);
                    order = ticket.orders().next().await;
                }
                Sent::Answered(Ok(response)) => {
                    self.adopt_header_token(&ticket, &response);
                    return finish(Some(response));
                }
                Sent::Answered(Err(NoAnswer)) => return Err(FetchError::Network),
                Sent::Overtaken(overtaking) => order = overtaking,
            }
        }
    }

    /// Sends the request, and calls it back if an order about it comes before the answer.
    async fn send_once(&self, request: &HttpRequest, credential: &Credential, ticket: &mut Ticket) -> Sent {
        let mut request = request.clone();
        request.headers.extend(backend::to_pairs(self.driver.config().dialect.authorize(&credential.access)));
        let abort = Abort::new().ok();
        let signal = abort.as_ref().map(Abort::signal);
        let sending = std::pin::pin!(http::send(&request, signal.as_ref()));
        match select(sending, ticket.orders().next()).await {
            Either::Left((answer, _)) => Sent::Answered(answer),
            Either::Right((order, _)) => Sent::Overtaken(order),
        }
    }

    fn adopt_header_token(&self, ticket: &Ticket, response: &HttpResponse) {
        let dialect = self.driver.config().dialect;
        let Some(value) = response.headers.get(dialect.new_token_header) else { return };
        if let Some(grant) = dialect.header_grant(&value) {
            self.driver.dispatch(Input::HeaderToken { request: ticket.id(), grant });
        }
    }
}

enum Sent {
    Answered(Result<HttpResponse, NoAnswer>),
    Overtaken(Option<Order>),
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
        self.0.body = Some(serde_json::to_vec(body)?);
        self.0.headers.push(("Content-Type".into(), "application/json".into()));
        Ok(self)
    }

    fn new(method: &str, path: &str) -> Self {
        Self(HttpRequest {
            method: method.into(),
            url: path.into(),
            headers: vec![("Accept".into(), "application/json".into())],
            body: None,
            keepalive: false,
            cookies: true,
        })
    }
}

impl ApiResponse {
    /// Reads the body as JSON.
    ///
    /// # Errors
    /// [`FetchError::Unreadable`] where it is none, or not of this shape.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, FetchError> {
        serde_json::from_slice(&self.body).map_err(|_| FetchError::Unreadable)
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

fn finish(response: Option<HttpResponse>) -> Result<ApiResponse, FetchError> {
    let HttpResponse { status, body, .. } = response.ok_or(FetchError::Unavailable)?;
    match status {
        200..=299 => Ok(ApiResponse { status, body }),
        _ => Err(FetchError::Status { status, problem: serde_json::from_slice(&body).ok() }),
    }
}
