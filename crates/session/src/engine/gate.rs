//! The gate that every request of the application passes: hold, send, replay once.

use alloc::{string::String, vec::Vec};

use crate::{
    Generation, Happened, Line, Moment, Order, Output, RefreshCause, RequestError, RequestEvent, RequestId,
    engine::Engine,
    state::{Purpose, State},
    token::Token,
};

/// A request that has not ended.
#[derive(Debug)]
pub(super) struct Request {
    endpoint: String,
    phase: Phase,
}

#[derive(Debug)]
enum Phase {
    /// Waits for a token: a newer one than `refused`, where the server refused one.
    Held { since: Moment, refused: Option<Generation> },
    /// Is on its way for the first time.
    Sent(Sending),
    /// Is on its way for the second and last time.
    Replayed(Sending),
    /// Was refused twice; whether the session or the endpoint is to blame is being found out.
    Judged { since: Moment },
}

/// With what a request was sent, and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sending {
    pub(super) generation: Generation,
    pub(super) at: Moment,
    /// When something of it was last seen to move.
    moved_at: Moment,
    /// Whether the token was asked for after the request had been refused: then a second refusal is not about an
    /// old token.
    fresh: bool,
}

impl Engine {
    pub(super) fn request(&mut self, id: RequestId, event: RequestEvent, now: Moment) {
        match event {
            RequestEvent::Asked { endpoint } => self.request_asked(id, endpoint, now),
            RequestEvent::Progressed => self.request_progressed(id, now),
            RequestEvent::Refused => self.request_refused(id, now),
            RequestEvent::Settled => {
                self.requests.remove(&id);
            }
        }
    }

    /// Sends what waits and can go, and fails what has waited too long.
    pub(super) fn release_requests(&mut self, now: Moment) {
        if self.requests.is_empty() {
            return;
        }
        let is_known = !self.is_in_clock_doubt();
        let usable = self.session().map(|it| &it.token).filter(|token| is_known && !token.is_expired(now));
        let is_suspected = |token: &Token| {
            self.live().is_some_and(|live| live.refresher.in_flight_on_suspicion_of(token.generation))
        };
        let credential = usable.filter(|token| !is_suspected(token)).map(Token::credential);
        let (hold_limit, request_limit) = (self.settings.hold_limit, self.settings.request_limit);
        let token = usable.map_or((Generation::default(), now), |token| (token.generation, token.from));
        let sending =
            |since| Sending { generation: token.0, at: now, moved_at: now, fresh: token.1 >= since };
        let mut orders = Vec::new();
        for (id, request) in self.requests.iter_mut() {
            let (since, refused) = match request.phase {
                Phase::Held { since, refused } => (since, refused),
                Phase::Judged { since } if since + hold_limit <= now => {
                    orders.push((*id, Order::Deliver));
                    continue;
                }
                Phase::Sent(sending) | Phase::Replayed(sending)
                    if sending.moved_at + request_limit <= now =>
                {
                    orders.push((*id, Order::Fail(RequestError::TimedOut)));
                    continue;
                }
                Phase::Sent(_) | Phase::Replayed(_) | Phase::Judged { .. } => continue,
            };
            let newer =
                credential.as_ref().filter(|it| refused.is_none_or(|refused| it.generation > refused));
            match (newer, refused) {
                (Some(credential), None) => {
                    request.phase = Phase::Sent(sending(since));
                    orders.push((*id, Order::Send(credential.clone())));
                }
                (Some(credential), Some(_)) => {
                    request.phase = Phase::Replayed(sending(since));
                    orders.push((*id, Order::Replay(credential.clone())));
                    self.outbox.push_back(Output::Say(Line::Replaying));
                }
                (None, _) if since + hold_limit <= now => {
                    orders.push((*id, Order::Fail(RequestError::Unavailable)));
                }
                (None, _) => {}
            }
        }
        for (id, order) in orders {
            self.order(id, order);
        }
    }

    /// With what a request is on its way, if it is.
    pub(super) fn sending(&self, id: RequestId) -> Option<Sending> {
        match self.requests.get(&id)?.phase {
            Phase::Sent(sending) | Phase::Replayed(sending) => Some(sending),
            Phase::Held { .. } | Phase::Judged { .. } => None,
        }
    }

    /// The first moment at which a request will have waited too long.
    pub(super) fn hold_ends_at(&self) -> Option<Moment> {
        self.requests
            .values()
            .map(|request| match request.phase {
                Phase::Held { since, .. } | Phase::Judged { since } => since + self.settings.hold_limit,
                Phase::Sent(sending) | Phase::Replayed(sending) => {
                    sending.moved_at + self.settings.request_limit
                }
            })
            .min()
    }

    /// Whether a request waits for a token, or for what the server says of one.
    pub(super) fn holds_requests(&self) -> bool {
        let waits = |request: &Request| matches!(request.phase, Phase::Held { .. } | Phase::Judged { .. });
        self.requests.values().any(waits)
    }

    /// Ends every request: those that wait, and those on their way, whose answers belong to nobody now.
    pub(super) fn fail_requests(&mut self, error: RequestError) {
        for (id, _) in core::mem::take(&mut self.requests) {
            self.outbox.push_back(Output::Request(id, Order::Fail(error)));
        }
    }

    /// The session is good, so the 401 was about the endpoint: its callers get it.
    pub(super) fn deliver_judged(&mut self) {
        let judged: Vec<_> = self
            .requests
            .iter()
            .filter(|(_, request)| matches!(request.phase, Phase::Judged { .. }))
            .map(|(id, _)| *id)
            .collect();
        for id in judged {
            self.order(id, Order::Deliver);
        }
    }

    /// No newer token will come: whoever was refused this one waits for the judgement instead.
    pub(super) fn judge_held(&mut self, refused: Generation, now: Moment) {
        let is_waiting =
            |phase: &Phase| matches!(phase, Phase::Held { refused: Some(it), .. } if *it == refused);
        let mut endpoints = Vec::new();
        for request in self.requests.values_mut().filter(|request| is_waiting(&request.phase)) {
            request.phase = Phase::Judged { since: now };
            endpoints.push(request.endpoint.clone());
        }
        if let Some(session) = self.session_mut() {
            let room = MAX_STUBBORN.saturating_sub(session.stubborn.len());
            for endpoint in endpoints.into_iter().take(room) {
                session.stubborn.insert(endpoint, ());
            }
        }
    }

    fn request_asked(&mut self, id: RequestId, endpoint: String, now: Moment) {
        match &self.state {
            State::SignedOut(_) => self.order(id, Order::Fail(RequestError::SignedOut)),
            State::Starting | State::Live(_) if self.requests.len() >= MAX_REQUESTS => {
                self.order(id, Order::Fail(RequestError::Unavailable));
            }
            State::Starting | State::Live(_) => {
                let phase = Phase::Held { since: now, refused: None };
                self.requests.insert(id, Request { endpoint, phase });
            }
        }
    }

    /// A long upload is no lost one while its bytes move.
    fn request_progressed(&mut self, id: RequestId, now: Moment) {
        if let Some(Request { phase: Phase::Sent(sending) | Phase::Replayed(sending), .. }) =
            self.requests.get_mut(&id)
        {
            sending.moved_at = now;
        }
    }

    fn request_refused(&mut self, id: RequestId, now: Moment) {
        let Some(request) = self.requests.get(&id) else {
            // It outlived its session, which has told it so.
            return;
        };
        let Some(session) = self.session() else { return };
        let current = session.token.generation;
        match request.phase {
            Phase::Sent(sending) if sending.generation == current => {
                if session.stubborn.contains_key(&request.endpoint) {
                    self.order(id, Order::Deliver);
                } else {
                    self.hold_refused(id, current, now);
                    self.note(Happened::Suspected);
                    self.refresh(RefreshCause::RequestRefused, now);
                }
            }
            // Refused for an older token: the current one is known to be better.
            Phase::Sent(sending) => self.hold_refused(id, sending.generation, now),
            Phase::Replayed(sending) => self.request_refused_again(id, sending, now),
            Phase::Held { .. } | Phase::Judged { .. } => {}
        }
    }

    fn hold_refused(&mut self, id: RequestId, refused: Generation, now: Moment) {
        if let Some(request) = self.requests.get_mut(&id) {
            request.phase = Phase::Held { since: now, refused: Some(refused) };
        }
    }

    /// A request is replayed once; after that the validation decides. Its 401 is the end only where the token was
    /// new: one that was merely newer than the first may have died since, and a refresh finds that out. Where nothing can
    /// be validated, a refusal of a new token is taken to be about the endpoint.
    fn request_refused_again(&mut self, id: RequestId, sending: Sending, now: Moment) {
        let Some(request) = self.requests.get_mut(&id) else { return };
        request.phase = Phase::Judged { since: now };
        let endpoint = request.endpoint.clone();
        if !self.settings.can_validate && !sending.fresh {
            self.deliver_judged();
            if self.session().is_some_and(|session| session.token.generation == sending.generation) {
                self.note(Happened::Suspected);
                self.refresh(RefreshCause::RequestRefused, now);
            }
            return;
        }
        if let Some(session) = self.session_mut()
            && session.token.generation == sending.generation
            && session.stubborn.len() < MAX_STUBBORN
        {
            session.stubborn.insert(endpoint, ());
        }
        if self.settings.can_validate {
            self.validate(if sending.fresh { Purpose::Verdict } else { Purpose::Heartbeat }, now);
        } else {
            self.deliver_judged();
        }
    }

    /// Says what is to become of a request; with its end, it is forgotten.
    fn order(&mut self, id: RequestId, order: Order) {
        match &order {
            Order::Send(_) | Order::Replay(_) => {}
            Order::Deliver | Order::Fail(_) => {
                self.requests.remove(&id);
            }
        }
        self.outbox.push_back(Output::Request(id, order));
    }
}

/// More requests than any page has open; beyond it something runs wild, and must not take the memory with it.
const MAX_REQUESTS: usize = 10_000;

/// More endpoints than misbehave at once. Beyond it they cost a refresh per call, as they would without the list.
const MAX_STUBBORN: usize = 256;
