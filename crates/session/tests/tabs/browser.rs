//! A browser with many tabs, whose time moves when it is told to.

mod events;
mod seen;
mod server;
mod tab;

use std::{collections::VecDeque, time::Duration};

use perennial_session::{
    Ended, Input, Message, MessageBody, Proof, Reading, Record, Remembered, RequestEvent, RequestId, Secret,
    Settings, SharedGrant, SignInForm, Tabs, Wake, Wall,
};

use events::Events;
pub(crate) use server::{Mood, Server, account};
pub(crate) use tab::RequestFate;
use tab::Tab;

/// Tabs that share a device. A tab is known by its number for ever, also after it was closed.
pub(crate) struct Browser {
    settings: Settings,
    tabs: Vec<Tab>,
    pub(crate) store: Store,
    pub(crate) channel: Channel,
    /// Who waits for the lock, in order; the first holds it.
    lock: VecDeque<Holder>,
    events: Events,
    monotonic_ms: u64,
    wall_ms: u64,
    /// The refresh credential that all tabs send.
    cookie: Option<server::Cookie>,
    pub(crate) server: Server,
    /// Every message that was sent, by whom.
    pub(crate) messages: Vec<(usize, Message)>,
    requests: u64,
    seed: u8,
}

/// Who has a place in the queue for the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holder {
    Tab(usize),
    /// A program that never lets go.
    Stranger,
}

/// What the tabs remember together, and how it fails.
#[derive(Default)]
pub(crate) struct Store {
    pub(crate) session: Option<Record>,
    pub(crate) ended: Option<Ended>,
    /// What is kept for all tabs.
    pub(crate) grant: Option<SharedGrant>,
    /// Whether writing throws.
    pub(crate) is_full: bool,
    /// Whether reading throws, or brings what nobody understands.
    pub(crate) is_unreadable: bool,
}

/// How messages travel.
pub(crate) struct Channel {
    pub(crate) delay: Duration,
    /// Tabs that no message reaches.
    pub(crate) deaf: Vec<usize>,
}

impl Store {
    pub(crate) fn load(&self) -> Remembered {
        match (self.is_unreadable, self.session, self.ended.clone()) {
            (true, ..) => Remembered::Unreadable,
            (false, Some(record), _) => Remembered::Session(record),
            (false, None, Some(ended)) => Remembered::Ended(ended),
            (false, None, None) => Remembered::Nothing,
        }
    }
}

impl Browser {
    /// That many tabs in which nobody is signed in, in a browser that has all there is.
    pub(crate) fn new(tabs: usize) -> Self {
        Self::with(tabs, Tabs { has_lock: true, has_channel: true })
    }

    pub(crate) fn with(tabs: usize, means: Tabs) -> Self {
        let mut browser = Self::closed(Settings { tabs: means, may_keep: true, ..Settings::default() });
        browser.open_many(tabs);
        browser
    }

    /// A browser without a tab.
    pub(crate) fn closed(settings: Settings) -> Self {
        let by = settings.refresh_by;
        Self {
            settings,
            tabs: Vec::new(),
            store: Store::default(),
            channel: Channel { delay: millis(1), deaf: Vec::new() },
            lock: VecDeque::new(),
            events: Events::default(),
            monotonic_ms: 5_000,
            wall_ms: START_WALL_MS,
            cookie: None,
            server: Server::new(by, START_WALL_MS),
            messages: Vec::new(),
            requests: 0,
            seed: 0,
        }
    }

    /// One of many browsers without a tab, that has all there is.
    pub(crate) fn closed_with_seed(seed: u8) -> Self {
        let tabs = Tabs { has_lock: true, has_channel: true };
        let mut browser = Self::closed(Settings { tabs, may_keep: true, ..Settings::default() });
        browser.seed = seed.wrapping_mul(5);
        browser
    }

    /// That many tabs in which Ada is signed in, all with the same token.
    pub(crate) fn signed_in(tabs: usize) -> Self {
        Self::signed_in_with(tabs, Tabs { has_lock: true, has_channel: true }, false)
    }

    /// The same, where she asked to stay signed in, so that no limit of activity cuts a long scenario short.
    pub(crate) fn kept(tabs: usize) -> Self {
        Self::signed_in_with(tabs, Tabs { has_lock: true, has_channel: true }, true)
    }

    pub(crate) fn signed_in_with(tabs: usize, means: Tabs, keep: bool) -> Self {
        let mut browser = Self::with(tabs, means);
        browser.sign_in(0, "ada", keep);
        browser.run(secs(2));
        assert!(browser.all(|tab| tab.account() == Some("ada".into())), "all tabs follow the sign-in");
        browser
    }

    /// That many tabs in which Ada is signed in, by a backend whose credentials script holds.
    pub(crate) fn holding(tabs: usize, settings: Settings) -> Self {
        let mut browser = Self::closed(Settings { may_keep: true, ..settings });
        browser.open_many(tabs);
        browser.sign_in(0, "ada", false);
        browser.run(secs(2));
        browser
    }

    // Tabs.

    /// Opens a tab, which starts with what the device remembers.
    pub(crate) fn open(&mut self) -> usize {
        let tab = self.load();
        self.start(tab);
        tab
    }

    /// Loads a tab that has not come to its start yet, and hears messages already.
    pub(crate) fn load(&mut self) -> usize {
        self.seed += 1;
        let tab = Tab::new(self.settings.clone(), self.seed, self.reading());
        self.tabs.push(tab);
        self.tabs.len() - 1
    }

    pub(crate) fn start(&mut self, tab: usize) {
        self.input(tab, Input::Start(self.store.load()));
    }

    pub(crate) fn open_many(&mut self, tabs: usize) -> Vec<usize> {
        (0..tabs).map(|_| self.open()).collect()
    }

    /// Ends a tab without a word. Its lock goes on to the next; its calls run on, and nobody hears their answers.
    pub(crate) fn crash(&mut self, tab: usize) {
        self.tabs[tab].is_gone = true;
        self.leave_lock(Holder::Tab(tab));
    }

    /// Stops a tab as a browser stops a page that nobody sees: it keeps the lock and whatever is on its way to it.
    pub(crate) fn freeze(&mut self, tab: usize) {
        self.tabs[tab].inbox = Some(VecDeque::new());
    }

    /// Lets it go on: it reads in order what came for it meanwhile, then learns that it is back.
    pub(crate) fn thaw(&mut self, tab: usize) {
        for input in self.tabs[tab].inbox.take().into_iter().flatten() {
            self.input(tab, input);
        }
        self.input(tab, Input::Woke(Wake::Restored));
    }

    /// Lets it go on without what came for it meanwhile.
    pub(crate) fn thaw_empty(&mut self, tab: usize) {
        self.tabs[tab].inbox = None;
    }

    /// Lets it go on where the browser tells it that it is back before anything else.
    pub(crate) fn thaw_telling_first(&mut self, tab: usize) {
        let inbox = self.tabs[tab].inbox.take();
        self.input(tab, Input::Woke(Wake::Restored));
        for input in inbox.into_iter().flatten() {
            self.input(tab, input);
        }
    }

    /// From now on its timers fire at full minutes only.
    pub(crate) fn throttle(&mut self, tab: usize) {
        self.tabs[tab].is_throttled = true;
        self.arm(tab);
    }

    pub(crate) fn unthrottle(&mut self, tab: usize) {
        self.tabs[tab].is_throttled = false;
        self.arm(tab);
    }

    /// Somebody takes the lock and never gives it back.
    pub(crate) fn orphan_lock(&mut self) {
        self.lock.push_front(Holder::Stranger);
    }

    /// They give it back after all.
    pub(crate) fn return_lock(&mut self) {
        self.leave_lock(Holder::Stranger);
    }

    // Time.

    pub(crate) fn reading(&self) -> Reading {
        Reading { monotonic_ms: self.monotonic_ms, wall_ms: self.wall_ms }
    }

    pub(crate) fn wall(&self) -> Wall {
        Wall(self.wall_ms)
    }

    /// Lets time pass, with all that falls due in it.
    pub(crate) fn run(&mut self, length: Duration) {
        let end = self.monotonic_ms + ms(length);
        let mut at_once = 0;
        while let Some((at, event)) = self.events.pop_until(end) {
            at_once = if at > self.monotonic_ms { 0 } else { at_once + 1 };
            assert!(at_once < MAX_AT_ONCE, "no end of events at one moment; the last is {event:?}");
            self.pass(at.saturating_sub(self.monotonic_ms));
            self.happen(event);
        }
        self.pass(end - self.monotonic_ms);
    }

    /// The same, with something that is done at this pace.
    pub(crate) fn run_with(&mut self, length: Duration, pace: Duration, mut then: impl FnMut(&mut Self)) {
        let end = self.monotonic_ms + ms(length);
        while self.monotonic_ms < end {
            then(self);
            self.run(pace.min(millis(end - self.monotonic_ms)));
        }
    }

    /// Lets the device sleep: only the wall clock sees it, and so does the rest of the world.
    pub(crate) fn sleep(&mut self, length: Duration) {
        self.wall_ms += ms(length);
        self.server.now_ms += ms(length);
    }

    /// Sets the wall clock, without any time passing.
    pub(crate) fn step_clock(&mut self, by_s: i64) {
        self.wall_ms = self.wall_ms.checked_add_signed(by_s * 1_000).unwrap_or(0);
    }

    fn pass(&mut self, length_ms: u64) {
        self.monotonic_ms += length_ms;
        self.wall_ms += length_ms;
        self.server.now_ms += length_ms;
    }

    // What happens to a tab.

    pub(crate) fn sign_in(&mut self, tab: usize, who: &str, keep: bool) {
        let password = Secret::new("secret-password");
        self.input(
            tab,
            Input::SignIn(SignInForm { proof: Proof::Password { identifier: who.into(), password }, keep }),
        );
    }

    pub(crate) fn sign_out(&mut self, tab: usize) {
        self.input(tab, Input::SignOut);
    }

    pub(crate) fn touch(&mut self, tab: usize) {
        self.input(tab, Input::Activity);
    }

    /// The page wants to send a request.
    pub(crate) fn ask(&mut self, tab: usize) -> RequestId {
        self.requests += 1;
        let id = RequestId(self.requests);
        self.input(tab, Input::Request { id, event: RequestEvent::Asked { endpoint: "GET /things".into() } });
        id
    }

    /// The page wants to send a request just as it is let go on.
    pub(crate) fn ask_frozen(&mut self, tab: usize) -> RequestId {
        self.requests += 1;
        let id = RequestId(self.requests);
        let event = RequestEvent::Asked { endpoint: "GET /things".into() };
        self.tabs[tab].inbox.get_or_insert_default().push_front(Input::Request { id, event });
        id
    }

    pub(crate) fn lose_cookie(&mut self) {
        self.cookie = None;
    }

    pub(crate) fn hear(&mut self, tab: usize, body: MessageBody) {
        let from = perennial_session::TabId(u64::MAX);
        self.input(tab, Input::Heard(Message { version: Message::VERSION, from, body }));
    }

    /// Does this in all tabs at the same moment.
    pub(crate) fn each(&mut self, mut then: impl FnMut(&mut Self, usize)) {
        for tab in 0..self.tabs.len() {
            if !self.tabs[tab].is_gone {
                then(self, tab);
            }
        }
    }
}

pub(crate) fn millis(n: u64) -> Duration {
    Duration::from_millis(n)
}

pub(crate) const fn secs(n: u64) -> Duration {
    Duration::from_secs(n)
}

pub(crate) fn mins(n: u64) -> Duration {
    secs(60 * n)
}

pub(crate) fn hours(n: u64) -> Duration {
    mins(60 * n)
}

pub(crate) fn days(n: u64) -> Duration {
    hours(24 * n)
}

fn ms(length: Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX)
}

/// Some day in 2027.
const START_WALL_MS: u64 = 1_800_000_000_000;

/// More than thirty tabs have to say to one another at one moment.
const MAX_AT_ONCE: u32 = 10_000;
