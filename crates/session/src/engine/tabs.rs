//! What the tabs of a browser tell each other, and what follows from it.

use alloc::{boxed::Box, vec::Vec};
use core::time::Duration;

use crate::{
    Doubt, Happened, Line, Message, MessageBody, Moment, Output, RefreshBy, RefreshCause, RequestError,
    SessionKey, SharedGrant, SocketError, Wall,
    engine::Engine,
    state::{
        Activity, Live, NewestToken, RefreshPhase, Refresher, Session, SignInAttempt, Standing, State, Wait,
    },
};

/// How a session was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// Nobody is signed in any more.
    SignedOut,
    /// Another session has taken its place.
    ForAnother,
}

impl Engine {
    pub(super) fn heard(&mut self, message: Message, now: Moment) {
        if message.version != Message::VERSION || message.from == self.tab {
            return;
        }
        match message.body {
            MessageBody::Hello { session, newer_than } => self.answer_hello(session, newer_than, now),
            MessageBody::SignedOut { session, reason } => self.told_of_end(session, reason, now),
            // What it tells cannot be placed in time before it is known how much has passed.
            body if self.is_in_clock_doubt() => self.hear_later(Message { body, ..message }),
            MessageBody::Granted(grant) => self.adopt(*grant, now),
            MessageBody::Activity { session, at } => {
                let at = self.moment(at);
                if let Some(live) = self.live_mut()
                    && live.key == session
                {
                    live.activity.last = live.activity.last.max(at);
                }
            }
            MessageBody::Waiting { session, at, until, why } => {
                if !self.is_of_old_clock(at) {
                    self.wait_together(session, until, why, now);
                }
            }
        }
    }

    /// Only a tab that knows better answers, and not to each of many that ask about the same token at once, so that the
    /// messages about one refresh grow with the tabs and no faster. Whoever asks had the ear that an answer of a moment
    /// ago needed; a tab that was opened in this very moment had not, and asks the server.
    fn answer_hello(&mut self, session: Option<SessionKey>, newer_than: Option<Wall>, now: Moment) {
        if let State::SignedOut(_) = self.state {
            // Whoever does not know whether there is a session learns that the last one is over.
            if let Some((ended, reason)) = self.ended
                && session.is_none_or(|session| session == ended)
                && self.end_told_at.is_none_or(|at| at + ANSWER_GAP <= now)
            {
                self.end_told_at = Some(now);
                self.broadcast(MessageBody::SignedOut { session: ended, reason });
            }
            return;
        }
        let Some(grant) = self.shared_grant(now) else { return };
        let is_other = session.is_some_and(|session| self.is_over(session));
        let is_newer = newer_than.is_none_or(|theirs| self.is_later(grant.from, theirs));
        let was_just_told = self.token_told_at.is_some_and(|at| at + ANSWER_GAP > now);
        if (is_newer || is_other) && !was_just_told {
            self.tell_token(grant, now);
        }
    }

    /// Has the store and the other tabs told of a token that was granted here, when this input has been looked at.
    pub(super) fn announce_token(&mut self) {
        self.has_news = true;
        if let Some(live) = self.live_mut() {
            live.newest = live.session.as_ref().map(|session| NewestToken::known(session.token.from_wall));
        }
    }

    /// Tells the other tabs of a token that was granted here: after the record was stored, so that whoever hears of the
    /// session finds it there too, and before the lock is let go.
    pub(super) fn share_news(&mut self, now: Moment) {
        if self.is_in_clock_doubt() || self.session().is_some_and(Session::is_nameless) {
            // Told when it is known what time it is, and whose it is.
            return;
        }
        if core::mem::take(&mut self.has_news)
            && let Some(grant) = self.shared_grant(now)
        {
            self.keep(&grant, now);
            self.tell_token(grant, now);
        }
    }

    fn tell_token(&mut self, grant: SharedGrant, now: Moment) {
        self.token_told_at = Some(now);
        self.broadcast(MessageBody::Granted(Box::new(grant)));
    }

    pub(super) fn shared_grant(&self, now: Moment) -> Option<SharedGrant> {
        let live = self.live()?;
        let session = live.session.as_ref().filter(|session| session.standing == Standing::Known)?;
        // What a cookie replaces is of no use to anybody when it has expired; what script refreshes is.
        let has_expired = session.token.is_expired(now);
        let is_of_use = !has_expired || self.settings.refresh_by != RefreshBy::Cookie;
        if !is_of_use || self.is_in_clock_doubt() {
            return None;
        }
        // So that it has expired for everybody, wherever their clocks place its beginning.
        let lifetime = if has_expired { Some(Duration::ZERO) } else { session.token.lifetime };
        Some(SharedGrant {
            session: live.key,
            access: session.token.access.clone(),
            refresh: session.refresh.clone(),
            sign_out_ticket: session.ticket.clone(),
            from: session.token.from_wall,
            lifetime,
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
    pub(super) fn adopt(&mut self, shared: SharedGrant, now: Moment) {
        self.note_key(shared.session);
        if self.is_over(shared.session) {
            return;
        }
        let is_stranger = match &self.state {
            State::Starting => return,
            State::SignedOut(out) => match out.attempt {
                SignInAttempt::Queued { .. } | SignInAttempt::Pending { .. } => return self.leave_cookie(),
                SignInAttempt::Idle | SignInAttempt::Failed(_) => true,
            },
            State::Live(live) if shared.session < live.key && !live.is_guess => return,
            State::Live(live) => {
                let held = live.session.as_ref().filter(|it| !it.is_nameless());
                if shared.session == live.key
                    && let Some(held) = held
                {
                    if held.token.access.token().is_some()
                        && held.is_held_by(&shared.access, shared.refresh.as_ref())
                    {
                        return self.vouched_for(now);
                    }
                    if !self.is_later(shared.from, held.token.from_wall) {
                        return;
                    }
                }
                shared.session != live.key
            }
        };
        if is_stranger {
            self.become_session(&shared);
        }
        self.token_told_at = Some(now);
        self.commit_shared(shared, now);
        self.note(Happened::Refreshed { cause: RefreshCause::OtherTab, took: Duration::ZERO });
        self.keep_own_copy(now);
    }

    /// Another tab holds the same, and has shown it to the server.
    fn vouched_for(&mut self, now: Moment) {
        self.token_told_at = Some(now);
        self.take_as_known();
        if let Some(live) = self.live_mut()
            && let RefreshPhase::Queued { cause: RefreshCause::Restore, .. } = live.refresher.phase
            && live.session.as_ref().is_some_and(|session| !session.token.is_expired(now))
        {
            live.refresher.phase = RefreshPhase::Idle;
        }
    }

    /// Leaves the session that was here, if one was, for the one that was begun in another tab.
    fn become_session(&mut self, shared: &SharedGrant) {
        if let Some(session) = self.session()
            && session.account.id != shared.account.id
        {
            self.note(Happened::AccountChanged);
            self.outbox.push_back(Output::Say(Line::AccountChanged));
        }
        let told = self.moment(shared.last_activity);
        let last = self.last_active_here().map_or(told, |here| here.max(told));
        let not_before = self.live().and_then(|live| live.refresher.server_asked_until());
        self.abandon(Left::ForAnother);
        (self.stored, self.seen) = (None, None);
        self.state = State::Live(Box::new(Live {
            key: shared.session,
            is_guess: false,
            refresher: Refresher { not_before, ..Refresher::idle(None) },
            activity: Activity { last, kept: shared.kept && self.settings.may_keep },
            session: None,
            newest: Some(NewestToken::known(shared.from)),
        }));
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
            RefreshPhase::Idle | RefreshPhase::InFlight { .. } => {
                if why.is_none() {
                    live.refresher.not_before = live.refresher.not_before.max(Some(until));
                }
                return;
            }
        };
        if let RefreshPhase::Waiting { why: Wait::ServerAsked, until: known, .. } = live.refresher.phase
            && (why.is_some() || known >= until)
        {
            return;
        }
        let why = why.map_or(Wait::ServerAsked, Wait::Backoff);
        live.refresher.phase = RefreshPhase::Waiting { until, cause, why };
        self.ask_otherwise(now);
    }

    /// Gives up everything that is under way for the session, without a word to anybody.
    pub(super) fn abandon(&mut self, left: Left) {
        let mut calls = Vec::new();
        self.has_news = false;
        match &mut self.state {
            State::Starting => {}
            State::SignedOut(_) => self.leave_cookie(),
            State::Live(live) => {
                if let RefreshPhase::InFlight { flight, .. } = live.refresher.phase {
                    calls.push(flight.call);
                }
                live.refresher.phase = RefreshPhase::Idle;
                let validation = live.session.as_mut().and_then(|it| it.validation.take());
                calls.extend(validation.map(|it| it.flight.call));
            }
        }
        self.outbox.extend(calls.into_iter().map(Output::Abort));
        self.fail_all(left);
    }

    /// Ends what the application has under way on behalf of a person who is not there any more.
    pub(super) fn fail_all(&mut self, left: Left) {
        let (request, socket) = match left {
            Left::SignedOut => (RequestError::SignedOut, SocketError::SignedOut),
            Left::ForAnother => (RequestError::AccountChanged, SocketError::AccountChanged),
        };
        self.fail_requests(request);
        self.fail_sockets(socket);
    }

    pub(super) fn broadcast(&mut self, body: MessageBody) {
        if self.settings.tabs.has_channel {
            let message = Message { version: Message::VERSION, from: self.tab, body };
            self.outbox.push_back(Output::Broadcast(message));
        }
    }

    /// Asks the other tabs for a newer token than the one held here.
    pub(super) fn say_hello(&mut self) {
        let Some(live) = self.live() else { return };
        let session = (!live.is_guess).then_some(live.key);
        // One that was found here is no better for being the newest: it is to be vouched for.
        let held = live.session.as_ref().filter(|session| session.standing == Standing::Known);
        let newer_than = held.map(|session| session.token.from_wall);
        self.broadcast(MessageBody::Hello { session, newer_than });
    }
}

/// How long one answer stands for all who ask about the same token. Tabs that learn of something together ask within a
/// few milliseconds of one another.
const ANSWER_GAP: Duration = Duration::from_millis(20);
