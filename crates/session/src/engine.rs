//! The engine: one entry for facts, one exit for orders.

mod check;
mod gate;
mod refresh;
mod show;
mod sign_in;
mod validate;

use alloc::{
    boxed::Box,
    collections::{BTreeMap, VecDeque},
};

use crate::{
    Answer, Call, CallId, CallKind, Generation, Input, Line, Moment, Output, Reading, Record, RefreshAnswer,
    Refusal, RequestError, RequestId, Secret, Settings, SignInAnswer, SignOutReason, Snapshot, Wake,
    random::Random,
    state::{Flight, Live, RefreshPhase, SignInAttempt, SignedOut, State},
    time::Timeline,
};

use gate::Request;

/// A session: everything that decides, and nothing that acts.
///
/// Every [`Engine::handle_input`] must be followed by a complete drain of [`Engine::poll_output`], until it returns
/// [`Output::Timeout`].
#[derive(Debug)]
pub struct Engine {
    settings: Settings,
    random: Random,
    timeline: Timeline,
    state: State,
    requests: BTreeMap<RequestId, Request>,
    offline: bool,
    calls: u64,
    generations: u64,
    outbox: VecDeque<Output>,
    published: Option<Box<Snapshot>>,
    stored: Option<(Record, Moment)>,
}

impl Engine {
    /// Makes an engine that waits for [`Input::Start`].
    ///
    /// The seed should come from the device's secure source: it keeps a fleet of engines out of step.
    #[must_use]
    pub fn new(settings: Settings, seed: [u8; 32], reading: Reading) -> Self {
        Self {
            settings,
            random: Random::from_seed(seed),
            timeline: Timeline::start(reading),
            state: State::Starting,
            requests: BTreeMap::new(),
            offline: false,
            calls: 0,
            generations: 0,
            outbox: VecDeque::new(),
            published: None,
            stored: None,
        }
    }

    /// Takes a fact in, with what the clocks say now.
    ///
    /// The limits are judged before the fact is looked at: after a sleep the first move of the mouse finds the
    /// session already over, and no request leaves on its behalf.
    pub fn handle_input(&mut self, input: Input, reading: Reading) {
        let now = self.timeline.advance(reading);
        self.judge_limits(now);
        self.apply(input, now);
        self.check(now);
        self.store_if_due(now);
        self.publish_if_changed(now);
    }

    /// The next order; [`Output::Timeout`] when there is none left.
    pub fn poll_output(&mut self) -> Output {
        self.outbox.pop_front().unwrap_or_else(|| Output::Timeout(self.next_deadline()))
    }

    /// What may be shown.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.show(self.timeline.now())
    }

    fn apply(&mut self, input: Input, now: Moment) {
        match input {
            Input::Start(remembered) => self.start(remembered, now),
            Input::SignIn(form) => self.sign_in(form, now),
            Input::SignOut => self.end(SignOutReason::ByPerson, now),
            Input::RefreshNow => self.refresh(crate::RefreshCause::Manual, now),
            Input::Extend => self.active(now),
            Input::Activity => {
                if !self.is_asking(now) {
                    self.active(now);
                }
            }
            Input::Woke(wake) => self.woke(wake, now),
            Input::WentOffline => self.offline = true,
            Input::Answered { call, answer } => self.answered(call, answer, now),
            Input::Request { id, event } => self.request(id, event, now),
            Input::HeaderToken { request, grant } => self.header_token(request, grant, now),
            Input::Timeout => {}
        }
    }

    fn active(&mut self, now: Moment) {
        if let State::Live(live) = &mut self.state {
            live.activity.last = now;
        }
    }

    fn woke(&mut self, wake: Wake, now: Moment) {
        let look_again = match wake {
            Wake::Seen => false,
            // The page shows what it showed when it was left; the server knows what became of that.
            Wake::Restored => true,
            Wake::Online => {
                self.offline = false;
                true
            }
        };
        self.retry_early(now);
        let due = now - self.settings.check_interval;
        if look_again && let Some(session) = self.session_mut() {
            session.last_check = due;
        }
    }

    /// The commit guard: an answer counts only for the call that the present state waits for.
    fn answered(&mut self, call: CallId, answer: Answer, now: Moment) {
        match answer {
            Answer::SignIn(answer) => {
                if let Some(flight) = self.sign_in_flight()
                    && flight.call == call
                {
                    self.sign_in_answered(flight, answer, now);
                } else if let SignInAnswer::Granted(grant) = answer {
                    self.give_back(grant.access, now);
                }
            }
            Answer::Refresh(answer) => match self.refresh_flight() {
                Some(flight) if flight.call == call => self.refresh_answered(flight, answer, now),
                Some(_) | None => {
                    if let RefreshAnswer::Granted(grant) = answer {
                        self.give_back(grant.access, now);
                    }
                }
            },
            Answer::Validate(answer) => {
                if self
                    .session()
                    .and_then(|it| it.validation.as_ref())
                    .is_some_and(|it| it.flight.call == call)
                {
                    self.validate_answered(answer, now);
                }
            }
            Answer::SignOut(_) => self.revocation_ended(call, now),
        }
    }

    /// Ends on the server what a token began that came when nobody waited for it: the session that somebody left
    /// while it was being refreshed, or the sign-in that was given up.
    ///
    /// Not while somebody signs in: the answer to a sign-out clears the cookie, and must not clear theirs.
    fn give_back(&mut self, access: Secret, now: Moment) {
        let State::SignedOut(out) = &mut self.state else { return };
        match (&out.attempt, out.revocation) {
            (SignInAttempt::Pending { .. }, _) => {}
            (SignInAttempt::Idle | SignInAttempt::Queued(_) | SignInAttempt::Failed(_), Some(_)) => {
                out.late = Some(access);
            }
            (SignInAttempt::Idle | SignInAttempt::Queued(_) | SignInAttempt::Failed(_), None) => {
                self.revoke(Some(access), now);
            }
        }
    }

    /// Ends the session here, at once, and tells the server where it does not know already.
    fn end(&mut self, reason: SignOutReason, now: Moment) {
        if self.live().is_none() {
            return;
        }
        // Where there was no session, none has ended.
        let was_none = self.live().is_some_and(|live| live.is_guess && live.session.is_none())
            && reason == SignOutReason::Refused(Refusal::Missing);
        let out = SignedOut {
            reason: (!was_none).then_some(reason),
            attempt: SignInAttempt::Idle,
            revocation: None,
            late: None,
        };
        let State::Live(live) = core::mem::replace(&mut self.state, State::SignedOut(out)) else { return };
        let Live { refresher, session, .. } = *live;
        if let RefreshPhase::InFlight { flight, .. } = refresher.phase {
            self.outbox.push_back(Output::Abort(flight.call));
        }
        let access = session.map(|session| {
            if let Some(validation) = session.validation {
                self.outbox.push_back(Output::Abort(validation.flight.call));
            }
            session.token.access
        });
        self.fail_requests(RequestError::SignedOut);
        self.stored = None;
        self.outbox.push_back(Output::Forget);
        match reason {
            SignOutReason::Refused(_) if was_none => {}
            SignOutReason::Refused(_) => self.outbox.push_back(Output::Say(Line::Unauthorized)),
            SignOutReason::ByPerson | SignOutReason::Inactivity | SignOutReason::AbsoluteLimit => {
                self.revoke(access, now);
            }
        }
    }

    fn send(&mut self, kind: CallKind, now: Moment) -> Flight {
        self.calls += 1;
        let call = CallId(self.calls);
        self.outbox.push_back(Output::Send(Call { id: call, kind }));
        Flight { call, sent_at: now }
    }

    fn next_generation(&mut self) -> Generation {
        self.generations += 1;
        Generation(self.generations)
    }

    fn live(&self) -> Option<&Live> {
        match &self.state {
            State::Live(live) => Some(live),
            State::Starting | State::SignedOut(_) => None,
        }
    }

    fn live_mut(&mut self) -> Option<&mut Live> {
        match &mut self.state {
            State::Live(live) => Some(live),
            State::Starting | State::SignedOut(_) => None,
        }
    }

    fn session(&self) -> Option<&crate::state::Session> {
        self.live().and_then(|live| live.session.as_ref())
    }

    fn session_mut(&mut self) -> Option<&mut crate::state::Session> {
        self.live_mut().and_then(|live| live.session.as_mut())
    }
}
