//! The ways into a session.

use alloc::boxed::Box;

use crate::{
    Access, AccessBy, CallKind, Ended, Happened, Line, MessageBody, Moment, Output, RefreshBy, Refusal,
    Remembered, RequestError, SignInAnswer, SignInFailure, SignInForm, SignOutReason,
    access::Held,
    engine::Engine,
    state::{
        Activity, Flight, Live, NewestToken, Refresher, Revocation, RevocationStage, Session, SignInAttempt,
        SignedOut, State,
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
        self.outbox.push_back(Output::Say(Line::Started));
        // Where the record cannot be read, what is kept may still say which session it is.
        let found = self.kept.as_ref().map(|kept| (kept.session, kept.kept && self.settings.may_keep));
        let is_guess = remembered == Remembered::Unreadable && found.is_none();
        let (mut not_before, mut newest) = (None, None);
        let (key, activity, attempt) = match remembered {
            Remembered::Nothing => return self.start_signed_out(None),
            Remembered::Ended(ended) => return self.start_ended(ended, now),
            Remembered::Unreadable => {
                let (key, kept) = found.unwrap_or_else(|| (self.next_session_key(now), false));
                self.note_key(key);
                (key, Activity { last: now, kept }, None)
            }
            Remembered::Session(record) => {
                self.stored = Some((record, now));
                self.note_key(record.session);
                let last = self.moment(record.last_activity);
                not_before = self.not_before(&record);
                newest = record.token_from.map(NewestToken::known);
                (
                    record.session,
                    Activity { last, kept: record.kept && self.settings.may_keep },
                    record.attempt,
                )
            }
        };
        let refresher = Refresher { not_before, ..Refresher::idle(attempt) };
        let live = Live { key, refresher, activity, is_guess, session: None, newest };
        self.state = State::Live(Box::new(live));
        self.judge_limits(now);
        self.take_up(now);
    }

    fn start_signed_out(&mut self, reason: Option<SignOutReason>) {
        self.state = State::SignedOut(SignedOut::new(reason));
        self.discard_kept();
        self.fail_requests(RequestError::SignedOut);
    }

    /// Nobody is signed in; the server may not know yet that somebody no longer is.
    fn start_ended(&mut self, ended: Ended, now: Moment) {
        let kept = self.kept_of(ended.session);
        let held = Held { ticket: ended.ticket.clone().or(kept.ticket), ..kept };
        self.start_signed_out(Some(ended.reason).filter(|reason| *reason != SignOutReason::ByPerson));
        self.note_ended(ended.session, ended.reason);
        let revoke = ended.revoke && self.can_name(&held);
        self.left = Some(ended.clone());
        if revoke {
            self.revoke(Revocation::begins(Some(ended), held, RevocationStage::Waiting(now)));
        }
    }

    /// Asks the server who this is, after a sign-out that is still on its way.
    pub(super) fn sign_in(&mut self, form: SignInForm, now: Moment) {
        let State::SignedOut(out) = &mut self.state else { return };
        match out.attempt {
            SignInAttempt::Queued { .. } | SignInAttempt::Pending { .. } => {}
            SignInAttempt::Idle | SignInAttempt::Failed(_) => {
                out.attempt = SignInAttempt::Queued { form: Box::new(form), since: now };
                out.message = None;
                // The cookie of the session before is about to be replaced: now or never.
                self.revoke_early(now);
                // Whoever has seen a session here says so, and the one that begins now is told apart from it.
                self.broadcast(MessageBody::Hello { session: None, newer_than: None });
            }
        }
    }

    /// Sends the sign-in when no sign-out is on its way any more, here or, as far as the lock tells, in another tab.
    pub(super) fn sign_in_if_due(&mut self, now: Moment) {
        let State::SignedOut(SignedOut { attempt: SignInAttempt::Queued { since, .. }, revocation, .. }) =
            &self.state
        else {
            return;
        };
        let since = *since;
        let is_in_way = revocation.as_ref().is_some_and(|revocation| match revocation.stage {
            RevocationStage::InFlight(_) | RevocationStage::Refreshing(..) => true,
            RevocationStage::Locking { .. } => self.lock_bound(since) > now,
            RevocationStage::Waiting(_) => false,
        });
        if is_in_way || !self.may_go(since, now) {
            return;
        }
        let State::SignedOut(out) = &mut self.state else { return };
        if let SignInAttempt::Queued { form, .. } = core::mem::replace(&mut out.attempt, SignInAttempt::Idle)
        {
            let kept = form.keep;
            let flight = self.send(CallKind::SignIn(*form), now);
            self.set_attempt(SignInAttempt::Pending { flight, kept });
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
        let mut message = None;
        let failure = match answer {
            SignInAnswer::Granted(grant) => {
                let kept = match &self.state {
                    State::SignedOut(SignedOut { attempt: SignInAttempt::Pending { kept, .. }, .. }) => *kept,
                    State::SignedOut(_) | State::Starting | State::Live(_) => false,
                };
                let key = self.next_session_key(now);
                let asked = (flight.sent_at, self.timeline.wall(flight.sent_at));
                let token = self.place((grant.access.clone(), grant.lifetime), asked);
                self.state = State::Live(Box::new(Live {
                    key,
                    is_guess: false,
                    refresher: Refresher::idle(None),
                    activity: Activity { last: now, kept: kept && self.settings.may_keep },
                    session: Some(Session::new(grant, token, flight.sent_at, now)),
                    newest: None,
                }));
                self.ask_for_name();
                self.try_cookie();
                self.note(Happened::SignedIn);
                self.announce_token();
                return;
            }
            SignInAnswer::WrongCredentials => SignInFailure::WrongCredentials,
            SignInAnswer::Refused { message: said } => {
                message = said;
                SignInFailure::Refused
            }
            SignInAnswer::WrongOrigin => SignInFailure::WrongOrigin,
            SignInAnswer::Later(wait) => SignInFailure::TooMany { until: self.timeline.wall(now + wait) },
            // The form is there again, if the page is.
            SignInAnswer::Unknown(doubt) if self.was_cut_off(flight, doubt, now) => {
                return self.set_attempt(SignInAttempt::Idle);
            }
            SignInAnswer::Unknown(doubt) => SignInFailure::Unknown(doubt),
        };
        self.note(Happened::SignInFailed(failure));
        self.set_attempt(SignInAttempt::Failed(failure));
        if let State::SignedOut(out) = &mut self.state {
            out.message = message;
        }
        // Somebody may have signed in in another tab while nobody listened here.
        self.broadcast(MessageBody::Hello { session: None, newer_than: None });
    }

    /// Browsers may drop a cookie without a word, such as one of another site. A server that authorises by cookie is asked
    /// at once whether it sees it; one that only refreshes by it is asked by the first refresh.
    fn try_cookie(&mut self) {
        let is_access = self.settings.access_by == AccessBy::Cookie;
        let is_refresh = self.settings.refresh_by == RefreshBy::Cookie;
        let can_validate = self.settings.can_validate;
        if let Some(session) = self.session_mut() {
            session.is_untried = is_access || is_refresh;
            session.confirm |= is_access && can_validate;
        }
    }

    /// Whether nothing has come of the cookie that somebody signed in for.
    pub(super) fn is_cookie_untried(&self) -> bool {
        self.session().is_some_and(|session| session.is_untried)
    }

    /// Ends a sign-in whose cookie the browser has not kept. The server cannot be told which session is meant.
    pub(super) fn cookie_not_kept(&mut self, refusal: Refusal, now: Moment) {
        let has_worked = self.session().is_some_and(|session| session.token.access != Access::Cookie);
        self.end(SignOutReason::Refused(refusal), now);
        self.note(Happened::SignInFailed(SignInFailure::CookiesNotKept));
        self.set_attempt(SignInAttempt::Failed(SignInFailure::CookiesNotKept));
        if let State::SignedOut(out) = &mut self.state
            && !has_worked
        {
            // No session has ended: none could begin.
            out.reason = None;
        }
    }

    fn set_attempt(&mut self, attempt: SignInAttempt) {
        if let State::SignedOut(out) = &mut self.state {
            out.attempt = attempt;
        }
    }
}
