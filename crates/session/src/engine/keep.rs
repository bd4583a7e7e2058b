//! What is kept of a session beyond the life of the page where script holds its credentials, and how it is taken up again.

use core::time::Duration;

use crate::{
    Access, AccessBy, Grant, GrantStore, Moment, Output, RefreshCause, Refusal, SessionKey, SharedGrant,
    SignOutReason,
    engine::{Engine, tabs::Left},
    state::{Session, SignedOut, Standing, State, Token},
};

impl Engine {
    /// Takes in what is kept beside the record, or that nothing is. To be called before the first input and whenever it
    /// has changed since, by a driver whose [`crate::Settings::grant_store`] is one.
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
        match self.kept.clone() {
            Some(kept) if self.is_over(kept.session) => self.discard_ended(),
            Some(kept) => self.take_kept(kept, now),
            None => self.keep_again(now),
        }
    }

    fn take_kept(&mut self, kept: SharedGrant, now: Moment) {
        // A session that was begun in another tab is learned of by the record.
        let Some(live) = self.live().filter(|live| live.key == kept.session) else { return };
        let Some(session) = live.session.as_ref().filter(|session| !session.is_nameless()) else { return };
        let held = session.token.from_wall;
        let is_same = session.token.access.is_same_token(&kept.access) && session.refresh == kept.refresh;
        if is_same || session.account.id != kept.account.id {
            return;
        }
        if self.is_later(kept.from, held) {
            self.adopt(kept, now);
        } else if kept.from == held {
            self.replace(kept);
        } else {
            self.keep_again(now);
        }
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
        let kept = self.kept.clone().filter(|kept| kept.session == live.key && !self.is_in_clock_doubt());
        if let Some(kept) = kept {
            self.commit_shared(kept, now);
            self.mark(Standing::Found, now);
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
        self.given_up = Some(session);
        self.abandon(Left::SignedOut);
        (self.stored, self.seen) = (None, None);
        let reason = (!is_guess).then_some(SignOutReason::Refused(Refusal::Missing));
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

    /// A cookie may be there. What it is worth, and whose it is, only the server knows.
    fn commit_cookie(&mut self, now: Moment) {
        let generation = self.next_generation();
        let from_wall = self.timeline.wall(now);
        let grant = Grant {
            access: Access::Cookie,
            refresh: None,
            lifetime: None,
            account: None,
            session_id: None,
            session_lifetime: None,
            landing: None,
        };
        let parts = (Access::Cookie, None);
        let mut token = Token::schedule(parts, generation, now, None, &self.settings, &mut self.random);
        token.from_wall = from_wall;
        if let Some(live) = self.live_mut() {
            live.session = Some(Session::new(grant, token, now, now));
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

    /// Keeps what was granted here.
    pub(super) fn keep(&mut self, grant: &SharedGrant, now: Moment) {
        if self.settings.grant_store != GrantStore::None {
            self.kept = Some(grant.clone());
            self.kept_at = Some(now);
            self.outbox.push_back(Output::Keep(grant.clone().into()));
        }
    }

    /// What another tab was granted is kept by that tab where the store is one for all, and here where each has its own.
    pub(super) fn keep_own_copy(&mut self, now: Moment) {
        if self.settings.grant_store == GrantStore::Tab
            && let Some(grant) = self.shared_grant(now)
        {
            self.keep(&grant, now);
        }
    }

    /// Keeps again what is not kept any more, but not on and on where nothing stays.
    fn keep_again(&mut self, now: Moment) {
        let may_write = self.kept_at.is_none_or(|at| at + MIN_REWRITE_INTERVAL <= now);
        if may_write && let Some(grant) = self.shared_grant(now) {
            self.keep(&grant, now);
        }
    }

    /// Removes what is kept where no session is.
    pub(super) fn discard_kept(&mut self) {
        if self.settings.grant_store != GrantStore::None && self.kept.take().is_some() {
            self.outbox.push_back(Output::Discard);
        }
    }

    /// Removes what is kept of a session that is over.
    pub(super) fn discard_ended(&mut self) {
        if self.kept.as_ref().is_some_and(|kept| self.is_over(kept.session)) {
            self.discard_kept();
        }
    }
}

/// A store that takes nothing is tried no more often than this.
const MIN_REWRITE_INTERVAL: Duration = Duration::from_secs(15);
