//! What the plan says, done; and all faults healed.

use std::rc::Rc;

use perennial_session::{Doubt, Input, Message, MessageBody, TabId, Wake};

use crate::{
    browser::STRANGER,
    plan::{Happening, Mood, SocketHappening},
    rules::Rule,
    server::{Question, Response, Said, doubtful},
    tab::{Frozen, Of, Tab},
    world::{Event, Over, World},
};

impl Happening {
    /// Whether it waits while the device sleeps.
    pub(super) fn is_on_device(&self) -> bool {
        let is_elsewhere = matches!(self, Self::Mood { .. } | Self::LoseKeys | Self::RevokeElsewhere);
        let is_of_page = |what: &SocketHappening| {
            matches!(what, SocketHappening::Watch { .. } | SocketHappening::Unwatch { .. })
        };
        !is_elsewhere && !matches!(self, Self::Socket(what) if !is_of_page(what))
    }
}

impl World<'_> {
    pub(super) fn planned(&mut self, index: usize) {
        if self.is_healed {
            return;
        }
        let what = self.plan.events[index].what.clone();
        self.note(|| format!("==== {what:?}"));
        self.count_fault(&what);
        match what {
            Happening::Work { for_ms, every_ms } => self.start_work(for_ms, every_ms),
            Happening::SignIn { pick, account, keep } => {
                if let Some(tab) = self.running_tab(pick) {
                    self.sign_in(tab, account, keep);
                }
            }
            Happening::SignOut { pick } => self.feed_picked(pick, Input::SignOut),
            Happening::RefreshNow { pick } => {
                self.rules.cause_at = self.now;
                self.feed_picked(pick, Input::RefreshNow);
            }
            Happening::Burst { pick, requests } => {
                if let Some(tab) = self.running_tab(pick).filter(|tab| self.tabs[*tab].is_signed_in()) {
                    for _ in 0..requests {
                        self.ask(tab, false);
                    }
                }
            }
            Happening::OpenTab => {
                if self.tabs.iter().filter(|tab| tab.is_open).count() < MOST_TABS {
                    self.open();
                }
            }
            Happening::Crash { pick } => {
                if let Some(tab) = self.running_tab(pick) {
                    self.close(tab);
                }
            }
            Happening::CloseTab { pick } | Happening::Reload { pick } => {
                if let Some(tab) = self.running_tab(pick) {
                    self.leave(tab);
                    if matches!(what, Happening::Reload { .. }) {
                        self.after(400, Event::Open);
                    }
                }
            }
            Happening::Hide { .. }
            | Happening::Freeze { .. }
            | Happening::Bfcache { .. }
            | Happening::Sleep { .. }
            | Happening::Restart { .. }
            | Happening::StepClock { .. } => self.disturb_device(what),
            Happening::Offline { .. }
            | Happening::OnlineErrs
            | Happening::Partition { .. }
            | Happening::Weather { .. }
            | Happening::Mood { .. }
            | Happening::LoseKeys
            | Happening::RevokeElsewhere => self.disturb_network(what),
            Happening::StoreThrows { .. }
            | Happening::StoreUnreadable { .. }
            | Happening::StoreCleared
            | Happening::MessagesLost { .. }
            | Happening::MessagesSlow { .. }
            | Happening::OrphanLock { .. }
            | Happening::CrashHolder
            | Happening::FreezeHolder { .. }
            | Happening::StrangeMessage => self.disturb_browser(what),
            Happening::Socket(what) => self.disturb_sockets(what),
            Happening::Tamper(what) => self.tamper(what),
        }
    }

    fn count_fault(&mut self, what: &Happening) {
        if let Some(fault) = what.fault() {
            self.stats.fault(fault);
            if !matches!(what, Happening::LoseKeys | Happening::RevokeElsewhere | Happening::StrangeMessage) {
                self.disturb();
            }
            if matches!(
                what,
                Happening::StoreThrows { .. } | Happening::StoreUnreadable { .. } | Happening::StoreCleared
            ) {
                self.rules.store_bad_at = Some(u64::MAX);
            }
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the other kinds are done elsewhere")]
    fn disturb_device(&mut self, what: Happening) {
        match what {
            Happening::Hide { pick, for_ms } => {
                if let Some(tab) = self.running_tab(pick) {
                    self.tabs[tab].is_hidden = true;
                    self.after(for_ms, Event::Unhide { tab });
                }
            }
            Happening::Freeze { pick, for_ms } => {
                if let Some(tab) = self.running_tab(pick) {
                    self.freeze(tab, Frozen::Frozen, for_ms);
                }
            }
            Happening::Bfcache { pick, for_ms } => {
                if let Some(tab) = self.running_tab(pick) {
                    self.freeze(tab, Frozen::Bfcache, for_ms);
                }
            }
            Happening::Sleep { for_ms } => {
                if self.device.asleep_until.is_none() {
                    self.device.asleep_until = Some(self.now + for_ms);
                    self.device.fell_asleep_at = self.now;
                    self.after(for_ms, Event::Wake);
                }
            }
            Happening::Restart { for_ms } => {
                self.stop_work();
                for tab in 0..self.tabs.len() {
                    if self.tabs[tab].is_open {
                        self.close(tab);
                        self.tabs[tab].fetches.clear();
                    }
                }
                if self.jar.cookie.is_some_and(|cookie| !cookie.kept) {
                    (self.jar.cookie, self.jar.access) = (None, None);
                    self.jar.closed_with_browser = true;
                }
                self.after(for_ms, Event::Open);
            }
            Happening::StepClock { by_ms } => {
                self.device.wall_offset_ms += by_ms;
                self.rules.stepped_at = Some(self.now);
                self.rules.steps.push((self.now, by_ms));
            }
            other => unreachable!("{other:?} is done elsewhere"),
        }
    }

    /// A page says that it goes, its calls end, with the first word or with the second, as the browser has it, and it is gone.
    fn leave(&mut self, tab: usize) {
        let noted = self.tabs[tab].engine.happened();
        self.feed(tab, Input::Leaving);
        if self.plan.seed.is_multiple_of(2) {
            self.end_calls(tab);
        }
        self.feed(tab, Input::Left);
        self.end_calls(tab);
        if self.tabs[tab].has_failed_since(noted) {
            self.fail_rule(Rule::EndedWithPage, || {
                format!("tab {tab} was left, and something has failed by it")
            });
        }
        self.close(tab);
    }

    fn end_calls(&mut self, tab: usize) {
        for fetch in std::mem::take(&mut self.tabs[tab].fetches) {
            // A sign-out goes on without the page.
            let is_sign_out = matches!(fetch.question, Question::SignOut { .. });
            match (doubtful(&fetch.question, Doubt::Network), fetch.of) {
                (Said::Call(answer), Of::Call(call)) if !is_sign_out => {
                    self.feed(tab, Input::Answered { call, answer });
                }
                (Said::Call(_) | Said::Request { .. }, _) => self.tabs[tab].fetches.push(fetch),
            }
        }
    }

    fn freeze(&mut self, tab: usize, frozen: Frozen, for_ms: u64) {
        if frozen == Frozen::Bfcache {
            self.feed(tab, Input::Left);
        }
        self.tabs[tab].frozen = Some(frozen);
        if frozen == Frozen::Bfcache {
            self.tabs[tab].seen.left_cache_at = u64::MAX;
            let Tab { fetches, backlog, .. } = &mut self.tabs[tab];
            for fetch in fetches {
                // A page in the cache has no fetches: it finds them failed.
                let response = Box::new(Response::of(doubtful(&fetch.question, Doubt::Network)));
                backlog.push(Event::Answer { tab, fetch: Rc::clone(fetch), response });
            }
            self.close_for_cache(tab);
        }
        self.after(for_ms, Event::Thaw { tab });
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the other kinds are done elsewhere")]
    fn disturb_network(&mut self, what: Happening) {
        match what {
            Happening::Offline { for_ms } => {
                self.net.offline = true;
                self.lose_some_connections();
                self.after(for_ms, Event::Over(Over::Offline));
                for tab in 0..self.tabs.len() {
                    self.after(0, Event::Feed { tab, input: Box::new(Input::WentOffline) });
                }
            }
            Happening::OnlineErrs => {
                for tab in 0..self.tabs.len() {
                    self.after(0, Event::Feed { tab, input: Box::new(Input::WentOffline) });
                }
            }
            Happening::Partition { for_ms } => {
                self.net.partition = true;
                self.after(for_ms, Event::Over(Over::Partition));
            }
            Happening::Weather { lost_percent, twice_percent, delay_ms, for_ms } => {
                self.net.lost_percent = lost_percent;
                self.net.twice_percent = twice_percent;
                self.net.delay_ms = delay_ms;
                self.after(for_ms, Event::Over(Over::Weather));
            }
            Happening::Mood { mood, for_ms } => {
                self.server.mood = Some(mood);
                if mood == Mood::Down {
                    self.drop_connections();
                }
                self.after(for_ms, Event::Over(Over::Mood));
            }
            Happening::LoseKeys => {
                self.server.epoch += 1;
                self.rules.cause_at = self.now;
                self.drop_connections();
            }
            Happening::RevokeElsewhere => {
                if let Some(session) = self.session_here() {
                    self.revoke_elsewhere(session);
                }
            }
            other => unreachable!("{other:?} is done elsewhere"),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the other kinds are done elsewhere")]
    fn disturb_browser(&mut self, what: Happening) {
        match what {
            Happening::StoreThrows { for_ms } => {
                self.store.throws = true;
                self.after(for_ms, Event::Over(Over::StoreThrows));
            }
            Happening::StoreUnreadable { for_ms } => {
                self.store.unreadable = true;
                self.after(for_ms, Event::Over(Over::StoreUnreadable));
            }
            Happening::StoreCleared => {
                self.store.clear();
                self.kept.clear();
                self.rules.store_cleared();
                self.rules.store_bad_at = Some(self.now);
                for tab in 0..self.tabs.len() {
                    self.after(1, Event::RecordChanged { tab });
                }
            }
            Happening::MessagesLost { percent, for_ms } => {
                self.messages_lost_percent = percent;
                self.after(for_ms, Event::Over(Over::MessagesLost));
            }
            Happening::MessagesSlow { by_ms, for_ms } => {
                self.messages_slow_ms = by_ms;
                self.after(for_ms, Event::Over(Over::MessagesSlow));
            }
            Happening::OrphanLock { for_ms } => {
                self.lock.holder = Some((STRANGER, 0));
                self.after(for_ms, Event::Over(Over::OrphanLock));
            }
            Happening::CrashHolder => self.crash_holder = true,
            Happening::FreezeHolder { for_ms } => self.freeze_holder_for = Some(for_ms),
            Happening::StrangeMessage => {
                let body = MessageBody::Hello { session: None, newer_than: None };
                let message = Rc::new(Message { version: Message::VERSION + 1, from: TabId(7), body });
                for tab in 0..self.tabs.len() {
                    self.after(1, Event::Hear { tab, message: Rc::clone(&message) });
                }
            }
            other => unreachable!("{other:?} is done elsewhere"),
        }
    }

    /// A refresh has just left: the moment to lose the tab that waits for it.
    pub(super) fn strike_holder(&mut self, tab: usize) {
        if std::mem::take(&mut self.crash_holder) {
            self.disturb();
            self.after(0, Event::Crash { tab });
        } else if let Some(for_ms) = self.freeze_holder_for.take() {
            self.disturb();
            self.freeze(tab, Frozen::Frozen, for_ms);
        }
    }

    fn feed_picked(&mut self, pick: u64, input: Input) {
        if let Some(tab) = self.running_tab(pick) {
            self.feed(tab, input);
        }
    }

    pub(super) fn over(&mut self, fault: Over) {
        self.note(|| format!("==== over: {fault:?}"));
        self.disturb();
        match fault {
            Over::Offline => {
                self.net.offline = false;
                for tab in 0..self.tabs.len() {
                    let input = Box::new(Input::Woke(Wake::Online));
                    self.after(0, Event::Feed { tab, input });
                }
            }
            Over::Partition => self.net.partition = false,
            Over::Weather => {
                self.net.lost_percent = 0;
                self.net.twice_percent = 0;
                self.net.delay_ms = CALM_DELAY_MS;
            }
            Over::Mood => self.server.mood = None,
            Over::StoreThrows | Over::StoreUnreadable => {
                self.store.throws &= fault != Over::StoreThrows;
                self.store.unreadable &= fault != Over::StoreUnreadable;
                self.rules.store_bad_at = self.rules.store_bad_at.map(|_| self.now);
            }
            Over::MessagesLost => self.messages_lost_percent = 0,
            Over::MessagesSlow => self.messages_slow_ms = 0,
            Over::SocketsRefused => self.sockets.refuses_all = false,
            Over::OrphanLock => {
                self.lock.release(STRANGER);
                self.pump_lock();
            }
        }
    }

    /// All faults stop, and everyone is back.
    pub(super) fn heal(&mut self) {
        self.note(|| "==== all faults stop".into());
        self.stop_work();
        for fault in [Over::Partition, Over::Weather, Over::Mood, Over::StoreThrows, Over::StoreUnreadable] {
            self.over(fault);
        }
        self.over(Over::MessagesLost);
        self.over(Over::MessagesSlow);
        self.sockets.refuses_all = false;
        if self.device.asleep_until.is_some() {
            self.device.asleep_until = Some(self.now);
            self.wake();
            self.find_dead_connections();
        }
        self.is_healed = true;
        self.freeze_holder_for = None;
        for tab in 0..self.tabs.len() {
            self.thaw(tab);
            self.unhide(tab);
        }
        if self.plan.setup.orphan_at_end && self.plan.setup.settings.tabs.has_lock {
            self.lock.holder = Some((STRANGER, 0));
        } else {
            self.over(Over::OrphanLock);
        }
        self.over(Over::Offline);
        let wait_ms = self.rules.later_until.saturating_sub(self.now) * 12 / 10;
        for probe in 0..PROBES {
            self.after(wait_ms + SETTLE_MS + probe * PROBE_MS, Event::Probe);
        }
        self.publish_last(wait_ms + SETTLE_MS);
        let probed_ms = PROBES * PROBE_MS;
        self.after(wait_ms + SETTLE_MS + probed_ms.max(self.last_events_ms()), Event::End);
    }
}

impl World<'_> {
    /// Somebody ends the session on another device.
    fn revoke_elsewhere(&mut self, session: usize) {
        self.server.sessions[session].revoked.get_or_insert(perennial_session::Refusal::Revoked);
        self.rules.truth(session).revoked_elsewhere = true;
        let owner = self.server.account(self.server.sessions[session].account);
        self.note(|| format!("       the session {session} of {} is ended elsewhere", owner.id));
        self.hang_up_ended();
    }
}

const MOST_TABS: usize = 10;

const CALM_DELAY_MS: u64 = 40;

/// Within this time after the last fault everything is fresh again: the longest backoff, the wait for the lock, a
/// call that is not answered, and another.
const SETTLE_MS: u64 = 360_000;

const PROBES: u64 = 3;

const PROBE_MS: u64 = 40_000;
