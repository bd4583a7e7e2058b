//! What the device remembers, and what another tab may have written there.

use alloc::boxed::Box;
use core::time::Duration;

use crate::{
    Doubt, Ended, Happened, IdempotencyKey, Line, Moment, Output, Record, Remembered, SessionKey,
    SignOutReason,
    engine::{Engine, tabs::Left},
    state::{Activity, Live, NewestToken, RefreshPhase, Refresher, SignInAttempt, SignedOut, State, Wait},
};

impl Engine {
    /// Takes in what the device remembers, which another tab may have written. It is looked at together with the next
    /// input, before anything else is judged: a person who is active in another tab is active.
    ///
    /// To be called before every [`Engine::handle_input`] by a driver whose store other tabs write to.
    pub fn recall(&mut self, remembered: Remembered) {
        self.recalled = Some(remembered);
    }

    pub(super) fn absorb_recalled(&mut self, now: Moment) {
        match self.recalled.take() {
            // Its moments cannot be placed before it is known how much time has passed.
            recalled @ Some(Remembered::Session(_)) if !self.untold_time().is_zero() => {
                self.recalled = recalled;
            }
            Some(Remembered::Session(record)) => self.absorb_record(record, now),
            Some(Remembered::Ended(ended)) => self.absorb_ended(ended, now),
            // A store that was cleared is no sign-out: nobody asked for one.
            Some(Remembered::Nothing) => self.forget_stored(now),
            Some(Remembered::Unreadable) | None => {}
        }
    }

    fn absorb_record(&mut self, record: Record, now: Moment) {
        self.note_key(record.session);
        if self.is_over(record.session) {
            self.restore_ended(record.session);
            return;
        }
        match &self.state {
            State::Starting => {}
            State::SignedOut(out) => match out.attempt {
                SignInAttempt::Idle | SignInAttempt::Failed(_) if self.has_given_up(record.session) => {}
                SignInAttempt::Idle | SignInAttempt::Failed(_) => self.follow(record, now),
                SignInAttempt::Queued { .. } | SignInAttempt::Pending { .. } => self.leave_cookie(),
            },
            State::Live(live) if record.session == live.key => self.absorb_own_record(record, now),
            // A lesser key is a read that came too early, of what was there before this session began; or what this tab
            // wrote was not taken.
            State::Live(live) if record.session < live.key && !live.is_guess => self.forget_stored(now),
            State::Live(live) => {
                if live.session.is_some() {
                    self.note(Happened::AccountChanged);
                    self.outbox.push_back(Output::Say(Line::AccountChanged));
                }
                self.follow(record, now);
            }
        }
    }

    /// Takes in what is new in the record. What is not is not placed in time again: a clock that was set back meanwhile
    /// would make it younger.
    fn absorb_own_record(&mut self, record: Record, now: Moment) {
        let is_news = self.is_news(&record);
        self.seen = Some(record);
        if !is_news {
            return;
        }
        let last_activity = self.moment(record.last_activity);
        let not_before = self.not_before(&record);
        if let State::Live(live) = &mut self.state {
            live.activity.last = live.activity.last.max(last_activity);
            live.activity.kept = record.kept && self.settings.may_keep;
            live.refresher.wait_until(not_before);
            live.told_of_token(record.token_from, now);
        }
        // The store has changed hands: what was written here before it did is not what it holds.
        self.stored = Some((record, self.stored.map_or(now, |(_, at)| at)));
        self.recall_attempt(record.attempt, now);
    }

    /// Whether there is something in the record that this tab has neither read nor written.
    pub(super) fn is_news(&self, record: &Record) -> bool {
        self.seen.as_ref() != Some(record) && self.stored.is_none_or(|(stored, _)| stored != *record)
    }

    /// Takes in the key that the store holds for the next attempt: that of a tab that died with it under way, or the one
    /// that follows what another tab has settled.
    fn recall_attempt(&mut self, stored: Option<IdempotencyKey>, now: Moment) {
        let Some(live) = self.live_mut() else { return };
        let Some(stored) = stored else { return };
        live.refresher.key = Some(stored);
        if let RefreshPhase::InFlight { flight, key, cause, .. } = live.refresher.phase
            && stored.is_well_after(key)
        {
            // Other tabs have settled this attempt and another since: its answer would bring back a cookie that has been
            // replaced by now. It is made anew after the limits have been judged.
            live.refresher.phase =
                RefreshPhase::Waiting { until: now, cause, why: Wait::Backoff(Doubt::TimedOut) };
            self.outbox.push_back(Output::Abort(flight.call));
        }
    }

    /// Somebody has signed in, in another tab: finds out who, from that tab or from the server.
    fn follow(&mut self, record: Record, now: Moment) {
        let activity = Activity {
            last: self.last_active_here().max(Some(self.moment(record.last_activity))).unwrap_or(now),
            kept: record.kept && self.settings.may_keep,
        };
        let asked = self.live().and_then(|live| live.refresher.server_asked_until());
        let not_before = asked.max(self.not_before(&record));
        self.abandon(Left::ForAnother);
        (self.stored, self.seen) = (Some((record, now)), None);
        self.state = State::Live(Box::new(Live {
            key: record.session,
            is_guess: false,
            refresher: Refresher { not_before, ..Refresher::idle(record.attempt) },
            activity,
            session: None,
            newest: record.token_from.map(|from| NewestToken::expected(from, now)),
        }));
        self.take_up(now);
    }

    /// Before when the server wants no refresh. Of a record that seems to be from the future nothing can be placed in time:
    /// the clock has been set back since.
    pub(super) fn not_before(&self, record: &Record) -> Option<Moment> {
        let is_placed = !self.is_of_old_clock(record.last_activity);
        record.not_before.filter(|_| is_placed).map(|until| self.future_moment(until))
    }

    /// When the person was last active as far as this tab knows, in whichever session: they were at this device.
    pub(super) fn last_active_here(&self) -> Option<Moment> {
        self.live().filter(|live| !live.is_guess).map(|live| live.activity.last)
    }

    fn absorb_ended(&mut self, ended: Ended, now: Moment) {
        let is_news = self.left.as_ref().is_none_or(|left| left.session <= ended.session);
        let is_known = self.left.as_ref().is_some_and(|left| left.session == ended.session && !left.revoke);
        if is_known && ended.revoke {
            // That the server knows could not be written.
            self.restore_ended(ended.session);
            return;
        }
        let ended = self.with_ticket(ended);
        if is_news {
            self.left = Some(ended.clone());
        }
        self.note_ended(ended.session, ended.reason);
        match self.live() {
            // Of what is only guessed at, whoever knows more is believed.
            Some(live) if !live.is_guess && live.key > ended.session => self.forget_stored(now),
            Some(_) => self.ended_elsewhere(ended.reason),
            None => {}
        }
        if ended.revoke {
            self.see_to_sign_out(ended, now);
        } else {
            self.revoked_elsewhere(ended.session);
        }
    }

    /// Of two tabs that end a session in one moment only one may hold a ticket. It is taken by the other, and written again
    /// where that has written over it.
    fn with_ticket(&mut self, ended: Ended) -> Ended {
        let left = self.left.as_ref().filter(|left| left.session == ended.session);
        let own = left.and_then(|left| left.ticket.clone()).filter(|_| ended.revoke);
        let is_missing = ended.ticket.is_none() && own.is_some();
        let ended = Ended { ticket: ended.ticket.or(own), ..ended };
        if is_missing && matches!(self.state, State::SignedOut(_)) {
            self.outbox.push_back(Output::Forget(ended.clone()));
        }
        self.take_ticket(&ended);
        ended
    }

    /// Writes the end of a session down again, where a tab that had not learned of it wrote over it, or where the store
    /// did not take it: whoever opens the next tab must not find the session there.
    fn restore_ended(&mut self, session: SessionKey) {
        if let State::SignedOut(_) = self.state
            && let Some(left) = self.left.as_ref().filter(|left| left.session == session)
        {
            self.outbox.push_back(Output::Forget(left.clone()));
        }
    }

    /// Writes the record again into a store that does not hold it, but not on and on where nothing stays.
    fn forget_stored(&mut self, now: Moment) {
        self.stored.take_if(|(_, at)| *at + MIN_REWRITE_INTERVAL <= now);
    }

    /// Another tab says that a session is over.
    pub(super) fn told_of_end(&mut self, session: SessionKey, reason: SignOutReason, now: Moment) {
        self.note_ended(session, reason);
        if self.ended.is_some_and(|(ended, _)| ended == session) {
            self.end_told_at = Some(now);
        }
        if self.live().is_some_and(|live| live.is_guess || live.key == session) {
            self.ended_elsewhere(reason);
        }
    }

    /// Ends here what another tab has ended. That tab tells the server, so this one does not.
    fn ended_elsewhere(&mut self, reason: SignOutReason) {
        self.note(Happened::SignedOut(reason));
        match reason {
            // The tab says so that asked.
            SignOutReason::Refused(_) => {}
            SignOutReason::ByPerson | SignOutReason::Inactivity | SignOutReason::AbsoluteLimit => {
                self.say_end(reason);
            }
        }
        self.abandon(Left::SignedOut);
        self.discard_ended();
        (self.stored, self.seen) = (None, None);
        self.state = State::SignedOut(SignedOut::new(Some(reason)));
    }

    pub(super) fn note_ended(&mut self, session: SessionKey, reason: SignOutReason) {
        self.note_key(session);
        if self.ended.is_none_or(|(known, _)| known < session) {
            self.ended = Some((session, reason));
        }
    }

    /// A browser has one session at a time: with one, all that began before it are over.
    pub(super) fn is_over(&self, session: SessionKey) -> bool {
        self.ended.is_some_and(|(ended, _)| session <= ended)
    }

    /// Remembers how late the sessions of this browser began, so that the next one begins later, whatever the clock says.
    pub(super) fn note_key(&mut self, session: SessionKey) {
        self.latest_since_ms = self.latest_since_ms.max(session.since_ms);
    }

    /// A session that begins in this browser now: later than all that are known.
    pub(super) fn next_session_key(&mut self, now: Moment) -> SessionKey {
        let since_ms = self.timeline.wall(now).0.max(self.latest_since_ms.saturating_add(1));
        SessionKey { since_ms, salt: self.random.next_u64() }
    }
}

/// A store that takes nothing is tried no more often than this.
const MIN_REWRITE_INTERVAL: Duration = Duration::from_secs(15);
