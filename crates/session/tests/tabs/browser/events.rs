//! What happens by itself, in order, and what the engines' orders lead to.

use std::collections::BTreeMap;

use perennial_session::{
    Answer, Call, CallKind, GrantStore, Input, LockOrder, Message, Order, Output, RequestEvent, RequestId,
    SharedGrant,
};

use super::{Browser, Holder, Mood, server::Cookie, tab::RequestFate};

/// What falls due, by time and then in the order in which it was arranged.
#[derive(Default)]
pub(super) struct Events {
    queue: BTreeMap<(u64, u64), Event>,
    count: u64,
}

#[derive(Debug)]
pub(super) enum Event {
    Timer {
        tab: usize,
        armed: u64,
    },
    Message {
        to: usize,
        message: Message,
    },
    StoreChanged {
        to: usize,
    },
    LockGranted {
        to: usize,
    },
    /// A call reaches the server.
    Arrive {
        tab: usize,
        call: Call,
        cookie: Option<Cookie>,
    },
    /// Its answer reaches the tab.
    Answer {
        tab: usize,
        call: Call,
        answer: Box<Answer>,
        cookie: Option<Option<Cookie>>,
        date: bool,
    },
    /// A request of the page has been answered.
    Request {
        tab: usize,
        id: RequestId,
        event: RequestEvent,
    },
}

impl Events {
    pub(super) fn at(&mut self, at: u64, event: Event) {
        self.count += 1;
        self.queue.insert((at, self.count), event);
    }

    pub(super) fn pop_until(&mut self, end: u64) -> Option<(u64, Event)> {
        let entry = self.queue.first_entry()?;
        let at = entry.key().0;
        (at <= end).then(|| (at, entry.remove()))
    }
}

impl Browser {
    pub(super) fn happen(&mut self, event: Event) {
        match event {
            Event::Timer { tab, armed } => {
                if self.tabs[tab].armed == armed {
                    self.deliver(tab, Input::Timeout);
                }
            }
            Event::Message { to, message } => self.deliver(to, Input::Heard(message)),
            Event::StoreChanged { to } => self.deliver(to, Input::RecordChanged),
            Event::LockGranted { to } => {
                // A request that was withdrawn meanwhile is granted to nobody.
                if self.tabs[to].waits_for_lock && self.lock.front() == Some(&Holder::Tab(to)) {
                    self.tabs[to].waits_for_lock = false;
                    self.deliver(to, Input::LockGranted);
                }
            }
            Event::Arrive { tab, call, cookie } => self.arrive(tab, call, cookie),
            Event::Answer { tab, call, answer, cookie, date } => {
                // Who is gone does not take the cookie with them; who has given the call up does.
                if let Some(cookie) = cookie.filter(|_| !self.tabs[tab].is_gone) {
                    self.cookie = cookie;
                }
                if !self.tabs[tab].open.contains_key(&call.id) {
                    return;
                }
                if date {
                    let date = perennial_session::Wall(self.server.now_ms / 1_000 * 1_000);
                    self.deliver(tab, Input::ServerDate(date));
                }
                self.deliver(tab, Input::Answered { call: call.id, answer: *answer });
            }
            Event::Request { tab, id, event } => self.deliver(tab, Input::Request { id, event }),
        }
    }

    fn arrive(&mut self, tab: usize, call: Call, cookie: Option<Cookie>) {
        if self.tabs[tab].is_gone && self.server.loses_calls_of_the_dead {
            return;
        }
        let Some(reply) = self.server.answer(&call, cookie) else { return };
        let at = self.monotonic_ms + self.server.delay_ms;
        let date = self.server.tells_date && self.server.mood != Mood::Unreachable;
        self.events
            .at(at, Event::Answer { tab, call, answer: Box::new(reply.answer), cookie: reply.cookie, date });
    }

    /// What came for a tab: now, when it is back, or never.
    fn deliver(&mut self, tab: usize, input: Input) {
        if self.tabs[tab].is_gone {
            return;
        }
        match &mut self.tabs[tab].inbox {
            Some(inbox) => inbox.push_back(input),
            None => self.input(tab, input),
        }
    }

    /// Hands a fact to a tab's engine and does all it orders.
    pub(crate) fn input(&mut self, tab: usize, input: Input) {
        let reading = self.reading();
        if let Input::Answered { call, .. } = &input {
            self.tabs[tab].open.remove(call);
        }
        let remembered = self.store.load();
        self.tabs[tab].engine.recall(remembered);
        self.recall_grant(tab);
        self.tabs[tab].engine.handle_input(input, reading);
        for _ in 0..MAX_OUTPUTS {
            let output = self.tabs[tab].engine.poll_output();
            if let Output::Timeout(deadline) = output {
                self.tabs[tab].deadline = deadline.map(|it| self.monotonic_ms + super::ms(it.after));
                self.arm(tab);
                return;
            }
            self.obey(tab, &output);
            self.tabs[tab].outputs.push((self.monotonic_ms, output));
        }
        panic!("more than {MAX_OUTPUTS} orders from one input");
    }

    fn obey(&mut self, tab: usize, output: &Output) {
        match output {
            Output::Send(call) => self.send(tab, call),
            Output::Abort(call) => drop(self.tabs[tab].open.remove(call)),
            Output::Request(id, order) => self.order(tab, *id, order),
            Output::Store(record) => {
                if !self.store.is_full {
                    self.store.session = Some(*record);
                    self.tell_of_store(tab);
                }
            }
            Output::Forget(ended) => {
                if !self.store.is_full {
                    (self.store.session, self.store.ended) = (None, Some(ended.clone()));
                    self.tell_of_store(tab);
                }
            }
            Output::Broadcast(message) => self.broadcast(tab, message),
            Output::Lock(LockOrder::Request) => {
                assert!(!self.lock.contains(&Holder::Tab(tab)), "the lock was asked for twice");
                self.tabs[tab].waits_for_lock = true;
                self.lock.push_back(Holder::Tab(tab));
                self.grant_lock();
            }
            Output::Lock(LockOrder::Release) => self.leave_lock(Holder::Tab(tab)),
            Output::Keep(grant) => self.keep(tab, Some(SharedGrant::clone(grant))),
            Output::Discard => self.keep(tab, None),
            Output::Socket(..) | Output::Publish(_) | Output::Say(_) | Output::Timeout(_) => {}
        }
    }

    fn recall_grant(&mut self, tab: usize) {
        let it = &mut self.tabs[tab];
        match self.settings.grant_store {
            GrantStore::None => {}
            GrantStore::Tab => it.engine.recall_grant(it.grant.clone()),
            GrantStore::Browser => it.engine.recall_grant(self.store.grant.clone()),
        }
    }

    fn keep(&mut self, tab: usize, grant: Option<SharedGrant>) {
        match self.settings.grant_store {
            GrantStore::None => panic!("{grant:?} is to be kept where nothing is"),
            GrantStore::Tab => self.tabs[tab].grant = grant,
            GrantStore::Browser if self.store.is_full && grant.is_some() => {}
            GrantStore::Browser => {
                self.store.grant = grant;
                self.tell_of_store(tab);
            }
        }
    }

    fn send(&mut self, tab: usize, call: &Call) {
        match &call.kind {
            CallKind::Validate { access } => self.server.assert_fresh(access),
            CallKind::SignIn(_) | CallKind::Refresh { .. } | CallKind::Clock | CallKind::SignOut { .. } => {}
        }
        self.tabs[tab].open.insert(call.id, call.kind.clone());
        let cookie = self.cookie;
        let at = self.monotonic_ms + self.server.reach_ms;
        self.events.at(at, Event::Arrive { tab, call: call.clone(), cookie });
    }

    fn order(&mut self, tab: usize, id: RequestId, order: &Order) {
        let fates = self.tabs[tab].fates.entry(id).or_default();
        match order {
            Order::Send(credential) | Order::Replay(credential) => {
                self.server.assert_fresh(&credential.access);
                fates.push(RequestFate::Sent(credential.access.clone()));
                if let Some(is_good) = self.server.judge_request(&credential.access) {
                    let event = if is_good { RequestEvent::Settled } else { RequestEvent::Refused };
                    let at = self.monotonic_ms + self.server.delay_ms;
                    self.events.at(at, Event::Request { tab, id, event });
                }
            }
            Order::Deliver => fates.push(RequestFate::Delivered),
            Order::Fail(why) => fates.push(RequestFate::Failed(*why)),
        }
    }

    fn broadcast(&mut self, from: usize, message: &Message) {
        assert!(self.settings.tabs.has_channel, "a message without a channel");
        self.messages.push((from, message.clone()));
        let at = self.monotonic_ms + super::ms(self.channel.delay);
        for to in 0..self.tabs.len() {
            if to != from && !self.tabs[to].is_gone && !self.channel.deaf.contains(&to) {
                self.events.at(at, Event::Message { to, message: message.clone() });
            }
        }
    }

    fn tell_of_store(&mut self, from: usize) {
        for to in 0..self.tabs.len() {
            if to != from && !self.tabs[to].is_gone {
                self.events.at(self.monotonic_ms, Event::StoreChanged { to });
            }
        }
    }

    pub(super) fn leave_lock(&mut self, holder: Holder) {
        let was_first = self.lock.front() == Some(&holder);
        self.lock.retain(|it| *it != holder);
        if let Holder::Tab(tab) = holder {
            self.tabs[tab].waits_for_lock = false;
        }
        if was_first {
            self.grant_lock();
        }
    }

    fn grant_lock(&mut self) {
        if let Some(Holder::Tab(to)) = self.lock.front()
            && self.tabs[*to].waits_for_lock
        {
            self.events.at(self.monotonic_ms, Event::LockGranted { to: *to });
        }
    }

    /// Sets the tab's one timer.
    pub(super) fn arm(&mut self, tab: usize) {
        self.tabs[tab].armed += 1;
        let armed = self.tabs[tab].armed;
        if let Some(at) = self.tabs[tab].deadline {
            let at = if self.tabs[tab].is_throttled { at.next_multiple_of(60_000) } else { at };
            self.events.at(at.max(self.monotonic_ms), Event::Timer { tab, armed });
        }
    }
}

const MAX_OUTPUTS: usize = 1_000;
