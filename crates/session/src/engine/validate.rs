//! Asking the server about the session, and what its answer means.

use alloc::sync::Arc;
use core::time::Duration;

use crate::{
    Access, Account, CallKind, Confirmed, Doubt, Happened, Line, Moment, Output, RefreshCause, Refusal,
    SignOutReason, ValidateAnswer,
    engine::Engine,
    state::{Activity, Purpose, Revocation, RevocationStage, Session, Standing, State, Validation},
};

impl Engine {
    /// Asks about the current token, or joins the question that is under way. A token that has expired, or may have, is
    /// shown to nobody: the one that replaces it is, in its place.
    pub(super) fn validate(&mut self, purpose: Purpose, now: Moment) {
        let is_in_doubt = self.is_in_clock_doubt();
        let Some(session) = self.session_mut() else { return };
        session.last_check = now;
        if session.token.is_expired(now) || is_in_doubt {
            session.confirm = true;
            return;
        }
        let generation = session.token.generation;
        let access = session.token.access.clone();
        match &mut session.validation {
            Some(validation) if validation.generation == generation => {
                if purpose == Purpose::Verdict {
                    validation.purpose = Purpose::Verdict;
                }
                return;
            }
            Some(validation) => {
                let call = validation.flight.call;
                self.outbox.push_back(Output::Abort(call));
            }
            None => {}
        }
        self.outbox.push_back(Output::Say(Line::Checking));
        let flight = self.send(CallKind::Validate { access }, now);
        if let Some(session) = self.session_mut() {
            session.validation = Some(Validation { flight, generation, purpose });
        }
    }

    pub(super) fn validate_answered(&mut self, answer: ValidateAnswer, now: Moment) {
        let Some(session) = self.session_mut() else { return };
        let Some(validation) = session.validation.take() else { return };
        if validation.generation != session.token.generation {
            // It speaks of a token that has been replaced since, and of what was known then.
            self.deliver_judged();
            return;
        }
        match answer {
            ValidateAnswer::Valid(confirmed) => {
                let (generation, sent_at) = (validation.generation, validation.flight.sent_at);
                let renewed = confirmed.renewed.clone();
                self.confirmed(confirmed, sent_at, now);
                if let Some(grant) = renewed {
                    self.adopt_header(grant, (generation, sent_at), now);
                }
                self.deliver_judged();
            }
            ValidateAnswer::Unauthorized(refusal) => self.unauthorized(validation.purpose, refusal, now),
            ValidateAnswer::Unknown(doubt) if self.was_cut_off(validation.flight, doubt, now) => {
                self.leave_undecided();
            }
            ValidateAnswer::Unknown(doubt) => self.validate_failed(doubt),
        }
    }

    /// Takes in what the server says of a session that is good.
    fn confirmed(&mut self, confirmed: Confirmed, sent_at: Moment, now: Moment) {
        let Some(session) = self.session_mut() else { return };
        session.unconfirmed = None;
        let is_cookie = session.token.access == Access::Cookie;
        if let Some(account) = confirmed.account {
            if !session.is_of_another(&account) {
                session.account = account.or_known(&session.account);
            } else if is_cookie || session.standing == Standing::Found {
                // Nothing but the answer says whose it is.
                self.become_account(account, now);
            } else if session.is_nameless() {
                // It names somebody, but not the one whose token this is.
                return self.validate_failed(Doubt::Unreadable);
            } else {
                return;
            }
        }
        let asked_wall = self.timeline.wall(sent_at);
        let (settings, random) = (&self.settings, &mut self.random);
        let State::Live(live) = &mut self.state else { return };
        let Some(session) = &mut live.session else { return };
        live.is_guess = false;
        session.standing = Standing::Known;
        session.is_untried &= !is_cookie;
        session.landing = session.landing.take().or(confirmed.landing);
        let ends_at = confirmed.session_lifetime.map(|lifetime| sent_at + lifetime);
        session.ends_at = later_told(session.ends_at, ends_at);
        if let Some(rest) = confirmed.lifetime.filter(|_| is_cookie) {
            let told = Some(sent_at + rest);
            if later_told(session.token.until(), told) == told {
                let lives = (rest, confirmed.whole_lifetime);
                session.token.told_end(lives, (sent_at, asked_wall), settings, random);
            }
        } else if is_cookie && confirmed.whole_lifetime.is_some() {
            session.token.told_life(sent_at);
        }
    }

    /// What authorises requests is another person's. The other tabs are told.
    fn become_account(&mut self, account: Arc<Account>, now: Moment) {
        self.tell_account_changed();
        let (generation, from_wall) = (self.next_generation(), self.timeline.wall(now));
        let Some(live) = self.live_mut() else { return };
        let Some(session) = &mut live.session else { return };
        if session.standing == Standing::Known {
            live.activity = Activity { last: now, kept: false };
        }
        session.account = account;
        session.landing = None;
        session.ends_at = None;
        session.token.generation = generation;
        session.token.from_wall = from_wall;
        self.announce_token();
    }

    /// Keeps the session, and says what was wrong.
    fn validate_failed(&mut self, doubt: Doubt) {
        if let Some(session) = self.session_mut() {
            session.unconfirmed = Some(doubt);
        }
        self.note(Happened::ValidationFailed(doubt));
        self.outbox.push_back(Output::Say(Line::ValidationFailed(doubt)));
        self.leave_undecided();
    }

    /// Keeps the session: an answer that decides nothing ends nothing. Of one whose person is not known yet the server is
    /// asked again.
    fn leave_undecided(&mut self) {
        self.take_as_known();
        let pause = match self.session().map(|session| session.standing) {
            Some(Standing::Nameless { asked }) => Some((asked, self.backoff(asked))),
            Some(Standing::Known | Standing::Found) | None => None,
        };
        let (now, interval) = (self.timeline.now(), self.settings.check_interval);
        if let Some((asked, pause)) = pause
            && let Some(session) = self.session_mut()
        {
            let is_enough = asked >= VAIN_QUESTIONS && !session.account.id.is_empty();
            let asked = asked.saturating_add(1);
            session.standing = if is_enough { Standing::Known } else { Standing::Nameless { asked } };
            session.last_check = if is_enough { now } else { now + pause - interval };
        }
        self.deliver_judged();
    }

    /// A token that has expired while the question was on its way, or may have, may have been refused for no more than
    /// that, and nothing is settled.
    fn unauthorized(&mut self, purpose: Purpose, refusal: Refusal, now: Moment) {
        // A server that knows what became of the session has seen the cookie.
        let is_unseen = matches!(refusal, Refusal::Missing | Refusal::Unspecified);
        let is_by_cookie = self.session().is_some_and(|it| it.token.access == Access::Cookie);
        if is_unseen && is_by_cookie && self.is_cookie_untried() {
            return self.cookie_not_kept(refusal, now);
        }
        let has_expired = self.session().is_some_and(|session| session.token.may_have_expired(now));
        match purpose {
            Purpose::Verdict if !has_expired => {
                // The token is refused; the credential that refreshes it may not be, and must not stay behind.
                let held = self.session().map(Session::held).unwrap_or_default();
                self.end(SignOutReason::Refused(refusal), now);
                self.revoke(Revocation::begins(None, held, RevocationStage::Waiting(now)));
            }
            Purpose::Verdict | Purpose::Heartbeat => {
                if let Some(session) = self.session_mut() {
                    session.confirm = true;
                }
                self.note(Happened::Suspected);
                self.refresh(RefreshCause::ValidationRefused, now);
            }
        }
    }
}

/// When the session ends, as it was told again. It is told in whole seconds from a moment that is not known exactly; what
/// seems to move by less has not moved.
fn later_told(known: Option<Moment>, told: Option<Moment>) -> Option<Moment> {
    let differs = |known: Moment, told: Moment| known.since(told).max(told.since(known)) > END_TOLERANCE;
    match (known, told) {
        (Some(known), Some(told)) if !differs(known, told) => Some(known),
        (known, told) => told.or(known),
    }
}

/// After so many vain questions for a name a person is shown by the identifier that their token came with. A server that
/// vouches for them and has no more to say must not keep them waiting.
const VAIN_QUESTIONS: u32 = 2;

const END_TOLERANCE: Duration = Duration::from_secs(2);
