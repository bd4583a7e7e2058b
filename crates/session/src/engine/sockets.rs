//! Live connections: made when the session is fresh, given each new token, and closed with the session.

use alloc::vec::Vec;
use core::mem;

use crate::{
    ConnectionId, Credential, Generation, Happened, Line, Loss, Moment, Output, RefreshCause, Renewal,
    SocketError, SocketEvent, SocketId, SocketOrder,
    engine::Engine,
    state::{RefreshPhase, State},
};

/// That a refresh brought a token, which is said when the live connections have done with it.
#[derive(Debug)]
pub(super) struct Unsaid {
    /// How a connection was lost meanwhile.
    lost: Option<Loss>,
}

/// Something that somebody listens to.
#[derive(Debug, Default)]
pub(super) struct Socket {
    /// The connection that serves it, or is to.
    current: Option<Connection>,
    /// The one that is to take over from it, with a newer token.
    successor: Option<Connection>,
    /// How many connections in a row were lost before they were of use.
    failures: u32,
    /// Before then no other connection is made.
    retry_at: Option<Moment>,
    /// The token that was refused: the next connection needs a newer one.
    refused: Option<Generation>,
    /// A token was refused since a connection was last of use.
    was_refused: bool,
}

#[derive(Debug)]
struct Connection {
    id: ConnectionId,
    stage: Stage,
    heard_at: Moment,
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    /// Is being made, where the server looks at the token only then with this one.
    Connecting { since: Moment, sent: Option<Generation> },
    /// Waits for a token to authenticate with.
    Open { since: Moment },
    /// The server has not said what it thinks of the token.
    Authenticating { since: Moment, sent: Generation },
    /// The server has accepted a token, and may have been given a newer one.
    Ready { since: Moment, accepted: Generation, renewal: Option<(Generation, Moment)> },
}

/// The token to authenticate with, where there is one that can be used.
#[derive(Clone, Copy, Debug)]
struct Usable {
    generation: Generation,
    /// Whether it is about to be replaced: no new connection is worth making with it.
    is_leaving: bool,
}

/// What a socket lacks.
#[derive(Clone, Copy, Debug)]
enum Lack {
    /// A connection, or one to take over from that which serves.
    Connection,
    /// The newest token over the connection it has.
    Token(ConnectionId),
}

impl Engine {
    pub(super) fn socket(&mut self, id: SocketId, event: SocketEvent, now: Moment) {
        match event {
            SocketEvent::Asked => self.socket_asked(id),
            SocketEvent::Opened(connection) => {
                if let Some(Connection { stage, .. }) = self.connection_mut(id, connection) {
                    *stage = match *stage {
                        Stage::Connecting { sent: None, .. } => Stage::Open { since: now },
                        Stage::Connecting { since, sent: Some(sent) } => {
                            Stage::Authenticating { since, sent }
                        }
                        stage @ (Stage::Open { .. } | Stage::Authenticating { .. } | Stage::Ready { .. }) => {
                            stage
                        }
                    };
                }
            }
            SocketEvent::Accepted(connection) => self.socket_accepted(id, connection, now),
            SocketEvent::Heard(connection) => {
                if let Some(connection) = self.connection_mut(id, connection) {
                    connection.heard_at = now;
                }
            }
            SocketEvent::Lost(connection, loss) => self.socket_lost(id, connection, loss, now),
            SocketEvent::Settled => {
                if let Some(socket) = self.sockets.remove(&id) {
                    self.close_connections(id, socket);
                }
            }
        }
    }

    /// Gives up what has been silent for too long, hands each connection the newest token, and makes those that are
    /// missing.
    pub(super) fn tend_sockets(&mut self, now: Moment) {
        if self.sockets.is_empty() || self.is_in_clock_doubt() {
            // Nobody listens any more, or nothing can be tried now.
            return self.say_unsaid(false);
        }
        while let Some((id, connection)) = self.overdue_connection(now) {
            self.order_socket(id, SocketOrder::Close(connection));
            self.socket_lost(id, connection, Loss::Interrupted, now);
        }
        if let Some(usable) = self.usable_for_sockets(now) {
            // Mostly nothing is lacking, and this runs after every input.
            let renewal = self.settings.socket_renewal;
            let lacking =
                self.sockets.iter().filter_map(|(id, it)| Some((*id, it.lacks(usable, renewal, now)?)));
            for (id, lack) in lacking.collect::<Vec<_>>() {
                self.supply_socket(id, lack, now);
            }
        }
        self.say_renewed();
    }

    /// The first moment at which a connection is given up, or another is made.
    pub(super) fn socket_due_at(&self) -> Option<Moment> {
        if self.sockets.is_empty() || self.is_in_clock_doubt() {
            return None;
        }
        let now = self.timeline.now();
        let may_connect = self.usable_for_sockets(now).is_some_and(|usable| !usable.is_leaving);
        let given_up =
            self.sockets.values().flat_map(Socket::connections).filter_map(|it| self.gives_up_at(it));
        let retries = self.sockets.values().filter(|_| may_connect).filter_map(|socket| socket.retry_at);
        given_up.chain(retries.filter(|at| *at > now)).min()
    }

    /// Whether somebody listens to what no connection serves.
    pub(super) fn lacks_connection(&self) -> bool {
        self.sockets.values().any(|socket| socket.current.is_none())
    }

    /// Ends every socket, and closes every connection at once.
    pub(super) fn fail_sockets(&mut self, error: SocketError) {
        for (id, socket) in mem::take(&mut self.sockets) {
            self.close_connections(id, socket);
            self.order_socket(id, SocketOrder::Fail(error));
        }
        self.renewed = 0;
        self.say_unsaid(false);
    }

    /// The network may be back: whatever waits for its next attempt waits no longer.
    pub(super) fn reconnect_early(&mut self) {
        for socket in self.sockets.values_mut() {
            socket.retry_at = None;
        }
    }

    /// Says that a refresh brought a token. Where somebody listens over a connection that the server has accepted, the line
    /// waits until one has taken the token, or none could.
    pub(super) fn say_refreshed(&mut self) {
        self.say_unsaid(false);
        let is_ready = |socket: &Socket| socket.current.as_ref().is_some_and(Connection::is_ready);
        self.unsaid = Some(Unsaid { lost: None });
        if !self.sockets.values().any(is_ready) {
            self.say_unsaid(false);
        }
    }

    /// A connection was lost. Where it was the last that could have taken a new token, this is said before what follows.
    fn miss_token(&mut self, loss: Loss) {
        if let Some(unsaid) = &mut self.unsaid {
            unsaid.lost = Some(loss);
            if !self.sockets.values().any(Socket::is_being_renewed) {
                self.say_unsaid(false);
            }
        }
    }

    fn say_unsaid(&mut self, has_sockets: bool) {
        let Some(Unsaid { lost }) = self.unsaid.take() else { return };
        self.outbox.push_back(Output::Say(Line::Refreshed { has_sockets }));
        if let Some(why) = lost.filter(|_| !has_sockets) {
            self.outbox.push_back(Output::Say(Line::SocketsNotUpdated(why)));
        }
    }

    fn socket_asked(&mut self, id: SocketId) {
        match &self.state {
            State::SignedOut(_) => self.order_socket(id, SocketOrder::Fail(SocketError::SignedOut)),
            State::Starting | State::Live(_) if self.sockets.len() >= MAX_SOCKETS => {
                self.order_socket(id, SocketOrder::Fail(SocketError::TooMany));
            }
            State::Starting | State::Live(_) => {
                if !self.sockets.contains_key(&id) {
                    self.sockets.insert(id, Socket::default());
                }
            }
        }
    }

    fn socket_accepted(&mut self, id: SocketId, connection: ConnectionId, now: Moment) {
        let Some(it) = self.connection_mut(id, connection) else { return };
        it.heard_at = now;
        let (accepted, since, is_renewal) = match it.stage {
            Stage::Connecting { sent: Some(sent), .. } | Stage::Authenticating { sent, .. } => {
                (sent, now, false)
            }
            Stage::Ready { since, renewal: Some((sent, _)), .. } => (sent, since, true),
            // Nothing was sent that it could mean.
            Stage::Connecting { sent: None, .. }
            | Stage::Open { .. }
            | Stage::Ready { renewal: None, .. } => {
                return;
            }
        };
        it.stage = Stage::Ready { since, accepted, renewal: None };
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        let successor = socket.successor.take_if(|it| it.id == connection);
        let has_taken_over = successor.is_some();
        let replaced = successor.and_then(|successor| socket.current.replace(successor));
        if let Some(replaced) = replaced {
            self.order_socket(id, SocketOrder::Close(replaced.id));
        }
        self.renewed += u32::from(is_renewal || has_taken_over);
    }

    fn socket_lost(&mut self, id: SocketId, connection: ConnectionId, loss: Loss, now: Moment) {
        let Some(lost) = self.sockets.get_mut(&id).and_then(|socket| socket.take(connection)) else { return };
        self.miss_token(loss);
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        if let Stage::Ready { since, .. } = lost.stage
            && since + STEADY <= now
        {
            (socket.failures, socket.was_refused) = (0, false);
        }
        match loss {
            Loss::Gone => {
                if let Some(socket) = self.sockets.remove(&id) {
                    self.close_connections(id, socket);
                }
                self.order_socket(id, SocketOrder::Fail(SocketError::Gone));
            }
            Loss::Unauthorized => self.socket_refused(id, &lost, now),
            Loss::Interrupted => self.retry_socket(id, now),
        }
    }

    /// A refused token is a suspicion, as with requests: one refresh for all, and another try with what it brings. Where
    /// that is refused as well, the endpoint is to blame: it is tried again later, and causes no further refresh with
    /// this token. Only where nothing was said about its life it may have died since, and nobody else may find that out.
    fn socket_refused(&mut self, id: SocketId, lost: &Connection, now: Moment) {
        let check_interval = self.settings.check_interval;
        let Some(session) = self.session_mut() else { return };
        let (generation, is_expired) = (session.token.generation, session.token.is_expired(now));
        let may_have_died = session.token.until().is_none() && session.token.from + check_interval <= now;
        let Some(judged) = lost.presented() else { return self.retry_socket(id, now) };
        if judged < generation || is_expired {
            // Whatever comes next has a newer token.
            return;
        }
        let is_stubborn = session.stubborn.contains_key(SOCKETS);
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        let was_refused = mem::replace(&mut socket.was_refused, true);
        if (is_stubborn || was_refused) && !may_have_died {
            if let Some(session) = self.session_mut() {
                session.stubborn.insert(SOCKETS.into(), ());
            }
            self.retry_socket(id, now);
        } else {
            socket.refused = Some(judged);
            self.note(Happened::Suspected);
            self.refresh(RefreshCause::SocketRefused, now);
        }
    }

    /// Waits before the next connection is made, with the backoff that refreshes have.
    fn retry_socket(&mut self, id: SocketId, now: Moment) {
        let Some(failures) = self.sockets.get(&id).map(|socket| socket.failures) else { return };
        let retry_at = now + self.backoff(failures);
        if let Some(socket) = self.sockets.get_mut(&id) {
            socket.failures = failures.saturating_add(1);
            socket.refused = None;
            socket.retry_at = Some(retry_at);
        }
    }

    fn overdue_connection(&self, now: Moment) -> Option<(SocketId, ConnectionId)> {
        let is_overdue = |it: &&Connection| self.gives_up_at(it).is_some_and(|at| at <= now);
        self.sockets.iter().find_map(|(id, socket)| Some((*id, socket.connections().find(is_overdue)?.id)))
    }

    fn supply_socket(&mut self, id: SocketId, lack: Lack, now: Moment) {
        let Some(credential) = self.session().map(|session| session.token.credential()) else { return };
        let connection = match lack {
            Lack::Connection => return self.connect(id, credential, now),
            Lack::Token(connection) => connection,
        };
        let Some(it) = self.connection_mut(id, connection) else { return };
        let sent = credential.generation;
        it.stage = match it.stage {
            Stage::Ready { since, accepted, .. } => {
                Stage::Ready { since, accepted, renewal: Some((sent, now)) }
            }
            Stage::Connecting { .. } | Stage::Open { .. } | Stage::Authenticating { .. } => {
                Stage::Authenticating { since: now, sent }
            }
        };
        self.order_socket(id, SocketOrder::Authenticate { connection, credential });
    }

    fn connect(&mut self, id: SocketId, credential: Credential, now: Moment) {
        self.connections += 1;
        let connection = ConnectionId(self.connections);
        let credential = (self.settings.socket_renewal == Renewal::Reconnect).then_some(credential);
        let sent = credential.as_ref().map(|credential| credential.generation);
        self.order_socket(id, SocketOrder::Connect { connection, credential });
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        let place = if socket.current.is_none() { &mut socket.current } else { &mut socket.successor };
        let stage = Stage::Connecting { since: now, sent };
        *place = Some(Connection { id: connection, stage, heard_at: now });
    }

    /// No connection sends a token that has expired or that the server has just refused.
    fn usable_for_sockets(&self, now: Moment) -> Option<Usable> {
        let live = self.live()?;
        let token = live.session.as_ref().map(|session| &session.token).filter(|it| !it.is_expired(now))?;
        let is_leaving = match live.refresher.phase {
            RefreshPhase::Queued { .. } => true,
            RefreshPhase::InFlight { generation, .. } => generation == Some(token.generation),
            RefreshPhase::Idle | RefreshPhase::Waiting { .. } => false,
        };
        let is_suspected = live.refresher.in_flight_on_suspicion_of(token.generation);
        (!is_suspected).then_some(Usable { generation: token.generation, is_leaving })
    }

    /// Says how many have the new token, once all have answered.
    fn say_renewed(&mut self) {
        if self.renewed > 0 {
            self.say_unsaid(true);
        } else if !self.sockets.values().any(Socket::is_being_renewed) {
            self.say_unsaid(false);
        }
        if self.renewed > 0 && !self.sockets.values().any(Socket::is_being_renewed) {
            let sockets = mem::take(&mut self.renewed);
            self.note(Happened::SocketsRenewed(sockets));
            self.outbox.push_back(Output::Say(Line::Reconnected { sockets }));
        }
    }

    /// When a connection that does not move is given up.
    fn gives_up_at(&self, connection: &Connection) -> Option<Moment> {
        let timeout = self.settings.call_timeout;
        match connection.stage {
            Stage::Connecting { since, .. } | Stage::Open { since } | Stage::Authenticating { since, .. } => {
                Some(since + timeout)
            }
            Stage::Ready { renewal, .. } => {
                let silent = self.settings.socket_silence_limit.map(|limit| connection.heard_at + limit);
                [silent, renewal.map(|(_, since)| since + timeout)].into_iter().flatten().min()
            }
        }
    }

    fn close_connections(&mut self, id: SocketId, socket: Socket) {
        for connection in [socket.successor, socket.current].into_iter().flatten() {
            self.order_socket(id, SocketOrder::Close(connection.id));
        }
    }

    fn connection_mut(&mut self, id: SocketId, connection: ConnectionId) -> Option<&mut Connection> {
        let Socket { current, successor, .. } = self.sockets.get_mut(&id)?;
        [current, successor].into_iter().flatten().find(|it| it.id == connection)
    }

    fn order_socket(&mut self, id: SocketId, order: SocketOrder) {
        self.outbox.push_back(Output::Socket(id, order));
    }
}

impl Socket {
    fn connections(&self) -> impl Iterator<Item = &Connection> {
        self.current.iter().chain(&self.successor)
    }

    fn lacks(&self, usable: Usable, renewal: Renewal, now: Moment) -> Option<Lack> {
        let sent = usable.generation;
        let may_connect = !usable.is_leaving
            && self.successor.is_none()
            && self.retry_at.is_none_or(|at| at <= now)
            && self.refused.is_none_or(|refused| refused < sent);
        let Some(current) = &self.current else { return may_connect.then_some(Lack::Connection) };
        match (current.stage, renewal) {
            (Stage::Open { .. }, _) => Some(Lack::Token(current.id)),
            (Stage::Ready { accepted, renewal: None, .. }, Renewal::InBand) if accepted < sent => {
                Some(Lack::Token(current.id))
            }
            (Stage::Ready { accepted, .. }, Renewal::Reconnect) if accepted < sent && may_connect => {
                Some(Lack::Connection)
            }
            (Stage::Connecting { .. } | Stage::Authenticating { .. } | Stage::Ready { .. }, _) => None,
        }
    }

    /// Takes out a connection that is lost. What was to take over from it does so now.
    fn take(&mut self, connection: ConnectionId) -> Option<Connection> {
        let is_lost = |it: &mut Connection| it.id == connection;
        if let Some(lost) = self.successor.take_if(is_lost) {
            return Some(lost);
        }
        let lost = self.current.take_if(is_lost)?;
        self.current = self.successor.take();
        Some(lost)
    }

    fn is_being_renewed(&self) -> bool {
        let is_renewing = |it: &Connection| matches!(it.stage, Stage::Ready { renewal: Some(_), .. });
        self.successor.is_some() || self.current.as_ref().is_some_and(is_renewing)
    }
}

impl Connection {
    fn is_ready(&self) -> bool {
        matches!(self.stage, Stage::Ready { .. })
    }

    /// The token that the server was shown last.
    fn presented(&self) -> Option<Generation> {
        match self.stage {
            Stage::Connecting { sent, .. } => sent,
            Stage::Open { .. } => None,
            Stage::Authenticating { sent, .. } => Some(sent),
            Stage::Ready { accepted, renewal, .. } => Some(renewal.map_or(accepted, |(sent, _)| sent)),
        }
    }
}

/// What the live connections are known by among the endpoints that refuse a token the server itself calls good.
const SOCKETS: &str = "live connections";

/// More than any page watches; beyond it something runs wild.
const MAX_SOCKETS: usize = 100;

/// A connection that was of use for so long proves the way to the server; one that was lost sooner counts as a failure,
/// so that a server which accepts and hangs up is not asked without pause. Shorter than any token lives, so that one
/// whose end nobody foretold is replaced each time it ends.
const STEADY: core::time::Duration = core::time::Duration::from_secs(5);
