//! Tells the server that a session is over, until it knows.
//!
//! A sign-out is recognised by what authorises requests. Where that has expired, or the server does not recognise it, a
//! new one is asked for first, as one errand: the refresh and the sign-out with what it brings.

use alloc::boxed::Box;

use crate::{
    CallId, CallKind, Doubt, Ended, Happened, IdempotencyKey, MessageBody, Moment, Output, RefreshAnswer,
    RefreshBy, Refusal, SessionKey, SignOutAnswer, SignOutBy, Tabs,
    access::Held,
    engine::Engine,
    state::{Flight, Renewing, Revocation, RevocationStage, SignInAttempt, SignedOut, State},
};

/// What the server is asked next.
enum Step {
    /// For a token to sign out with.
    Refresh,
    /// To end the session that is named by this.
    SignOut(Held),
    /// Nothing: all that named the session has expired.
    Nothing,
}

impl Engine {
    /// Has the server told that the session is over, under the lock: the answer clears the cookie, which must not be that
    /// of somebody who signs in in another tab meanwhile.
    pub(super) fn revoke(&mut self, revocation: Revocation) {
        if let State::SignedOut(out) = &mut self.state {
            out.revocation = Some(Box::new(revocation));
        }
    }

    /// Tells the server now, where a token can be shown. A person has signed out, and the page may be closing. The lock is
    /// asked for as well, so that a sign-in in another tab waits for the answer.
    pub(super) fn send_sign_out_now(&mut self, now: Moment) {
        // Time that may have passed has passed for the token.
        if let Some(Step::SignOut(held)) = self.next_step(now + self.untold_time()) {
            self.send_sign_out(held, now);
        }
    }

    fn next_step(&self, now: Moment) -> Option<Step> {
        let revocation = self.revocation()?;
        let held = &revocation.held;
        // A ticket needs no token beside it, and a cookie none either.
        let is_needed = held.ticket.is_none() && self.settings.refresh_by != RefreshBy::Cookie;
        let has_expired = is_needed && held.has_expired(now) && self.can_renew(held);
        if revocation.renewal == Renewing::Wanted || has_expired {
            return Some(Step::Refresh);
        }
        let held = held.without_expired(now);
        Some(if self.can_name(&held) { Step::SignOut(held) } else { Step::Nothing })
    }

    fn revocation(&self) -> Option<&Revocation> {
        match &self.state {
            State::SignedOut(out) => out.revocation.as_deref(),
            State::Starting | State::Live(_) => None,
        }
    }

    /// Whether the server was told in vain, and a page that comes after this one would have nothing to name the session by:
    /// credentials go with the session, and what is left is a ticket, or a cookie.
    pub(super) fn is_sign_out_untold(&self) -> bool {
        self.revocation().is_some_and(|revocation| {
            let left = Held { ticket: revocation.held.ticket.clone(), ..Held::default() };
            revocation.failures > 0 && !self.can_name(&left)
        })
    }

    fn take_next_step(&mut self, now: Moment) {
        let not_before = self.revocation().and_then(|it| it.not_before).filter(|until| *until > now);
        match (self.next_step(now), not_before) {
            (Some(Step::Refresh), Some(until)) => self.set_stage(RevocationStage::Waiting(until)),
            (Some(Step::Refresh), None) => self.renew_for_sign_out(now),
            (Some(Step::SignOut(held)), _) => self.send_sign_out(held, now),
            (Some(Step::Nothing), _) => {
                if let State::SignedOut(out) = &mut self.state
                    && let Some(revocation) = out.revocation.take()
                {
                    self.close_revocation(&revocation);
                }
            }
            (None, _) => {}
        }
    }

    fn send_sign_out(&mut self, held: Held, now: Moment) {
        self.take_lock();
        let Held { access, until: _, refresh, ticket } = held;
        let flight = self.send(CallKind::SignOut { access, refresh, ticket }, now);
        self.set_stage(RevocationStage::InFlight(flight));
    }

    fn renew_for_sign_out(&mut self, now: Moment) {
        let Some(Revocation { ended, held, key, .. }) = self.revocation() else { return };
        // A token that is exchanged is its own refresh credential: what it is worth only the server knows.
        let access = match self.settings.refresh_by {
            RefreshBy::AccessToken => held.access.clone(),
            RefreshBy::Cookie | RefreshBy::RefreshToken => held.without_expired(now).access,
        };
        let refresh = held.refresh.clone();
        let first = key.or_else(|| ended.as_ref().map(|ended| IdempotencyKey::first(ended.session)));
        let key = first.unwrap_or_else(|| IdempotencyKey(self.random.next_u64().into()).next());
        self.take_lock();
        let flight = self.send(CallKind::Refresh { key, access, refresh, account: None }, now);
        self.set_stage(RevocationStage::Refreshing(flight, key));
    }

    fn set_stage(&mut self, stage: RevocationStage) {
        if let State::SignedOut(SignedOut { revocation: Some(revocation), .. }) = &mut self.state {
            revocation.stage = stage;
        }
    }

    /// Sees to it that the server learns of an end that it may not know of. The tab that ended the session does so
    /// itself; this one steps in when it has not for as long as a tab could need. Without a lock nobody can tell whether
    /// somebody has signed in meanwhile, and what names the session is only the cookie.
    pub(super) fn see_to_sign_out(&mut self, ended: Ended, now: Moment) {
        let until = self.lock_bound(now);
        let held = Held { ticket: ended.ticket.clone(), ..Held::default() };
        let may_step_in = self.settings.tabs.has_lock && self.can_name(&held);
        if let State::SignedOut(out) = &mut self.state
            && out.revocation.is_none()
            && may_step_in
        {
            let stage = RevocationStage::Waiting(until);
            let revocation = Revocation::begins(Some(ended), held, stage);
            out.revocation = Some(Box::new(Revocation { is_shared: true, ..revocation }));
        }
    }

    /// Tells the server again, where it could not be told before, and under the lock: nobody may have signed in since.
    pub(super) fn revoke_if_due(&mut self, now: Moment) {
        let State::SignedOut(out) = &mut self.state else { return };
        if matches!(out.attempt, SignInAttempt::Pending { .. }) {
            return;
        }
        let Some(revocation) = &mut out.revocation else { return };
        let since = match revocation.stage {
            RevocationStage::InFlight(_) | RevocationStage::Refreshing(..) => return,
            RevocationStage::Waiting(until) if until > now => return,
            RevocationStage::Waiting(_) => now,
            RevocationStage::Locking { since } => since,
        };
        let is_new = matches!(revocation.stage, RevocationStage::Waiting(_));
        revocation.stage = RevocationStage::Locking { since };
        let is_shared = revocation.is_shared;
        if is_new {
            // A tab with a session answers. The cookie belongs to that session then.
            self.broadcast(MessageBody::Hello { session: None, newer_than: None });
        }
        let may_go = if is_shared { self.take_lock() } else { self.may_go(since, now) };
        if may_go && since + self.peer_wait() <= now {
            self.take_next_step(now);
        }
    }

    /// The network may be back: does not wait any longer, but for what the server asked for.
    pub(super) fn revoke_early(&mut self, now: Moment) {
        let asked = match self.next_step(now) {
            Some(Step::Refresh) => self.revocation().and_then(|it| it.not_before),
            Some(Step::SignOut(_) | Step::Nothing) | None => None,
        };
        if let State::SignedOut(out) = &mut self.state
            && let Some(Revocation { stage: RevocationStage::Waiting(until), .. }) =
                out.revocation.as_deref_mut()
        {
            *until = asked.map_or(now, |asked| asked.max(now));
        }
    }

    pub(super) fn revocation_due_at(&self) -> Option<Moment> {
        let State::SignedOut(out) = &self.state else { return None };
        match (&out.attempt, out.revocation.as_ref()?.stage) {
            (SignInAttempt::Pending { .. }, _)
            | (
                _,
                RevocationStage::InFlight(_)
                | RevocationStage::Refreshing(..)
                | RevocationStage::Locking { .. },
            ) => None,
            (_, RevocationStage::Waiting(until)) => Some(until),
        }
    }

    /// Somebody has signed in in another tab: the cookie is theirs, and no sign-out of before may touch it.
    pub(super) fn leave_cookie(&mut self) {
        if let State::SignedOut(out) = &mut self.state
            && let Some(revocation) = out.revocation.take()
        {
            self.outbox.extend(revocation.flight().map(|flight| Output::Abort(flight.call)));
        }
    }

    /// Another tab has left a ticket for the session of which the server is being told.
    pub(super) fn take_ticket(&mut self, left: &Ended) {
        if let State::SignedOut(SignedOut { revocation: Some(revocation), .. }) = &mut self.state
            && let Some(ended) = revocation.ended.as_mut().filter(|ended| ended.session == left.session)
            && left.ticket.is_some()
        {
            ended.ticket.clone_from(&left.ticket);
            revocation.held.ticket.clone_from(&left.ticket);
        }
    }

    /// Another tab has told the server what this one could not.
    pub(super) fn revoked_elsewhere(&mut self, session: SessionKey) {
        if let State::SignedOut(out) = &mut self.state {
            out.revocation.take_if(|it| {
                it.flight().is_none() && it.ended.as_ref().is_some_and(|ended| ended.session == session)
            });
        }
    }

    /// The server has not answered to what was sent last.
    pub(super) fn revocation_timed_out(&mut self, flight: Flight, now: Moment) {
        self.outbox.push_back(Output::Abort(flight.call));
        if self.is_renewing_for_sign_out(flight.call) {
            self.renewed_for_sign_out(RefreshAnswer::Unknown(Doubt::TimedOut), now);
        } else {
            self.revocation_answered(flight.call, SignOutAnswer::Unknown(Doubt::TimedOut), now);
        }
    }

    /// Whether a token to sign out with was asked for by this call.
    pub(super) fn is_renewing_for_sign_out(&self, call: CallId) -> bool {
        let stage = self.revocation().map(|revocation| revocation.stage);
        matches!(stage, Some(RevocationStage::Refreshing(flight, _)) if flight.call == call)
    }

    pub(super) fn renewed_for_sign_out(&mut self, answer: RefreshAnswer, now: Moment) {
        let State::SignedOut(out) = &mut self.state else { return };
        let Some(revocation) = out.revocation.take() else { return };
        let revocation = *revocation;
        let RevocationStage::Refreshing(flight, key) = revocation.stage else { return };
        let revocation = Revocation { key: Some(key), ..revocation };
        match answer {
            RefreshAnswer::Granted(grant) => {
                let held = Held::granted(grant, Some(flight.sent_at), Some(revocation.held.clone()));
                if held.has_expired(now) {
                    let revocation = Revocation { held, ..revocation };
                    return self.revocation_failed(revocation, (flight, Doubt::TimedOut), now);
                }
                let (renewal, key) = (Renewing::Done, Some(key.next()));
                self.revoke(Revocation { held: held.clone(), renewal, key, not_before: None, ..revocation });
                self.send_sign_out(held, now);
            }
            RefreshAnswer::Refused(refusal) => {
                // Where no credential reached the server, it has said nothing about the session.
                let was_missing =
                    self.settings.refresh_by == RefreshBy::Cookie && refusal == Refusal::Missing;
                self.note(if was_missing { UNRECOGNISED } else { Happened::SignOutTold });
                self.close_revocation(&revocation);
            }
            RefreshAnswer::Later(wait) => {
                let until = self.asked_until(wait, now).max(now + self.backoff(revocation.failures));
                let revocation = Revocation { not_before: Some(until), ..revocation };
                self.repeat_revocation(revocation, until, now);
            }
            RefreshAnswer::Unknown(doubt) => self.revocation_failed(revocation, (flight, doubt), now),
        }
    }

    pub(super) fn revocation_answered(&mut self, call: CallId, answer: SignOutAnswer, now: Moment) {
        let State::SignedOut(out) = &mut self.state else { return };
        let Some(revocation) = out
            .revocation
            .take_if(|it| matches!(it.stage, RevocationStage::InFlight(flight) if flight.call == call))
        else {
            return;
        };
        let revocation = *revocation;
        let Some(flight) = revocation.flight() else { return };
        match answer {
            SignOutAnswer::Done => {
                self.note(Happened::SignOutTold);
                self.close_revocation(&revocation);
            }
            SignOutAnswer::NoSession { .. }
                if revocation.renewal == Renewing::NotYet && self.can_renew(&revocation.held) =>
            {
                let renewal = Renewing::Wanted;
                self.repeat_revocation(Revocation { renewal, ..revocation }, now, now);
            }
            SignOutAnswer::NoSession { status } => {
                self.note(Happened::SignOutUntold(Doubt::Status(status)));
                self.close_revocation(&revocation);
            }
            // A ticket is good whatever stands in the way today.
            SignOutAnswer::Unknown(doubt)
                if is_worth_repeating(doubt) || revocation.held.ticket.is_some() =>
            {
                self.revocation_failed(revocation, (flight, doubt), now);
            }
            SignOutAnswer::Unknown(doubt) => {
                self.note(Happened::SignOutUntold(doubt));
                self.close_revocation(&revocation);
            }
        }
    }

    /// Whether a token can be asked for to sign out with. A cookie may be somebody else's by now where no lock says that
    /// nobody has signed in since.
    pub(super) fn can_renew(&self, held: &Held) -> bool {
        let tabs = self.settings.tabs;
        match (self.settings.sign_out_by, self.settings.refresh_by) {
            (SignOutBy::RefreshToken, _) => false,
            (SignOutBy::Access, RefreshBy::RefreshToken) => held.refresh.is_some(),
            (SignOutBy::Access, RefreshBy::AccessToken) => {
                held.access.as_ref().is_some_and(|it| it.token().is_some())
            }
            (SignOutBy::Access, RefreshBy::Cookie) => tabs.has_lock || tabs == Tabs::default(),
        }
    }

    fn revocation_failed(&mut self, revocation: Revocation, (flight, doubt): (Flight, Doubt), now: Moment) {
        // What was cut off is told again, here or by the page that comes next.
        if !self.was_cut_off(flight, doubt, now) {
            self.note(Happened::SignOutUntold(doubt));
        }
        let failures = revocation.failures.saturating_add(1);
        let until = now + self.backoff(revocation.failures);
        self.repeat_revocation(Revocation { failures, ..revocation }, until, now);
    }

    /// Tells the server again then, or at once with what came meanwhile.
    fn repeat_revocation(&mut self, revocation: Revocation, until: Moment, now: Moment) {
        let State::SignedOut(out) = &mut self.state else { return };
        let revocation = match out.late.take() {
            Some(held) => {
                let (renewal, stage) = (Renewing::NotYet, RevocationStage::Waiting(now));
                Revocation { held, renewal, stage, ..revocation }
            }
            None => Revocation { stage: RevocationStage::Waiting(until), ..revocation },
        };
        out.revocation = Some(Box::new(revocation));
    }

    /// There is nothing more to tell.
    fn close_revocation(&mut self, revocation: &Revocation) {
        if let Some(ended) = &revocation.ended {
            self.forget(Ended { revoke: false, ticket: None, ..ended.clone() });
        }
        let now = self.timeline.now();
        let State::SignedOut(out) = &mut self.state else { return };
        if let Some(held) = out.late.take() {
            self.revoke(Revocation::begins(None, held, RevocationStage::Waiting(now)));
        }
    }
}

/// Whether a sign-out that was not understood should be sent again. A server that understood it and will not hear of it
/// will not hear of it tomorrow either.
fn is_worth_repeating(doubt: Doubt) -> bool {
    match doubt {
        Doubt::Status(status) => !(400..500).contains(&status) || matches!(status, 408 | 425 | 429),
        Doubt::Network | Doubt::TimedOut | Doubt::Unreadable | Doubt::Gateway => true,
    }
}

/// The server was asked with nothing that it could recognise.
const UNRECOGNISED: Happened = Happened::SignOutUntold(Doubt::Status(401));
