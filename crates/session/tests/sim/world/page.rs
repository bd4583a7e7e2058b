//! What a page does with live connections: it watches while somebody is signed in, does what the engine orders, and lets
//! every event through once.

use perennial_session::{
    ConnectionId, Credential, Input, Loss, Position, SocketError, SocketEvent, SocketId, SocketOrder, Status,
    Taken, Wake,
};

use crate::{
    plan::SocketSetup,
    plant::Plant,
    rules::Rule,
    sockets::{Asked, Attempts, Connection, Frame, Sent, Told, Watch, Wish},
    world::{Event, World},
};

impl World<'_> {
    /// What a new page will show.
    pub(super) fn draw_wishes(&mut self, tab: usize) {
        let Some(SocketSetup { wishes, .. }) = self.plan.setup.sockets else { return };
        let rng = &mut self.sockets.rng;
        let mut wishes: Vec<_> =
            (0..rng.between(0, wishes)).map(|_| Wish::Own(usize::from(rng.percent(30)))).collect();
        wishes.dedup();
        let is_hasty = rng.percent(20);
        self.tabs[tab].page.wishes = wishes;
        if is_hasty {
            self.after(1, Event::Mount { tab });
        }
    }

    /// The engine has told the page who is there.
    pub(super) fn turn_page(&mut self, tab: usize) {
        if self.plan.setup.sockets.is_none() {
            return;
        }
        let it = &mut self.tabs[tab];
        match &it.snapshot.status {
            Status::SignedIn { account, .. } => {
                it.page.account = usize::from(account.id != "ada");
                if it.page.watches.len() < it.page.wishes.len() {
                    self.after(1, Event::Mount { tab });
                }
            }
            Status::Restoring => {
                if !it.page.watches.is_empty() && self.sockets.rng.percent(50) {
                    self.after(1, Event::Unmount { tab });
                }
            }
            Status::SignedOut { .. } => {}
        }
    }

    pub(super) fn mount(&mut self, tab: usize) {
        if !self.tabs[tab].is_open || self.tabs[tab].is_signed_out() {
            return;
        }
        for wish in self.tabs[tab].page.wishes.clone() {
            let page = &self.tabs[tab].page;
            if page.watches.iter().all(|watch| watch.wish != wish) {
                self.listen(tab, wish);
            }
        }
    }

    fn listen(&mut self, tab: usize, wish: Wish) {
        let page = &mut self.tabs[tab].page;
        let topic = wish.topic(page.account);
        page.last_socket += 1;
        let socket = SocketId(page.last_socket);
        // Either the page has loaded how things are, or it begins at the beginning.
        let number = if self.sockets.rng.percent(50) { self.sockets.topics[topic] } else { 0 };
        let (position, attempts) = (Position::after(number), Attempts::default());
        let connections = Vec::new();
        page.watches.push(Watch { socket, topic, wish, position, shown: number, attempts, connections });
        self.feed(tab, Input::Socket { id: socket, event: SocketEvent::Asked });
    }

    pub(super) fn unmount(&mut self, tab: usize) {
        let sockets: Vec<_> = self.tabs[tab].page.watches.iter().map(|watch| watch.socket).collect();
        for socket in sockets {
            self.settle_socket(tab, socket);
        }
    }

    fn settle_socket(&mut self, tab: usize, socket: SocketId) {
        self.rules.settled = Some((tab, socket));
        self.feed(tab, Input::Socket { id: socket, event: SocketEvent::Settled });
        self.rules.settled = None;
        self.end_watch(tab, socket);
    }

    pub(super) fn wish_for(&mut self, pick: u64, wish: Wish) {
        let Some(tab) = self.running_tab(pick) else { return };
        if !self.tabs[tab].page.wishes.contains(&wish) {
            self.tabs[tab].page.wishes.push(wish);
            self.mount(tab);
        }
    }

    pub(super) fn wish_no_more(&mut self, pick: u64) {
        let Some(tab) = self.running_tab(pick) else { return };
        let page = &mut self.tabs[tab].page;
        let Some(wish) = page.wishes.pop() else { return };
        if let Some(socket) = page.watches.iter().find(|watch| watch.wish == wish).map(|it| it.socket) {
            self.settle_socket(tab, socket);
        }
    }

    /// Does what the engine orders.
    pub(super) fn obey_socket(&mut self, tab: usize, socket: SocketId, order: SocketOrder) {
        match order {
            SocketOrder::Connect { connection, credential } => {
                self.judge_connect(tab, socket);
                let Some(watch) = self.tabs[tab].page.watch(socket) else { return };
                let number = u32::try_from(self.sockets.connections.len()).unwrap_or(u32::MAX);
                watch.connections.push(number);
                let made = Connection::new(tab, watch, connection, self.now);
                self.sockets.connections.push(made);
                self.stats.connections += 1;
                if self.plant == Some(Plant::BreakBeforeMake) {
                    self.close_others(tab, socket, number);
                }
                let token = credential.and_then(|credential| self.show_token(number, &credential));
                self.connect(number, token);
            }
            SocketOrder::Authenticate { connection, credential } => {
                let Some(number) = self.connection_of(tab, socket, connection) else { return };
                if let Some(token) = self.show_token(number, &credential) {
                    self.send_up(number, Asked::Token(token));
                    if self.is_eager() && !self.sockets.at(number).has_asked {
                        self.watch_from_here(tab, number);
                    }
                }
            }
            SocketOrder::Close(connection) => {
                // What was lost in the input under way may be closed as well.
                if let Some(number) = self.connection_of(tab, socket, connection) {
                    self.judge_close(number);
                    self.close_here(number);
                }
            }
            SocketOrder::Fail(error) => {
                self.judge_fail(tab, socket, error);
                let wish = self.end_watch(tab, socket);
                match error {
                    SocketError::Gone if wish == Some(Wish::Foreign) => {
                        self.tabs[tab].page.wishes.retain(|it| *it != Wish::Foreign);
                    }
                    SocketError::Gone | SocketError::AccountChanged => self.after(5, Event::Mount { tab }),
                    SocketError::SignedOut | SocketError::TooMany => {}
                }
            }
        }
    }

    /// A token leaves over a connection.
    fn show_token(&mut self, number: u32, credential: &Credential) -> Option<usize> {
        let tab = self.sockets.at(number).tab;
        let credential = match self.plant {
            Some(Plant::YesterdaysToken) => {
                self.tabs[tab].page.kept.replace(credential.clone()).unwrap_or_else(|| credential.clone())
            }
            _ => credential.clone(),
        };
        self.judge_token(tab, &credential.access, "a live connection");
        let token = self.number_of(&credential.access)?;
        let at = self.now;
        let it = self.sockets.at(number);
        it.sent = Some(Sent { token, generation: credential.generation, at });
        it.waits = true;
        Some(token)
    }

    /// Sets out for the server; sometimes that leads nowhere, and nobody says so.
    fn connect(&mut self, number: u32, token: Option<usize>) {
        let percent = self.plan.setup.sockets.as_ref().map_or(0, |it| it.never_opens_percent);
        if self.sockets.rng.percent(percent) && !self.is_healed {
            self.sockets.at(number).is_silent = true;
        } else {
            self.send_up(number, Asked::Handshake(token));
        }
    }

    /// Something comes out of a connection.
    pub(super) fn tell(&mut self, tab: usize, number: u32, told: Told) {
        let Connection { is_open, socket, id, .. } = *self.sockets.at(number);
        if !is_open || !self.tabs[tab].is_open || self.broken.is_some() {
            return;
        }
        match told {
            Told::Opened => {
                self.feed_socket(tab, socket, SocketEvent::Opened(id));
                let it = self.sockets.at(number);
                if it.waits && !it.has_asked && self.is_eager() {
                    self.watch_from_here(tab, number);
                }
            }
            Told::Authenticated => {
                let now = self.now;
                let it = self.sockets.at(number);
                it.is_accepted = true;
                it.waits = false;
                it.heard_at = now;
                self.feed_socket(tab, socket, SocketEvent::Accepted(id));
                if !self.sockets.at(number).has_asked {
                    self.watch_from_here(tab, number);
                }
            }
            Told::Events(frames) => {
                for frame in frames {
                    self.take_event(tab, number, frame);
                }
                self.hear(tab, number);
            }
            Told::Alive => self.hear(tab, number),
            Told::Closed(loss) => {
                self.note(|| format!("tab {tab}: connection {number} is closed: {loss:?}"));
                let token = self.sockets.at(number).sent.map(|sent| sent.token);
                if loss == Loss::Unauthorized
                    && token.is_none_or(|token| self.server.refusal(token, self.now).is_none())
                {
                    // The server was impatient, or is stubborn: there is reason to ask for another.
                    self.rules.cause_at = self.now;
                }
                self.drop_here(number);
                self.feed_socket(tab, socket, SocketEvent::Lost(id, loss));
                if self.plant == Some(Plant::ImpatientSockets) {
                    self.feed(tab, Input::Woke(Wake::Online));
                    self.tabs[tab].page.wakes -= 1;
                }
            }
        }
    }

    fn is_eager(&self) -> bool {
        self.plan.setup.sockets.as_ref().is_some_and(|it| it.is_eager)
    }

    /// Now and then is enough.
    fn hear(&mut self, tab: usize, number: u32) {
        let now = self.now;
        let it = self.sockets.at(number);
        if it.is_open && it.heard_at + HEARD_MS <= now {
            it.heard_at = now;
            let (socket, id) = (it.socket, it.id);
            self.feed_socket(tab, socket, SocketEvent::Heard(id));
        }
    }

    fn watch_from_here(&mut self, tab: usize, number: u32) {
        let Connection { is_open, socket, .. } = *self.sockets.at(number);
        if !is_open {
            return;
        }
        if let Some(watch) = self.tabs[tab].page.watch(socket) {
            let after = match self.plant {
                Some(Plant::ResumeFromNow) => u64::MAX,
                Some(Plant::ListenerWithoutPosition) => 0,
                _ => watch.position.number(),
            };
            self.sockets.at(number).has_asked = true;
            self.send_up(number, Asked::Watch { after });
        }
    }

    fn take_event(&mut self, tab: usize, number: u32, frame: Frame) {
        let Connection { is_open, socket, .. } = *self.sockets.at(number);
        let Some(watch) = self.tabs[tab].page.watch(socket).filter(|_| is_open) else { return };
        let taken = watch.position.take(frame.after, frame.number);
        let is_blind = self.plant == Some(Plant::ListenerWithoutPosition);
        match taken {
            Taken::Repeated if !is_blind => self.stats.events_repeated += 1,
            Taken::New | Taken::Repeated => {
                self.stats.events += 1;
                self.judge_event(tab, socket, frame);
            }
            Taken::Gap => {
                self.stats.gaps += 1;
                self.watch_from_here(tab, number);
            }
        }
    }

    fn feed_socket(&mut self, tab: usize, id: SocketId, event: SocketEvent) {
        self.feed(tab, Input::Socket { id, event });
    }

    fn connection_of(&self, tab: usize, socket: SocketId, id: ConnectionId) -> Option<u32> {
        let watch = self.tabs[tab].page.watches.iter().find(|watch| watch.socket == socket)?;
        watch.connections.iter().copied().find(|it| self.sockets.connections[*it as usize].id == id)
    }

    fn close_others(&mut self, tab: usize, socket: SocketId, but: u32) {
        let Some(watch) = self.tabs[tab].page.watch(socket) else { return };
        for number in watch.connections.clone() {
            if number != but {
                self.judge_close(number);
                self.close_here(number);
            }
        }
    }

    /// The page closes its end and says so.
    fn close_here(&mut self, number: u32) {
        self.send_up(number, Asked::Closed);
        self.drop_here(number);
    }

    fn drop_here(&mut self, number: u32) {
        let it = self.sockets.at(number);
        it.is_open = false;
        let (tab, socket) = (it.tab, it.socket);
        if let Some(watch) = self.tabs[tab].page.watch(socket) {
            watch.connections.retain(|it| *it != number);
        }
    }

    fn end_watch(&mut self, tab: usize, socket: SocketId) -> Option<Wish> {
        let watch = self.tabs[tab].page.take_watch(socket)?;
        for number in &watch.connections {
            let id = self.sockets.at(*number).id;
            self.fail_rule(Rule::Contract, || {
                format!("tab {tab}: {socket:?} ended, and {id:?} of it was not closed")
            });
        }
        Some(watch.wish)
    }

    /// The tab is gone, and its ends of connections with it.
    pub(super) fn vanish(&mut self, tab: usize) {
        for number in self.sockets.at_server.clone() {
            if self.sockets.at(number).tab == tab {
                self.send_up(number, Asked::Closed);
            }
        }
    }

    /// A page in the cache has no connections: it finds them closed.
    pub(super) fn close_for_cache(&mut self, tab: usize) {
        let connections: Vec<u32> =
            self.tabs[tab].page.watches.iter().flat_map(|watch| watch.connections.clone()).collect();
        for connection in connections {
            self.send_up(connection, Asked::Closed);
            let told = Box::new(Told::Closed(Loss::Interrupted));
            self.tabs[tab].backlog.push(Event::Tell { tab, connection, told });
        }
    }
}

/// How often the engine is told that something came.
const HEARD_MS: u64 = 15_000;
