//! A listener with the backend behind it, and a client that says and hears messages.

use std::net::SocketAddr;
use std::time::Duration;

use axum::http::{HeaderMap, Method, StatusCode};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::harness::{Backend, Browser, PASSWORD, Reply};

/// A backend that listens.
pub(crate) struct Listening {
    pub(crate) address: SocketAddr,
    serving: JoinHandle<()>,
}

impl Listening {
    pub(crate) fn start(backend: &Backend) -> Self {
        Self::start_with_buffer(backend, None)
    }

    /// With this much room for what a client does not take.
    pub(crate) fn start_with_buffer(backend: &Backend, bytes: Option<u32>) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        if let Some(bytes) = bytes {
            socket.set_send_buffer_size(bytes).unwrap();
        }
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(64).unwrap();
        let address = listener.local_addr().unwrap();
        let service = backend.router().into_make_service_with_connect_info::<SocketAddr>();
        let serving = tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
        Self { address, serving }
    }

    pub(crate) async fn connect(&self) -> Socket {
        self.connect_with(&[]).await.unwrap().0
    }

    /// The socket and the headers of the answer, or the status of a refusal.
    pub(crate) async fn connect_with(
        &self,
        headers: &[(&'static str, &str)],
    ) -> Result<(Socket, HeaderMap), StatusCode> {
        let stream = TcpStream::connect(self.address).await.unwrap();
        Socket::over(stream, self.address, headers).await
    }

    /// A connection of this person, whose first answer has come.
    pub(crate) async fn connect_as(&self, browser: &Browser) -> Socket {
        let mut socket = self.connect().await;
        socket.authenticate(browser).await;
        socket.hear_authenticated().await;
        socket
    }

    /// A connection of this person that watches a job.
    pub(crate) async fn watch(&self, browser: &Browser, job: &str, after: u64) -> Socket {
        let mut socket = self.connect_as(browser).await;
        socket.watch(job, after).await;
        socket
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// The client's end of a connection.
#[derive(Debug)]
pub(crate) struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    pub(crate) async fn over(
        stream: TcpStream,
        address: SocketAddr,
        headers: &[(&'static str, &str)],
    ) -> Result<(Self, HeaderMap), StatusCode> {
        let mut request = format!("ws://{address}/api/events").into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        match client_async(request, stream).await {
            Ok((socket, answer)) => Ok((Self(socket), answer.headers().clone())),
            Err(Error::Http(answer)) => Err(answer.status()),
            Err(other) => panic!("{other}"),
        }
    }

    pub(crate) async fn say(&mut self, message: Value) {
        self.send(Message::text(message.to_string())).await;
    }

    pub(crate) async fn send(&mut self, message: Message) {
        self.0.send(message).await.unwrap();
    }

    pub(crate) async fn authenticate(&mut self, browser: &Browser) {
        self.say(json!({ "type": "authenticate", "access_token": browser.token })).await;
    }

    pub(crate) async fn watch(&mut self, job: &str, after: u64) {
        self.say(json!({ "type": "watch", "topic": format!("jobs/{job}"), "after": after })).await;
    }

    /// The next message.
    pub(crate) async fn hear(&mut self) -> Value {
        loop {
            match self.frame().await {
                Some(Message::Text(text)) => return serde_json::from_str(&text).unwrap(),
                Some(Message::Ping(_) | Message::Pong(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// The next message, if there is one before the end.
    pub(crate) async fn hear_or_end(&mut self) -> Option<Value> {
        match self.frame().await {
            Some(Message::Text(text)) => Some(serde_json::from_str(&text).unwrap()),
            Some(Message::Close(_)) => None,
            other => panic!("{other:?}"),
        }
    }

    /// Seconds left, said next.
    pub(crate) async fn hear_authenticated(&mut self) -> u64 {
        let heard = self.hear().await;
        assert_eq!(heard["type"], "authenticated", "{heard}");
        heard["expires_in"].as_u64().unwrap()
    }

    /// The next event: its number, the number before, its state.
    pub(crate) async fn hear_event(&mut self) -> Event {
        let heard = self.hear().await;
        assert_eq!(heard["type"], "event", "{heard}");
        assert_eq!(heard["number"], heard["event"]["number"]);
        Event {
            number: heard["number"].as_u64().unwrap(),
            after: heard["after"].as_u64().unwrap(),
            state: heard["event"]["state"].as_str().unwrap().to_owned(),
            picture: heard["event"].clone(),
        }
    }

    /// All events up to the one in which the job has ended.
    pub(crate) async fn hear_to_the_end(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        loop {
            let event = self.hear_event().await;
            let is_end = !matches!(event.state.as_str(), "queued" | "running");
            events.push(event);
            if is_end {
                return events;
            }
        }
    }

    /// Waits for the end and says why it came. No event comes before it.
    pub(crate) async fn closed(&mut self) -> (u16, String) {
        let (end, events) = self.closed_after_events().await;
        assert_eq!(events, 0);
        end
    }

    /// Waits for the end, and counts the events before it.
    pub(crate) async fn closed_after_events(&mut self) -> ((u16, String), usize) {
        let mut events = 0;
        let listening = async {
            loop {
                match self.0.next().await.expect("it ends with a reason").unwrap() {
                    Message::Close(frame) => {
                        let frame = frame.expect("it ends with a reason");
                        return (frame.code.into(), frame.reason.to_string());
                    }
                    Message::Text(text) => events += usize::from(text.contains("\"event\"")),
                    Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
                }
            }
        };
        let end = tokio::time::timeout(Duration::from_secs(30), listening).await.expect("it ends");
        (end, events)
    }

    /// Says something and listens at the same time, as browsers do; how it ends.
    pub(crate) async fn say_and_close(self, message: Message) -> (u16, String) {
        let (mut sink, mut stream) = self.0.split();
        // It may be refused before it was sent.
        let said = tokio::spawn(async move { sink.send(message).await });
        let heard = tokio::time::timeout(Duration::from_secs(30), stream.next()).await;
        said.abort();
        match heard.expect("something is heard") {
            Some(Ok(Message::Close(Some(frame)))) => (frame.code.into(), frame.reason.to_string()),
            other => panic!("{other:?}"),
        }
    }

    /// The connection without what answers pings on it.
    pub(crate) fn into_stream(self) -> TcpStream {
        self.0.into_inner()
    }

    async fn frame(&mut self) -> Option<Message> {
        let next = tokio::time::timeout(Duration::from_secs(30), self.0.next());
        next.await.expect("something is heard").map(Result::unwrap)
    }
}

/// An event as it was heard.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) number: u64,
    pub(crate) after: u64,
    pub(crate) state: String,
    pub(crate) picture: Value,
}

/// Expects events that follow each other and `after`, with nothing left out.
#[track_caller]
pub(crate) fn expect_no_gap(events: &[Event], after: u64) {
    let found: Vec<_> = events.iter().map(|event| (event.after, event.number)).collect();
    let expected: Vec<_> = (after..).take(events.len()).map(|before| (before, before + 1)).collect();
    assert_eq!(found, expected);
}

pub(crate) async fn act(backend: &Backend, browser: &Browser, job: &str, what: &str) -> Reply {
    let call = backend.call(Method::POST, &format!("/api/jobs/{job}/{what}")).bearer(browser);
    call.send().await.expect(StatusCode::OK)
}

pub(crate) async fn eve(backend: &Backend) -> Browser {
    backend.add_account("eve@example.org").await;
    Browser::of(backend.sign_in_call("eve@example.org", PASSWORD, false).send().await)
}

/// What only a bell brings: nobody looks without one.
pub(crate) const NEVER: Duration = Duration::from_secs(3600);
