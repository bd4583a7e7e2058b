//! What pages listen with: topics of numbered events over connections that the engine makes, renews and closes.

use std::{ops::ControlFlow, sync::Arc};

use futures_channel::{
    mpsc::{UnboundedReceiver, UnboundedSender, unbounded},
    oneshot,
};
use futures_util::{
    StreamExt as _,
    future::{Either, select},
};
use perennial_dialect::{Dialect, live::LiveMessage};
use perennial_session::{
    ConnectionId, Credential, Few, Loss, Position, Secret, SocketError, SocketEvent, SocketOrder, Taken,
};
use serde_json::Value;
use wasm_bindgen_futures::spawn_local;

use crate::{
    driver::{Driver, SocketPlace, SocketTicket},
    platform::{
        clock, console,
        socket::{self, Signal, Socket},
    },
};

/// Live connections on behalf of whoever is signed in.
#[derive(Clone, Debug)]
pub struct Sockets {
    driver: Driver,
}

/// What a watch brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// The connection is there, and what has happened since is about to come.
    Live,
    /// It is lost or could not be made, and is tried again by itself.
    Interrupted,
    /// What happened: each event once and in order. Progress in between may have been left out for a slow reader.
    Event(Value),
    /// There is no more.
    Over(SocketError),
}

/// A watch that goes on; dropping it ends it.
#[derive(Debug)]
#[must_use = "a watch that is dropped ends"]
pub struct Watch(#[expect(dead_code, reason = "held for its drop")] oneshot::Sender<()>);

impl Sockets {
    /// Makes live connections of the session that the driver keeps.
    #[must_use]
    pub fn new(driver: Driver) -> Self {
        Self { driver }
    }

    /// Watches a topic, after the event of this number, until the watch is dropped.
    ///
    /// Where the backend has no live connections there is never any news.
    pub fn watch(&self, topic: String, after: u64, listener: impl Fn(News) + 'static) -> Watch {
        let (watch, end) = oneshot::channel();
        let dialect = self.driver.backend().known();
        if dialect.live.is_none() {
            return Watch(watch);
        }
        let SocketTicket { orders, place } = self.driver.socket();
        let (sender, signals) = unbounded();
        let stream = Stream {
            dialect,
            topic,
            position: Position::after(after),
            connections: Few::new(),
            sender,
            place,
            is_interrupted: false,
            listener: Box::new(listener),
        };
        spawn_local(async move {
            let serving = std::pin::pin!(stream.serve(orders, signals));
            // Whichever comes first, the stream is dropped here and its connections with it.
            drop(select(end, serving).await);
        });
        Watch(watch)
    }
}

/// One watched topic, whichever connections serve it.
struct Stream {
    dialect: Arc<Dialect>,
    topic: String,
    position: Position,
    connections: Few<ConnectionId, Connection>,
    sender: UnboundedSender<(ConnectionId, Signal)>,
    place: SocketPlace,
    /// Whether the listener was told so last.
    is_interrupted: bool,
    listener: Box<dyn Fn(News)>,
}

struct Connection {
    socket: Socket,
    /// What is to be said as soon as it is open.
    greeting: Option<Secret>,
    is_accepted: bool,
    /// When the engine was last told that something came, on the clock that stands still during sleep.
    told_ms: u64,
}

impl Stream {
    async fn serve(
        mut self,
        mut orders: UnboundedReceiver<SocketOrder>,
        mut signals: UnboundedReceiver<(ConnectionId, Signal)>,
    ) {
        loop {
            // Orders come first: what a closed connection still has to say is not heard.
            let flow = match select(orders.next(), signals.next()).await {
                Either::Left((Some(order), _)) => self.obey(order),
                Either::Right((Some((connection, signal)), _)) => {
                    self.take(connection, signal);
                    ControlFlow::Continue(())
                }
                Either::Left((None, _)) | Either::Right((None, _)) => ControlFlow::Break(()),
            };
            if flow.is_break() {
                return;
            }
        }
    }

    fn obey(&mut self, order: SocketOrder) -> ControlFlow<()> {
        match order {
            SocketOrder::Connect { connection, credential } => self.connect(connection, credential.as_ref()),
            SocketOrder::Authenticate { connection, credential } => {
                // Where there is no such message the engine was told to make another connection instead.
                if let Some(message) = self.dialect.authentication(&credential.access) {
                    self.send(connection, message.expose());
                }
            }
            SocketOrder::Close(connection) => {
                self.close(connection);
            }
            SocketOrder::Fail(error) => {
                self.connections.clear();
                (self.listener)(News::Over(error));
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    }

    fn connect(&mut self, connection: ConnectionId, credential: Option<&Credential>) {
        let Some(handshake) = self.dialect.handshake(credential) else { return };
        let protocols: Vec<Secret> = handshake.protocols;
        let sender = self.sender.clone();
        let on_signal = move |signal| {
            // A closed channel means that nobody listens any more.
            drop(sender.unbounded_send((connection, signal)));
        };
        match socket::open(&handshake.url, &protocols, on_signal) {
            Ok(socket) => {
                let greeting = handshake.message;
                let connected = Connection { socket, greeting, is_accepted: false, told_ms: now_ms() };
                self.connections.insert(connection, connected);
            }
            Err(why) => {
                console::warn(&format!("A live connection could not be made: {why}"));
                self.place.report(SocketEvent::Lost(connection, Loss::Interrupted));
            }
        }
    }

    fn take(&mut self, connection: ConnectionId, signal: Signal) {
        if !self.connections.contains_key(&connection) {
            return;
        }
        match signal {
            Signal::Opened => {
                let greeting = self.connections.get_mut(&connection).and_then(|it| it.greeting.take());
                if let Some(greeting) = greeting {
                    self.send(connection, greeting.expose());
                }
                self.place.report(SocketEvent::Opened(connection));
            }
            Signal::Text(text) => {
                self.tell_heard(connection);
                match self.dialect.live_message(&text) {
                    Some(LiveMessage::Accepted) => self.accepted(connection),
                    Some(LiveMessage::Event { after, number, event }) => {
                        self.happened(connection, (after, number), event);
                    }
                    Some(LiveMessage::Alive) => {}
                    None => console::warn("A live message was not understood and is passed over"),
                }
            }
            Signal::Closed { code } => {
                self.close(connection);
                self.place.report(SocketEvent::Lost(connection, self.dialect.loss(code)));
            }
        }
    }

    /// The server has accepted a token. The first time, it is told what is watched and how much of it is here already.
    fn accepted(&mut self, connection: ConnectionId) {
        let was_live = self.is_live();
        let Some(connected) = self.connections.get_mut(&connection) else { return };
        if !std::mem::replace(&mut connected.is_accepted, true) {
            self.watch_from_here(connection);
            if !was_live {
                self.is_interrupted = false;
                (self.listener)(News::Live);
            }
        }
        self.place.report(SocketEvent::Accepted(connection));
    }

    fn happened(&mut self, connection: ConnectionId, (after, number): (u64, u64), event: Value) {
        match self.position.take(after, number) {
            Taken::New => (self.listener)(News::Event(event)),
            Taken::Repeated => {}
            Taken::Gap => self.watch_from_here(connection),
        }
    }

    fn watch_from_here(&self, connection: ConnectionId) {
        self.send(connection, &self.dialect.watch(&self.topic, self.position.number()));
    }

    /// Closes a connection, if it is there. Where none serves after that, the listener learns of it once.
    fn close(&mut self, connection: ConnectionId) {
        let was_there = self.connections.remove(&connection).is_some();
        if was_there && !self.is_live() && !std::mem::replace(&mut self.is_interrupted, true) {
            (self.listener)(News::Interrupted);
        }
    }

    fn is_live(&self) -> bool {
        self.connections.values().any(|it| it.is_accepted)
    }

    fn send(&self, connection: ConnectionId, text: &str) {
        let Some(connected) = self.connections.get(&connection) else { return };
        if let Err(why) = connected.socket.send(text) {
            // The engine gives the connection up when the server does not answer.
            console::warn(&format!("A live message was not sent: {why}"));
        }
    }

    /// Tells the engine now and then that something came; each time would be an input per event.
    fn tell_heard(&mut self, connection: ConnectionId) {
        let Some(connected) = self.connections.get_mut(&connection) else { return };
        let now_ms = now_ms();
        if now_ms.saturating_sub(connected.told_ms) >= HEARD_GAP_MS {
            connected.told_ms = now_ms;
            self.place.report(SocketEvent::Heard(connection));
        }
    }
}

fn now_ms() -> u64 {
    clock::read().monotonic_ms
}

/// Much shorter than any limit of silence, so that it shifts none by much.
const HEARD_GAP_MS: u64 = 5_000;
