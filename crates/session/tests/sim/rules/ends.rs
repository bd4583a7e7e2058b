//! How sessions end: for a true reason, everywhere, and for good.

use perennial_session::{
    Ended, Record, RefreshBy, Refusal, SignInFailure, SignInProgress, SignOutReason, Status,
};

use crate::{
    rules::{Cause, Rule, Spread, tokens::CLOCK_TOLERANCE_MS},
    server::ticket_number,
    tab::Frozen,
    world::World,
};

impl World<'_> {
    fn limit_ms(&self) -> u64 {
        u64::try_from(self.plan.setup.settings.inactivity_limit.as_millis()).unwrap_or(u64::MAX)
    }

    /// The person does something in a tab. What the page shows decides whether it counts: while it asks, a moving
    /// mouse is no answer.
    pub(super) fn touch(&mut self, tab: usize, counts: bool) {
        let now = self.now;
        if !self.tabs[tab].is_signed_in() && !self.tabs[tab].is_signed_out() {
            // It is being found out whose it is.
            if let Some(session) = self.session_here() {
                self.rules.truth(session).last_touch = now;
            }
            return;
        }
        let Some(session) = self.tabs[tab].seen.session else { return };
        let limit_ms = self.limit_ms();
        let is_shared = self.is_shared();
        let is_stored = self.is_stored();
        let truth = self.rules.truth(session);
        if now >= truth.last_touch + limit_ms {
            // Too late: it finds the session over.
            return;
        }
        truth.last_touch = now;
        if !counts {
            return;
        }
        if is_shared {
            truth.shared_activity = now;
        }
        if is_stored {
            truth.stored_activity = now;
        }
        self.tabs[tab].seen.activity = now;
    }

    fn is_kept(&self, session: usize) -> bool {
        self.server.sessions[session].kept && self.plan.setup.settings.may_keep
    }

    /// Whether what one tab knows reaches every other.
    pub(super) fn is_shared(&self) -> bool {
        let is_channel_well = self.plan.setup.settings.tabs.has_channel && self.messages_lost_percent == 0;
        self.is_stored() || is_channel_well
    }

    /// Whether what one tab knows outlives it.
    pub(super) fn is_stored(&self) -> bool {
        !self.store.throws && !self.store.unreadable
    }

    /// The question whether the person is there may be shown only when they have not been.
    pub(super) fn judge_question(&mut self, tab: usize) {
        let it = &self.tabs[tab];
        if it.snapshot.inactivity_ends.is_none() || self.rules.stepped_at.is_some() {
            return;
        }
        let warning = self.plan.setup.settings.inactivity_warning;
        let asks_after_ms = self.limit_ms() - u64::try_from(warning.as_millis()).unwrap_or(0);
        let idle_ms = self.now - it.seen.activity.max(it.seen.opened_at.min(it.seen.activity));
        if it.seen.activity > 0 && idle_ms + CLOCK_TOLERANCE_MS < asks_after_ms {
            self.fail_rule(Rule::WrongfulSignOut, || {
                format!("tab {tab} asks whether somebody is there who was active {} s ago", idle_ms / 1_000)
            });
        }
    }

    pub(crate) fn judge_store(&mut self, tab: usize, record: &Record) {
        self.count_write(tab);
        if let Some(session) = self.tabs[tab].seen.session
            && self.tabs[tab].is_signed_in()
        {
            self.rules.keys.entry(record.session).or_insert(session);
        }
        self.tabs[tab].seen.key = Some(record.session);
        if let Some(spread) = self.rules.ended_keys.get(&record.session).copied()
            && self.has_learned(tab, spread)
        {
            self.fail_rule(Rule::AfterSignOut, || format!("tab {tab} stores {record:?}, which has ended"));
        }
    }

    /// A tab ends a session: for a true reason?
    /// Where a ticket was left, the server is said to know only when it does.
    fn judge_told(&mut self, tab: usize, ended: &Ended, is_written: bool) {
        if let Some(session) = ended.ticket.as_ref().filter(|_| is_written).and_then(ticket_number) {
            self.rules.tickets.insert(ended.session, session);
        }
        // Somebody who finds nothing where the store cannot be read knows of no ticket.
        let is_refused = matches!(ended.reason, SignOutReason::Refused(_));
        if let Some(session) =
            self.rules.tickets.get(&ended.session).copied().filter(|_| !ended.revoke && !is_refused)
            && self.server.is_valid(session, self.now)
        {
            self.fail_rule(Rule::UntrueReason, || {
                format!("tab {tab} says that the server knows of the end of session {session}")
            });
        }
    }

    pub(crate) fn judge_forget(&mut self, tab: usize, ended: &Ended, is_written: bool) {
        let reason = ended.reason;
        self.judge_told(tab, ended, is_written);
        if self.rules.ends_told.contains(&(ended.session, reason)) {
            // It is written again when the server knows, or when another tab wrote over it.
            return;
        }
        *self.stats.sign_outs.entry(format!("{reason:?}")).or_default() += 1;
        let spread = Spread {
            at: self.now,
            by: tab,
            by_store: is_written,
            by_channel: self.plan.setup.settings.tabs.has_channel && self.messages_lost_percent == 0,
            key: ended.session,
        };
        self.rules.ended_keys.entry(ended.session).or_insert(spread);
        self.rules.ends_told.push((ended.session, reason));
        let known = self.rules.keys.get(&ended.session).copied().or(self.tabs[tab].seen.session);
        let Some(session) = known.or(self.tabs[tab].seen.restores) else { return };
        match reason {
            SignOutReason::ByPerson => {
                if self.rules.cause != Cause::SignOut {
                    self.fail_rule(Rule::UntrueReason, || format!("tab {tab}: no person wanted to sign out"));
                }
            }
            SignOutReason::Refused(why) => self.judge_refusal(tab, session, why),
            SignOutReason::Inactivity => self.judge_inactivity(tab, session),
            SignOutReason::AbsoluteLimit => {
                let expires_at = self.server.sessions[session].expires_at;
                // A step that would not have ended the session by itself is believed until the server tells better.
                let steps = self.rules.steps.iter().filter_map(|(_, by_ms)| u64::try_from(*by_ms).ok());
                let slack_ms = LONGEST_CALL_MS + steps.sum::<u64>();
                if expires_at > self.now + slack_ms && !self.may_be_misled(tab, 0) {
                    let left_s = (expires_at - self.now) / 1_000;
                    self.fail_rule(Rule::WrongfulSignOut, || {
                        format!("tab {tab} says the session reached its limit, {left_s} s too early")
                    });
                }
            }
        }
        let truth = self.rules.truth(session);
        truth.reasons.push(reason);
        truth.ended.get_or_insert(spread);
        self.after(SPREAD_MS + self.store.lag_ms, crate::world::Event::Look);
    }

    fn judge_refusal(&mut self, tab: usize, session: usize, why: Refusal) {
        if self.rules.cause != Cause::Refused(why) {
            self.fail_rule(Rule::UntrueReason, || format!("tab {tab}: no server said {why:?}"));
            return;
        }
        // The refusal is about the session of the cookie, which may be a later one than the tab knows of.
        let cookie = self.rules.cookie_of_answer;
        let session = cookie.map_or(session, |cookie| cookie.session);
        let jar = &self.jar;
        let truth = &self.rules.truths.get(session).cloned().unwrap_or_default();
        let has_ended = truth.ended.is_some();
        let token = self.tabs[tab].seen.token.map(|token| self.server.tokens[token]);
        let has_lost_keys =
            self.rules.lost_keys || token.is_some_and(|token| token.epoch != self.server.epoch);
        // Without a lock nothing keeps the answer to a sign-out from taking the cookie of a later sign-in away; and where
        // the tabs do not hear each other and the store took nothing, one may sign out what it takes for another session.
        let tabs = self.plan.setup.settings.tabs;
        let is_deaf = !tabs.has_channel || self.stats.messages_lost > 0 || self.rules.stepped_at.is_some();
        let is_blind = is_deaf && self.rules.store_bad_at.is_some();
        let can_agree = tabs.has_lock && !is_blind;
        let drops_cookies = self.plan.setup.drops_cookies;
        let is_missing =
            has_ended || jar.closed_with_browser || drops_cookies || (jar.cleared_by.is_some() && !can_agree);
        let is_honest = match why {
            Refusal::Missing => {
                let is_overtaken = jar.cleared_by.is_some_and(|it| it != session);
                self.stats.overtaken += u64::from(is_overtaken && !has_ended);
                is_missing
            }
            Refusal::Revoked => truth.revoked_elsewhere || has_ended || is_blind,
            Refusal::Reused => truth.honestly_stolen,
            Refusal::Expired => self.server.sessions[session].expires_at <= self.now + 1_000,
            // Keys that are lost between a refresh and the last word cost the session.
            Refusal::Unspecified | Refusal::Untried => {
                let is_unsaid = self.plan.setup.server.says_nobody && (is_missing || is_blind);
                !self.server.is_valid(session, self.now) || has_lost_keys || self.is_tampered() || is_unsaid
            }
        };
        if !is_honest {
            self.fail_rule(Rule::WrongfulSignOut, || {
                format!("tab {tab}: session {session} was refused ({why:?}), which nobody had ended")
            });
        }
    }

    fn judge_inactivity(&mut self, tab: usize, session: usize) {
        let own = self.tabs[tab].seen.activity;
        let truth = self.rules.truth(session);
        let (shared, stored) = (truth.shared_activity, truth.stored_activity);
        // A tab that was not there when the others spoke knows what is written.
        // Nor does one that knows the session by another key believe what they say.
        let key = self.tabs[tab].seen.key;
        let is_one = self.tabs.iter().all(|it| !it.is_open || !it.is_signed_in() || it.seen.key == key);
        let was_there = self.tabs[tab].seen.calm_since + TOLD_LATE_MS < shared && is_one;
        let can_read = !self.store.unreadable;
        let known = own.max(if was_there { shared } else { stored * u64::from(can_read) });
        let stepped_ms = self.believed_steps_ms(known);
        let idle_ms = self.now - known + stepped_ms;
        let limit_ms = self.limit_ms();
        // Where the wish could not be read, nobody knows of it.
        if self.is_kept(session) && self.tabs[tab].seen.session.is_some() && self.rules.store_bad_at.is_none()
        {
            self.fail_rule(Rule::WrongfulSignOut, || {
                format!("tab {tab} ends for inactivity although the person wants to stay signed in")
            });
        }
        if idle_ms + STORED_LATE_MS < limit_ms && !self.may_be_misled(tab, known) {
            self.fail_rule(Rule::WrongfulSignOut, || {
                format!("tab {tab} ends for inactivity {} s after the last activity", idle_ms / 1_000)
            });
        }
    }

    /// How far the clock was set forward since then by steps that alone would have ended nothing: they are believed, and
    /// cost their length of patience.
    fn believed_steps_ms(&self, since: u64) -> u64 {
        let limit_ms = self.limit_ms();
        let steps = self.rules.steps.iter().filter(|(at, _)| *at + CLOCK_TOLERANCE_MS >= since);
        steps.filter_map(|(_, by_ms)| u64::try_from(*by_ms).ok()).filter(|by_ms| *by_ms < limit_ms).sum()
    }

    /// Whether the clock was set while there was nothing to compare it with.
    fn may_be_misled(&self, tab: usize, since: u64) -> bool {
        // A session that began while nothing could be read may seem to be older than the one that is written.
        if self.rules.stepped_at.is_some() && self.rules.store_bad_at.is_some() {
            return true;
        }
        let Some(stepped_at) = self.rules.stepped_at.filter(|at| *at + CLOCK_TOLERANCE_MS >= since) else {
            return false;
        };
        // What was said before the clock was set is heard by a frozen tab after that, and placed wrongly in time.
        let seen = &self.tabs[tab].seen;
        seen.calm_since >= stepped_at || seen.dated_at.is_none_or(|dated_at| dated_at >= stepped_at)
    }

    /// What a tab shows of an end must be true whoever found out.
    pub(super) fn judge_shown_end(&mut self, tab: usize, reason: Option<SignOutReason>, was_in: bool) {
        let Some(session) = self.tabs[tab].seen.session else { return };
        // A session that another has followed in this browser is over, whoever noticed.
        let is_latest = session + 1 == self.server.sessions.len();
        let last_reason = self.store.ended().map(|ended| ended.reason);
        // Or of what ended under the key it knows the session by, or under a later one.
        let key = self.tabs[tab].seen.key;
        let is_true_of_key =
            self.rules.ends_told.iter().any(|(ended, why)| Some(*ended) >= key && Some(*why) == reason);
        // A sign-in whose cookie was not kept began no session.
        let not_kept = SignInProgress::Failed(SignInFailure::CookiesNotKept);
        let is_not_kept = self.plan.setup.drops_cookies && self.tabs[tab].snapshot.sign_in == not_kept;
        let truth = self.rules.truth(session);
        match reason {
            None if was_in && !is_not_kept => {
                self.fail_rule(Rule::UntrueReason, || {
                    format!("tab {tab} was signed in and does not say why it is not")
                });
            }
            // A tab that follows a record and finds nothing to follow it with says that of the session it did not find,
            // whichever it showed before.
            Some(SignOutReason::Refused(Refusal::Missing))
                if !was_in && self.plan.setup.settings.refresh_by != RefreshBy::Cookie => {}
            // A tab that was away for longer may be told of the session that ended last.
            Some(reason) if last_reason == Some(reason) || is_true_of_key => {}
            Some(reason) if truth.ended.is_some() && !truth.reasons.contains(&reason) => {
                let true_reasons = truth.reasons.clone();
                self.fail_rule(Rule::UntrueReason, || {
                    format!("tab {tab} says {reason:?}, but session {session} ended for {true_reasons:?}")
                });
            }
            Some(reason) if truth.ended.is_none() && is_latest && self.rules.cause == Cause::Told => {
                self.fail_rule(Rule::WrongfulSignOut, || {
                    format!("tab {tab} was told that session {session} ended ({reason:?}), which it had not")
                });
            }
            None | Some(_) => {}
        }
    }

    /// Whether a tab must know by now of what happened in another.
    pub(crate) fn has_learned(&self, tab: usize, spread: Spread) -> bool {
        let it = &self.tabs[tab];
        // Tabs that could not read the store may know the session by another key; what ends is what the key names.
        if it.seen.key.is_some_and(|key| key > spread.key) {
            return false;
        }
        if tab == spread.by {
            return true;
        }
        let was_there = it.seen.opened_at < spread.at;
        let heard = spread.by_channel
            && it.seen.key == Some(spread.key)
            && was_there
            && it.seen.left_cache_at < spread.at
            && it.frozen != Some(Frozen::Bfcache);
        let since = spread.at.max(it.seen.calm_since);
        (heard || spread.by_store && !self.store.unreadable)
            && since + SPREAD_MS + self.store.lag_ms < self.now
    }

    /// Something leaves for the server on behalf of a session.
    pub(super) fn judge_sent_of(&mut self, tab: usize, session: Option<usize>, what: &str) {
        let Some(session) = session else { return };
        let truth = self.rules.truth(session);
        let (ended, last_touch) = (truth.ended, truth.last_touch);
        if let Some(spread) = ended
            && self.tabs[tab].seen.session == Some(session)
            && self.has_learned(tab, spread)
        {
            self.fail_rule(Rule::AfterSignOut, || {
                format!("tab {tab} sends {what} of session {session}, which has ended")
            });
        }
        let limit_ms = self.limit_ms();
        if self.is_overstayed(tab, session) {
            let idle_s = (self.now - last_touch) / 1_000;
            self.fail_rule(Rule::Overstayed, || {
                format!(
                    "tab {tab} sends {what} {idle_s} s after the last activity; the limit is {} s",
                    limit_ms / 1_000
                )
            });
        }
    }

    fn is_overstayed(&mut self, tab: usize, session: usize) -> bool {
        let limit_ms = self.limit_ms();
        let is_kept = self.is_kept(session);
        let last_touch = self.rules.truth(session).last_touch;
        !is_kept
            && self.tabs[tab].seen.session == Some(session)
            && self.rules.stepped_at.is_none()
            && last_touch > 0
            && self.now > last_touch + limit_ms + 3 * CLOCK_TOLERANCE_MS
    }

    pub(super) fn sweep_ends(&mut self, tab: usize) {
        let it = &self.tabs[tab];
        let calm_ms = self.now - it.seen.calm_since;
        let Some(session) = it.seen.session.filter(|_| matches!(it.snapshot.status, Status::SignedIn { .. }))
        else {
            return;
        };
        if let Some(spread) = self.rules.truth(session).ended
            && self.has_learned(tab, spread)
        {
            let late_ms = self.now - spread.at;
            self.fail_rule(Rule::Zombie, || {
                format!("tab {tab} is still signed in to session {session}, {late_ms} ms after its end")
            });
        }
        let looks_after_ms = self.plan.setup.settings.check_interval.as_millis();
        let is_throttled = self.tabs[tab].is_hidden || u128::from(calm_ms) < looks_after_ms + 2_000;
        if !is_throttled && self.is_overstayed(tab, session) {
            let last_touch = self.rules.truth(session).last_touch;
            let idle_s = (self.now - last_touch) / 1_000;
            self.fail_rule(Rule::Overstayed, || {
                format!("tab {tab} is still signed in {idle_s} s after the last activity")
            });
        }
    }
}

impl World<'_> {
    /// A page that says nothing for ever says nothing.
    pub(super) fn is_calm(&self, tab: usize) -> bool {
        self.now - self.tabs[tab].seen.calm_since > 62_000 && !self.tabs[tab].is_hidden
    }
}

/// A sign-out is everywhere within this time.
const SPREAD_MS: u64 = 1_000;

/// The last activity is written down and told no later than this.
const STORED_LATE_MS: u64 = 17_000;

/// The server counts from when it answered, the engine from when it asked.
const LONGEST_CALL_MS: u64 = 62_000;

/// How much later than it happens activity may be told.
const TOLD_LATE_MS: u64 = 6_000;
