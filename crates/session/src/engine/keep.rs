//! What is kept of a session beyond the life of the page where script holds its credentials, and how it is taken up again.

use core::time::Duration;

use crate::{
    AccessBy, GrantStore, Happened, Moment, Output, RefreshCause, Refusal, SessionKey, SharedGrant,
    SignOutReason,
    access::Held,
    engine::{Engine, tabs::Left},
    state::{Purpose, RefreshPhase, Session, SignedOut, Standing, State},
};

impl Engine {
    /// Takes in what is kept beside the record, or that nothing is. To be called before the first input and whenever it
    /// may have changed since, by a driver whose [`crate::Settings::grant_store`] is one.
    pub fn recall_grant(&mut self, kept: Option<SharedGrant>) {
        self.kept = kept;
        self.kept_is_news = true;
    }

    /// Looks at what another tab, or anybody else, has put in the place of what was kept.
    pub(super) fn absorb_kept(&mut self, now: Moment) {
        let is_placed = !self.is_in_clock_doubt() && self.untold_time().is_zero();
        if matches!(self.state, State::Starting) || !is_placed || !core::mem::take(&mut self.kept_is_news) {
            return;
        }
        match &self.kept {
            Some(kept) if self.is_over(kept.session) => self.discard_ended(),
            // What was written stayed; if it is gone later on, somebody has taken it away.
            Some(kept) if self.holds(kept) => self.kept_at = None,
            Some(kept) => {
                let kept = kept.clone();
                self.take_kept(kept, now);
            }
            None => self.keep_again(now),
        }
    }

    fn holds(&self, kept: &SharedGrant) -> bool {
        let session =
            self.live().filter(|live| live.key == kept.session).and_then(|live| live.session.as_ref());
        session.is_some_and(|it| it.token.access == kept.access && it.refresh == kept.refresh)
    }

    fn take_kept(&mut self, kept: SharedGrant, now: Moment) {
        let Some(live) = self.live() else { return };
        if kept.session < live.key && !live.is_guess {
            return self.keep_again(now);
        }
        if kept.session != live.key {
            // A session that was begun in another tab is learned of by the record.
            return;
        }
        let Some(session) = &live.session else {
            if !matches!(live.refresher.phase, RefreshPhase::InFlight { .. }) {
                self.take_up(now);
            }
            return;
        };
        let (standing, held) = (session.standing, session.token.from_wall);
        let is_altered = kept.from == held && !session.is_of_another(&kept.account);
        let is_later = self.is_later(kept.from, held);
        match standing {
            Standing::Nameless { .. } => {}
            Standing::Found if is_later || is_altered => self.take_up_anew(now),
            Standing::Known if is_later => self.adopt(kept, now),
            Standing::Known if is_altered => self.replace(kept),
            Standing::Found | Standing::Known => self.keep_again(now),
        }
    }

    /// Nobody has vouched for what was found before, nor has anybody for this.
    fn take_up_anew(&mut self, now: Moment) {
        let left = self.live_mut().and_then(|live| live.session.take());
        let validation = left.and_then(|session| session.validation);
        self.outbox.extend(validation.map(|validation| Output::Abort(validation.flight.call)));
        self.take_up(now);
    }

    /// Somebody has changed the credentials where they are kept. They are what the next start would begin with, so
    /// they are what this page goes on with; the server will say what they are worth.
    fn replace(&mut self, kept: SharedGrant) {
        let generation = self.next_generation();
        if let Some(session) = self.session_mut() {
            session.token.access = kept.access;
            session.token.generation = generation;
            session.refresh = kept.refresh;
            session.stubborn.clear();
        }
    }

    /// Takes up the session that the device remembers: with what was kept of it, or with the cookie that authorises
    /// requests. The server is shown it before anybody is; where it cannot be, it is asked for a new token.
    pub(super) fn take_up(&mut self, now: Moment) {
        let Some(live) = self.live() else { return };
        let kept = self.kept.as_ref().filter(|kept| kept.session == live.key && !self.is_in_clock_doubt());
        if let Some(kept) = kept {
            // What the server's clock said belongs to the time before, and this device's may have been set since.
            let kept = SharedGrant { server_date: None, ..kept.clone() };
            self.commit_shared(kept, now);
            self.mark(Standing::Found, now);
            // The absolute limit may have passed since.
            self.judge_limits(now);
            self.say_hello();
        } else if self.settings.access_by == AccessBy::Cookie && self.settings.can_validate {
            self.commit_cookie(now);
            self.mark(Standing::Nameless { asked: 0 }, now);
            self.say_hello();
        }
        let is_usable = self.session().is_some_and(|session| !session.token.is_expired(now));
        if !(is_usable && self.settings.can_validate) {
            self.refresh(RefreshCause::Restore, now);
        }
    }

    /// There is nothing here to go on with. Another tab may have more, so that nothing has ended but the attempt.
    pub(super) fn give_up_here(&mut self) {
        let Some(live) = self.live() else { return };
        let (session, is_guess) = (live.key, live.is_guess);
        let reason = (!is_guess).then_some(SignOutReason::Refused(Refusal::Missing));
        if let Some(reason) = reason {
            self.note(Happened::SignedOut(reason));
        }
        self.given_up = Some(session);
        self.abandon(Left::SignedOut);
        (self.stored, self.seen) = (None, None);
        self.state = State::SignedOut(SignedOut::new(reason));
    }

    /// Whether this tab has found nothing of this session to go on with, and still would not.
    pub(super) fn has_given_up(&self, session: SessionKey) -> bool {
        self.given_up == Some(session) && self.kept.as_ref().is_none_or(|kept| kept.session != session)
    }

    fn mark(&mut self, standing: Standing, now: Moment) {
        let due = now - self.settings.check_interval;
        if let Some(session) = self.session_mut() {
            session.standing = standing;
            session.last_check = due;
            session.last_refresh = None;
        }
    }

    /// Has the server asked whose session it is, where it can be.
    pub(super) fn ask_for_name(&mut self) {
        let can_validate = self.settings.can_validate;
        let Some(session) = self.session_mut() else { return };
        if session.is_nameless() {
            if can_validate {
                session.confirm = true;
            } else {
                session.standing = Standing::Known;
            }
        }
    }

    /// The server could not say anything about a session that was found here, or another tab has shown it to the server:
    /// it stands as it was left.
    pub(super) fn take_as_known(&mut self) {
        if let Some(session) = self.session_mut()
            && session.standing == Standing::Found
        {
            session.standing = Standing::Known;
        }
    }

    /// The server wants no refresh now. About what was found here it is asked in another way, where it can be.
    pub(super) fn ask_otherwise(&mut self, now: Moment) {
        let is_found = |session: &&Session| session.standing == Standing::Found;
        let Some(session) = self.session().filter(is_found) else { return };
        if self.settings.can_validate && !session.token.is_expired(now) {
            self.validate(Purpose::Heartbeat, now);
        } else {
            self.take_as_known();
        }
    }

    /// Keeps what was granted here.
    pub(super) fn keep(&mut self, grant: &SharedGrant, now: Moment) {
        if self.settings.grant_store != GrantStore::None {
            // The next token brings another ticket. Until then what is kept can do all that a ticket can.
            let grant = SharedGrant { sign_out_ticket: None, ..grant.clone() };
            self.kept = Some(grant.clone());
            self.kept_at = Some(now);
            self.outbox.push_back(Output::Keep(grant.into()));
        }
    }

    /// What another tab was granted is kept by that tab where the store is one for all, and here where each has its own.
    pub(super) fn keep_own_copy(&mut self, now: Moment) {
        match self.settings.grant_store {
            GrantStore::None => {}
            GrantStore::Tab => {
                if let Some(grant) = self.shared_grant(now) {
                    self.keep(&grant, now);
                }
            }
            // What is read here may be from a moment before the other tab wrote.
            GrantStore::Browser => self.kept_at = Some(now),
        }
    }

    /// Keeps again what is not kept any more, but not on and on where nothing stays.
    fn keep_again(&mut self, now: Moment) {
        let is_kept = self.settings.grant_store != GrantStore::None;
        let may_write = is_kept && self.kept_at.is_none_or(|at| at + MIN_REWRITE_INTERVAL <= now);
        // What must wait is looked at again with each input until it may be written.
        self.kept_is_news = is_kept && !may_write;
        if may_write && let Some(grant) = self.shared_grant(now) {
            self.keep(&grant, now);
        }
    }

    /// What is kept that names this session to the server.
    pub(super) fn kept_of(&self, session: SessionKey) -> Held {
        let kept = self.kept.as_ref().filter(|kept| kept.session == session);
        kept.map_or_else(Held::default, |kept| Held {
            access: Some(kept.access.clone()),
            until: kept.lifetime.map(|lifetime| self.moment(kept.from) + lifetime),
            refresh: kept.refresh.clone(),
            ticket: kept.sign_out_ticket.clone(),
        })
    }

    /// Removes what is kept where no session is, also what cannot be read.
    pub(super) fn discard_kept(&mut self) {
        self.kept = None;
        if self.settings.grant_store != GrantStore::None {
            self.outbox.push_back(Output::Discard);
        }
    }

    /// Removes what is kept of a session that is over.
    pub(super) fn discard_ended(&mut self) {
        // What is kept of a later session is that of whoever has signed in since.
        if self.kept.as_ref().is_none_or(|kept| self.is_over(kept.session)) {
            self.discard_kept();
        }
    }
}

/// A store that takes nothing is tried no more often than this.
const MIN_REWRITE_INTERVAL: Duration = Duration::from_secs(15);
