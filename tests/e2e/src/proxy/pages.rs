//! The clocks of the pages: the script that stands in for them, and the connections over which they are moved on.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{self, HeaderValue};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Message, Role};

use crate::clock::WorldClock;

/// Every page whose clock can be moved.
#[derive(Debug, Default)]
pub(crate) struct Pages {
    known: Mutex<Known>,
    /// Changes when a page comes, answers or goes.
    news: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct Known {
    last_page: u64,
    last_order: u64,
    pages: BTreeMap<u64, Page>,
}

/// A page, from when it is given its script.
#[derive(Debug, Default)]
struct Page {
    /// `None` until it connects.
    orders: Option<mpsc::UnboundedSender<String>>,
    /// The number of the order that it answered last.
    answered: u64,
    said: Answer,
    /// It did not answer in time and is not waited for until it does.
    is_late: bool,
}

/// What pages say after an order; of several pages, what they say together.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Answer {
    /// How many timers were due.
    pub(crate) acted: u64,
    /// How many requests wait for an answer.
    pub(crate) under_way: u64,
    /// How many locks were asked for and not granted, and how many are held.
    pub(crate) asking: u64,
    pub(crate) holding: u64,
    /// How long it is until a timer is due.
    pub(crate) next_due: Option<Duration>,
    /// How many pages say nothing.
    pub(crate) silent: usize,
}

/// What pages are to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Set the clock, and nothing else.
    Set,
    /// Set it, and run what is due.
    Act,
}

impl Pages {
    /// The script for one page, which begins with the time that it is now.
    pub(super) fn script(&self, clock: &WorldClock) -> Result<Response<Full<Bytes>>> {
        let mut known = self.known();
        known.last_page += 1;
        let number = known.last_page;
        known.pages.insert(number, Page::default());
        let script = SCRIPT.replace("AHEAD_MS", &ms(clock.ahead()).to_string());
        let script = script.replace("PAGE_NUMBER", &number.to_string());
        respond(script)
    }

    /// The script of the worker that a page is connected by.
    pub(super) fn worker() -> Result<Response<Full<Bytes>>> {
        respond(WORKER.to_owned())
    }

    /// Takes the connection of a page.
    pub(super) fn connect(
        self: &Arc<Self>,
        clock: &WorldClock,
        mut request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>> {
        let number = request.uri().query().and_then(|query| query.strip_prefix("page=")?.parse().ok());
        let number = number.context("a page without a number")?;
        let key = request.headers().get(header::SEC_WEBSOCKET_KEY).context("no key")?;
        let accepted = HeaderValue::try_from(derive_accept_key(key.as_bytes()))?;
        let (pages, clock) = (Arc::clone(self), clock.clone());
        tokio::spawn(async move {
            // The page may be gone before the connection is one.
            if let Ok(page) = hyper::upgrade::on(&mut request).await {
                let stream = WebSocketStream::from_raw_socket(TokioIo::new(page), Role::Server, None).await;
                pages.attend(number, &clock, stream).await;
            }
        });
        let response = Response::builder().status(StatusCode::SWITCHING_PROTOCOLS);
        let response = response.header(header::UPGRADE, "websocket").header(header::CONNECTION, "upgrade");
        Ok(response.header(header::SEC_WEBSOCKET_ACCEPT, accepted).body(Full::default())?)
    }

    /// Passes orders to a page and takes its answers, until it is gone.
    async fn attend<S>(&self, number: u64, clock: &WorldClock, mut stream: WebSocketStream<S>)
    where
        S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    {
        let (sender, mut orders) = mpsc::unbounded_channel();
        // Time may have passed since it was given its script.
        let first = order(0, clock.ahead(), Order::Act);
        self.change(|known| {
            let page = Page { orders: Some(sender), ..Page::default() };
            known.pages.insert(number, page);
        });
        let mut is_there = stream.send(Message::text(first)).await.is_ok();
        while is_there {
            is_there = tokio::select! {
                // The sender is kept as long as the page is known.
                Some(order) = orders.recv() => stream.send(Message::text(order)).await.is_ok(),
                said = stream.next() => match said {
                    Some(Ok(Message::Text(text))) => self.hear(number, &text).is_ok(),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => true,
                    Some(Ok(Message::Binary(_) | Message::Close(_) | Message::Frame(_)) | Err(_)) | None => false,
                },
            };
        }
        self.change(|known| drop(known.pages.remove(&number)));
    }

    fn hear(&self, number: u64, text: &str) -> Result<()> {
        let said: Value = serde_json::from_str(text)?;
        let count = |name: &str| said[name].as_u64().with_context(|| format!("no {name} in {text}"));
        let answered = count("number")?;
        let next_due = said["due_ms"].as_f64().map(|due_ms| Duration::from_secs_f64(due_ms / 1000.0));
        let answer = Answer {
            acted: count("acted")?,
            under_way: count("under_way")?,
            asking: count("asking")?,
            holding: count("holding")?,
            next_due,
            silent: 0,
        };
        self.change(|known| {
            if let Some(page) = known.pages.get_mut(&number) {
                (page.answered, page.said, page.is_late) = (answered, answer, false);
            }
        });
        Ok(())
    }

    pub(crate) fn are_several(&self) -> bool {
        self.known().pages.len() > 1
    }

    /// Waits until every page that was given its script has connected. What does not come in time is not there any
    /// more.
    pub(crate) async fn all_connected(&self) {
        let is_awaited = |page: &Page| page.orders.is_none();
        if !self.within(CONNECTS, is_awaited).await {
            self.change(|known| known.pages.retain(|_, page| !is_awaited(page)));
        }
    }

    /// Gives every page an order, and waits for those that answer.
    pub(crate) async fn all(&self, clock: &WorldClock, what: Order) -> Answer {
        let number = self.send(clock, what);
        let is_awaited = |page: &Page| page.orders.is_some() && !page.is_late && page.answered < number;
        if !self.within(ANSWERS, is_awaited).await {
            self.change(|known| {
                for page in known.pages.values_mut().filter(|page| is_awaited(page)) {
                    page.is_late = true;
                }
            });
        }
        let known = self.known();
        let silent = known.pages.values().filter(|page| page.is_late).count();
        // A silent one may keep a lock all the same.
        let holding = known.pages.values().map(|page| page.said.holding).sum();
        let answers = known.pages.values().filter(|page| !page.is_late).map(|page| page.said);
        answers.fold(Answer { silent, holding, ..Answer::default() }, |all, one| Answer {
            acted: all.acted + one.acted,
            under_way: all.under_way + one.under_way,
            asking: all.asking + one.asking,
            next_due: all.next_due.into_iter().chain(one.next_due).min(),
            ..all
        })
    }

    fn send(&self, clock: &WorldClock, what: Order) -> u64 {
        let mut known = self.known();
        known.last_order += 1;
        let order = order(known.last_order, clock.ahead(), what);
        for orders in known.pages.values().filter_map(|page| page.orders.as_ref()) {
            // A page that is going needs no order.
            orders.send(order.clone()).unwrap_or(());
        }
        known.last_order
    }

    /// Waits until no page is awaited any more; says whether that came in time.
    async fn within(&self, bound: Duration, is_awaited: impl Fn(&Page) -> bool) -> bool {
        let mut news = self.news.subscribe();
        let all_there = async {
            while self.known().pages.values().any(&is_awaited) {
                // The sender lives as long as this.
                news.changed().await.unwrap_or(());
            }
        };
        tokio::time::timeout(bound, all_there).await.is_ok()
    }

    fn change(&self, change: impl FnOnce(&mut Known)) {
        change(&mut self.known());
        self.news.send_replace(());
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn respond(script: String) -> Result<Response<Full<Bytes>>> {
    let response = Response::builder().header(header::CONTENT_TYPE, "text/javascript");
    Ok(response.header(header::CACHE_CONTROL, "no-store").body(script.into())?)
}

fn order(number: u64, ahead: Duration, what: Order) -> String {
    json!({ "number": number, "ahead_ms": ms(ahead), "act": what == Order::Act }).to_string()
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// Where the script and that of its worker come from, and where the connection goes.
pub(super) const SCRIPT_PATH: &str = "/__clock.js";
pub(super) const WORKER_PATH: &str = "/__clock-worker.js";
pub(super) const CONNECTION_PATH: &str = "/__clock";

const SCRIPT: &str = include_str!("clock.js");
const WORKER: &str = include_str!("clock-worker.js");

/// How long a page may take for its connection, if there is still one.
const CONNECTS: Duration = Duration::from_secs(2);
/// How long it may take for an answer on a busy machine; one that is frozen takes longer.
const ANSWERS: Duration = Duration::from_secs(5);
