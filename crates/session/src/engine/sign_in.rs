//! The ways into a session and out of it.

use alloc::boxed::Box;

use crate::{
    CallId, CallKind, Moment, Record, RefreshCause, Remembered, Secret, SignInAnswer, SignInFailure,
    SignInForm,
    engine::Engine,
    state::{Activity, Flight, Live, Refresher, Session, SignInAttempt, SignedOut, State, Token},
};

impl Engine {
    /// Begins with what the device remembers.
    ///
    /// Where nothing is remembered nobody is asked: a first visit shows the sign-in page at once.
    pub(super) fn start(&mut self, remembered: Remembered, now: Moment) {
        if !matches!(self.state, State::Starting) {
            return;
        }
        let is_guess = remembered == Remembered::Unreadable;
        let (activity, key) = match remembered {
            Remembered::Nothing => {
                self.state = State::SignedOut(SignedOut {
                    reason: None,
                    attempt: SignInAttempt::Idle,
                    revocation: None,
                    late: None,
                });
                self.fail_requests(crate::RequestError::SignedOut);
                return;
            }
            Remembered::Unreadable => (Activity { last: now, kept: false }, None),
            Remembered::Session(record) => {
                self.stored = Some((record, now));
                let Record { last_activity, kept, attempt } = record;
                (Activity { last: now - self.timeline.since_wall(last_activity), kept }, attempt)
            }
        };
        self.state = State::Live(Box::new(Live {
            refresher: Refresher::idle(key),
            activity,
            is_guess,
            session: None,
        }));
        self.judge_limits(now);
        self.refresh(RefreshCause::Restore, now);
    }

    /// Asks the server who this is, after a sign-out that is still on its way.
    pub(super) fn sign_in(&mut self, form: SignInForm, now: Moment) {
        let State::SignedOut(out) = &mut self.state else { return };
        match out.attempt {
            SignInAttempt::Queued(_) | SignInAttempt::Pending { .. } => {}
            SignInAttempt::Idle | SignInAttempt::Failed(_) => {
                out.attempt = SignInAttempt::Queued(form);
                self.send_queued_sign_in(now);
            }
        }
    }

    fn send_queued_sign_in(&mut self, now: Moment) {
        let State::SignedOut(out) = &mut self.state else { return };
        if out.revocation.is_some() {
            return;
        }
        match core::mem::replace(&mut out.attempt, SignInAttempt::Idle) {
            SignInAttempt::Queued(form) => {
                let kept = form.keep;
                let flight = self.send(CallKind::SignIn(form), now);
                self.set_attempt(SignInAttempt::Pending { flight, kept });
            }
            other @ (SignInAttempt::Idle | SignInAttempt::Pending { .. } | SignInAttempt::Failed(_)) => {
                self.set_attempt(other);
            }
        }
    }

    pub(super) fn sign_in_flight(&self) -> Option<Flight> {
        let State::SignedOut(SignedOut { attempt: SignInAttempt::Pending { flight, .. }, .. }) = &self.state
        else {
            return None;
        };
        Some(*flight)
    }

    pub(super) fn sign_in_answered(&mut self, flight: Flight, answer: SignInAnswer, now: Moment) {
        let failure = match answer {
            SignInAnswer::Granted(grant) => {
                let kept = match &self.state {
                    State::SignedOut(SignedOut { attempt: SignInAttempt::Pending { kept, .. }, .. }) => *kept,
                    State::SignedOut(_) | State::Starting | State::Live(_) => false,
                };
                let generation = self.next_generation();
                let parts = (grant.access.clone(), grant.lifetime);
                let token = Token::schedule(
                    parts,
                    generation,
                    flight.sent_at,
                    None,
                    &self.settings,
                    &mut self.random,
                );
                self.state = State::Live(Box::new(Live {
                    is_guess: false,
                    refresher: Refresher::idle(None),
                    activity: Activity { last: now, kept },
                    session: Some(Session::new(grant, token, flight.sent_at, now)),
                }));
                return;
            }
            SignInAnswer::WrongCredentials => SignInFailure::WrongCredentials,
            SignInAnswer::Later(wait) => SignInFailure::TooMany { until: self.timeline.wall(now + wait) },
            SignInAnswer::Unknown(doubt) => SignInFailure::Unknown(doubt),
        };
        self.set_attempt(SignInAttempt::Failed(failure));
    }

    /// Tells the server that the session is over. Nothing here waits for the answer but the next sign-in.
    pub(super) fn revoke(&mut self, access: Option<Secret>, now: Moment) {
        let flight = self.send(CallKind::SignOut { access }, now);
        if let State::SignedOut(out) = &mut self.state {
            out.revocation = Some(flight);
        }
    }

    pub(super) fn revocation_ended(&mut self, call: CallId, now: Moment) {
        if let State::SignedOut(out) = &mut self.state
            && out.revocation.is_some_and(|flight| flight.call == call)
        {
            out.revocation = None;
            if let Some(access) = out.late.take() {
                self.revoke(Some(access), now);
            }
            self.send_queued_sign_in(now);
        }
    }

    fn set_attempt(&mut self, attempt: SignInAttempt) {
        if let State::SignedOut(out) = &mut self.state {
            out.attempt = attempt;
        }
    }
}
