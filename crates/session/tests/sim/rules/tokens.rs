//! Tokens: whose a tab's is, how long it lives, and what may be sent with it.

use std::time::Duration;

use perennial_session::{
    Access, Answer, CallId, CallKind, RefreshAnswer, RefreshBy, RefreshWhen, SignInAnswer, Status,
};

use crate::{
    rules::Rule,
    server::{Token, token_number},
    tab::Fetch,
    world::World,
};

impl World<'_> {
    /// An answer to a call that somebody waits for.
    pub(crate) fn learn_from(&mut self, tab: usize, fetch: &Fetch, answer: &Answer) {
        match answer {
            Answer::SignIn(SignInAnswer::Granted(grant)) | Answer::Refresh(RefreshAnswer::Granted(grant)) => {
                self.learn_token(&grant.access, fetch.sent_at, grant.lifetime);
                self.note_delivered(grant.refresh.as_ref());
                if let Answer::SignIn(_) = answer
                    && let Some(token) = self.number_of(&grant.access)
                {
                    let (session, now) = (self.server.tokens[token].session, self.now);
                    let (is_shared, is_stored) = (self.is_shared(), self.is_stored());
                    let truth = self.rules.truth(session);
                    truth.last_touch = now;
                    truth.shared_activity = now * u64::from(is_shared);
                    truth.stored_activity = now * u64::from(is_stored);
                    self.rules.cause_at = now;
                }
            }
            Answer::Refresh(RefreshAnswer::Later(wait)) => {
                let until = self.now + u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
                self.tabs[tab].seen.later_until = until;
                self.tabs[tab].seen.later_told_at = self.now;
                self.rules.later_until = self.rules.later_until.max(until);
                self.rules.later_told_at = self.now;
                self.rules.later_session = self.tabs[tab].seen.session;
            }
            Answer::SignIn(_)
            | Answer::Refresh(_)
            | Answer::Validate(_)
            | Answer::Clock(_)
            | Answer::SignOut(_) => {}
        }
    }

    pub(crate) fn learn_token(&mut self, access: &Access, sent_at: u64, lifetime: Option<Duration>) {
        if let (Some(token), Some(lifetime)) = (self.number_of(access), lifetime) {
            let end = sent_at + u64::try_from(lifetime.as_millis()).unwrap_or(u64::MAX);
            self.rules.token_lives.entry(token).or_insert(sent_at..end);
        }
    }

    /// A tab shows another token than before: the one that the input brought.
    pub(super) fn takes_token(&mut self, tab: usize) {
        // Where the clock was in doubt, what came meanwhile is shown later.
        let from = self.tabs[tab].snapshot.token_from;
        let kept =
            self.rules.kept_news.filter(|(_, kept_from)| from == Some(*kept_from)).map(|(token, _)| token);
        let news = kept.or(self.rules.news).or(self.tabs[tab].seen.last_news);
        let Some(token) = self.jar.access.or(news) else { return };
        if self.rules.cause == super::Cause::Told {
            self.stats.adopted += 1;
        }
        let session = self.server.tokens[token].session;
        let now = self.now;
        let seen = &mut self.tabs[tab].seen;
        seen.has_token_since = now;
        seen.token = Some(token);
        if seen.session.replace(session) != Some(session) {
            // Whoever has just signed in here was active then.
            seen.activity = now * u64::from(self.rules.cause_at == now);
            seen.later_until = 0;
            // Whoever signed in, in another tab or here, was there.
            let truth = self.rules.truth(session);
            truth.last_touch = now;
        }
    }

    pub(crate) fn judge_send(&mut self, tab: usize, call: CallId, kind: &CallKind) {
        if call.0 <= self.tabs[tab].seen.last_call {
            self.fail_rule(Rule::Contract, || format!("tab {tab} used the number {call:?} twice"));
        }
        self.tabs[tab].seen.last_call = call.0;
        match kind {
            CallKind::SignIn(_) => {
                let status = self.tabs[tab].engine.snapshot().status;
                if !matches!(status, Status::SignedOut { .. }) {
                    self.fail_rule(Rule::Contract, || format!("tab {tab} signs in while somebody is in"));
                }
            }
            CallKind::Refresh { access, .. } => {
                let open = self.tabs[tab]
                    .fetches
                    .iter()
                    .any(|it| matches!(it.question, crate::server::Question::Refresh { .. }));
                if open {
                    self.fail_rule(Rule::Contract, || format!("tab {tab} sends a second refresh"));
                }
                let session = access
                    .as_ref()
                    .and_then(|it| self.number_of(it))
                    .map(|it| self.server.tokens[it].session);
                let status = self.tabs[tab].engine.snapshot().status;
                if matches!(status, Status::SignedOut { .. }) {
                    // To sign out with what it brings. The session has ended, and nobody needs the token for anything else.
                    self.stats.errands += 1;
                    return;
                }
                // Without a token it is not about the session that this tab had, but about one it wants to find.
                self.judge_sent_of(tab, session, "a refresh");
                self.judge_retry_after(tab);
                self.judge_need(tab);
                if self.plan.setup.sockets.is_some() {
                    self.judge_socket_refresh(tab);
                }
            }
            CallKind::Validate { access } => self.judge_token(tab, access, "a validation"),
            CallKind::Clock => self.stats.clock_questions += 1,
            CallKind::SignOut { access, .. } => {
                if let Some(access @ Access::Token(_)) = access {
                    self.judge_expiry(tab, access, "a sign-out");
                }
            }
        }
    }

    /// An access token leaves the device.
    pub(crate) fn judge_token(&mut self, tab: usize, access: &Access, what: &str) {
        if matches!(access, Access::Cookie) {
            let session = self.jar.cookie.map(|cookie| cookie.session);
            return self.judge_sent_of(tab, session, what);
        }
        if let Some(made) = self.judge_expiry(tab, access, what) {
            self.judge_sent_of(tab, Some(made.session), what);
        }
    }

    /// No token leaves that is known to have expired. Says which it is.
    fn judge_expiry(&mut self, tab: usize, access: &Access, what: &str) -> Option<Token> {
        let Some(token) = token_number(access) else {
            if !self.is_tampered() {
                self.fail_rule(Rule::Contract, || {
                    format!("tab {tab} sends {what} with no token anybody gave")
                });
            }
            return None;
        };
        let made = self.server.tokens[token];
        if let Some(end) = self.rules.token_lives.get(&token).map(|life| life.end)
            && end + CLOCK_TOLERANCE_MS <= self.now
            && self.rules.stepped_at.is_none_or(|at| at < made.made_at)
        {
            let late_ms = self.now - end;
            self.fail_rule(Rule::ExpiredTokenSent, || {
                format!("tab {tab} sends {what} with a token that expired {late_ms} ms ago")
            });
        }
        Some(made)
    }

    /// A tab leaves its token to expire.
    pub(super) fn judge_rest(&mut self, tab: usize) {
        let it = &self.tabs[tab];
        if !it.is_signed_in() || self.device.asleep_until.is_some() {
            return;
        }
        self.stats.rests += 1;
        let settings = &self.plan.setup.settings;
        let life_ms = it.seen.token.and_then(|token| self.rules.token_lives.get(&token));
        let life_ms = life_ms.map_or(0, |life| life.end - life.start);
        let is_calm = self.rules.stepped_at.is_none();
        let is_there = is_calm && self.now + CLOCK_TOLERANCE_MS < it.seen.activity + life_ms;
        let watches = it.page.watches.iter().any(|watch| self.rules.settled != Some((tab, watch.socket)));
        let expires_at = it.seen.session.map_or(u64::MAX, |session| self.server.sessions[session].expires_at);
        let buffer_ms = u64::try_from(settings.refresh_buffer.as_millis()).unwrap_or(u64::MAX).min(life_ms);
        let is_late = is_calm && self.now + buffer_ms > expires_at.saturating_add(LATE_MS);
        let wrong = match (settings.refresh_when, settings.refresh_by) {
            (RefreshWhen::Always, _) => Some("although it never should"),
            _ if it.requests.values().any(|request| request.stage.waits()) => Some("while a request waits"),
            (RefreshWhen::Manual, _) => None,
            (RefreshWhen::Active, RefreshBy::AccessToken) => Some("although the token refreshes itself"),
            (RefreshWhen::Active, _) if watches => Some("while something is watched"),
            (RefreshWhen::Active, _) if is_there => Some("although somebody is there"),
            (RefreshWhen::Active, _) if is_late => Some("although what refreshes it is about to end"),
            (RefreshWhen::Active, _) => None,
        };
        if let Some(wrong) = wrong {
            self.fail_rule(Rule::Rest, || format!("tab {tab} leaves its token to expire {wrong}"));
        }
    }

    fn judge_retry_after(&mut self, tab: usize) {
        let slack_ms = 1_000;
        if self.rules.granted_at > self.rules.later_told_at {
            // Somebody who had not heard of the wait was given a token all the same.
            return;
        }
        let told_at = self.rules.later_told_at.min(self.tabs[tab].seen.later_told_at);
        let has_stepped = self.rules.stepped_at.is_some_and(|at| at + slack_ms >= told_at);
        let own = self.tabs[tab].seen.later_until;
        if self.now < own && !has_stepped && self.rules.later_session == self.tabs[tab].seen.session {
            let early_ms = own - self.now;
            self.fail_rule(Rule::RetryAfter, || {
                format!("tab {tab} refreshes {early_ms} ms before the server wanted it")
            });
        }
        let shared = self.rules.later_until;
        let is_shared = self.rules.later_told_at + slack_ms < self.now
            && self.is_together_since(self.rules.later_told_at)
            && self.rules.later_session.is_some()
            && self.rules.later_session == self.tabs[tab].seen.session;
        if self.now < shared && is_shared && !has_stepped {
            let early_ms = shared - self.now;
            self.fail_rule(Rule::RetryAfter, || {
                format!("tab {tab} refreshes {early_ms} ms before the server wanted it of another tab")
            });
        }
    }
}

/// The server counts from when it answered, the engine from when it asked, and a tab may have slept in between.
const LATE_MS: u64 = 62_000;

/// How far the two clocks of a device may part before it counts.
pub(super) const CLOCK_TOLERANCE_MS: u64 = 1_100;
