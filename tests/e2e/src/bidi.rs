//! A connection for WebDriver BiDi, as far as the scenarios need it.
//!
//! The client library of WebDriver has one too, which brings a TLS library for a socket of this machine.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

/// One connection to one browser.
#[derive(Debug)]
pub(crate) struct Bidi {
    commands: mpsc::UnboundedSender<Message>,
    next: AtomicU64,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    waiting: Mutex<HashMap<u64, oneshot::Sender<Value>>>,
    logged: Mutex<Vec<String>>,
}

impl Bidi {
    /// Connects to the address that the driver named, and listens to the consoles of all pages from then on.
    ///
    /// # Errors
    /// When nobody answers there.
    pub(crate) async fn connect(url: &str) -> Result<Self> {
        let (socket, _) = connect_async(url).await.context("the browser takes no BiDi connection")?;
        let (mut sink, mut stream) = socket.split();
        let (commands, mut queue) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared::default());
        tokio::spawn(async move {
            while let Some(message) = queue.recv().await {
                if sink.send(message).await.is_err() {
                    break;
                }
            }
        });
        let heard = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Some(Ok(message)) = stream.next().await {
                if let Message::Text(text) = message
                    && let Ok(message) = serde_json::from_str(&text)
                {
                    heard.take(message);
                }
            }
            // Those who wait for an answer learn that none comes.
            heard.waiting().clear();
        });
        let bidi = Self { commands, next: AtomicU64::new(1), shared };
        bidi.send("session.subscribe", json!({ "events": ["log.entryAdded"] })).await?;
        Ok(bidi)
    }

    /// Sends a command and waits for its result.
    ///
    /// # Errors
    /// When the browser refuses it or does not answer.
    pub(crate) async fn send(&self, method: &str, params: Value) -> Result<Value> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (answer, answered) = oneshot::channel();
        self.shared.waiting().insert(id, answer);
        let command = json!({ "id": id, "method": method, "params": params });
        self.commands
            .send(Message::text(command.to_string()))
            .context("the browser has closed its connection")?;
        let answered = tokio::time::timeout(LONGEST_ANSWER, answered).await;
        let answer = answered
            .with_context(|| format!("no answer to {method}"))?
            .context("it has closed its connection")?;
        if answer["type"] == "error" {
            bail!("{method}: {}", answer["message"].as_str().unwrap_or_default());
        }
        Ok(answer["result"].clone())
    }

    /// What pages have written to their consoles since this was last asked.
    pub(crate) fn logged(&self) -> Vec<String> {
        std::mem::take(&mut *lock(&self.shared.logged))
    }
}

impl Shared {
    fn take(&self, mut message: Value) {
        if let Some(id) = message["id"].as_u64() {
            if let Some(waits) = self.waiting().remove(&id) {
                // Nobody waits any more for an answer that came too late.
                waits.send(message).unwrap_or(());
            }
        } else if message["method"] == "log.entryAdded"
            && let Value::String(text) = message["params"]["text"].take()
        {
            lock(&self.logged).push(text);
        }
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<u64, oneshot::Sender<Value>>> {
        lock(&self.waiting)
    }
}

/// A panic in one scenario poisons nothing that another uses.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// As long as a command of WebDriver may take.
const LONGEST_ANSWER: Duration = Duration::from_secs(60);
