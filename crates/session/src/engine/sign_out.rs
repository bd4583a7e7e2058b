//! The ways out of a session: ends it here at once, and sees to it that the server learns of it.

use crate::{
    AccessBy, End, Ended, Happened, IdempotencyKey, Line, MessageBody, Moment, Output, RefreshBy, Refusal,
    SignOutReason,
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
        let not_before = live.refresher.server_asked_until();
        let key = Some(live.refresher.key.unwrap_or_else(|| IdempotencyKey::first(session)));
        // Where there was no session, none has ended.
        let was_none = is_guess && reason == SignOutReason::Refused(Refusal::Missing);
        self.abandon(Left::SignedOut);
        self.state = State::SignedOut(SignedOut::new((!was_none).then_some(reason)));
        if !was_none {
            self.note(Happened::SignedOut(reason));
            self.say_end(reason);
        }
        self.note_ended(session, reason);
        self.discard_ended();
        (self.stored, self.seen) = (None, None);
        let server_knows = match reason {
            SignOutReason::Refused(_) => true,
            SignOutReason::ByPerson | SignOutReason::Inactivity | SignOutReason::AbsoluteLimit => false,
        };
        // A token that has expired names nobody, unless it can be replaced.
        let is_of_use =
            self.can_name(&held.without_expired(now + self.untold_time())) || self.can_renew(&held);
        let revoke = !server_knows && is_of_use;
        let ended = Ended { session, reason, revoke, ticket: held.ticket.clone().filter(|_| revoke) };
        self.forget(ended.clone());
        if !is_guess {
            self.broadcast(MessageBody::SignedOut { session, reason });
        }
        if revoke {
            let begun = Revocation::begins(Some(ended), held, RevocationStage::Waiting(now));
            self.revoke(Revocation { not_before, key, ..begun });
            if reason == SignOutReason::ByPerson && is_page_open {
                self.send_sign_out_now(now);
            }
        }
    }

    /// Says in the console why a session has ended.
    pub(super) fn say_end(&mut self, reason: SignOutReason) {
        let minutes = self.settings.inactivity_limit.as_secs().div_ceil(60);
        self.outbox.push_back(Output::Say(match reason {
            SignOutReason::Refused(_) => Line::Unauthorized,
            SignOutReason::ByPerson => Line::SignedOut(End::ByPerson),
            SignOutReason::Inactivity => Line::SignedOut(End::Inactivity { minutes }),
            SignOutReason::AbsoluteLimit => Line::SignedOut(End::TimeLimit),
        }));
    }

    /// Whether the server can be told which session is meant, by what is held here or by a cookie.
    pub(super) fn can_name(&self, held: &Held) -> bool {
        let is_held = held.access.is_some() || held.refresh.is_some() || held.ticket.is_some();
        is_held
            || self.settings.refresh_by == RefreshBy::Cookie
            || self.settings.access_by == AccessBy::Cookie
    }

    pub(super) fn forget(&mut self, ended: Ended) {
        self.left = Some(ended.clone());
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
                self.revoke(Revocation::begins(None, held, RevocationStage::Waiting(now)));
            }
        }
    }
}
