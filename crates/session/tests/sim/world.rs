//! One run: a queue of events, and everything they happen to.

mod event;
mod feed;
mod happen;
mod network;
mod page;
mod person;
mod queue;
mod wire;

use std::rc::Rc;

use perennial_session::{Engine, Input, Wake};

use crate::{
    browser::{Device, Jar, Lock, Net, Store},
    kept::Kept,
    plan::Plan,
    plant::Plant,
    rng::Rng,
    rules::{Broken, Rules},
    server::Server,
    sockets::{Sockets, Told},
    stats::Stats,
    tab::{Frozen, Tab},
};

pub(crate) use event::{Event, Over};
use queue::Queue;

#[derive(Debug)]
pub(crate) struct World<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) plant: Option<Plant>,
    pub(crate) rng: Rng,
    pub(crate) now: u64,
    /// How much of the plan has happened.
    planned: usize,
    queue: Queue<Event>,
    pub(crate) device: Device,
    pub(crate) tabs: Vec<Tab>,
    pub(crate) store: Store,
    pub(crate) kept: Kept,
    pub(crate) lock: Lock,
    pub(crate) jar: Jar,
    pub(crate) net: Net,
    pub(crate) server: Server,
    pub(crate) messages_lost_percent: u64,
    pub(crate) messages_slow_ms: u64,
    fetches: u64,
    pub(crate) sockets: Sockets,
    person: person::Person,
    pub(crate) is_healed: bool,
    pub(crate) rules: Rules,
    pub(crate) stats: Stats,
    pub(crate) trace: Option<Vec<String>>,
    pub(crate) broken: Option<Broken>,
    freeze_holder_for: Option<u64>,
    crash_holder: bool,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) broken: Option<Broken>,
    pub(crate) stats: Stats,
    pub(crate) trace: Vec<String>,
}

impl<'a> World<'a> {
    pub(crate) fn new(plan: &'a Plan, plant: Option<Plant>, traced: bool) -> Self {
        let setup = &plan.setup;
        Self {
            plan,
            plant,
            rng: Rng::new(plan.seed),
            now: 0,
            planned: 0,
            queue: Queue::new(),
            device: Device {
                asleep_until: None,
                fell_asleep_at: 0,
                unseen_ms: 0,
                wall_offset_ms: setup.skew_ms,
                monotonic_stops: setup.monotonic_stops,
            },
            tabs: Vec::new(),
            store: Store { lag_ms: setup.store_lag_ms, ..Store::default() },
            kept: Kept::default(),
            lock: Lock::default(),
            jar: Jar::default(),
            net: Net { delay_ms: 40, ..Net::default() },
            server: Server::new(setup.server.clone()),
            messages_lost_percent: 0,
            messages_slow_ms: 0,
            fetches: 0,
            sockets: Sockets::new(plan.seed),
            person: person::Person::default(),
            is_healed: false,
            rules: Rules::default(),
            stats: Stats::default(),
            trace: traced.then(Vec::new),
            broken: None,
            freeze_holder_for: None,
            crash_holder: false,
        }
    }

    /// Runs to the end of the plan, or to the first broken rule.
    pub(crate) fn run(mut self) -> Outcome {
        for number in 0..u64::from(self.plan.setup.tabs) {
            self.at(number * 130, Event::Open);
        }
        self.at(SWEEP_MS, Event::Sweep);
        self.at(self.plan.setup.length_ms, Event::Heal);
        while self.broken.is_none()
            && let Some((at, event)) = self.next()
        {
            self.now = at;
            if matches!(event, Event::End) {
                self.check_end();
                break;
            }
            self.happen(event);
        }
        self.stats.count_time(&self.tabs, self.now);
        Outcome { broken: self.broken, stats: self.stats, trace: self.trace.unwrap_or_default() }
    }

    /// What happens next: of the plan, which is in order and comes first, or of what it led to.
    fn next(&mut self) -> Option<(u64, Event)> {
        if let Some(planned) = self.plan.events.get(self.planned)
            && self.queue.next_at().is_none_or(|at| planned.at_ms <= at)
        {
            self.planned += 1;
            return Some((planned.at_ms, Event::Planned(self.planned - 1)));
        }
        self.queue.take()
    }

    pub(crate) fn at(&mut self, at: u64, event: Event) {
        self.queue.put(at.max(self.now), event);
    }

    pub(crate) fn after(&mut self, after_ms: u64, event: Event) {
        self.at(self.now + after_ms, event);
    }

    /// Whatever happens on the device waits while it sleeps, and whatever happens in a tab while that is frozen.
    fn happen(&mut self, mut event: Event) {
        if let Some(until) = self.device.asleep_until
            && event.is_on_device(self.plan)
        {
            self.at(until + 1, event);
            return;
        }
        if let Some(tab) = event.is_in_tab()
            && let Some(frozen) = self.tabs[tab].frozen
        {
            let is_told = matches!(&event, Event::Tell { told, .. } if !matches!(**told, Told::Closed(_)));
            let is_lost = frozen == Frozen::Bfcache && (is_told || matches!(event, Event::Hear { .. }));
            if let Event::Answer { fetch, response, .. } = &mut event {
                self.set_cookie(tab, fetch, response);
                response.set_cookie = None;
            }
            if !is_lost {
                self.tabs[tab].backlog.push(event);
            }
            return;
        }
        match event {
            Event::Planned(index) => self.planned(index),
            Event::Timer { tab } => self.timer(tab),
            Event::Arrive { tab, fetch } => self.arrive(tab, fetch),
            Event::Answer { tab, fetch, response } => self.answer(tab, &fetch, *response),
            Event::Hear { tab, message } => self.feed_open(tab, Input::Heard(Rc::unwrap_or_clone(message))),
            Event::RecordChanged { tab } => self.feed_open(tab, Input::RecordChanged),
            Event::LockGranted { tab, request } => self.lock_granted(tab, request),
            Event::Feed { tab, input } => self.feed_open(tab, *input),
            Event::Tick { work } => self.tick(work),
            Event::Mount { tab } => self.mount(tab),
            Event::Unmount { tab } => self.unmount(tab),
            Event::Tell { tab, connection, told } => self.tell(tab, connection, *told),
            Event::Reach { connection, asked } => self.reach(connection, asked),
            Event::Due { connection, due } => self.fall_due(connection, due),
            Event::Publish { topic, left, every_ms } => self.publish(topic, left, every_ms),
            Event::Open => self.open(),
            Event::Crash { tab } => {
                if self.tabs[tab].is_open {
                    self.close(tab);
                }
            }
            Event::Thaw { tab } => self.thaw(tab),
            Event::Unhide { tab } => self.unhide(tab),
            Event::Wake => self.wake(),
            Event::Over(fault) => self.over(fault),
            Event::Sweep => {
                self.sweep();
                if !self.is_healed {
                    self.after(SWEEP_MS, Event::Sweep);
                }
            }
            Event::Look => self.sweep(),
            Event::Heal => self.heal(),
            Event::Probe => self.probe(),
            Event::End => {}
        }
    }

    pub(crate) fn open(&mut self) {
        if self.is_healed {
            return;
        }
        let seed = self.rng.seed();
        let settings = self.plan.setup.settings.clone();
        let settings = match self.plant {
            Some(plant) => plant.settings(settings),
            None => settings,
        };
        let engine = Engine::new(settings, seed, self.device.reading(self.now));
        let mut tab = Tab::new(engine, self.now);
        let number = self.tabs.len();
        tab.seen.restores = self.session_here();
        self.tabs.push(tab);
        self.note(|| format!("tab {number} opens"));
        self.draw_wishes(number);
        if self.net.offline {
            self.feed(number, Input::WentOffline);
        }
        let remembered = self.recalled(number);
        self.feed(number, Input::Start(remembered));
    }

    /// The tab is gone, and with it all that was under way but what was sent with `keepalive`.
    pub(crate) fn close(&mut self, tab: usize) {
        if self.lock.holder.is_some_and(|(holder, _)| holder == tab) {
            self.disturb();
        }
        let it = &mut self.tabs[tab];
        it.is_open = false;
        it.frozen = None;
        it.backlog.clear();
        it.requests.clear();
        it.page.watches.clear();
        it.fetches.retain(|fetch| matches!(fetch.question, crate::server::Question::SignOut { .. }));
        let lived_ms = self.now - it.seen.opened_at;
        self.stats.tab_ms += lived_ms;
        self.vanish(tab);
        self.lock.release(tab);
        self.pump_lock();
    }

    fn thaw(&mut self, tab: usize) {
        if !self.tabs[tab].is_open {
            return;
        }
        let Some(frozen) = self.tabs[tab].frozen.take() else { return };
        self.note(|| format!("tab {tab} thaws"));
        self.disturb();
        self.tabs[tab].seen.calm_since = self.now;
        if frozen == Frozen::Bfcache {
            self.tabs[tab].seen.left_cache_at = self.now;
        }
        let wake = match frozen {
            Frozen::Frozen => Wake::Seen,
            Frozen::Bfcache => Wake::Restored,
        };
        let backlog = std::mem::take(&mut self.tabs[tab].backlog);
        self.rules.allow(backlog.len(), self.now);
        let is_wake_first = self.rng.percent(50);
        if is_wake_first {
            self.feed_open(tab, Input::Woke(wake));
        }
        for event in backlog {
            self.happen(event);
        }
        if !is_wake_first {
            self.feed_open(tab, Input::Woke(wake));
        }
        if self.tabs[tab].looks_at.is_none() {
            self.look_at_timer(tab);
        }
    }

    fn unhide(&mut self, tab: usize) {
        if !std::mem::replace(&mut self.tabs[tab].is_hidden, false) {
            return;
        }
        self.tabs[tab].seen.calm_since = self.now;
        self.feed_open(tab, Input::Woke(Wake::Seen));
        self.look_at_timer(tab);
    }

    fn wake(&mut self) {
        let Some(until) = self.device.asleep_until else { return };
        if until > self.now {
            return;
        }
        self.note(|| "the device wakes".into());
        self.after_sleep(self.now - self.device.fell_asleep_at);
        self.device.wake(self.now);
        self.disturb();
        for tab in 0..self.tabs.len() {
            self.tabs[tab].seen.calm_since = self.now;
            if self.tabs[tab].is_running() {
                self.look_at_timer(tab);
                if self.rng.percent(50) {
                    let after_ms = self.rng.below(200);
                    self.after(after_ms, Event::Feed { tab, input: Box::new(Input::Woke(Wake::Seen)) });
                }
            }
        }
    }

    pub(crate) fn note(&mut self, line: impl FnOnce() -> String) {
        if self.trace.is_some() {
            self.write_down(line);
        }
    }

    #[cold]
    #[inline(never)]
    fn write_down(&mut self, line: impl FnOnce() -> String) {
        let line = format!("{:>12} {}", crate::stats::clock(self.now), line());
        self.trace.get_or_insert_default().push(line);
    }
}

const SWEEP_MS: u64 = 120_000;
