//! What will happen in one run, drawn from the seed before anything happens, so that any of it can be left out.
//!
//! Runs are of two kinds, and neither replaces the other. Tokens of seconds or minutes make dense runs of one to three hours;
//! tokens that live as long as real ones make calm runs of up to eight, half of them with a look at the session every five
//! minutes instead of every minute. Two thirds of the hours that the simulator counts are of the calm kind, and half of the
//! facts. Work, faults and their combinations are drawn alike for both.

mod holds;
mod sockets;

use std::time::Duration;

use perennial_session::{RefreshWhen, Settings, Tabs};

use crate::rng::Rng;

pub(crate) use holds::{Holds, Tampering};
pub(crate) use sockets::{SocketHappening, SocketSetup};

/// One run: the circumstances, and what happens when.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) setup: Setup,
    pub(crate) events: Vec<Planned>,
}

#[derive(Clone, Debug)]
pub(crate) struct Setup {
    pub(crate) length_ms: u64,
    pub(crate) settings: Settings,
    pub(crate) server: ServerSetup,
    /// How wrong the device's wall clock is from the start.
    pub(crate) skew_ms: i64,
    /// Whether the monotonic clock stands still while the device sleeps.
    pub(crate) monotonic_stops: bool,
    /// How late a tab sees what another has written to the store.
    pub(crate) store_lag_ms: u64,
    pub(crate) tabs: u32,
    /// Whether the lock is in the hands of somebody who never gives it back when all other faults have stopped.
    pub(crate) orphan_at_end: bool,
    /// Whether the browser keeps no cookie of the server.
    pub(crate) drops_cookies: bool,
    /// What pages watch over live connections, where they do.
    pub(crate) sockets: Option<SocketSetup>,
}

#[derive(Clone, Debug)]
pub(crate) struct ServerSetup {
    pub(crate) holds: Holds,
    pub(crate) lifetime_s: u64,
    /// Whether it says how long a token lives.
    pub(crate) tells_lifetime: bool,
    pub(crate) session_s: u64,
    pub(crate) kept_session_s: u64,
    pub(crate) overlap_ms: u64,
    pub(crate) idempotency_window_ms: u64,
    /// Whether it puts fresh tokens into the headers of ordinary answers.
    pub(crate) header_tokens: bool,
    pub(crate) has_date: bool,
    /// Whether a sign-out must show a token that is good, where it shows one.
    pub(crate) is_exacting: bool,
    /// Whether it gives tickets that can end a session and do nothing else.
    pub(crate) has_tickets: bool,
    /// Whether a validation that refuses says that nobody is there, and no more.
    pub(crate) says_nobody: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Planned {
    pub(crate) at_ms: u64,
    pub(crate) what: Happening,
}

/// What a person does or a fault is. `pick` chooses among the tabs there are at that time.
#[derive(Clone, Debug)]
pub(crate) enum Happening {
    Work {
        for_ms: u64,
        every_ms: u64,
    },
    SignIn {
        pick: u64,
        account: u8,
        keep: bool,
    },
    SignOut {
        pick: u64,
    },
    RefreshNow {
        pick: u64,
    },
    Burst {
        pick: u64,
        requests: u64,
    },
    OpenTab,
    CloseTab {
        pick: u64,
    },
    Reload {
        pick: u64,
    },
    Crash {
        pick: u64,
    },
    Hide {
        pick: u64,
        for_ms: u64,
    },
    Freeze {
        pick: u64,
        for_ms: u64,
    },
    Bfcache {
        pick: u64,
        for_ms: u64,
    },
    /// The laptop is closed.
    Sleep {
        for_ms: u64,
    },
    /// The browser is closed and opened again; what belongs to its session is gone.
    Restart {
        for_ms: u64,
    },
    StepClock {
        by_ms: i64,
    },
    Offline {
        for_ms: u64,
    },
    /// The device says that it has no network, and errs.
    OnlineErrs,
    Partition {
        for_ms: u64,
    },
    Weather {
        lost_percent: u64,
        twice_percent: u64,
        delay_ms: u64,
        for_ms: u64,
    },
    Mood {
        mood: Mood,
        for_ms: u64,
    },
    LoseKeys,
    RevokeElsewhere,
    StoreThrows {
        for_ms: u64,
    },
    StoreUnreadable {
        for_ms: u64,
    },
    StoreCleared,
    MessagesLost {
        percent: u64,
        for_ms: u64,
    },
    /// Messages take this much longer than the lock and the store.
    MessagesSlow {
        by_ms: u64,
        for_ms: u64,
    },
    /// Somebody who is not a tab of this application holds the lock.
    OrphanLock {
        for_ms: u64,
    },
    /// The tab that refreshes dies or is frozen.
    CrashHolder,
    FreezeHolder {
        for_ms: u64,
    },
    /// A tab of another deployment says something nobody here understands.
    StrangeMessage,
    Socket(SocketHappening),
    /// Somebody writes into the store in which grants are kept.
    Tamper(Tampering),
}

/// How the server answers what it would otherwise answer well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// 429 or 503 with `Retry-After`, to refreshes.
    Later { s: u64 },
    /// This status, to everything.
    Status(u16),
    /// This status to everything, after it was done: a proxy that lost patience.
    StatusAfter(u16),
    /// A page that is no answer.
    Garbage,
    /// Something in front of it wants a sign-in of its own.
    Gateway,
    /// After this time.
    Slow { ms: u64 },
    /// Not at all.
    Down,
}

impl Happening {
    /// The name under which it is counted; `None` for what is no fault.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        match self {
            Self::Work { .. }
            | Self::SignIn { .. }
            | Self::SignOut { .. }
            | Self::RefreshNow { .. }
            | Self::Burst { .. }
            | Self::OpenTab
            | Self::CloseTab { .. } => None,
            Self::Reload { .. } => Some("tab reloaded"),
            Self::Crash { .. } => Some("tab crashed"),
            Self::Hide { .. } => Some("tab throttled"),
            Self::Freeze { .. } => Some("tab frozen"),
            Self::Bfcache { .. } => Some("tab in bfcache"),
            Self::Sleep { .. } => Some("device slept"),
            Self::Restart { .. } => Some("browser restarted"),
            Self::StepClock { .. } => Some("clock stepped"),
            Self::Offline { .. } => Some("offline"),
            Self::OnlineErrs => Some("said to be offline"),
            Self::Partition { .. } => Some("partition"),
            Self::Weather { .. } => Some("bad weather"),
            Self::Mood { mood, .. } => Some(match mood {
                Mood::Later { .. } => "server: Retry-After",
                Mood::Status(_) => "server: status",
                Mood::StatusAfter(_) => "server: status after the deed",
                Mood::Garbage => "server: garbage",
                Mood::Gateway => "server: gateway in front",
                Mood::Slow { .. } => "server: slow",
                Mood::Down => "server: down",
            }),
            Self::LoseKeys => Some("server: keys lost"),
            Self::RevokeElsewhere => Some("server: revoked elsewhere"),
            Self::StoreThrows { .. } => Some("store throws"),
            Self::StoreUnreadable { .. } => Some("store unreadable"),
            Self::StoreCleared => Some("store cleared"),
            Self::MessagesLost { .. } => Some("messages lost"),
            Self::MessagesSlow { .. } => Some("messages slow"),
            Self::OrphanLock { .. } => Some("lock orphaned"),
            Self::CrashHolder => Some("refreshing tab crashed"),
            Self::FreezeHolder { .. } => Some("refreshing tab frozen"),
            Self::StrangeMessage => Some("message of another version"),
            Self::Socket(what) => what.fault(),
            Self::Tamper(_) => Some("kept grant altered"),
        }
    }
}

impl Plan {
    pub(crate) fn draw(seed: u64) -> Self {
        let mut rng = Rng::new(seed ^ 0x5eed);
        let mut setup = Setup::draw(&mut rng);
        // Drawn apart, so that it changes nothing else of a plan.
        if setup.server.lifetime_s >= 900 {
            let check_s = Rng::new(seed ^ 0xbea7).pick(&[60, 300]);
            setup.settings.check_interval = Duration::from_secs(check_s);
        }
        let mut events = vec![Planned {
            at_ms: 500,
            what: Happening::SignIn { pick: 0, account: 0, keep: rng.percent(25) },
        }];
        draw_person(&mut rng, setup.length_ms, &mut events);
        let per_hour = rng.pick(&[0, 0, 1, 3, 6, 12, 30]);
        let faults = setup.length_ms * per_hour / HOUR_MS;
        // Half of the runs know few kinds of faults, so that their combinations are tried often.
        let kinds = if rng.percent(50) { (0..3).map(|_| rng.below(FAULTS)).collect() } else { Vec::new() };
        for _ in 0..faults {
            let at_ms = rng.between(2_000, setup.length_ms);
            let kind = if kinds.is_empty() { rng.below(FAULTS) } else { rng.pick(&kinds) };
            events.push(Planned { at_ms, what: draw_fault(&mut rng, kind) });
        }
        // Drawn apart as well.
        let mut out = Rng::new(seed ^ 0x0ff0);
        (setup.server.is_exacting, setup.server.has_tickets) = (out.percent(40), out.percent(50));
        if out.percent(20) {
            let at_ms = out.between(2_000, setup.length_ms);
            events.push(Planned { at_ms, what: Happening::OnlineErrs });
        }
        draw_slow_messages(seed, &setup, &mut events);
        holds::draw(seed, &mut setup, &mut events);
        sockets::draw(seed, &mut setup, &mut events);
        if setup.sockets.is_some() {
            // What a server says to a token that nobody made, and how pages take that, is another story.
            events.retain(|event| !matches!(event.what, Happening::Tamper(_)));
        }
        draw_habits(seed, &mut setup);
        events.sort_by_key(|event| event.at_ms);
        Self { seed, setup, events }
    }
}

impl Setup {
    fn draw(rng: &mut Rng) -> Self {
        let lifetime_s = rng.pick(&[900, 900, 900, 3_600, 300, 120, 60, 30, 10]);
        let inactivity_limit = Duration::from_secs(60 * rng.pick(&[60, 60, 30, 10]));
        let hours = match lifetime_s {
            0..=30 => 1,
            31..=300 => 3,
            301.. => 8,
        };
        let settings = Settings {
            inactivity_limit,
            inactivity_warning: (inactivity_limit / 4).min(Duration::from_secs(300)),
            can_validate: rng.percent(90),
            may_keep: rng.percent(60),
            tabs: Tabs { has_lock: rng.percent(85), has_channel: rng.percent(85) },
            ..Settings::default()
        };
        // A token about which nothing is said is replaced when a request is refused, which waits for no longer than a tab
        // waits for the lock.
        let tells_lifetime = rng.percent(92);
        Self {
            length_ms: rng.between(HOUR_MS / 2, hours * HOUR_MS),
            settings,
            server: ServerSetup {
                holds: Holds::default(),
                lifetime_s,
                tells_lifetime,
                session_s: rng.pick(&[86_400, 86_400, 86_400, 7_200, 1_800]),
                kept_session_s: rng.pick(&[2_592_000, 2_592_000, 14_400]),
                overlap_ms: rng.pick(&[0, 10_000]),
                idempotency_window_ms: 60_000,
                header_tokens: rng.percent(30),
                has_date: rng.percent(85),
                is_exacting: false,
                has_tickets: false,
                says_nobody: false,
            },
            skew_ms: rng.pick(&[0, 0, 300_000, -300_000, 3_600_000, -3_600_000, DAY_MS, -DAY_MS]),
            monotonic_stops: rng.percent(80),
            store_lag_ms: rng.pick(&[0, 0, 0, 5, 40]),
            tabs: u32::try_from(rng.pick(&[1, 1, 2, 3, 5, 8])).unwrap_or(1),
            orphan_at_end: rng.percent(15) && tells_lifetime,
            drops_cookies: false,
            sockets: None,
        }
    }
}

/// Spells of work and of absence, and what people do besides.
fn draw_person(rng: &mut Rng, length_ms: u64, events: &mut Vec<Planned>) {
    let mut at_ms = 3_000;
    while at_ms < length_ms {
        let for_ms = rng.length(3 * MINUTE_MS, 120 * MINUTE_MS);
        let every_ms = rng.pick(&[5_000, 30_000, 60_000, 180_000, 180_000]);
        events.push(Planned { at_ms, what: Happening::Work { for_ms, every_ms } });
        at_ms += for_ms + rng.length(MINUTE_MS, 100 * MINUTE_MS);
    }
    for _ in 0..rng.below(2 + length_ms / (20 * MINUTE_MS)) {
        let at_ms = rng.between(2_000, length_ms);
        let pick = rng.next();
        let what = match rng.below(10) {
            0 => Happening::SignOut { pick },
            1 => Happening::SignIn { pick, account: u8::from(rng.percent(40)), keep: rng.percent(25) },
            2 => Happening::RefreshNow { pick },
            3 | 4 => Happening::Burst { pick, requests: rng.between(2, 20) },
            5..=7 => Happening::OpenTab,
            8 | 9.. => Happening::CloseTab { pick },
        };
        events.push(Planned { at_ms, what });
    }
}

fn draw_fault(rng: &mut Rng, kind: u64) -> Happening {
    let pick = rng.next();
    let for_ms = rng.length(2_000, 90 * MINUTE_MS);
    match kind {
        0 => Happening::Reload { pick },
        1 => Happening::Crash { pick },
        2 => Happening::Hide { pick, for_ms },
        3 => Happening::Freeze { pick, for_ms },
        4 => Happening::Bfcache { pick, for_ms },
        5 => Happening::Sleep { for_ms: for_ms.max(5_000) },
        6 => Happening::Restart { for_ms },
        7 => Happening::StepClock { by_ms: draw_step(rng) },
        8 => Happening::Offline { for_ms },
        9 => Happening::Partition { for_ms },
        10 | 11 => Happening::Weather {
            lost_percent: rng.pick(&[1, 10, 40]),
            twice_percent: rng.pick(&[0, 5, 30]),
            delay_ms: rng.pick(&[10, 300, 3_000, 20_000]),
            for_ms,
        },
        12 => Happening::Mood { mood: Mood::Later { s: rng.pick(&[0, 1, 30, 120, 900]) }, for_ms },
        13 => Happening::Mood { mood: Mood::Status(rng.pick(&[400, 403, 404, 429, 500, 502, 503])), for_ms },
        14 => Happening::Mood { mood: Mood::StatusAfter(rng.pick(&[500, 502, 504])), for_ms },
        // No further draw, so that it changes nothing else of a plan.
        15 if for_ms.is_multiple_of(2) => Happening::Mood { mood: Mood::Gateway, for_ms },
        15 => Happening::Mood { mood: Mood::Garbage, for_ms },
        16 => Happening::Mood { mood: Mood::Slow { ms: rng.pick(&[2_000, 12_000, 14_900, 30_000]) }, for_ms },
        17 => Happening::Mood { mood: Mood::Down, for_ms },
        18 => Happening::LoseKeys,
        19 => Happening::RevokeElsewhere,
        20 => Happening::StoreThrows { for_ms },
        21 => Happening::StoreUnreadable { for_ms },
        22 => Happening::StoreCleared,
        23 => Happening::MessagesLost { percent: rng.pick(&[10, 50, 100]), for_ms },
        24 => Happening::OrphanLock { for_ms },
        25 => Happening::CrashHolder,
        26 => Happening::FreezeHolder { for_ms },
        _ => Happening::StrangeMessage,
    }
}

/// Drawn apart, so that it changes nothing else of a plan.
fn draw_slow_messages(seed: u64, setup: &Setup, events: &mut Vec<Planned>) {
    let mut rng = Rng::new(seed ^ 0x510e);
    if !setup.settings.tabs.has_channel || !rng.percent(25) {
        return;
    }
    for _ in 0..rng.between(1, 3) {
        let at_ms = rng.between(2_000, setup.length_ms);
        let by_ms = rng.pick(&[60, 216, 400, 800]);
        let for_ms = rng.length(2 * MINUTE_MS, 90 * MINUTE_MS);
        events.push(Planned { at_ms, what: Happening::MessagesSlow { by_ms, for_ms } });
    }
}

/// Drawn apart, so that it changes nothing else of a plan.
fn draw_habits(seed: u64, setup: &mut Setup) {
    let mut rng = Rng::new(seed ^ 0x4e57);
    setup.settings.refresh_when = match rng.below(100) {
        0..30 => RefreshWhen::Active,
        30..38 => RefreshWhen::Manual,
        _ => RefreshWhen::Always,
    };
    setup.settings.retry_delay = Duration::from_secs(rng.pick(&[1, 1, 1, 1, 5, 30]));
    setup.server.says_nobody = rng.percent(10);
    setup.drops_cookies = rng.percent(4) && !setup.server.holds.is_by_script();
}

fn draw_step(rng: &mut Rng) -> i64 {
    let by_ms = rng.pick(&[1_500, 30_000, 300_000, 3_600_000, 2 * 3_600_000, DAY_MS]);
    if rng.percent(50) { by_ms } else { -by_ms }
}

const FAULTS: u64 = 28;

pub(crate) const MINUTE_MS: u64 = 60_000;
pub(crate) const HOUR_MS: u64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 86_400_000;
