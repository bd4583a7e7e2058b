//! One connection, from the upgrade to the farewell.
//!
//! A single task hears and speaks. One message is on its way at a time, and the next is made when it was taken, from
//! what is true then: so nothing piles up, whatever the client does or does not read.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{FutureExt, SinkExt, StreamExt};
use perennial_dialect::wire::live::{ClientMessage, Close, JOB_TOPIC_PREFIX, SESSIONS_TOPIC, ServerMessage};
use serde::Serialize;
use tokio::sync::watch;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, sleep_until};
use uuid::Uuid;

use super::end::End;
use super::feed::Feed;
use super::heard;
use super::roll::Roll;
use super::watched::Watched;
use super::who::Who;
use crate::app::App;
use crate::live::Place;
use crate::refusal::Refusal;
use crate::routes::caller;
use crate::routes::peer::Peer;

/// Serves a connection to its end.
pub(super) async fn serve(
    app: Arc<App>,
    socket: WebSocket,
    peer: Peer,
    place: Place,
    offered_token: Option<Result<String, Refusal>>,
) {
    let opened = app.clock.elapsed();
    let mut connection = Connection::new(Arc::clone(&app), socket, peer, place);
    let Err(end) = connection.go_on(offered_token).await;
    connection.say_farewell(&end).await;
    tracing::info!(
        session = connection.who.as_ref().map(|who| tracing::field::display(who.session_id)),
        code = end.frame().map(|frame| frame.code),
        events = connection.events,
        duration_ms = app.clock.elapsed().saturating_sub(opened).as_millis() as f64,
        "connection ended"
    );
}

struct Connection {
    app: Arc<App>,
    sink: SplitSink<WebSocket, Message>,
    stream: SplitStream<WebSocket>,
    peer: Peer,
    place: Place,
    leaving: watch::Receiver<bool>,
    /// Nobody until the first token was accepted.
    who: Option<Who>,
    watched: Option<Watched>,
    /// Seconds left of a token that was accepted, which the client has not been told yet.
    accepted: Option<u64>,
    is_ping_due: bool,
    is_alive_due: bool,
    /// Since when a message is on its way.
    sending_since: Option<Instant>,
    heard_at: Instant,
    /// Whether what comes next can be read: nothing can, behind a message that was not.
    is_readable: bool,
    must_authenticate_by: Instant,
    alive: Interval,
    look: Interval,
    /// How many events were sent, for the log.
    events: u64,
}

/// What a connection waits for.
enum Woke {
    Leaving,
    AuthenticationMissing,
    TimeOver,
    SessionBell,
    Bell,
    Sent(Result<(), axum::Error>),
    Stuck,
    Heard(Option<Result<Message, axum::Error>>),
    Silence,
    AliveDue,
    LookDue,
}

impl Connection {
    fn new(app: Arc<App>, socket: WebSocket, peer: Peer, place: Place) -> Self {
        let (sink, stream) = socket.split();
        let (times, now) = (app.settings.live_times, Instant::now());
        Self {
            sink,
            stream,
            peer,
            place,
            leaving: app.live.leaving(),
            who: None,
            watched: None,
            accepted: None,
            is_ping_due: false,
            is_alive_due: false,
            sending_since: None,
            heard_at: now,
            is_readable: true,
            must_authenticate_by: now + times.authentication,
            alive: every(times.alive),
            look: every(times.look),
            events: 0,
            app,
        }
    }

    async fn go_on(&mut self, offered_token: Option<Result<String, Refusal>>) -> Result<Infallible, End> {
        if let Some(token) = offered_token {
            self.authenticate(&token?).await?;
        }
        loop {
            while self.sending_since.is_none()
                && let Some(message) = self.next_message().await?
            {
                self.send(message).await?;
            }
            let woke = self.wait().await;
            self.react(woke).await?;
        }
    }

    /// Sends a message; if it is not taken at once, it is on its way.
    async fn send(&mut self, message: Message) -> Result<(), End> {
        self.sink.feed(message).await.map_err(End::of_error)?;
        match self.sink.flush().now_or_never() {
            Some(sent) => sent.map_err(End::of_error),
            None => {
                self.sending_since = Some(Instant::now());
                Ok(())
            }
        }
    }

    async fn wait(&mut self) -> Woke {
        let times = &self.app.settings.live_times;
        let stuck_at = self.sending_since.map(|since| since + times.stuck);
        let authentication = self.who.is_none().then_some(self.must_authenticate_by);
        let ends_at = self.who.as_ref().map(Who::ends_at);
        tokio::select! {
            () = left(&mut self.leaving) => Woke::Leaving,
            () = reached(authentication) => Woke::AuthenticationMissing,
            () = some(ends_at.map(|moment| self.app.clock.wait_until(moment))) => Woke::TimeOver,
            () = some(self.who.as_mut().map(Who::rung)) => Woke::SessionBell,
            () = some(self.watched.as_mut().map(Watched::rung)) => Woke::Bell,
            sent = self.sink.flush(), if self.sending_since.is_some() => Woke::Sent(sent),
            () = reached(stuck_at) => Woke::Stuck,
            // Each token is answered, so the next is heard when the answer to the last one is on its way.
            heard = self.stream.next(), if self.accepted.is_none() => Woke::Heard(heard),
            () = sleep_until(self.heard_at + times.silence) => Woke::Silence,
            _ = self.alive.tick() => Woke::AliveDue,
            _ = self.look.tick() => Woke::LookDue,
        }
    }

    async fn react(&mut self, woke: Woke) -> Result<(), End> {
        match woke {
            Woke::Leaving => return Err(End::closed(Close::GoingAway, LEAVING)),
            Woke::AuthenticationMissing => return Err(End::closed(Close::Unauthenticated, NOBODY)),
            Woke::TimeOver => {
                if let Some(who) = &self.who {
                    who.check_time(self.app.clock.now())?;
                }
            }
            Woke::SessionBell => drop(self.is_session_live().await?),
            // It is looked at when the last message was taken.
            Woke::Bell => {}
            Woke::Sent(sent) => {
                sent.map_err(End::of_error)?;
                let took = self.sending_since.take().map(|since| since.elapsed()).unwrap_or_default();
                if took > self.app.settings.live_times.slow
                    && let Some(watched) = &mut self.watched
                {
                    watched.lag();
                }
            }
            Woke::Stuck => return Err(End::closed(Close::Idle, STUCK)),
            Woke::Heard(heard) => self.hear(heard).await?,
            Woke::Silence => return Err(End::closed(Close::Idle, SILENT)),
            Woke::AliveDue => {
                self.is_ping_due = true;
                self.is_alive_due = self.who.is_some();
            }
            Woke::LookDue => {
                self.is_session_live().await?;
                if let Some(watched) = &mut self.watched {
                    watched.look_again();
                }
            }
        }
        Ok(())
    }

    async fn hear(&mut self, heard: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        self.is_readable = matches!(heard, Some(Ok(_)));
        let message = heard.ok_or(End::Gone)?.map_err(End::of_error)?;
        self.heard_at = Instant::now();
        match message {
            Message::Text(text) => {
                match heard::read(&text).map_err(|said| End::closed(Close::NotUnderstood, said))? {
                    ClientMessage::Authenticate { access_token } => self.authenticate(&access_token).await,
                    ClientMessage::Watch { topic, after } => self.watch(&topic, after).await,
                }
            }
            Message::Binary(_) => Err(End::closed(Close::NotUnderstood, BINARY)),
            Message::Ping(_) | Message::Pong(_) => Ok(()),
            Message::Close(_) => Err(End::Left),
        }
    }

    async fn authenticate(&mut self, token: &str) -> Result<(), End> {
        let (caller, presented) = caller::check(&self.app, token, &self.peer).await?;
        if let Some(who) = &mut self.who {
            who.renew(&caller, &presented)?;
        } else {
            let most = self.app.settings.limits.connections_per_account;
            if !self.place.belongs_to(caller.account.id, most) {
                let said = format!("You have {most} live connections, which is the most.");
                return Err(End::closed(Close::TooMany, said));
            }
            self.who = Some(Who::new(&self.app, &caller, &presented));
            // It may have ended before there was somebody to hear the bell.
            self.is_session_live().await?;
        }
        self.accepted = self.who.as_ref().map(|who| caller.now.whole_s_until(who.ends_at()));
        Ok(())
    }

    async fn watch(&mut self, topic: &str, after: u64) -> Result<(), End> {
        let Some(who) = &self.who else { return Err(End::closed(Close::Unauthenticated, NOBODY)) };
        let nothing = || End::closed(Close::NoSuchTopic, "There is no such topic here for you.");
        if topic == SESSIONS_TOPIC {
            let bell = self.app.live.bells.listen(who.account_id);
            self.watched = Some(Watched::Sessions(Roll::new(who.account_id, who.session_id, bell, after)));
            return Ok(());
        }
        let id = topic.strip_prefix(JOB_TOPIC_PREFIX).and_then(|id| Uuid::try_parse(id).ok());
        let id = id.ok_or_else(nothing)?;
        let bell = self.app.live.bells.listen(id);
        let job = self.app.store.job(who.account_id, id).await.map_err(Refusal::from)?;
        job.ok_or_else(nothing)?;
        self.watched = Some(Watched::Job(Feed::new(id, bell, after)));
        Ok(())
    }

    /// What there is to say at this moment.
    async fn next_message(&mut self) -> Result<Option<Message>, End> {
        if let Some(expires_in) = self.accepted.take() {
            return text(&ServerMessage::<()>::Authenticated { expires_in }).map(Some);
        }
        if std::mem::take(&mut self.is_ping_due) {
            return Ok(Some(Message::Ping(axum::body::Bytes::new())));
        }
        if std::mem::take(&mut self.is_alive_due) {
            return text(&ServerMessage::<()>::Alive).map(Some);
        }
        if self.watched.as_ref().is_some_and(Watched::wants_page)
            && self.is_session_live().await?
            && let Some(watched) = &mut self.watched
            && let Err(error) = watched.read_page(&self.app).await
        {
            tracing::warn!(%error, "events could not be read");
        }
        if let Some(who) = &self.who {
            who.check_time(self.app.clock.now())?;
        }
        let Some(event) = self.watched.as_mut().and_then(Watched::next) else { return Ok(None) };
        self.events += 1;
        text(&event).map(Some)
    }

    /// Fails when the session has ended. Where that cannot be found out now, it is neither over nor live: nothing
    /// more is sent of it until the next look.
    async fn is_session_live(&self) -> Result<bool, End> {
        let Some(who) = &self.who else { return Ok(false) };
        match who.check(&self.app).await {
            Ok(()) => Ok(true),
            Err(refused) if refused.is_trouble_here() => Ok(false),
            Err(refused) => Err(refused.into()),
        }
    }

    /// Says why, and gives the client a moment to hear it: what it still sends would reset the connection otherwise.
    async fn say_farewell(&mut self, end: &End) {
        let farewell = async {
            if let Some(frame) = end.frame() {
                self.sink.send(Message::Close(Some(frame))).await?;
            }
            while self.is_readable {
                match self.stream.next().await {
                    Some(heard) => drop(heard?),
                    None => return Ok(()),
                }
            }
            // What cannot be read cannot be skipped either, and the client's own farewell is behind it.
            std::future::pending::<Result<(), axum::Error>>().await
        };
        if *end != End::Gone {
            // Whatever comes of it, it is over.
            drop(tokio::time::timeout(LONGEST_FAREWELL, farewell).await);
        }
    }
}

fn text<T: Serialize>(message: &T) -> Result<Message, End> {
    match serde_json::to_string(message) {
        Ok(json) => Ok(Message::Text(json.into())),
        Err(error) => {
            tracing::error!(%error, "a message could not be written");
            Err(End::Failed)
        }
    }
}

fn every(period: Duration) -> Interval {
    let mut interval = interval_at(Instant::now() + period, period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

async fn left(leaving: &mut watch::Receiver<bool>) {
    // An error means that the backend is gone, which is a reason to leave as well.
    drop(leaving.wait_for(|leaving| *leaving).await);
}

async fn reached(instant: Option<Instant>) {
    some(instant.map(sleep_until)).await;
}

/// Waits for what there is, and for ever when there is nothing to wait for.
async fn some(waiting: Option<impl Future<Output = ()>>) {
    match waiting {
        Some(waiting) => waiting.await,
        None => std::future::pending().await,
    }
}

const LEAVING: &str = "The server is about to stop. Connect again in a moment.";

const NOBODY: &str = "No access token has come. Send authenticate first.";

const STUCK: &str = "Nothing of what was sent has been taken for too long.";

const SILENT: &str = "Nothing has come for too long, not even a pong.";

const BINARY: &str = "Expected JSON in a text frame, found a binary frame.";

/// How long the end of a connection may take.
const LONGEST_FAREWELL: Duration = Duration::from_secs(2);
