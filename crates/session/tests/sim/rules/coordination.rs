//! Whether tabs act as one.

use crate::{
    browser::STRANGER,
    plan::Holds,
    rules::{Rule, tokens::CLOCK_TOLERANCE_MS},
    server::{Question, Response, Rotation, Said},
    tab::Fetch,
    world::World,
};

impl World<'_> {
    /// Something has happened, or has ended, that may keep the tabs from acting as one.
    pub(crate) fn disturb(&mut self) {
        self.rules.together_since = self.now;
    }

    /// Whether nothing has kept the tabs from acting as one since then.
    pub(crate) fn is_together_since(&self, since: u64) -> bool {
        let tabs = self.plan.setup.settings.tabs;
        let is_lock_well =
            self.lock.holder.is_none_or(|(tab, _)| tab != STRANGER && self.tabs[tab].is_running());
        tabs.has_lock
            && tabs.has_channel
            && is_lock_well
            && self.messages_lost_percent == 0
            && !self.store.throws
            && !self.store.unreadable
            && self.device.asleep_until.is_none()
            && !self.net.is_bad()
            && self.server.mood.is_none()
            && self.rules.together_since <= since
    }

    /// The server has answered.
    pub(crate) fn judge_at_server(&mut self, fetch: &Fetch, response: &Response) {
        match (&fetch.question, &response.said) {
            (Question::Request { token, .. } | Question::Validate { token }, said) => {
                let is_refused = match said {
                    Said::Request { status, .. } => *status == Some(401),
                    Said::Call(perennial_session::Answer::Validate(answer)) => {
                        matches!(answer, perennial_session::ValidateAnswer::Unauthorized(_))
                    }
                    Said::Call(_) => false,
                };
                if is_refused {
                    self.rules.refused.extend(*token);
                }
            }
            (Question::Refresh { key }, _) => self.judge_rotation(*key, fetch.sent_at),
            (Question::SignIn { .. } | Question::Clock | Question::SignOut { .. }, _) => {}
        }
    }

    fn judge_rotation(&mut self, key: perennial_session::IdempotencyKey, sent_at: u64) {
        let cookie = match self.server.last_rotation {
            Some(Rotation::Stolen { cookie } | Rotation::Repeated { cookie }) => cookie,
            Some(Rotation::Rotated) | None => return,
        };
        let is_stolen = matches!(self.server.last_rotation, Some(Rotation::Stolen { .. }));
        let session = &self.server.sessions[cookie.session];
        let (by, at) = session.superseded[cookie.generation];
        let made_at = session.made_at[cookie.generation];
        let is_other = by != key;
        let window_ms = self.server.setup.idempotency_window_ms;
        let is_together = self.is_together_since(made_at);
        if is_other && is_together {
            self.fail_rule(Rule::RefreshedTwice, || {
                format!("{cookie:?} was refreshed under two keys, by {by:?} and {key:?}")
            });
        }
        if is_stolen && self.server.setup.holds.is_single() {
            self.judge_single_token(cookie, sent_at);
        } else if is_stolen {
            // The answer that brought the successor was lost, and the attempt could not be repeated in time.
            let is_late = !is_other && self.now >= at + window_ms;
            let is_stale = self.rules.truth(cookie.session).is_cookie_stale && !is_together;
            let cannot_share =
                !(is_together || self.store_was_well_since(made_at)) || is_stale || self.rules.was_cleared;
            if is_late || cannot_share {
                self.stats.raced += u64::from(!is_late);
                self.rules.truth(cookie.session).honestly_stolen = true;
            } else {
                self.fail_rule(Rule::SupersededSent, || {
                    format!("{cookie:?}, superseded by {by:?} at {at}, came back under {key:?}")
                });
            }
        }
    }

    /// Whether every tab could read there, at once, what another wrote.
    pub(crate) fn store_was_well_since(&self, since: u64) -> bool {
        !self.store.throws
            && !self.store.unreadable
            && self.rules.store_bad_at.is_none_or(|at| at.saturating_add(CAUSE_MS) < since)
            && self.store.lag_ms == 0
    }

    /// Whether a tab knows of a token that another has held since then: by the store at once, or else by a message.
    fn is_told_of_token(&self, tab: usize, since: u64) -> bool {
        let opened_at = self.tabs[tab].seen.opened_at;
        if opened_at < since {
            return self.store_was_well_since(since) || since + 1_000 < self.now;
        }
        // A page that was opened later asks, and does not wait for an answer that takes long.
        since + 1_000 < self.now && self.messages_slow_ms == 0
    }

    /// A refresh is about to leave: did anybody need it?
    pub(super) fn judge_need(&mut self, tab: usize) {
        // A refresh that the server asked to wait for comes after that.
        if self.rules.cause_at.max(self.rules.later_until) + CAUSE_MS >= self.now
            || !self.is_together_since(self.now.saturating_sub(CAUSE_MS))
            || self.is_tampered()
            // Which of two cookies a tab believes it has nobody can tell.
            || self.plan.setup.server.holds == Holds::CookiePair
        {
            return;
        }
        let seen = &self.tabs[tab].seen;
        let is_older =
            |token: usize| self.rules.stepped_at.is_some_and(|at| at >= self.server.tokens[token].made_at);
        let Some(session) = seen.session.or(seen.restores).filter(|_| !seen.token.is_some_and(is_older))
        else {
            return;
        };
        let buffer_ms = |lives_ms: u64| {
            let most = u64::try_from(self.plan.setup.settings.refresh_buffer.as_millis()).unwrap_or(u64::MAX);
            most.min(lives_ms / 5)
        };
        let holder = (0..self.tabs.len()).find(|other| {
            let it = &self.tabs[*other];
            let Some(token) = it.seen.token.filter(|_| it.is_running() && it.is_signed_in()) else {
                return false;
            };
            let made = self.server.tokens[token];
            // An older one is of no use to a tab whose own was refused.
            // One that was asked for at the same time is no newer.
            let is_no_newer = |own: usize| {
                token < own || (token > own && made.made_at < self.server.tokens[own].made_at + TOGETHER_MS)
            };
            if seen.token.is_some_and(is_no_newer) {
                return false;
            }
            // What was shared by a clock that has been set since is placed wrongly in time.
            let is_good = self.server.refusal(token, self.now).is_none();
            if !is_good
                || self.rules.refused.contains(&token)
                || made.epoch != self.server.epoch
                || is_older(token)
            {
                return false;
            }
            let is_told = *other == tab || self.is_told_of_token(tab, it.seen.has_token_since);
            let Some(life) = self.rules.token_lives.get(&token) else {
                return made.session == session && is_told;
            };
            let buffer_ms = buffer_ms(life.end - life.start);
            made.session == session
                && is_told
                && self.now + buffer_ms * 11 / 10 + 2 * CLOCK_TOLERANCE_MS < life.end
        });
        if let Some(holder) = holder {
            self.fail_rule(Rule::NeedlessRefresh, || {
                format!("tab {tab} refreshes although tab {holder} has a fresh token")
            });
        }
    }
}

/// Tokens that were made within this time are of one age.
const TOGETHER_MS: u64 = 5_000;

/// Whatever disturbs the tabs has its effects within this time.
const CAUSE_MS: u64 = 65_000;
