//! The door: connections are let in up to a bound, and none stays that says nothing or takes nothing.
//!
//! Where there is no room, the answer is a 503 that asks to come back, and the log says so now and then. A connection
//! that became a live one keeps its place and has times of its own.

mod bounds;
mod handles;
mod patience;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, sleep, timeout};
use tower::ServiceExt;

use self::bounds::{Bounds, Full, Place};
use self::patience::{Patience, Patient};
use crate::metrics::Connections;
use crate::settings::{Limits, Settings};

/// Lets connections in until told to stop, and waits until those that are open have ended.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    settings: &Settings,
    counted: Connections,
    stopping: watch::Receiver<bool>,
) {
    let bounds = bounds(settings, &counted);
    open(listener, Door { router, bounds, patience: patience(settings), counted, stopping }).await;
}

/// The same for programs of the operator. They are few and have places of their own, so that they get in when nobody else
/// does.
pub(crate) async fn serve_operator(
    listener: TcpListener,
    router: Router,
    settings: &Settings,
    stopping: watch::Receiver<bool>,
) {
    let counted = Connections::default();
    let bounds = Bounds::new(MOST_OF_OPERATOR, None, counted.open.clone());
    open(listener, Door { router, bounds, patience: patience(settings), counted, stopping }).await;
}

async fn open(listener: TcpListener, door: Door) {
    let mut stopping = door.stopping.clone();
    // Every connection holds a receiver; when the last is gone, so are they all.
    let (open, held) = watch::channel(());
    let mut full = Complaint::default();
    let mut broken = Complaint::default();
    let turned_away = Arc::new(Semaphore::new(MOST_TURNED_AWAY));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopped(&mut stopping) => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) if is_of_one_connection(&error) => continue,
            Err(error) => {
                broken.say(|since| {
                    tracing::error!(%error, since, "no connection can be let in; file handles may have run out");
                });
                sleep(BREATH).await;
                continue;
            }
        };
        match door.bounds.enter(peer.ip()) {
            Ok(place) => {
                let (attended, held) = (door.clone().attend(stream, peer, place), held.clone());
                tokio::spawn(async move {
                    attended.await;
                    drop(held);
                });
            }
            Err(why) => {
                door.counted.turned_away(why.reason());
                full.say(|since| tracing::warn!(reason = why.reason(), since, "connections are turned away"));
                // Who finds no room to be told why in either is not told.
                if let Ok(permit) = Arc::clone(&turned_away).try_acquire_owned() {
                    tokio::spawn(async move {
                        turn_away(stream).await;
                        drop(permit);
                    });
                }
            }
        }
    }
    drop((listener, held, door));
    open.closed().await;
}

#[derive(Clone)]
struct Door {
    router: Router,
    bounds: Bounds,
    patience: Patience,
    counted: Connections,
    stopping: watch::Receiver<bool>,
}

impl Door {
    /// Answers the requests of a connection until it ends or becomes a live one.
    async fn attend(mut self, stream: TcpStream, peer: SocketAddr, place: Place) {
        let (stream, progress) = Patient::new(stream, self.patience, place);
        let (router, idle) = (self.router, self.patience.idle);
        let service = service_fn(move |request: Request<Incoming>| {
            let (router, progress) = (router.clone(), progress.clone());
            progress.begin();
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            async move {
                let response = router.oneshot(request).await?;
                Ok::<_, Infallible>(progress.follow(response, idle))
            }
        });
        let serving = http1::Builder::new().serve_connection(TokioIo::new(stream), service).with_upgrades();
        let mut serving = pin!(serving);
        let ended = tokio::select! {
            ended = &mut serving => ended,
            () = stopped(&mut self.stopping) => {
                serving.as_mut().graceful_shutdown();
                serving.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection broke");
        }
    }
}

impl Full {
    /// The flag that says so.
    fn reason(self) -> &'static str {
        match self {
            Self::InAll => "--open-connections",
            Self::OfAddress => "--open-connections-per-address",
        }
    }
}

/// How many file handles these limits need.
pub(crate) fn handles_wanted(limits: &Limits) -> u64 {
    u64::from(limits.open_connections) + HANDLES_KEPT
}

/// How many the system gives; nothing where it sets no number.
pub(crate) fn handles() -> Option<u64> {
    handles::most()
}

/// As many as the flags say, but never so many that no handle is left for the database and for files.
fn bounds(settings: &Settings, counted: &Connections) -> Bounds {
    let limits = &settings.limits;
    let left = handles::raise().map(|handles| handles.saturating_sub(HANDLES_KEPT).max(1));
    let left = left.map_or(u32::MAX, |left| u32::try_from(left).unwrap_or(u32::MAX));
    let most = limits.open_connections.min(left);
    let most_per_address = if most < limits.open_connections {
        limits.open_connections_per_address.min(most.div_ceil(2))
    } else {
        limits.open_connections_per_address
    };
    if most < limits.open_connections {
        tracing::warn!(
            most,
            most_per_address,
            "the system gives too few file handles for --open-connections"
        );
    }
    // All come from the proxy there. What one person may have open is bounded where it is known who that is.
    let most_per_address = (!settings.trust_forwarded_for).then_some(most_per_address);
    Bounds::new(most, most_per_address, counted.open.clone())
}

fn patience(settings: &Settings) -> Patience {
    let limits = &settings.limits;
    Patience {
        header: Duration::from_secs(limits.header_timeout_s),
        idle: Duration::from_secs(limits.idle_timeout_s),
        write: Duration::from_secs(limits.write_timeout_s),
    }
}

/// Says that there is no room. A request that is on its way meanwhile is read, or its sender would meet a reset before
/// the answer.
async fn turn_away(mut stream: TcpStream) {
    let farewell = async {
        stream.write_all(NO_ROOM).await?;
        stream.shutdown().await?;
        let mut thrown_away = [0; 1024];
        while stream.read(&mut thrown_away).await? > 0 {}
        io::Result::Ok(())
    };
    // Whatever comes of it, it is over.
    drop(timeout(LONGEST_FAREWELL, farewell).await);
}

async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error means that the sender is gone, which is a reason to stop as well.
    drop(stopping.wait_for(|stop| *stop).await);
}

/// Whether it is about a connection that ended before it was let in, and not about this process.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    )
}

/// Something that is said once in a while, however often it happens.
#[derive(Debug, Default)]
struct Complaint {
    said: Option<Instant>,
    since: u64,
}

impl Complaint {
    /// Counts it, and has it said with the number since it was said last, unless that is a moment ago.
    fn say(&mut self, say: impl FnOnce(u64)) {
        self.since += 1;
        if self.said.is_none_or(|said| said.elapsed() >= SAID_EVERY) {
            say(self.since);
            *self = Self { said: Some(Instant::now()), since: 0 };
        }
    }
}

const NO_ROOM: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nCache-Control: no-store\r\n\
    Content-Length: 0\r\nConnection: close\r\n\r\n";

/// Two of Prometheus and some by hand.
const MOST_OF_OPERATOR: u32 = 16;

/// How many are told at the same time that there is no room.
const MOST_TURNED_AWAY: usize = 32;

const LONGEST_FAREWELL: Duration = Duration::from_secs(1);

/// Handles that connections may not take: those of the database and of files that are read or written.
const HANDLES_KEPT: u64 = 128;

/// How long nothing is let in after trouble: long enough that it costs no time, short enough that nobody notices.
const BREATH: Duration = Duration::from_millis(100);

const SAID_EVERY: Duration = Duration::from_secs(10);
