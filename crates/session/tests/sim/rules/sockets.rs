//! Live connections: every event once, the newest token, no more connections than needed, and none after the end.

use perennial_session::{
    Call, CallKind, Happened, Order, Output, RefreshCause, Renewal, SocketError, SocketId, SocketOrder,
    Status,
};

use crate::{
    rules::{Rule, tokens::CLOCK_TOLERANCE_MS},
    sockets::{Attempts, Connection, Frame, Refreshes, Sent, Wish, is_change, owner},
    world::World,
};

/// How far one drain has come: a refresh, then live connections, then requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Turn {
    #[default]
    Refresh,
    Sockets,
    Requests,
}

impl World<'_> {
    /// An event is shown.
    pub(crate) fn judge_event(&mut self, tab: usize, socket: SocketId, frame: Frame) {
        let Some(watch) = self.tabs[tab].page.watch(socket) else { return };
        let (topic, shown) = (watch.topic, watch.shown);
        watch.shown = watch.shown.max(frame.number);
        if frame.number <= shown {
            self.fail_rule(Rule::EventTwice, || {
                format!("tab {tab} shows event {} of topic {topic} again, after {shown}", frame.number)
            });
        }
        if let Some(lost) = (shown + 1..frame.number).find(|number| is_change(topic, *number)) {
            self.fail_rule(Rule::EventLost, || {
                format!("tab {tab} shows event {} of topic {topic} without {lost}", frame.number)
            });
        }
    }

    /// A connection is about to be made.
    pub(crate) fn judge_connect(&mut self, tab: usize, socket: SocketId) {
        // What the input brought is shown after it was used.
        // So is what was found on the device.
        let found = self.rules.kept_news.filter(|_| !self.tabs[tab].is_signed_in()).map(|(token, _)| token);
        let token = self.rules.news.or(found).or(self.tabs[tab].seen.token);
        let session = token.map(|token| self.server.tokens[token].session);
        self.judge_sent_of(tab, session, "a live connection");
        let (now, wakes) = (self.now, self.tabs[tab].page.wakes);
        let Some(watch) = self.tabs[tab].page.watch(socket) else {
            self.fail_rule(Rule::Contract, || format!("tab {tab} connects {socket:?}, which has ended"));
            return;
        };
        if now >= watch.attempts.from + 60_000 {
            watch.attempts = Attempts { from: now, count: 0, wakes };
        }
        watch.attempts.count += 1;
        let attempts = watch.attempts;
        let open = watch.connections.len();
        if attempts.count > MOST_ATTEMPTS + 2 * (wakes - attempts.wakes) {
            self.fail_rule(Rule::SocketStorm, || {
                format!("tab {tab} made {} connections for {socket:?} within a minute", attempts.count)
            });
        }
        let most = match self.plan.setup.settings.socket_renewal {
            Renewal::InBand => 1,
            Renewal::Reconnect => 2,
        };
        if open >= most {
            self.fail_rule(Rule::Contract, || {
                format!("tab {tab} has {open} connections for {socket:?} and makes another")
            });
        }
    }

    /// The page is about to close a connection. One that serves is closed for another that serves, for silence, and
    /// with its socket.
    pub(crate) fn judge_close(&mut self, number: u32) {
        let Connection { tab, socket, is_accepted, heard_at, sent, waits, .. } = *self.sockets.at(number);
        if !is_accepted || self.rules.settled == Some((tab, socket)) {
            return;
        }
        let Some(watch) = self.tabs[tab].page.watches.iter().find(|watch| watch.socket == socket) else {
            return;
        };
        let connections = &self.sockets.connections;
        let is_replaced =
            watch.connections.iter().any(|it| *it != number && connections[*it as usize].is_accepted);
        let settings = &self.plan.setup.settings;
        let is_over = |since: u64, limit: std::time::Duration| {
            let limit_ms = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
            let has_stepped = self.rules.stepped_at.is_some_and(|at| at + CLOCK_TOLERANCE_MS >= since);
            has_stepped || since + limit_ms <= self.now + CLOCK_TOLERANCE_MS
        };
        let is_mute = settings.socket_silence_limit.is_some_and(|limit| is_over(heard_at, limit));
        let does_not_answer = waits && sent.is_some_and(|Sent { at, .. }| is_over(at, settings.call_timeout));
        if !(is_replaced || is_mute || does_not_answer) {
            self.rules.unexplained_close.get_or_insert((tab, socket));
        }
    }

    pub(crate) fn judge_fail(&mut self, tab: usize, socket: SocketId, error: SocketError) {
        if self.rules.unexplained_close == Some((tab, socket)) {
            self.rules.unexplained_close = None;
        }
        let Some(watch) = self.tabs[tab].page.watch(socket) else {
            self.fail_rule(Rule::Contract, || format!("tab {tab}: {socket:?} fails twice"));
            return;
        };
        let topic = watch.topic;
        let is_own = match &self.tabs[tab].snapshot.status {
            Status::SignedIn { account, .. } => usize::from(account.id != "ada") == owner(topic),
            Status::Restoring | Status::SignedOut { .. } => false,
        };
        if error == SocketError::TooMany || error == SocketError::Gone && is_own {
            self.fail_rule(Rule::Contract, || {
                format!("tab {tab}: {socket:?} of topic {topic} ended: {error:?}")
            });
        }
    }

    /// Looks at an order among those that follow one input: the refresh comes first, and requests come last.
    pub(crate) fn judge_turn(&mut self, tab: usize, output: &Output) {
        let (turn, generation) = if let Output::Send(Call { kind: CallKind::Refresh { .. }, .. }) = output {
            (Turn::Refresh, None)
        } else if let Output::Socket(_, SocketOrder::Connect { .. } | SocketOrder::Authenticate { .. }) =
            output
        {
            (Turn::Sockets, None)
        } else if let Output::Request(_, Order::Send(it) | Order::Replay(it)) = output {
            (Turn::Requests, Some(it.generation))
        } else {
            return;
        };
        if turn < self.rules.turn {
            let before = self.rules.turn;
            self.fail_rule(Rule::SocketsFirst, || format!("tab {tab}: {turn:?} after {before:?}"));
        }
        self.rules.turn = turn;
        let Some(generation) = generation else { return };
        if self.plan.setup.settings.socket_renewal == Renewal::Reconnect {
            return;
        }
        let connections = &self.sockets.connections;
        let is_behind = |number: &u32| {
            let it = &connections[*number as usize];
            it.is_accepted && !it.waits && it.sent.is_some_and(|sent| sent.generation < generation)
        };
        let page = &self.tabs[tab].page;
        let mut open = page.watches.iter().flat_map(|watch| &watch.connections);
        if let Some(number) = open.find(|number| is_behind(number)).copied() {
            self.fail_rule(Rule::SocketsFirst, || {
                format!("tab {tab} sends a request with a token that its connection {number} was not given")
            });
        }
    }

    /// A refresh leaves that a live connection wanted although its token was good: the endpoint refuses what the server
    /// takes everywhere else, and refreshes do not help.
    pub(super) fn judge_socket_refresh(&mut self, tab: usize) {
        let sent = self.tabs[tab].engine.history().filter_map(|event| {
            let Happened::RefreshSent { cause, failures } = event.what else { return None };
            Some((cause, failures))
        });
        let Some((RefreshCause::SocketRefused, 0)) = sent.last() else { return };
        let it = &mut self.tabs[tab];
        let Some(token) = it.seen.token.filter(|token| it.page.refreshes.token != Some(*token)) else {
            return;
        };
        self.stats.socket_refreshes += 1;
        if self.server.refusal(token, self.now).is_some() {
            return;
        }
        let life_ms = (self.server.setup.lifetime_s * 800).min(BURST_MS);
        let session = it.seen.session;
        let refreshes = &mut it.page.refreshes;
        if refreshes.session != session || self.now >= refreshes.from + life_ms {
            *refreshes = Refreshes { from: self.now, count: 0, session, token: None };
        }
        refreshes.count += 1;
        refreshes.token = Some(token);
        let count = refreshes.count;
        let setup = &self.plan.setup;
        // Where nobody foretells the end of a token, it is doubted again with every look at the session.
        let look_ms = u64::try_from(setup.settings.check_interval.as_millis()).unwrap_or(u64::MAX);
        let looks = if setup.server.tells_lifetime { 0 } else { BURST_MS / look_ms };
        if count > MOST_SOCKET_REFRESHES + looks {
            self.fail_rule(Rule::SocketStorm, || {
                format!(
                    "tab {tab} refreshed {count} times for live connections that were refused good tokens"
                )
            });
        }
    }

    /// Looks at what is left when all orders that follow one input are done.
    pub(crate) fn after_socket_orders(&mut self, tab: usize) {
        if let Some((tab, socket)) = self.rules.unexplained_close.take() {
            self.fail_rule(Rule::BrokenBeforeMade, || {
                format!("tab {tab} closes the connection that serves {socket:?}, and there is no other")
            });
        }
        let it = &self.tabs[tab];
        if it.is_signed_out()
            && let Some(watch) = it.page.watches.first()
        {
            let socket = watch.socket;
            self.fail_rule(Rule::Zombie, || format!("tab {tab} is signed out, and {socket:?} has not ended"));
        }
    }

    /// All faults have stopped for long enough: whoever watches has seen everything.
    pub(super) fn check_watches(&mut self, tab: usize) {
        if !self.tabs[tab].is_signed_in() {
            return;
        }
        for wish in self.tabs[tab].page.wishes.clone() {
            let page = &self.tabs[tab].page;
            let topic = wish.topic(page.account);
            let last = self.sockets.topics[topic];
            let watch = page.watches.iter().find(|watch| watch.wish == wish);
            let shown = watch.map(|watch| watch.shown);
            if shown != Some(last) && wish != Wish::Foreign {
                self.fail_rule(Rule::EventLost, || {
                    format!("tab {tab} has seen {shown:?} of topic {topic}, whose last event is {last}")
                });
            }
        }
    }
}

/// More connections in a minute than backoff from a second, and a renewal every eight seconds, ever need.
const MOST_ATTEMPTS: u64 = 30;

/// Troubles that lie so far apart are not one trouble.
const BURST_MS: u64 = 300_000;

/// Within one trouble and one token: one for a suspicion, one for a listener that came later, and another for tokens that came from other tabs.
const MOST_SOCKET_REFRESHES: u64 = 3;
