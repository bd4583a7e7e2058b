//! What can go wrong on the way to the backend and back.

use std::time::Duration;

use anyhow::{Result, bail};
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{self, HeaderValue};
use hyper::{Request, Response};

/// A thing that goes wrong with one request.
#[derive(Clone, Debug)]
pub enum Fault {
    /// The backend gets the request this much later.
    Delay(Duration),
    /// The backend handles the request at once, and the browser gets the answer this much later.
    DelayAnswer(Duration),
    /// The backend never gets it, and the browser gets this status, header and body.
    Answer {
        /// The status code.
        status: u16,
        /// A header, such as `("retry-after", "3")`.
        header: Option<(&'static str, &'static str)>,
        /// The body, as `text/html`.
        body: &'static str,
    },
    /// The connection breaks before the backend gets the request.
    LoseRequest,
    /// The backend handles the request, and the connection breaks before the browser gets the answer.
    LoseResponse,
    /// The backend handles the request, and the browser keeps none of the cookies of the answer.
    DropCookies,
    /// The backend gets this bearer token in place of the one that was sent.
    ReplaceToken(String),
    /// The backend gets this in place of what the cookie of that name held.
    ReplaceCookie(&'static str, String),
}

/// A fault that waits for requests of one call.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) call: String,
    pub(super) left: usize,
    pub(super) fault: Fault,
}

/// Whether a cookie is the one that a backend calls so. Its name may end with the port of the site.
pub(super) fn is_called(found: &str, name: &str) -> bool {
    let port = found.strip_prefix(name).and_then(|rest| rest.strip_prefix('_'));
    found == name || port.is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Passes a request on with its fault, if it has one.
pub(super) async fn apply(
    fault: Option<Fault>,
    mut request: Request<Incoming>,
    hold: impl AsyncFnOnce(Duration),
    forward: impl AsyncFnOnce(Request<Incoming>) -> Result<Response<Full<Bytes>>>,
) -> Result<Response<Full<Bytes>>> {
    match fault {
        None => forward(request).await,
        Some(Fault::Delay(time)) => {
            hold(time).await;
            forward(request).await
        }
        Some(Fault::DelayAnswer(time)) => {
            let response = forward(request).await;
            hold(time).await;
            response
        }
        Some(Fault::Answer { status, header, body }) => {
            let mut response = Response::builder().status(status).header(header::CONTENT_TYPE, "text/html");
            if let Some((name, value)) = header {
                response = response.header(name, value);
            }
            Ok(response.body(body.into())?)
        }
        Some(Fault::LoseRequest) => bail!("the request is lost, as asked"),
        Some(Fault::LoseResponse) => {
            forward(request).await?;
            bail!("the response is lost, as asked")
        }
        Some(Fault::DropCookies) => {
            let mut response = forward(request).await?;
            response.headers_mut().remove(header::SET_COOKIE);
            Ok(response)
        }
        Some(Fault::ReplaceToken(token)) => {
            let value = HeaderValue::try_from(format!("Bearer {token}"))?;
            request.headers_mut().insert(header::AUTHORIZATION, value);
            forward(request).await
        }
        Some(Fault::ReplaceCookie(name, held)) => {
            let cookies = request.headers().get(header::COOKIE).and_then(|value| value.to_str().ok());
            let replaced = cookies.unwrap_or_default().split("; ").filter_map(|cookie| {
                let (found, _) = cookie.split_once('=')?;
                Some(if is_called(found, name) { format!("{found}={held}") } else { cookie.to_owned() })
            });
            let cookies: Vec<_> = replaced.collect();
            request.headers_mut().insert(header::COOKIE, HeaderValue::try_from(cookies.join("; "))?);
            forward(request).await
        }
    }
}
