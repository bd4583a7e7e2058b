//! The ways into a session and out of it.

use alloc::boxed::Box;

use crate::{
    CallId, CallKind, Doubt, Ended, Happened, Moment, Output, RefreshCause, Remembered, RequestError, Secret,
    SignInAnswer, SignInFailure, SignInForm, SignOutAnswer, SignOutReason,
    engine::Engine,
    state::{
        Activity, Flight, Live, Refresher, Revocation, RevocationStage, Session, SignInAttempt, SignedOut,
        State, Token,
    },
};

impl Engine {
    /// Begins with what the device remembers.
    ///
    /// Where nothing is remembered nobody is asked: a first visit shows the sign-in page at once.
    pub(super) fn start(&mut self, remembered: Remembered, now: Moment) {
        if !matches!(self.state, State::Starting) {
            return;
        }
        self.note(Happened::Started);
        let is_guess = remembered == Remembered::Unreadable;
        let mut not_before = None;
        let (key, activity, attempt) = match remembered {
            Remembered::Nothing => return self.start_signed_out(None),
            Remembered::Ended(ended) => {
                self.start_signed_out(Some(ended.reason).filter(|reason| *reason != SignOutReason::ByPerson));
                self.note_ended(ended.session);
                if ended.revoke {
                    self.revoke(Some(ended), None, now);
                }
                return;
            }
            Remembered::Unreadable => (self.next_session_key(now), Activity { last: now, kept: false }, None),
            Remembered::Session(record) => {
                self.stored = Some((record, now));
                let last = now - self.timeline.since_wall(record.last_activity);
                not_before = record.not_before.map(|until| self.future_moment(until));
                (
                    record.session,
                    Activity { last, kept: record.kept && self.settings.may_keep },
                    record.attempt,
                )
            }
        };
        let refresher = Refresher { not_before, ..Refresher::idle(attempt) };
        self.state = State::Live(Box::new(Live { key, refresher, activity, is_guess, session: None }));
        self.judge_limits(now);
        self.refresh(RefreshCause::Restore, now);
    }

    fn start_signed_out(&mut self, reason: Option<SignOutReason>) {
        self.state = State::SignedOut(SignedOut::new(reason));
        self.fail_requests(RequestError::SignedOut);
    }

    /// Asks the server who this is, after a sign-out that is still on its way.
    pub(super) fn sign_in(&mut self, form: SignInForm, now: Moment) {
        let State::SignedOut(out) = &mut self.state else { return };
        match out.attempt {
            SignInAttempt::Queued(_) | SignInAttempt::Pending { .. } => {}
            SignInAttempt::Idle | SignInAttempt::Failed(_) => {
                out.attempt = SignInAttempt::Queued(form);
                // The cookie of the session before is about to be replaced: now or never.
                self.revoke_early(now);
                self.revoke_if_due(now);
                self.send_queued_sign_in(now);
            }
        }
    }

    fn send_queued_sign_in(&mut self, now: Moment) {
        let State::SignedOut(out) = &mut self.state else { return };
        if out.revocation.as_ref().is_some_and(|revocation| revocation.flight().is_some()) {
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
                let key = self.next_session_key(now);
                let from_wall = self.timeline.wall(flight.sent_at);
                let generation = self.next_generation();
                let parts = (grant.access.clone(), grant.lifetime);
                let mut token = Token::schedule(
                    parts,
                    generation,
                    flight.sent_at,
                    None,
                    &self.settings,
                    &mut self.random,
                );
                token.from_wall = from_wall;
                self.state = State::Live(Box::new(Live {
                    key,
                    is_guess: false,
                    refresher: Refresher::idle(None),
                    activity: Activity { last: now, kept: kept && self.settings.may_keep },
                    session: Some(Session::new(grant, token, flight.sent_at, now)),
                }));
                self.note(Happened::SignedIn);
                self.has_news = true;
                return;
            }
            SignInAnswer::WrongCredentials => SignInFailure::WrongCredentials,
            SignInAnswer::Later(wait) => SignInFailure::TooMany { until: self.timeline.wall(now + wait) },
            SignInAnswer::Unknown(doubt) => SignInFailure::Unknown(doubt),
        };
        self.note(Happened::SignInFailed(failure));
        self.set_attempt(SignInAttempt::Failed(failure));
    }

    /// Tells the server that the session is over. Nothing here waits for the answer but the next sign-in.
    pub(super) fn revoke(&mut self, ended: Option<Ended>, access: Option<Secret>, now: Moment) {
        let revocation = Revocation { ended, access, failures: 0, stage: RevocationStage::Waiting(now) };
        self.send_revocation(revocation, now);
    }

    fn send_revocation(&mut self, revocation: Revocation, now: Moment) {
        let flight = self.send(CallKind::SignOut { access: revocation.access.clone() }, now);
        if let State::SignedOut(out) = &mut self.state {
            out.revocation = Some(Revocation { stage: RevocationStage::InFlight(flight), ..revocation });
        }
    }

    /// Tells the server again, where it could not be told before.
    pub(super) fn revoke_if_due(&mut self, now: Moment) {
        if let State::SignedOut(out) = &mut self.state
            && let Some(Revocation { stage: RevocationStage::Waiting(until), .. }) = &out.revocation
            && *until <= now
            && !matches!(out.attempt, SignInAttempt::Pending { .. })
            && let Some(revocation) = out.revocation.take()
        {
            self.send_revocation(revocation, now);
        }
    }

    /// The network may be back: does not wait any longer.
    pub(super) fn revoke_early(&mut self, now: Moment) {
        if let State::SignedOut(out) = &mut self.state
            && let Some(Revocation { stage: RevocationStage::Waiting(until), .. }) = &mut out.revocation
        {
            *until = now;
        }
    }

    pub(super) fn revocation_answered(&mut self, call: CallId, answer: SignOutAnswer, now: Moment) {
        let State::SignedOut(out) = &mut self.state else { return };
        let Some(revocation) =
            out.revocation.take_if(|it| it.flight().is_some_and(|flight| flight.call == call))
        else {
            return;
        };
        let late = out.late.take();
        self.note(match answer {
            SignOutAnswer::Done => Happened::SignOutTold,
            SignOutAnswer::Unknown(doubt) => Happened::SignOutUntold(doubt),
        });
        if is_worth_repeating(answer) {
            let failures = revocation.failures.saturating_add(1);
            let access = late.clone().or(revocation.access);
            let stage = RevocationStage::Waiting(now + self.backoff(revocation.failures));
            let revocation = Revocation { access, failures, stage, ..revocation };
            if late.is_some() {
                self.send_revocation(revocation, now);
            } else if let State::SignedOut(out) = &mut self.state {
                out.revocation = Some(revocation);
            }
        } else {
            if let Some(ended) = revocation.ended {
                self.outbox.push_back(Output::Forget(Ended { revoke: false, ..ended }));
            }
            if let Some(access) = late {
                self.revoke(None, Some(access), now);
            }
        }
        self.send_queued_sign_in(now);
    }

    fn set_attempt(&mut self, attempt: SignInAttempt) {
        if let State::SignedOut(out) = &mut self.state {
            out.attempt = attempt;
        }
    }
}

/// Whether a sign-out that was answered so should be sent again. A server that understood it and will not hear of it
/// will not hear of it tomorrow either.
fn is_worth_repeating(answer: SignOutAnswer) -> bool {
    match answer {
        SignOutAnswer::Done => false,
        SignOutAnswer::Unknown(Doubt::Status(status)) => {
            !(400..500).contains(&status) || matches!(status, 408 | 425 | 429)
        }
        SignOutAnswer::Unknown(Doubt::Network | Doubt::TimedOut | Doubt::Unreadable) => true,
    }
}
