//! Live connections between a page and the server, and the server's end of them.

use perennial_session::Loss;

use crate::{
    plan::{Mood, SocketHappening},
    sockets::{Asked, Due, Frame, There, Told, is_change, owner},
    world::{Event, Over, World},
};

impl World<'_> {
    /// Something leaves the page. It arrives after whatever left before, or not at all.
    pub(super) fn send_up(&mut self, connection: u32, asked: Asked) {
        if self.is_cut_off(connection) {
            return;
        }
        let ms = self.travel_ms();
        let it = self.sockets.at(connection);
        it.up_at = it.up_at.max(self.now + ms);
        let at = it.up_at;
        self.at(at, Event::Reach { connection, asked });
    }

    fn send_down(&mut self, connection: u32, told: Told) {
        if self.is_cut_off(connection) {
            return;
        }
        let ms = self.travel_ms();
        let it = self.sockets.at(connection);
        it.down_at = it.down_at.max(self.now + ms);
        let (at, tab) = (it.down_at, it.tab);
        self.at(at, Event::Tell { tab, connection, told: Box::new(told) });
    }

    /// Whether nothing gets through; whoever tries where the network is gone finds the connection dead later on.
    fn is_cut_off(&mut self, connection: u32) -> bool {
        if self.net.is_cut() && !self.sockets.at(connection).is_silent {
            self.break_off(connection);
        }
        self.sockets.at(connection).is_silent
    }

    /// What is lost on the way is sent again, which takes time.
    fn travel_ms(&mut self) -> u64 {
        let rng = &mut self.sockets.rng;
        let again_ms = match self.net.lost_percent {
            0 => 0,
            percent if rng.percent(percent) => rng.between(200, 5_000),
            _ => 0,
        };
        1 + rng.below(self.net.delay_ms) + again_ms
    }

    /// The connection is dead. The page's end finds out later; or never, where it is known to listen for silence.
    fn break_off(&mut self, connection: u32) {
        self.forget_at_server(connection);
        let it = self.sockets.at(connection);
        it.is_silent = true;
        let tab = it.tab;
        let can_be_silent = self.plan.setup.settings.socket_silence_limit.is_some();
        if !(can_be_silent && self.sockets.rng.percent(50)) {
            let after_ms = self.sockets.rng.length(50, 40_000);
            let told = Box::new(Told::Closed(Loss::Interrupted));
            self.after(after_ms, Event::Tell { tab, connection, told });
        }
    }

    fn forget_at_server(&mut self, connection: u32) {
        if self.sockets.at(connection).there.take().is_some() {
            self.sockets.at_server.retain(|it| *it != connection);
        }
    }

    fn hang_up(&mut self, connection: u32, loss: Loss) {
        self.note(|| format!("       server: hangs up connection {connection}: {loss:?}"));
        self.forget_at_server(connection);
        self.send_down(connection, Told::Closed(loss));
    }

    pub(super) fn reach(&mut self, connection: u32, asked: Asked) {
        if self.is_cut_off(connection) {
            return;
        }
        if self.server.mood == Some(Mood::Down) {
            self.break_off(connection);
            return;
        }
        self.note(|| format!("       server: {asked:?} over connection {connection}"));
        match asked {
            Asked::Handshake(token) => self.shake_hands(connection, token),
            Asked::Token(token) => {
                if self.sockets.at(connection).there.is_some() {
                    self.authenticate(connection, token);
                }
            }
            Asked::Watch { after } => self.watch(connection, after),
            Asked::Closed => self.forget_at_server(connection),
        }
    }

    fn shake_hands(&mut self, connection: u32, token: Option<usize>) {
        match self.server.mood {
            Some(Mood::Status(_) | Mood::StatusAfter(_) | Mood::Garbage | Mood::Gateway) => {
                self.send_down(connection, Told::Closed(Loss::Interrupted));
                return;
            }
            Some(Mood::Slow { ms }) => self.sockets.at(connection).down_at = self.now + ms,
            Some(Mood::Later { .. } | Mood::Down) | None => {}
        }
        self.sockets.at(connection).there = Some(There::default());
        self.sockets.at_server.push(connection);
        self.send_down(connection, Told::Opened);
        if let Some(alive_ms) = self.plan.setup.sockets.as_ref().and_then(|it| it.alive_ms) {
            self.after(alive_ms, Event::Due { connection, due: Due::Alive });
        }
        match token {
            Some(token) => self.authenticate(connection, token),
            None => self.after(AUTHENTICATION_MS, Event::Due { connection, due: Due::Authentication }),
        }
    }

    fn authenticate(&mut self, connection: u32, token: usize) {
        let refusal = self.server.refusal(token, self.now);
        if refusal.is_some() {
            self.rules.token_refused(token);
        }
        if refusal.is_some() || self.sockets.refuses_all {
            self.hang_up(connection, Loss::Unauthorized);
            return;
        }
        let until = self.server.tokens[token].expires_at;
        if let Some(there) = &mut self.sockets.at(connection).there {
            there.token = Some(token);
        }
        self.send_down(connection, Told::Authenticated);
        self.at(until, Event::Due { connection, due: Due::Expiry });
    }

    fn watch(&mut self, connection: u32, after: u64) {
        let it = self.sockets.at(connection);
        let topic = it.topic;
        let Some(There { token: Some(token), .. }) = it.there else { return };
        let session = self.server.tokens[token].session;
        if usize::from(self.server.sessions[session].account) != owner(topic) {
            self.hang_up(connection, Loss::Gone);
            return;
        }
        let last = self.sockets.topics[topic];
        if let Some(there) = &mut self.sockets.at(connection).there {
            there.sent = Some(after.min(last));
        }
        self.send_events(connection);
    }

    pub(super) fn fall_due(&mut self, connection: u32, due: Due) {
        let Some(there) = self.sockets.at(connection).there else { return };
        match due {
            Due::Authentication => {
                if there.token.is_none() {
                    self.hang_up(connection, Loss::Unauthorized);
                }
            }
            Due::Expiry => {
                if let Some(token) = there.token
                    && self.server.tokens[token].expires_at <= self.now
                {
                    self.rules.token_refused(token);
                    self.hang_up(connection, Loss::Unauthorized);
                }
            }
            Due::Alive => {
                self.send_down(connection, Told::Alive);
                if let Some(alive_ms) = self.plan.setup.sockets.as_ref().and_then(|it| it.alive_ms) {
                    self.after(alive_ms, Event::Due { connection, due });
                }
            }
            Due::Room => {
                if let Some(there) = &mut self.sockets.at(connection).there {
                    there.is_held_up = false;
                }
                self.send_events(connection);
            }
        }
    }

    pub(super) fn publish(&mut self, topic: usize, left: u64, every_ms: u64) {
        if self.now >= self.sockets.quiet_from {
            return;
        }
        self.sockets.topics[topic] += 1;
        if left > 1 {
            let after_ms = self.sockets.rng.between(1, every_ms * 2);
            self.after(after_ms, Event::Publish { topic, left: left - 1, every_ms });
        }
        let slow_percent = self.plan.setup.sockets.as_ref().map_or(0, |it| it.slow_percent);
        for index in (0..self.sockets.at_server.len()).rev() {
            let connection = self.sockets.at_server[index];
            let is_slow = self.sockets.rng.percent(slow_percent);
            let after_ms = self.sockets.rng.length(50, 20_000);
            let it = self.sockets.at(connection);
            let Some(there) = it.there.as_mut().filter(|there| it.topic == topic && there.sent.is_some())
            else {
                continue;
            };
            if is_slow && !there.is_held_up {
                there.is_held_up = true;
                self.after(after_ms, Event::Due { connection, due: Due::Room });
            } else if !there.is_held_up {
                self.send_events(connection);
            }
        }
    }

    /// Sends what there is. Of several at once only the last and the changes of state must be among them.
    fn send_events(&mut self, connection: u32) {
        let it = &mut self.sockets.connections[connection as usize];
        let last = self.sockets.topics[it.topic];
        let Some(There { sent: Some(sent), .. }) = &mut it.there else { return };
        let mut after = std::mem::replace(sent, last);
        let rng = &mut self.sockets.rng;
        let left_out_percent = if last > after + MANY { 90 } else { 40 };
        let mut frames = Vec::new();
        for number in after + 1..=last {
            if number == last || is_change(it.topic, number) || !rng.percent(left_out_percent) {
                frames.push(Frame { after, number });
                after = number;
            }
        }
        let lapse_percent = self.plan.setup.sockets.as_ref().map_or(0, |it| it.lapse_percent);
        if frames.len() > 1 && rng.percent(lapse_percent) {
            let index = usize::try_from(rng.below(frames.len() as u64 - 1)).unwrap_or(0);
            frames.remove(index);
        }
        if !frames.is_empty() {
            self.send_down(connection, Told::Events(frames.into()));
        }
    }

    /// The server lets go of the connections of sessions that have ended.
    pub(super) fn hang_up_ended(&mut self) {
        for connection in self.sockets.at_server.clone() {
            if let Some(There { token: Some(token), .. }) = self.sockets.at(connection).there
                && self.server.sessions[self.server.tokens[token].session].revoked.is_some()
            {
                self.rules.token_refused(token);
                self.hang_up(connection, Loss::Unauthorized);
            }
        }
    }

    /// The server has been started again.
    pub(super) fn drop_connections(&mut self) {
        for connection in self.sockets.at_server.clone() {
            self.hang_up(connection, Loss::Interrupted);
        }
    }

    /// Somebody between has.
    fn forget_connections(&mut self) {
        for connection in self.sockets.at_server.clone() {
            self.break_off(connection);
        }
    }

    /// The device has no network: some connections are found dead at once, others when something is sent.
    pub(super) fn lose_some_connections(&mut self) {
        for connection in self.sockets.at_server.clone() {
            if self.sockets.rng.percent(50) {
                self.break_off(connection);
            }
        }
    }

    /// Who has not answered for long is nobody's business any more.
    pub(super) fn after_sleep(&mut self, slept_ms: u64) {
        if slept_ms > PATIENCE_MS {
            self.forget_connections();
        }
    }

    /// What was said to the device while it slept waits for the moment at which it would have woken. Where it wakes before,
    /// at the end of all faults, it finds by itself which connections are no more.
    pub(super) fn find_dead_connections(&mut self) {
        for connection in (0..).take(self.sockets.connections.len()) {
            let it = self.sockets.at(connection);
            if it.is_open && it.there.is_none() && !it.is_silent {
                let (tab, told) = (it.tab, Box::new(Told::Closed(Loss::Interrupted)));
                self.after(1, Event::Tell { tab, connection, told });
            }
        }
    }

    pub(super) fn disturb_sockets(&mut self, what: SocketHappening) {
        match what {
            SocketHappening::Job { topic, events, every_ms } => self.publish(topic, events, every_ms),
            SocketHappening::Watch { pick, wish } => self.wish_for(pick, wish),
            SocketHappening::Unwatch { pick } => self.wish_no_more(pick),
            SocketHappening::Dropped => self.drop_connections(),
            SocketHappening::Forgotten => self.forget_connections(),
            SocketHappening::Refused { for_ms } => {
                self.sockets.refuses_all = true;
                self.after(for_ms, Event::Over(Over::SocketsRefused));
            }
        }
    }

    /// The last that is told of every topic, after so long and for a while.
    pub(super) fn publish_last(&mut self, after_ms: u64) {
        if self.plan.setup.sockets.is_none() {
            return;
        }
        for topic in 0..self.sockets.topics.len() {
            self.after(after_ms, Event::Publish { topic, left: u64::MAX, every_ms: 5_000 });
        }
        self.sockets.quiet_from = self.now + after_ms + LAST_EVENTS_MS;
    }

    /// How long it takes until everybody who watches must have seen the last of that.
    pub(super) fn last_events_ms(&self) -> u64 {
        let setup = &self.plan.setup;
        if setup.sockets.is_none() || setup.server.tells_lifetime {
            return 0;
        }
        // An endpoint that has refused a good token is not believed when it refuses one whose end nobody foretold: the
        // next look at the session finds that.
        let look_ms = u64::try_from(setup.settings.check_interval.as_millis()).unwrap_or(0);
        LAST_EVENTS_MS + look_ms + LONGEST_BACKOFF_MS
    }
}

/// The server waits no longer for the first token.
const AUTHENTICATION_MS: u64 = 5_000;

/// Beyond so many at once most of what can be left out is.
const MANY: u64 = 20;

/// The server lets go of whoever does not answer for so long.
const PATIENCE_MS: u64 = 60_000;

/// The longest wait for the next attempt, and the attempt.
const LONGEST_BACKOFF_MS: u64 = 90_000;

/// For how long something is told of every topic when all faults have stopped and everything is fresh.
const LAST_EVENTS_MS: u64 = 60_000;
