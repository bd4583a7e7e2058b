//! Many tabs as one: the lock, the messages, and the record that they share.

use alloc::{boxed::Box, vec::Vec};
use core::time::Duration;

use crate::{
    Doubt, Grant, Happened, LastRefresh, Line, LockOrder, Message, MessageBody, Moment, Output, Record,
    RefreshCause, Remembered, RequestError, SessionKey, SharedGrant, SignOutReason, Wall,
    engine::Engine,
    state::{
        Activity, Live, RefreshPhase, Refresher, Session, SignInAttempt, SignedOut, Stage, State, Token, Wait,
    },
};

/// What this tab has to do with the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lock {
    None,
    Wanted,
    Held,
}

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
            Some(Remembered::Session(record)) => self.absorb_record(record, now),
            Some(Remembered::Ended(ended)) => {
                self.ended_elsewhere(ended.session, ended.reason);
                if !ended.revoke {
                    self.revoked_elsewhere(ended.session);
                }
            }
            // A store that was cleared is no sign-out: nobody asked for one.
            Some(Remembered::Nothing | Remembered::Unreadable) | None => {}
        }
    }

    fn absorb_record(&mut self, record: Record, now: Moment) {
        if self.is_over(record.session) {
            return;
        }
        match &self.state {
            State::Starting => {}
            State::SignedOut(out) => {
                if matches!(out.attempt, SignInAttempt::Idle | SignInAttempt::Failed(_)) {
                    self.follow(record, now);
                }
            }
            State::Live(live) if record.session == live.key => self.absorb_own_record(record, now),
            // A lesser key is a read that came too early, of what was there before this session began.
            State::Live(live) if record.session < live.key && !live.is_guess => {}
            State::Live(live) => {
                if live.session.is_some() {
                    self.note(Happened::AccountChanged);
                    self.outbox.push_back(Output::Say(Line::AccountChanged));
                }
                self.abandon(RequestError::AccountChanged);
                self.follow(record, now);
            }
        }
    }

    /// Takes in what is new in the record. What is not is not placed in time again: a clock that was set back meanwhile
    /// would make it younger.
    fn absorb_own_record(&mut self, record: Record, now: Moment) {
        if self.seen == Some(record) {
            return;
        }
        let last_activity = self.moment(record.last_activity);
        let not_before = record.not_before.map(|until| self.future_moment(until));
        if let State::Live(live) = &mut self.state {
            live.activity.last = live.activity.last.max(last_activity);
            live.activity.kept = record.kept && self.settings.may_keep;
            live.refresher.not_before = not_before;
            live.refresher.recall_attempt(record.attempt);
        }
        // Where it is not known how much time has passed, it is placed once more when it is.
        self.seen = (self.untold_time().is_zero()).then_some(record);
        // The store has changed hands: what was written here before it did is not what it holds.
        self.stored = Some((record, self.stored.map_or(now, |(_, at)| at)));
    }

    /// Somebody has signed in, in another tab: finds out who, from that tab or from the server.
    fn follow(&mut self, record: Record, now: Moment) {
        let activity =
            Activity { last: self.moment(record.last_activity), kept: record.kept && self.settings.may_keep };
        let not_before = record.not_before.map(|until| self.future_moment(until));
        (self.stored, self.seen) = (Some((record, now)), None);
        self.state = State::Live(Box::new(Live {
            key: record.session,
            is_guess: false,
            refresher: Refresher { not_before, ..Refresher::idle(record.attempt) },
            activity,
            session: None,
        }));
        self.refresh(RefreshCause::Restore, now);
    }

    pub(super) fn heard(&mut self, message: Message, now: Moment) {
        if message.version != Message::VERSION || message.from == self.tab {
            return;
        }
        match message.body {
            MessageBody::Hello { session, newer_than } => self.answer_hello(session, newer_than, now),
            MessageBody::Granted(grant) => self.adopt(*grant, now),
            MessageBody::SignedOut { session, reason } => self.ended_elsewhere(session, reason),
            MessageBody::Activity { session, at } => {
                let at = self.moment(at);
                if let Some(live) = self.live_mut()
                    && live.key == session
                {
                    live.activity.last = live.activity.last.max(at);
                }
            }
            MessageBody::Waiting { session, until, why } => self.wait_together(session, until, why, now),
        }
    }

    /// Only a tab that knows better answers, and not to each of many that ask about the same token at once, so that the
    /// messages about one refresh grow with the tabs and no faster. Whoever asks had the ear that an answer of a moment
    /// ago needed; a tab that was opened in this very moment had not, and asks the server.
    fn answer_hello(&mut self, session: Option<SessionKey>, newer_than: Option<Wall>, now: Moment) {
        if let Some(session) = session.filter(|session| self.is_over(*session)) {
            let reason = match &self.state {
                State::SignedOut(SignedOut { reason: Some(reason), .. }) => *reason,
                State::SignedOut(_) | State::Starting | State::Live(_) => SignOutReason::ByPerson,
            };
            self.broadcast(MessageBody::SignedOut { session, reason });
            return;
        }
        let Some(grant) = self.shared_grant(now) else { return };
        let was_just_told = self.token_told_at.is_some_and(|at| at + ANSWER_GAP > now);
        if newer_than.is_none_or(|theirs| self.is_later(grant.from, theirs)) && !was_just_told {
            self.tell_token(grant, now);
        }
    }

    /// Tells the other tabs of a token that was granted here: after the record was stored, so that whoever hears of the
    /// session finds it there too, and before the lock is let go.
    pub(super) fn share_news(&mut self, now: Moment) {
        if core::mem::take(&mut self.has_news)
            && let Some(grant) = self.shared_grant(now)
        {
            self.tell_token(grant, now);
        }
    }

    fn tell_token(&mut self, grant: SharedGrant, now: Moment) {
        self.token_told_at = Some(now);
        self.broadcast(MessageBody::Granted(Box::new(grant)));
    }

    fn shared_grant(&self, now: Moment) -> Option<SharedGrant> {
        let live = self.live()?;
        let session = live.session.as_ref()?;
        if session.token.is_expired(now) {
            return None;
        }
        Some(SharedGrant {
            session: live.key,
            access: session.token.access.clone(),
            from: session.token.from_wall,
            lifetime: session.token.lifetime,
            account: session.account.clone(),
            session_id: session.session_id.clone(),
            session_ends: session.ends_at.map(|at| self.timeline.wall(at)),
            landing: session.landing.clone(),
            kept: live.activity.kept,
            last_activity: self.timeline.wall(live.activity.last),
            server_date: self.shared_server_date(),
        })
    }

    /// Takes another tab's token as this one's, if it belongs here and is newer.
    fn adopt(&mut self, shared: SharedGrant, now: Moment) {
        if self.is_over(shared.session) {
            return;
        }
        let is_stranger = match &self.state {
            State::Starting => return,
            State::SignedOut(out) => match out.attempt {
                SignInAttempt::Queued(_) | SignInAttempt::Pending { .. } => return,
                SignInAttempt::Idle | SignInAttempt::Failed(_) => true,
            },
            State::Live(live) if shared.session < live.key && !live.is_guess => return,
            State::Live(live) => {
                let held = live.session.as_ref().map(|session| &session.token);
                if shared.session == live.key
                    && let Some(held) = held
                    && (held.access == shared.access || !self.is_later(shared.from, held.from_wall))
                {
                    if held.access == shared.access {
                        self.token_told_at = Some(now);
                    }
                    return;
                }
                shared.session != live.key
            }
        };
        if is_stranger {
            self.become_session(&shared);
        }
        self.token_told_at = Some(now);
        self.commit_shared(shared, now);
    }

    /// Leaves the session that was here, if one was, for the one that was begun in another tab.
    fn become_session(&mut self, shared: &SharedGrant) {
        if let Some(session) = self.session()
            && session.account.id != shared.account.id
        {
            self.note(Happened::AccountChanged);
            self.outbox.push_back(Output::Say(Line::AccountChanged));
        }
        self.abandon(RequestError::AccountChanged);
        (self.stored, self.seen) = (None, None);
        self.state = State::Live(Box::new(Live {
            key: shared.session,
            is_guess: false,
            refresher: Refresher::idle(None),
            activity: Activity {
                last: self.moment(shared.last_activity),
                kept: shared.kept && self.settings.may_keep,
            },
            session: None,
        }));
    }

    fn commit_shared(&mut self, shared: SharedGrant, now: Moment) {
        self.learn_server_date(shared.server_date);
        let generation = self.next_generation();
        let from = self.moment(shared.from);
        let ends_at = shared.session_ends.map(|at| self.future_moment(at));
        let at = self.timeline.wall(now);
        let grant = Grant {
            access: shared.access,
            lifetime: shared.lifetime,
            account: shared.account,
            session_id: shared.session_id,
            session_lifetime: None,
            landing: shared.landing,
        };
        let (settings, random) = (&self.settings, &mut self.random);
        let State::Live(live) = &mut self.state else { return };
        let parts = (grant.access.clone(), grant.lifetime);
        let held = live.session.as_ref().map(|session| &session.token);
        let mut token = Token::schedule(parts, generation, from, held, settings, random);
        token.from_wall = shared.from;
        let previous = live.session.take();
        let mut session = Session::new(grant, token, from, now);
        session.ends_at = ends_at;
        session.last_refresh = Some(LastRefresh { at, cause: RefreshCause::OtherTab, took: Duration::ZERO });
        session.inherit(previous);
        live.session = Some(session);
        live.refresher.succeed_elsewhere();
        self.note(Happened::Refreshed { cause: RefreshCause::OtherTab, took: Duration::ZERO });
    }

    /// What one tab learned about the server's patience, all know.
    fn wait_together(&mut self, session: SessionKey, until: Wall, why: Option<Doubt>, now: Moment) {
        let until = self.future_moment(until);
        let Some(live) = self.live_mut() else { return };
        if live.key != session || until <= now {
            return;
        }
        let cause = match live.refresher.phase {
            RefreshPhase::Queued { cause, .. } | RefreshPhase::Waiting { cause, .. } => cause,
            RefreshPhase::Idle => {
                if why.is_none() {
                    live.refresher.not_before = live.refresher.not_before.max(Some(until));
                }
                return;
            }
            RefreshPhase::InFlight { .. } => return,
        };
        if let RefreshPhase::Waiting { why: Wait::ServerAsked, until: known, .. } = live.refresher.phase
            && (why.is_some() || known >= until)
        {
            return;
        }
        let why = why.map_or(Wait::ServerAsked, Wait::Backoff);
        live.refresher.phase = RefreshPhase::Waiting { until, cause, why };
    }

    /// Ends here what another tab has ended. That tab tells the server, so this one does not.
    fn ended_elsewhere(&mut self, session: SessionKey, reason: SignOutReason) {
        self.note_ended(session);
        if self.live().is_some_and(|live| live.key <= session && !live.is_guess) {
            self.note(Happened::SignedOut(reason));
            self.abandon(RequestError::SignedOut);
            (self.stored, self.seen) = (None, None);
            self.state = State::SignedOut(SignedOut::new(Some(reason)));
        }
    }

    /// Another tab has told the server what this one could not.
    fn revoked_elsewhere(&mut self, session: SessionKey) {
        if let State::SignedOut(out) = &mut self.state {
            out.revocation.take_if(|it| {
                it.flight().is_none() && it.ended.is_some_and(|ended| ended.session == session)
            });
        }
    }

    pub(super) fn note_ended(&mut self, session: SessionKey) {
        self.ended = self.ended.max(Some(session));
    }

    /// A browser has one session at a time: with one, all that began before it are over.
    fn is_over(&self, session: SessionKey) -> bool {
        Some(session) <= self.ended
    }

    /// Gives up everything that is under way for the session, without a word to anybody.
    pub(super) fn abandon(&mut self, error: RequestError) {
        let mut calls = Vec::new();
        if let Some(live) = self.live_mut() {
            if let RefreshPhase::InFlight { flight, .. } = live.refresher.phase {
                calls.push(flight.call);
            }
            live.refresher.phase = RefreshPhase::Idle;
            calls.extend(live.session.as_mut().and_then(|it| it.validation.take()).map(|it| it.flight.call));
        }
        self.outbox.extend(calls.into_iter().map(Output::Abort));
        self.fail_requests(error);
    }

    pub(super) fn broadcast(&mut self, body: MessageBody) {
        if self.settings.tabs.has_channel {
            let message = Message { version: Message::VERSION, from: self.tab, body };
            self.outbox.push_back(Output::Broadcast(message));
        }
    }

    pub(super) fn lock_granted(&mut self, now: Moment) {
        if self.lock != Lock::Wanted {
            // Released meanwhile; the adapter drops such a grant, and this is for one that does not.
            self.outbox.push_back(Output::Lock(LockOrder::Release));
            return;
        }
        self.lock = Lock::Held;
        let wait = if self.settings.tabs.has_channel { PEER_WAIT } else { Duration::ZERO };
        if let Some(live) = self.live_mut()
            && let RefreshPhase::Queued { stage, .. } = &mut live.refresher.phase
        {
            // The tab that held the lock before told what it got before it let go; the message may still be on its way.
            *stage = Stage::Asking { until: now + wait };
        }
    }

    /// Takes the lock and asks the other tabs before the server is asked.
    pub(super) fn queue_refresh(&mut self, cause: RefreshCause, now: Moment) {
        let tabs = self.settings.tabs;
        let stage = if tabs.has_lock && self.lock != Lock::Held {
            Stage::Locking { since: now }
        } else {
            Stage::Asking { until: now + PEER_WAIT }
        };
        if tabs.has_lock && self.lock == Lock::None {
            self.lock = Lock::Wanted;
            self.outbox.push_back(Output::Lock(LockOrder::Request));
        }
        self.say_hello();
        if let Some(live) = self.live_mut() {
            live.refresher.phase = RefreshPhase::Queued { cause, stage };
        }
    }

    /// Asks the other tabs for a newer token than the one held here.
    pub(super) fn say_hello(&mut self) {
        let Some(live) = self.live() else { return };
        let session = (!live.is_guess).then_some(live.key);
        let newer_than = live.session.as_ref().map(|session| session.token.from_wall);
        self.broadcast(MessageBody::Hello { session, newer_than });
    }

    /// Lets go of the lock when nothing here needs it any more. Runs last, after the news has been told.
    pub(super) fn settle_lock(&mut self) {
        if self.lock == Lock::None {
            return;
        }
        let needs_lock = match self.live().map(|live| &live.refresher.phase) {
            Some(RefreshPhase::Queued { .. } | RefreshPhase::InFlight { .. }) => true,
            Some(RefreshPhase::Idle | RefreshPhase::Waiting { .. }) | None => false,
        };
        if !needs_lock {
            self.lock = Lock::None;
            self.outbox.push_back(Output::Lock(LockOrder::Release));
        }
    }

    /// A session that begins in this browser now: later than all that are known.
    pub(super) fn next_session_key(&mut self, now: Moment) -> SessionKey {
        let known = self.ended.map_or(0, |key| key.since_ms.saturating_add(1));
        SessionKey { since_ms: self.timeline.wall(now).0.max(known), salt: self.random.next_u64() }
    }

    /// Whether a token was asked for later than another. One that was asked for in the future was asked for before the
    /// clock was set back, and so before every other.
    fn is_later(&self, one: Wall, other: Wall) -> bool {
        let now = self.timeline.wall(self.timeline.now());
        let is_of_old_clock = |from: Wall| from.0 > now.0.saturating_add(CLOCK_DISAGREEMENT_MS);
        match (is_of_old_clock(one), is_of_old_clock(other)) {
            (false, true) => true,
            (true, false) => false,
            (true, true) | (false, false) => one > other,
        }
    }

    /// Places a moment that has passed, as the wall clock told it, in the engine's time. Time that only the wall clock
    /// saw and that the engine has not taken in lies between the two; it must not count twice.
    pub(super) fn moment(&self, wall: Wall) -> Moment {
        let now = self.timeline.now();
        (now - self.timeline.since_wall(wall) + self.untold_time()).min(now)
    }

    /// Places a moment that may lie ahead.
    pub(super) fn future_moment(&self, wall: Wall) -> Moment {
        let now = self.timeline.now();
        let ahead_ms = wall.0.saturating_sub(self.timeline.wall(now).0);
        if ahead_ms == 0 {
            return self.moment(wall);
        }
        now + self.untold_time() + Duration::from_millis(ahead_ms)
    }
}

/// How long a tab waits for another's token before it asks the server. Messages between tabs take a millisecond or
/// two; a person who waits for a page does not see this.
const PEER_WAIT: Duration = Duration::from_millis(50);

/// How long one answer stands for all who ask about the same token. Tabs that learn of something together ask within a
/// few milliseconds of one another.
const ANSWER_GAP: Duration = Duration::from_millis(20);

/// More than the tabs of one device ever disagree about its clock.
const CLOCK_DISAGREEMENT_MS: u64 = 5_000;
