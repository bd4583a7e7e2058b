//! Answers that come before the request was read to its end, such as that a file is too long.
//!
//! A connection that is closed while the client still sends is reset, and a reset can overtake the answer: the
//! client is left with a broken connection instead of a reason. So what is left of a body is read for a while, and
//! thrown away.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;
use tokio::runtime::Handle;

/// Lets handlers leave a body unread.
pub(crate) async fn linger(request: Request, next: Next) -> Response {
    let request = request.map(|body| match body.is_end_stream() {
        true => body,
        false => Body::new(Lingering { body: Some(body) }),
    });
    next.run(request).await
}

/// A body whose rest is read when nobody wants it any more.
struct Lingering {
    body: Option<Body>,
}

impl HttpBody for Lingering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let polled = Pin::new(body).poll_frame(context);
        if let Poll::Ready(None | Some(Err(_))) = polled {
            self.body = None;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), HttpBody::size_hint)
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        if let Some(body) = self.body.take().filter(|body| !body.is_end_stream())
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(async { tokio::time::timeout(LONGEST, throw_away(body)).await });
        }
    }
}

async fn throw_away(mut body: Body) {
    let mut left = MOST_BYTES;
    while let Some(Ok(frame)) = body.frame().await {
        let length = frame.data_ref().map_or(0, Bytes::len);
        match left.checked_sub(length) {
            Some(less) => left = less,
            None => return,
        }
    }
}

/// Some round trips of any network; who reads what comes back while sending knows by then.
const LONGEST: Duration = Duration::from_secs(5);

/// What a fast network brings in some round trips.
const MOST_BYTES: usize = 32 << 20;
