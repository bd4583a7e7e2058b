//! Requests (`fetch`).

use gloo_net::http::{Headers, Request, Response};
use perennial_dialect::request::Cookies;
use wasm_bindgen::JsValue;
use web_sys::{
    AbortController, AbortSignal, Blob, RequestCache, RequestCredentials, RequestInit, RequestRedirect,
};

/// A request, with everything that goes on the wire; the same value makes the same bytes every time.
///
/// It has no `Debug`, because headers and body may hold credentials.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "headers and body may hold credentials")]
pub struct HttpRequest {
    /// The method.
    pub method: String,
    /// The path from the root of the origin, or an absolute address.
    pub url: String,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Body,
    /// Whether the request is to reach the server even if the page goes away meanwhile.
    pub keepalive: bool,
    /// Whether cookies go with the request and those of the answer are kept.
    pub cookies: Cookies,
    /// What becomes of an answer that names another address.
    pub redirects: Redirects,
}

/// What becomes of an answer that names another address (`redirect` of fetch).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redirects {
    /// The request goes there, with its body.
    Follow,
    /// The request goes nowhere, and the answer is one of which nothing can be seen: its status is 0. For requests with a
    /// credential: a redirect would carry it to a place that nobody has configured (RFC 9700 section 4.12).
    Refuse,
}

/// What a request carries.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it may hold credentials and what a person typed")]
pub enum Body {
    /// Nothing.
    Empty,
    /// This, byte for byte.
    Bytes(Vec<u8>),
    /// What the browser holds, which it reads while it sends.
    Blob(Blob),
}

/// An answer that has arrived as a whole.
#[expect(missing_debug_implementations, reason = "headers and body may hold credentials")]
pub struct HttpResponse<B = Vec<u8>> {
    /// The status; 0 for a redirect that was not followed.
    pub status: u16,
    /// The headers that the browser lets be seen.
    pub headers: Headers,
    /// The body.
    pub body: B,
}

/// Why there is no answer: the browser tells scripts no more than this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoAnswer;

/// Calls a request back when it is dropped.
#[derive(Debug)]
pub struct Abort(AbortController);

impl Abort {
    /// Makes one that belongs to no request yet.
    ///
    /// # Errors
    /// What the browser threw.
    pub fn new() -> Result<Self, JsValue> {
        AbortController::new().map(Self)
    }

    /// What a request listens to.
    #[must_use]
    pub fn signal(&self) -> AbortSignal {
        self.0.signal()
    }
}

impl Drop for Abort {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Sends a request and waits for the whole answer.
///
/// # Errors
/// [`NoAnswer`] where the network failed, the request was aborted, or the browser refused to make it.
pub async fn send(request: &HttpRequest, abort: Option<&AbortSignal>) -> Result<HttpResponse, NoAnswer> {
    let response = prepare(request, abort).map_err(|_| NoAnswer)?.send().await.map_err(|_| NoAnswer)?;
    read(response).await
}

async fn read(response: Response) -> Result<HttpResponse, NoAnswer> {
    let (status, headers) = (response.status(), response.headers());
    let body = response.binary().await.map_err(|_| NoAnswer)?;
    Ok(HttpResponse { status, headers, body })
}

fn prepare(request: &HttpRequest, abort: Option<&AbortSignal>) -> Result<Request, JsValue> {
    let headers = web_sys::Headers::new()?;
    for (name, value) in &request.headers {
        headers.append(name, value)?;
    }
    let init = RequestInit::new();
    init.set_method(&request.method);
    init.set_headers(&headers);
    init.set_cache(RequestCache::NoStore);
    init.set_redirect(match request.redirects {
        Redirects::Follow => RequestRedirect::Follow,
        Redirects::Refuse => RequestRedirect::Manual,
    });
    init.set_credentials(match request.cookies {
        Cookies::Omit => RequestCredentials::Omit,
        Cookies::SameOrigin => RequestCredentials::SameOrigin,
        Cookies::Include => RequestCredentials::Include,
    });
    match &request.body {
        Body::Empty => {}
        Body::Bytes(bytes) => init.set_body(&js_sys::Uint8Array::from(bytes.as_slice())),
        Body::Blob(blob) => init.set_body(blob),
    }
    init.set_signal(abort);
    // The bindings have no setter for it.
    js_sys::Reflect::set(&init, &"keepalive".into(), &request.keepalive.into())?;
    Ok(web_sys::Request::new_with_str_and_init(&request.url, &init)?.into())
}
