//! What a driver does: facts in, orders out, one timer.

use std::rc::Rc;

use perennial_session::{
    Call, CallId, CallKind, IdempotencyKey, Input, LockOrder, Message, Order, Output, Proof, Reading,
    Remembered, RequestError, RequestId,
};

use crate::{
    browser::STRANGER,
    plant::Plant,
    rules::Rule,
    server::{Question, ticket_number},
    tab::{Frozen, Of, Stage},
    world::{Event, World},
};

impl World<'_> {
    pub(crate) fn feed_open(&mut self, tab: usize, input: Input) {
        if self.tabs[tab].is_running() {
            self.feed(tab, input);
        }
    }

    /// Hands a fact to the engine of a tab, and does all it orders.
    pub(crate) fn feed(&mut self, tab: usize, mut input: Input) {
        if self.broken.is_some() {
            return;
        }
        if let Some(plant) = self.plant
            && !plant.input(&mut input, self.reading(), self.device.wall_offset_ms)
        {
            self.note(|| format!("tab {tab} << (swallowed) {input:?}"));
            return;
        }
        self.note(|| format!("tab {tab} << {input:?}"));
        self.before(tab, &input);
        self.tabs[tab].page.wakes += u64::from(matches!(input, Input::Woke(_)));
        let (recalled, reading) = (self.recalled(tab), self.reading());
        let key = match &recalled {
            Remembered::Session(record) => Some(record.session),
            Remembered::Nothing | Remembered::Ended(_) | Remembered::Unreadable => None,
        };
        let engine = &mut self.tabs[tab].engine;
        engine.recall(recalled);
        self.recall_grant(tab);
        self.tabs[tab].engine.handle_input(input, reading);
        self.stats.inputs += 1;
        self.drain(tab);
        if !self.tabs[tab].is_signed_out() {
            self.tabs[tab].seen.key = self.tabs[tab].seen.key.max(key);
        }
        self.after_feed(tab);
    }

    pub(super) fn recalled(&self, tab: usize) -> Remembered {
        let remembered = self.store.read(tab, self.now);
        match self.plant {
            Some(plant) => plant.recall(remembered),
            None => remembered,
        }
    }

    fn reading(&self) -> Reading {
        let reading = self.device.reading(self.now);
        self.plant.map_or(reading, |plant| plant.reading(reading))
    }

    fn drain(&mut self, tab: usize) {
        for _ in 0..MAX_OUTPUTS {
            let mut output = self.tabs[tab].engine.poll_output();
            if let Some(plant) = self.plant
                && !plant.output(&self.tabs[tab], self.lock.holder.is_some_and(|it| it.0 == tab), &mut output)
            {
                continue;
            }
            if let Output::Timeout(deadline) = output {
                if self.plan.setup.sockets.is_some() {
                    self.obey_held_back(tab);
                }
                let now = self.device.monotonic(self.now);
                self.tabs[tab].due = deadline
                    .map(|it| now.saturating_add(u64::try_from(it.after.as_millis()).unwrap_or(u64::MAX)));
                if self.tabs[tab].due == Some(now) && self.rules.is_timeout {
                    self.spins(tab);
                }
                self.look_at_timer(tab);
                return;
            }
            if self.plan.setup.sockets.is_some() && self.is_held_back(tab, &output) {
                continue;
            }
            self.obey(tab, output);
        }
        self.fail_rule(Rule::Bounded, || {
            format!("tab {tab} gave more than {MAX_OUTPUTS} orders after one input")
        });
    }

    /// Looks at the turn of an order; says whether a bug that is planted keeps it for later.
    fn is_held_back(&mut self, tab: usize, output: &Output) -> bool {
        let is_held_back = self.plant == Some(Plant::SocketsLast) && matches!(output, Output::Socket(..));
        if is_held_back {
            self.sockets.held_back.push(output.clone());
        } else {
            self.judge_turn(tab, output);
        }
        is_held_back
    }

    fn obey_held_back(&mut self, tab: usize) {
        for output in std::mem::take(&mut self.sockets.held_back) {
            self.judge_turn(tab, &output);
            self.obey(tab, output);
        }
        self.after_socket_orders(tab);
    }

    fn obey(&mut self, tab: usize, output: Output) {
        self.note(|| format!("tab {tab}    >> {output:?}"));
        match output {
            Output::Send(call) => self.send(tab, call),
            Output::Abort(call) => {
                let fetch = self.tabs[tab].take_fetch_of(Of::Call(call));
                self.rules.has_given_up |= self.rules.answered == Some(call);
                let is_planted = self.plant == Some(Plant::LockBound);
                if fetch.is_none() && self.rules.answered != Some(call) && !is_planted {
                    self.fail_rule(Rule::Contract, || format!("tab {tab} gave up {call:?}, which had ended"));
                }
            }
            Output::Request(id, order) => self.order(tab, id, &order),
            Output::Store(record) => {
                self.judge_store(tab, &record);
                self.write(tab, Remembered::Session(record));
            }
            Output::Keep(grant) => self.keep(tab, Some(*grant)),
            Output::Discard => self.keep(tab, None),
            Output::Forget(ended) => {
                let before = self.store.record().copied();
                let is_written = self.write(tab, Remembered::Ended(ended.clone()));
                self.judge_forget(tab, &ended, is_written);
                if self.plant == Some(Plant::ResurrectAfterSignOut)
                    && let Some(record) = before
                {
                    self.obey(tab, Output::Store(record));
                }
            }
            Output::Broadcast(message) => self.broadcast(tab, message),
            Output::Lock(order) => self.lock(tab, order),
            Output::Publish(snapshot) => {
                self.show(tab, *snapshot);
                self.turn_page(tab);
            }
            Output::Say(line) => self.judge_line(line),
            Output::Socket(id, order) => self.obey_socket(tab, id, order),
            Output::Timeout(_) => {}
        }
    }

    fn send(&mut self, tab: usize, call: Call) {
        self.judge_send(tab, call.id, &call.kind);
        self.judge_credential(tab, &call);
        let Call { id, kind } = call;
        let credential = self.credential(&kind);
        let question = match &kind {
            CallKind::SignIn(form) => {
                let Proof::Password { identifier, password } = &form.proof else { return };
                Question::SignIn {
                    account: u8::from(identifier == "1"),
                    keep: form.keep,
                    right_password: password.expose() == "secret-right",
                }
            }
            CallKind::Refresh { key, .. } => Question::Refresh { key: *key },
            CallKind::Validate { access } => Question::Validate { token: self.number_of(access) },
            CallKind::Clock => Question::Clock,
            CallKind::SignOut { access, ticket, .. } => Question::SignOut {
                token: access.as_ref().and_then(|access| self.number_of(access)),
                ticket: ticket.as_ref().and_then(ticket_number),
            },
        };
        if self.plant == Some(Plant::SingleFlight)
            && let Question::Refresh { key } = question
        {
            let question = Question::Refresh { key: IdempotencyKey(!key.0) };
            self.fetch(tab, Of::Call(CallId(u64::MAX)), question, credential);
        }
        let is_refresh = matches!(question, Question::Refresh { .. });
        self.fetch(tab, Of::Call(id), question, credential);
        if is_refresh {
            self.strike_holder(tab);
        }
    }

    fn order(&mut self, tab: usize, RequestId(id): RequestId, order: &Order) {
        self.judge_order(tab, id, order);
        match order {
            Order::Send(credential) | Order::Replay(credential) => {
                let token = self.number_of(&credential.access);
                let Some(request) = self.tabs[tab].requests.get_mut(&id) else { return };
                request.since = self.now;
                request.stage = if matches!(order, Order::Replay(_)) { Stage::Replayed } else { Stage::Sent };
                let stubborn = request.is_stubborn;
                self.tabs[tab].credential = Some(credential.clone());
                let cookie = self.jar.cookie;
                self.fetch(tab, Of::Request(id), Question::Request { token, stubborn }, cookie);
            }
            Order::Deliver => {
                self.tabs[tab].requests.remove(&id);
                let request = RequestId(id);
                let event = perennial_session::RequestEvent::Settled;
                self.after(0, Event::Feed { tab, input: Box::new(Input::Request { id: request, event }) });
            }
            Order::Fail(error) => {
                self.tabs[tab].requests.remove(&id);
                self.tabs[tab].take_fetch_of(Of::Request(id));
                self.stats.requests_failed += u64::from(*error == RequestError::Unavailable);
            }
        }
    }

    fn write(&mut self, tab: usize, what: Remembered) -> bool {
        let is_written = self.store.write(tab, what, self.now);
        if is_written {
            for other in 0..self.tabs.len() {
                if other != tab && self.tabs[other].is_open {
                    let after_ms = self.store.lag_ms + self.rng.between(1, 8);
                    self.after(after_ms, Event::RecordChanged { tab: other });
                }
            }
        }
        is_written
    }

    fn broadcast(&mut self, tab: usize, message: Message) {
        self.judge_broadcast(tab, &message);
        let message = Rc::new(message);
        for other in 0..self.tabs.len() {
            let it = &self.tabs[other];
            if other == tab || !it.is_open || it.frozen == Some(Frozen::Bfcache) {
                continue;
            }
            if self.messages_lost_percent > 0 && self.rng.percent(self.messages_lost_percent) {
                self.stats.messages_lost += 1;
                continue;
            }
            let at = (self.now + self.rng.between(1, 12) + self.messages_slow_ms)
                .max(self.tabs[other].heard_until);
            self.tabs[other].heard_until = at;
            self.at(at, Event::Hear { tab: other, message: Rc::clone(&message) });
        }
    }

    fn lock(&mut self, tab: usize, order: LockOrder) {
        if !self.plan.setup.settings.tabs.has_lock {
            self.fail_rule(Rule::Contract, || format!("tab {tab} wants a lock where there is none"));
        }
        match order {
            LockOrder::Request => {
                let request = self.lock.request(tab);
                if self.tabs[tab].lock_request.replace(request).is_some() {
                    self.fail_rule(Rule::Contract, || format!("tab {tab} asks for the lock twice"));
                }
            }
            LockOrder::Release => {
                self.tabs[tab].lock_request = None;
                self.lock.release(tab);
            }
        }
        self.pump_lock();
    }

    pub(super) fn pump_lock(&mut self) {
        if let Some((tab, request)) = self.lock.next_holder()
            && tab != STRANGER
        {
            let after_ms = self.rng.below(3);
            self.after(after_ms, Event::LockGranted { tab, request });
        }
    }

    pub(super) fn lock_granted(&mut self, tab: usize, request: u64) {
        if self.tabs[tab].is_open && self.tabs[tab].lock_request == Some(request) {
            self.feed(tab, Input::LockGranted);
        }
    }

    pub(super) fn timer(&mut self, tab: usize) {
        if self.tabs[tab].looks_at.is_none_or(|at| at > self.now) {
            // An earlier look has taken its place.
            return;
        }
        self.tabs[tab].looks_at = None;
        if !self.tabs[tab].is_running() {
            return;
        }
        let now = self.device.monotonic(self.now);
        if self.tabs[tab].due.is_some_and(|due| due <= now) {
            self.tabs[tab].due = None;
            self.feed(tab, Input::Timeout);
        }
        self.look_at_timer(tab);
    }

    /// Has the timer looked at when it is due: at the next full minute where the tab is throttled, and no later than
    /// a browser's timers reach.
    pub(super) fn look_at_timer(&mut self, tab: usize) {
        let it = &self.tabs[tab];
        let Some(due) = it.due.filter(|_| it.is_running()) else { return };
        let after_ms = due.saturating_sub(self.device.monotonic(self.now)).min(LONGEST_TIMER_MS);
        let mut at = self.now + after_ms;
        if it.is_hidden && !self.is_healed {
            at = at.next_multiple_of(THROTTLE_MS);
        }
        if it.looks_at.is_none_or(|earlier| at < earlier || earlier <= self.now) {
            self.tabs[tab].looks_at = Some(at);
            self.at(at, Event::Timer { tab });
        }
    }
}

/// More orders than one input can cause: as many as there are requests, and some.
const MAX_OUTPUTS: usize = 2_000;

const THROTTLE_MS: u64 = 60_000;

/// 2^31 - 1, beyond which a browser's timer fires at once.
const LONGEST_TIMER_MS: u64 = 2_147_483_647;
