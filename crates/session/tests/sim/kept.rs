//! The store in which grants are kept, and what may be sent, shown and left there.

use std::collections::VecDeque;

use perennial_session::{
    Access, Call, CallKind, GrantStore, RefreshBy, Refusal, Secret, SessionKey, SharedGrant, SignOutReason,
};

use crate::{
    plan::{Holds, Tampering},
    rules::Rule,
    server::{Cookie, parse_refresh, token_number},
    world::{Event, World},
};

/// What was kept, and when: other tabs may see it a moment later.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    written: VecDeque<Written>,
}

#[derive(Debug)]
struct Written {
    at: u64,
    by: usize,
    what: Option<SharedGrant>,
}

impl Kept {
    fn read(&self, tab: usize, lag_ms: u64, now: u64) -> Option<&SharedGrant> {
        let seen = |it: &&Written| it.by == tab || it.at + lag_ms <= now;
        self.written.iter().rev().find(seen)?.what.as_ref()
    }

    fn write(&mut self, by: usize, what: Option<SharedGrant>, lag_ms: u64, at: u64) {
        while self.written.len() > 1 && self.written[1].at + lag_ms <= at {
            self.written.pop_front();
        }
        self.written.push_back(Written { at, by, what });
    }

    pub(crate) fn latest(&self) -> Option<&SharedGrant> {
        self.written.back()?.what.as_ref()
    }

    pub(crate) fn clear(&mut self) {
        self.written.clear();
    }
}

impl World<'_> {
    fn keeps(&self) -> bool {
        self.plan.setup.settings.grant_store != GrantStore::None
    }

    /// What a tab reads there.
    fn kept_as_read(&self, tab: usize) -> Option<&SharedGrant> {
        let is_readable = self.keeps() && !self.store.unreadable;
        self.kept.read(tab, self.store.lag_ms, self.now).filter(|_| is_readable)
    }

    /// Hands over to an engine what is kept, where anything is.
    pub(crate) fn recall_grant(&mut self, tab: usize) {
        if !self.keeps() {
            return;
        }
        let kept = self.kept_as_read(tab).cloned();
        self.rules.kept_news = kept.as_ref().and_then(|kept| Some((token_number(&kept.access)?, kept.from)));
        let kept = match self.plant {
            Some(plant) => plant.recall_grant(&self.tabs[tab], kept),
            None => kept,
        };
        self.tabs[tab].engine.recall_grant(kept);
    }

    /// An engine wants something kept, or removed.
    pub(crate) fn keep(&mut self, tab: usize, grant: Option<SharedGrant>) {
        if !self.keeps() {
            self.fail_rule(Rule::Contract, || format!("tab {tab} keeps {grant:?} where nothing is kept"));
        }
        self.count_write(tab);
        if let Some(grant) = &grant
            && self.has_learned_of_end(tab, grant.session)
        {
            self.fail_rule(Rule::AfterSignOut, || format!("tab {tab} keeps {grant:?}, which has ended"));
        }
        // A store that is full lets go of what it holds.
        if !self.store.unreadable && !(self.store.throws && grant.is_some()) {
            let lag_ms = self.store.lag_ms;
            self.kept.write(tab, grant, lag_ms, self.now);
            self.tell_of_store(tab);
        }
    }

    /// Somebody who is no tab writes there.
    pub(crate) fn tamper(&mut self, what: Tampering) {
        let Some(mut kept) = self.kept.latest().cloned() else { return };
        self.rules.tampered_at = Some(self.now);
        let secret = || Secret::new("secret-altered");
        let written = match what {
            Tampering::Removed => None,
            Tampering::Access => {
                kept.access = secret().into();
                Some(kept)
            }
            Tampering::Refresh => {
                kept.refresh = kept.refresh.is_some().then(secret);
                Some(kept)
            }
        };
        let lag_ms = self.store.lag_ms;
        self.kept.write(usize::MAX, written, lag_ms, self.now);
        self.tell_of_store(usize::MAX);
    }

    fn tell_of_store(&mut self, but: usize) {
        for other in 0..self.tabs.len() {
            if other != but && self.tabs[other].is_open {
                let after_ms = self.store.lag_ms + self.rng.between(1, 8);
                self.after(after_ms, Event::RecordChanged { tab: other });
            }
        }
    }

    /// What a call shows the server to name a session, said as a cookie would: what script holds, or the cookie itself.
    pub(crate) fn credential(&self, kind: &CallKind) -> Option<Cookie> {
        if !self.plan.setup.server.holds.is_by_script() {
            return self.jar.cookie;
        }
        let (access, refresh) = match kind {
            CallKind::Refresh { access, refresh, .. } | CallKind::SignOut { access, refresh, .. } => {
                (access.as_ref(), refresh.as_ref())
            }
            CallKind::SignIn(_) | CallKind::Validate { .. } | CallKind::Clock => return None,
        };
        match self.plan.setup.settings.refresh_by {
            RefreshBy::Cookie => self.jar.cookie,
            RefreshBy::AccessToken => {
                let token = self.server.tokens[access.and_then(token_number)?];
                let session = &self.server.sessions[token.session];
                let generation = session.superseded.len();
                (token.epoch == self.server.epoch).then_some(Cookie {
                    session: token.session,
                    generation,
                    kept: session.kept,
                })
            }
            RefreshBy::RefreshToken => parse_refresh(refresh?),
        }
    }

    /// The server's number of an access token, or of the one in the cookie.
    pub(crate) fn number_of(&self, access: &Access) -> Option<usize> {
        match access {
            Access::Token(_) => token_number(access),
            Access::Cookie => self.jar.access,
        }
    }

    /// The session that this browser is in, as far as anything on the device says so.
    pub(crate) fn session_here(&self) -> Option<usize> {
        if !self.plan.setup.server.holds.is_by_script() {
            return self.jar.cookie.map(|cookie| cookie.session);
        }
        let kept = self.kept.latest().and_then(|kept| token_number(&kept.access));
        let kept = kept.map(|token| self.server.tokens[token].session);
        let shown = self.tabs.iter().filter(|tab| tab.is_open && tab.is_signed_in());
        kept.or(shown.filter_map(|tab| tab.seen.session).max())
    }

    /// Whether the credentials on this device may be nobody's work but the server's.
    pub(crate) fn is_tampered(&self) -> bool {
        self.rules.tampered_at.is_some()
    }

    /// A refresh leaves: with what the store has replaced?
    pub(crate) fn judge_credential(&mut self, tab: usize, call: &Call) {
        let is_exchanged = self.plan.setup.server.holds == Holds::AccessToken;
        let CallKind::Refresh { refresh, .. } = &call.kind else { return };
        self.rules.lost_keys |= is_exchanged && self.credential(&call.kind).is_none();
        let Some(refresh) = refresh else { return };
        let Some(sent) = parse_refresh(refresh) else { return };
        let kept = self.kept_as_read(tab).and_then(|kept| kept.refresh.as_ref()).and_then(parse_refresh);
        if let Some(kept) = kept
            && kept.session == sent.session
            && kept.generation > sent.generation
        {
            self.fail_rule(Rule::SupersededSent, || {
                format!("tab {tab} sends {sent:?}, and {kept:?} is kept")
            });
        }
    }

    /// An answer that brings a refresh token reaches a tab that waits for it.
    pub(crate) fn note_delivered(&mut self, refresh: Option<&Secret>) {
        if let Some(cookie) = refresh.and_then(parse_refresh) {
            self.rules.delivered.entry((cookie.session, cookie.generation)).or_insert(self.now);
        }
    }

    /// A refresh token came back that is good for once. Where its successor never arrived the session is lost, and nobody
    /// here is to blame.
    pub(crate) fn judge_single_token(&mut self, cookie: Cookie, sent_at: u64) {
        let made_at = self.server.sessions[cookie.session].made_at[cookie.generation];
        let delivered = self.rules.delivered.get(&(cookie.session, cookie.generation + 1)).copied();
        let is_together = self.is_together_since(made_at);
        let is_shared = is_together || (self.keeps() && self.store_was_well_since(made_at));
        // It left before the tab could know, because nothing kept the two apart.
        let is_raced = delivered.is_some_and(|at| sent_at <= at + HEARD_MS) && !is_together;
        let is_lost = delivered.is_none();
        if is_lost || is_raced || !is_shared || self.is_tampered() {
            self.stats.raced += u64::from(!is_lost);
            self.rules.truth(cookie.session).honestly_stolen = true;
        } else {
            self.fail_rule(Rule::SupersededSent, || {
                format!("{cookie:?} came back, and its successor had arrived at {delivered:?}")
            });
        }
    }

    /// A tab says that it has nothing to go on with.
    pub(crate) fn judge_given_up(&mut self, tab: usize, reason: Option<SignOutReason>) {
        let is_by_script = self.plan.setup.server.holds.is_by_script();
        if reason != Some(SignOutReason::Refused(Refusal::Missing)) || !is_by_script {
            return;
        }
        let key = self.store.record().map(|record| record.session);
        if let Some(kept) = self.kept_as_read(tab)
            && Some(kept.session) == key
            && !self.rules.has_ended_key(kept.session)
            && !self.is_tampered()
            && self.rules.store_bad_at.is_none()
        {
            let kept = kept.clone();
            self.fail_rule(Rule::WrongfulSignOut, || {
                format!("tab {tab} finds nothing, and there is {kept:?}")
            });
        }
    }

    /// Whether a tab may have nothing to go on with although others do.
    pub(crate) fn may_find_nothing(&self) -> bool {
        let is_by_script = self.plan.setup.server.holds.is_by_script();
        is_by_script && (!self.keeps() || self.rules.store_bad_at.is_some() || self.is_tampered())
    }

    /// A tab shows somebody: has the server, or another tab, said anything by now, or has it been asked in vain?
    pub(crate) fn judge_vouched(&mut self, tab: usize) {
        let settings = &self.plan.setup.settings;
        let patience_ms = u64::try_from(settings.call_timeout.as_millis()).unwrap_or(u64::MAX);
        let seen = &self.tabs[tab].seen;
        let is_in_vain =
            self.now >= seen.opened_at + patience_ms || self.rules.later_until + SPREAD_MS > self.now;
        // A wait that was written down by a clock that has been set since may seem longer.
        if !seen.has_heard && !is_in_vain && self.rules.stepped_at.is_none() {
            self.fail_rule(Rule::Unvouched, || format!("tab {tab} shows somebody, and has asked nobody"));
        }
    }

    /// Nothing is left of a session of whose end every tab knows.
    pub(crate) fn sweep_kept(&mut self) {
        let Some(session) = self.kept.latest().map(|kept| kept.session) else { return };
        let mut open = (0..self.tabs.len()).filter(|tab| self.tabs[*tab].is_open).peekable();
        let is_known = open.peek().is_some()
            && open.all(|tab| {
                let calm_ms = self.now - self.tabs[tab].seen.calm_since;
                self.tabs[tab].is_running() && calm_ms > KNOWN_MS && self.has_learned_of_end(tab, session)
            });
        // What could not be removed then is removed when a tab looks there next.
        let ended_at = self.rules.end_of(session).map_or(0, |spread| spread.at());
        let was_bad = self.rules.store_bad_at.is_some_and(|at| at >= ended_at);
        if is_known
            && !was_bad
            && !self.store.unreadable
            && self.device.asleep_until.is_none()
            && !self.is_tampered()
        {
            self.fail_rule(Rule::AfterSignOut, || {
                format!("what is kept of {session:?}, which has ended, is still there")
            });
        }
    }

    fn has_learned_of_end(&self, tab: usize, session: SessionKey) -> bool {
        self.rules.end_of(session).is_some_and(|spread| self.has_learned(tab, spread))
    }
}

impl Holds {
    /// Whether the server refuses a refresh token that comes back, whatever the reason.
    pub(crate) fn is_single(self) -> bool {
        self == Self::SingleToken
    }
}

/// Tabs wait for a little longer than the server wants it.
const SPREAD_MS: u64 = 60_000;

/// A message has been heard, and a store read, after this time.
const HEARD_MS: u64 = 60;

/// A tab that is awake has looked at the store within this time.
const KNOWN_MS: u64 = 62_000;
