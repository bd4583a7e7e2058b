//! The person: works, looks at tabs, answers the question whether they are there, signs in where they were out.

use perennial_session::{Input, Proof, RequestEvent, RequestId, Secret, SignInForm};

use crate::{
    tab::{Request, Stage},
    world::{Event, World},
};

#[derive(Debug, Default)]
pub(super) struct Person {
    work: u64,
    until: u64,
    every_ms: u64,
    account: u8,
    keeps: bool,
}

impl World<'_> {
    pub(super) fn start_work(&mut self, for_ms: u64, every_ms: u64) {
        self.person.work += 1;
        self.person.until = self.now + for_ms;
        self.person.every_ms = every_ms;
        let work = self.person.work;
        self.after(1, Event::Tick { work });
    }

    pub(super) fn stop_work(&mut self) {
        self.person.work += 1;
    }

    pub(super) fn tick(&mut self, work: u64) {
        if work != self.person.work || self.now >= self.person.until || self.is_healed {
            return;
        }
        let every_ms = self.person.every_ms;
        let after_ms = self.rng.between(every_ms / 4, every_ms * 7 / 4);
        self.after(after_ms, Event::Tick { work });
        let pick = self.rng.next();
        match self.running_tab(pick) {
            Some(tab) => self.use_tab(tab),
            None if self.tabs.iter().all(|tab| !tab.is_open) => self.open(),
            None => {}
        }
    }

    pub(super) fn running_tab(&self, pick: u64) -> Option<usize> {
        let running = || (0..self.tabs.len()).filter(|tab| self.tabs[*tab].is_running());
        let count = running().count() as u64;
        let index = usize::try_from(pick.checked_rem(count)?).ok()?;
        running().nth(index)
    }

    fn use_tab(&mut self, tab: usize) {
        if self.tabs[tab].is_hidden {
            self.happen(Event::Unhide { tab });
        }
        if self.tabs[tab].is_signed_in() {
            let is_asked = self.tabs[tab].snapshot.inactivity_ends.is_some();
            let input = if is_asked && self.rng.percent(85) { Input::Extend } else { Input::Activity };
            self.feed(tab, input);
            if self.rng.percent(60) {
                self.ask(tab, false);
            }
            if self.rng.percent(3) {
                self.ask(tab, true);
            }
        } else if self.tabs[tab].is_signed_out() {
            if self.rng.percent(40) {
                let account =
                    if self.rng.percent(10) { 1 - self.person.account } else { self.person.account };
                self.sign_in(tab, account, self.person.keeps);
            }
        } else {
            self.feed(tab, Input::Activity);
        }
    }

    pub(super) fn sign_in(&mut self, tab: usize, account: u8, keep: bool) {
        self.person.account = account;
        self.person.keeps = keep;
        let is_right = self.rng.percent(95);
        let password = if is_right { "secret-right" } else { "secret-wrong" };
        self.feed(
            tab,
            Input::SignIn(SignInForm {
                proof: Proof::Password { identifier: account.to_string(), password: Secret::new(password) },
                keep,
            }),
        );
    }

    pub(super) fn ask(&mut self, tab: usize, is_stubborn: bool) {
        let it = &mut self.tabs[tab];
        it.requests_made += 1;
        let id = it.requests_made;
        it.requests.insert(id, Request { stage: Stage::Asked, since: self.now, is_stubborn });
        self.stats.requests += 1;
        let endpoint = if is_stubborn { "GET /broken" } else { "GET /things" }.into();
        self.feed(tab, Input::Request { id: RequestId(id), event: RequestEvent::Asked { endpoint } });
    }

    /// Sends a request in every tab that is signed in and has not had one answered: while somebody sits on the lock, the
    /// first may wait for longer than it can.
    pub(super) fn probe(&mut self) {
        for tab in 0..self.tabs.len() {
            let it = &self.tabs[tab];
            if it.is_running() && it.is_signed_in() && !it.seen.probe_answered {
                self.ask(tab, false);
                let made = self.tabs[tab].requests_made;
                self.tabs[tab].seen.probe = Some(made);
            }
        }
    }
}
