//! WebSockets through the proxy: bytes pass as they are, and what they say is noted.

use std::sync::Arc;
use std::time::Instant;

use anyhow::Result;
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::frames::{Frames, Said};
use super::{Shared, backend_url};

/// One WebSocket that was opened.
#[derive(Clone, Debug)]
pub struct Socket {
    /// When it was open.
    pub opened: Instant,
    /// When it was not any more, whoever closed it.
    pub closed: Option<Instant>,
    /// What the request for it carried.
    pub headers: HeaderMap,
    /// What passed on it, oldest first.
    pub frames: Vec<Frame>,
}

/// One thing that passed on a WebSocket.
#[derive(Clone, Debug)]
pub struct Frame {
    /// When.
    pub at: Instant,
    /// Who said it.
    pub by: Side,
    /// What.
    pub said: Said,
}

/// An end of a WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The page in the browser.
    Page,
    /// The backend.
    Server,
}

impl Socket {
    /// The messages of one side, oldest first.
    pub fn texts(&self, by: Side) -> impl Iterator<Item = (Instant, &str)> {
        self.frames.iter().filter_map(move |frame| match &frame.said {
            Said::Text(text) if frame.by == by => Some((frame.at, text.as_str())),
            Said::Text(_) | Said::Close(_) => None,
        })
    }

    /// Who closed it first and with which code, where it was closed in so many words.
    #[must_use]
    pub fn closed_by(&self) -> Option<(Side, Option<u16>)> {
        self.frames.iter().find_map(|frame| match &frame.said {
            Said::Close(reason) => Some((frame.by, reason.as_ref().map(|(code, _)| *code))),
            Said::Text(_) => None,
        })
    }

    /// Whether it was open at this moment.
    #[must_use]
    pub fn was_open_at(&self, at: Instant) -> bool {
        self.opened <= at && self.closed.is_none_or(|closed| at < closed)
    }
}

pub(super) fn is_upgrade(request: &Request<Incoming>) -> bool {
    let upgrade = request.headers().get(header::UPGRADE).and_then(|value| value.to_str().ok());
    upgrade.is_some_and(|upgrade| upgrade.eq_ignore_ascii_case("websocket"))
}

/// Lets the backend answer the handshake, and passes on what follows.
pub(super) async fn open(
    shared: &Arc<Shared>,
    mut request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>> {
    let mut headers = request.headers().clone();
    // Compressed messages could not be read along.
    headers.remove(header::SEC_WEBSOCKET_EXTENSIONS);
    let url = backend_url(shared, request.uri());
    let sent = shared.client.get(url).headers(headers).send().await;
    let Ok(answer) = sent else {
        return Ok(Response::builder().status(StatusCode::BAD_GATEWAY).body(Full::default())?);
    };
    let (status, answered) = (answer.status(), answer.headers().clone());
    let body = if status == StatusCode::SWITCHING_PROTOCOLS {
        let headers = request.headers().clone();
        let (page, shared) = (hyper::upgrade::on(&mut request), Arc::clone(shared));
        tokio::spawn(async move {
            // Either end may be gone before the connection is one.
            if let (Ok(page), Ok(server)) = (page.await, answer.upgrade().await) {
                relay(&shared, headers, TokioIo::new(page), server).await;
            }
        });
        Bytes::new()
    } else {
        answer.bytes().await?
    };
    let mut response = Response::builder().status(status).body(Full::new(body))?;
    *response.headers_mut() = answered;
    response.headers_mut().remove(header::TRANSFER_ENCODING);
    Ok(response)
}

/// Passes bytes both ways until either end closes, or the connections are cut.
async fn relay(
    shared: &Shared,
    headers: HeaderMap,
    page: impl AsyncRead + AsyncWrite,
    server: impl AsyncRead + AsyncWrite,
) {
    let mut cut = shared.cut.subscribe();
    let number = shared.socket_opened(headers);
    let (page_in, page_out) = tokio::io::split(page);
    let (server_in, server_out) = tokio::io::split(server);
    tokio::select! {
        () = pass(shared, number, Side::Page, page_in, server_out) => {}
        () = pass(shared, number, Side::Server, server_in, page_out) => {}
        _ = cut.changed() => {}
    }
    shared.socket_closed(number);
}

/// Passes bytes one way until the end; they are noted before anybody can act on them.
async fn pass(shared: &Shared, number: usize, by: Side, from: impl AsyncRead, to: impl AsyncWrite) {
    let (mut from, mut to) = (std::pin::pin!(from), std::pin::pin!(to));
    let (mut frames, mut buffer) = (Frames::default(), vec![0; 16 << 10]);
    loop {
        let read = match from.read(&mut buffer).await {
            // An end that breaks off is an end.
            Ok(0) | Err(_) => return,
            Ok(read) => &buffer[..read],
        };
        for said in frames.read(read) {
            shared.said(number, Frame { at: shared.clock.now(), by, said });
        }
        if to.write_all(read).await.is_err() {
            return;
        }
    }
}

impl Shared {
    fn socket_opened(&self, headers: HeaderMap) -> usize {
        let opened = self.clock.now();
        let sockets = &mut self.state().sockets;
        sockets.push(Socket { opened, closed: None, headers, frames: Vec::new() });
        sockets.len() - 1
    }

    fn said(&self, number: usize, frame: Frame) {
        if let Some(socket) = self.state().sockets.get_mut(number) {
            socket.frames.push(frame);
        }
    }

    fn socket_closed(&self, number: usize) {
        let closed = self.clock.now();
        if let Some(socket) = self.state().sockets.get_mut(number) {
            socket.closed = Some(closed);
        }
    }
}
