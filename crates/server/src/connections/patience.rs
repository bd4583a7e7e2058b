//! How long a connection may say nothing, and take nothing.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::StatusCode;
use axum::response::Response;
use http_body::{Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};

use super::bounds::Place;

/// How long a connection is waited for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// For a request's head to be complete, from its first byte on, and for this byte on a new connection.
    pub(super) header: Duration,
    /// For the next request.
    pub(super) idle: Duration,
    /// For something of an answer to be taken.
    pub(super) write: Duration,
}

/// How far a connection is, as its requests say it. They share it with the stream.
#[derive(Clone, Debug)]
pub(super) struct Progress(Arc<Mutex<Shared>>);

#[derive(Debug)]
struct Shared {
    phase: Phase,
    /// Who waits to read. The time for the next request begins when an answer ends, and nothing is read at that moment.
    reader: Option<Waker>,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    /// A request is waited for, so long at most until it begins.
    Waiting { since: Instant, begins_by: Instant },
    /// A request is being answered: how long its body may take is its own matter.
    Answering,
    /// It is a live connection now, which has times of its own.
    Live,
}

impl Phase {
    /// Gives the next request its whole time again, if one is waited for.
    fn begin_anew(&mut self, idle: Duration) {
        if let Self::Waiting { begins_by, .. } = self {
            *begins_by = Instant::now() + idle;
        }
    }
}

impl Progress {
    /// A request has come.
    pub(super) fn begin(&self) {
        self.lock().phase = Phase::Answering;
    }

    /// Notes in time that the answer is on its way as a whole.
    pub(super) fn follow(self, response: Response, idle: Duration) -> Response {
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            self.lock().phase = Phase::Live;
            return response;
        }
        response.map(|body| Body::new(Followed { body, progress: self, idle }))
    }

    fn phase(&self) -> Phase {
        self.lock().phase
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The body of an answer, dropped when all of it was handed on.
struct Followed {
    body: Body,
    progress: Progress,
    idle: Duration,
}

impl HttpBody for Followed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Followed {
    fn drop(&mut self) {
        let since = Instant::now();
        let mut shared = self.progress.lock();
        shared.phase = Phase::Waiting { since, begins_by: since + self.idle };
        if let Some(reader) = shared.reader.take() {
            reader.wake();
        }
    }
}

/// A stream that breaks when the patience is over.
#[derive(Debug)]
pub(super) struct Patient {
    stream: TcpStream,
    patience: Patience,
    progress: Progress,
    /// When the head that is being read began.
    head_began: Option<Instant>,
    silent: Option<Pin<Box<Sleep>>>,
    stuck: Option<Pin<Box<Sleep>>>,
    _place: Place,
}

impl Patient {
    /// The stream of a connection that was just made, with its place, and what its requests have to tell it.
    pub(super) fn new(stream: TcpStream, patience: Patience, place: Place) -> (Self, Progress) {
        let since = Instant::now();
        let phase = Phase::Waiting { since, begins_by: since + patience.header };
        let progress = Progress(Arc::new(Mutex::new(Shared { phase, reader: None })));
        let told = progress.clone();
        let patient =
            Self { stream, patience, progress, head_began: None, silent: None, stuck: None, _place: place };
        (patient, told)
    }

    /// Until when something has to be read, if anything has.
    fn must_read_by(&self) -> Option<Instant> {
        match self.progress.phase() {
            Phase::Waiting { since, begins_by } => {
                let head_began = self.head_began.filter(|began| *began >= since);
                Some(head_began.map_or(begins_by, |began| began + self.patience.header))
            }
            Phase::Answering | Phase::Live => None,
        }
    }

    fn note_read(&mut self) {
        if let Phase::Waiting { since, .. } = self.progress.phase()
            && self.head_began.is_none_or(|began| began < since)
        {
            self.head_began = Some(Instant::now());
        }
    }

    fn poll_silence(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        let Some(deadline) = self.must_read_by() else {
            self.silent = None;
            self.progress.lock().reader = Some(context.waker().clone());
            return Poll::Pending;
        };
        let sleep = self.silent.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if sleep.deadline() != deadline {
            sleep.as_mut().reset(deadline);
        }
        ready!(sleep.as_mut().poll(context));
        Poll::Ready(io::Error::new(io::ErrorKind::TimedOut, "nothing was said for too long"))
    }

    /// What comes of an attempt to write; one that waits for too long fails.
    fn judge<T>(&mut self, context: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            if self.stuck.take().is_some() {
                // The end of an answer is still on its way when the next request is waited for.
                self.progress.lock().phase.begin_anew(self.patience.idle);
            }
            return written;
        }
        if matches!(self.progress.phase(), Phase::Live) {
            return Poll::Pending;
        }
        let deadline = Instant::now() + self.patience.write;
        let sleep = self.stuck.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        ready!(sleep.as_mut().poll(context));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "nothing was taken for too long")))
    }
}

impl AsyncRead for Patient {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let patient = self.get_mut();
        let held = buffer.filled().len();
        match Pin::new(&mut patient.stream).poll_read(context, buffer) {
            Poll::Ready(read) => {
                if buffer.filled().len() > held {
                    patient.note_read();
                }
                Poll::Ready(read)
            }
            Poll::Pending => patient.poll_silence(context).map(Err),
        }
    }
}

impl AsyncWrite for Patient {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let patient = self.get_mut();
        let written = Pin::new(&mut patient.stream).poll_write(context, bytes);
        patient.judge(context, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let patient = self.get_mut();
        let written = Pin::new(&mut patient.stream).poll_write_vectored(context, slices);
        patient.judge(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let patient = self.get_mut();
        let flushed = Pin::new(&mut patient.stream).poll_flush(context);
        patient.judge(context, flushed)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
