//! The ways out of a session: ends it here at once, and sees to it that the server learns of it.

use crate::{
    AccessBy, CallId, CallKind, Doubt, Ended, Happened, Line, MessageBody, Moment, Output, RefreshBy,
    Refusal, SessionKey, SignOutAnswer, SignOutReason,
    access::Held,
    engine::{Engine, tabs::Left},
    state::{Revocation, RevocationStage, Session, SignInAttempt, SignedOut, State},
};

impl Engine {
    /// Ends the session here, at once, and tells the server where it does not know already.
    pub(super) fn end(&mut self, reason: SignOutReason, now: Moment) {
        let Some(live) = self.live() else { return };
        let (session, is_guess) = (live.key, live.is_guess);
        let is_page_open = live.session.is_some();
        let held = live.session.as_ref().map_or_else(|| self.kept_of(session), Session::held);
        // Where there was no session, none has ended.
        let was_none = is_guess && reason == SignOutReason::Refused(Refusal::Missing);
        self.abandon(Left::SignedOut);
        self.state = State::SignedOut(SignedOut::new((!was_none).then_some(reason)));
        if !was_none {
            self.note(Happened::SignedOut(reason));
        }
        self.note_ended(session, reason);
        self.discard_ended();
        (self.stored, self.seen) = (None, None);
        let server_knows = match reason {
            SignOutReason::Refused(_) => true,
            SignOutReason::ByPerson | SignOutReason::Inactivity | SignOutReason::AbsoluteLimit => false,
        };
        let revoke = !server_knows && self.can_name(&held);
        let ended = Ended { session, reason, revoke };
        self.forget(ended);
        if !is_guess {
            self.broadcast(MessageBody::SignedOut { session, reason });
        }
        if revoke {
            self.revoke(Some(ended), held, now);
            if reason == SignOutReason::ByPerson && is_page_open {
                // The page may be closing.
                self.send_revocation(now);
            }
        } else if server_knows && !was_none {
            self.outbox.push_back(Output::Say(Line::Unauthorized));
        }
    }

    /// Whether the server can be told which session is meant, by what is held here or by a cookie.
    pub(super) fn can_name(&self, held: &Held) -> bool {
        *held != Held::default()
            || self.settings.refresh_by == RefreshBy::Cookie
            || self.settings.access_by == AccessBy::Cookie
    }

    fn forget(&mut self, ended: Ended) {
        self.left = Some(ended);
        self.outbox.push_back(Output::Forget(ended));
    }

    /// Ends on the server what a token began that came when nobody waited for it: the session that somebody left
    /// while it was being refreshed, or the sign-in that was given up.
    ///
    /// Not while somebody signs in: the answer to a sign-out clears the cookie, and must not clear theirs.
    pub(super) fn give_back(&mut self, held: Held, now: Moment) {
        let State::SignedOut(out) = &mut self.state else { return };
        match (&out.attempt, &out.revocation) {
            (SignInAttempt::Pending { .. }, _) => {}
            (SignInAttempt::Idle | SignInAttempt::Queued { .. } | SignInAttempt::Failed(_), Some(_)) => {
                out.late = Some(held);
            }
            (SignInAttempt::Idle | SignInAttempt::Queued { .. } | SignInAttempt::Failed(_), None) => {
                self.revoke(None, held, now);
            }
        }
    }

    /// Has the server told that the session is over, under the lock: the answer clears the cookie, which must not be that
    /// of somebody who signs in in another tab meanwhile.
    pub(super) fn revoke(&mut self, ended: Option<Ended>, held: Held, now: Moment) {
        if let State::SignedOut(out) = &mut self.state {
            let stage = RevocationStage::Waiting(now);
            out.revocation = Some(Revocation { ended, held, failures: 0, is_shared: false, stage });
        }
    }

    /// Tells the server now. Whoever wants to sign in in another tab waits for the answer, because the lock is asked for
    /// as well.
    fn send_revocation(&mut self, now: Moment) {
        let State::SignedOut(SignedOut { revocation: Some(revocation), .. }) = &self.state else { return };
        let Held { access, refresh } = revocation.held.clone();
        self.take_lock();
        let flight = self.send(CallKind::SignOut { access, refresh }, now);
        if let State::SignedOut(SignedOut { revocation: Some(revocation), .. }) = &mut self.state {
            revocation.stage = RevocationStage::InFlight(flight);
        }
    }

    /// Sees to it that the server learns of an end that it may not know of. The tab that ended the session does so
    /// itself; this one steps in when it has not for as long as a tab could need. Without a lock nobody can tell whether
    /// somebody has signed in meanwhile, and what names the session is only the cookie.
    pub(super) fn see_to_sign_out(&mut self, ended: Ended, now: Moment) {
        let until = self.lock_bound(now);
        let may_step_in = self.settings.tabs.has_lock && self.can_name(&Held::default());
        if let State::SignedOut(out) = &mut self.state
            && out.revocation.is_none()
            && may_step_in
        {
            let stage = RevocationStage::Waiting(until);
            let ended = Some(ended);
            let held = Held::default();
            out.revocation = Some(Revocation { ended, held, failures: 0, is_shared: true, stage });
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
            RevocationStage::InFlight(_) => return,
            RevocationStage::Waiting(until) if until > now => return,
            RevocationStage::Waiting(_) => now,
            RevocationStage::Locking { since } => since,
        };
        let is_new = matches!(revocation.stage, RevocationStage::Waiting(_));
        revocation.stage = RevocationStage::Locking { since };
        let is_shared = revocation.is_shared;
        if is_new {
            // Whoever has a session by now says so, and the cookie is theirs.
            self.broadcast(MessageBody::Hello { session: None, newer_than: None });
        }
        let may_go = if is_shared { self.take_lock() } else { self.may_go(since, now) };
        if may_go && since + self.peer_wait() <= now {
            self.send_revocation(now);
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

    pub(super) fn revocation_due_at(&self) -> Option<Moment> {
        let State::SignedOut(out) = &self.state else { return None };
        match (&out.attempt, out.revocation.as_ref()?.stage) {
            (SignInAttempt::Pending { .. }, _)
            | (_, RevocationStage::InFlight(_) | RevocationStage::Locking { .. }) => None,
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

    /// Another tab has told the server what this one could not.
    pub(super) fn revoked_elsewhere(&mut self, session: SessionKey) {
        if let State::SignedOut(out) = &mut self.state {
            out.revocation.take_if(|it| {
                it.flight().is_none() && it.ended.is_some_and(|ended| ended.session == session)
            });
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
        match (&answer, revocation.flight()) {
            (SignOutAnswer::Done, _) => self.note(Happened::SignOutTold),
            // It is told again, here or by the page that comes next.
            (SignOutAnswer::Unknown(doubt), Some(flight)) if self.was_cut_off(flight, *doubt, now) => {}
            (SignOutAnswer::Unknown(doubt), _) => self.note(Happened::SignOutUntold(*doubt)),
        }
        if is_worth_repeating(answer) {
            let failures = revocation.failures.saturating_add(1);
            let is_late = late.is_some();
            let held = late.unwrap_or(revocation.held);
            let stage = RevocationStage::Waiting(now + self.backoff(revocation.failures));
            let revocation = Revocation { held, failures, stage, ..revocation };
            if let State::SignedOut(out) = &mut self.state {
                out.revocation = Some(revocation);
            }
            if is_late {
                self.revoke_early(now);
            }
        } else {
            if let Some(ended) = revocation.ended {
                self.forget(Ended { revoke: false, ..ended });
            }
            if let Some(held) = late {
                self.revoke(None, held, now);
            }
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
