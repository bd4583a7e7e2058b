//! What the tabs of one browser share: clocks, store, lock, cookie jar, and the way to the network.

use std::collections::VecDeque;

use perennial_session::{Ended, Reading, Record, Remembered};

use crate::server::Cookie;

/// The device's clocks.
#[derive(Debug)]
pub(crate) struct Device {
    pub(crate) asleep_until: Option<u64>,
    pub(crate) fell_asleep_at: u64,
    /// How much of the time the monotonic clock has not seen.
    pub(crate) unseen_ms: u64,
    pub(crate) wall_offset_ms: i64,
    pub(crate) monotonic_stops: bool,
}

impl Device {
    pub(crate) fn reading(&self, now: u64) -> Reading {
        Reading {
            monotonic_ms: self.monotonic(now),
            wall_ms: true_wall(now).saturating_add_signed(self.wall_offset_ms),
        }
    }

    pub(crate) fn monotonic(&self, now: u64) -> u64 {
        now - self.unseen_ms
    }

    pub(crate) fn wake(&mut self, now: u64) {
        if self.monotonic_stops {
            self.unseen_ms += now - self.fell_asleep_at;
        }
        self.asleep_until = None;
    }
}

/// What a right wall clock says.
pub(crate) fn true_wall(now: u64) -> u64 {
    START_WALL_MS + now
}

/// The store, as `localStorage` behaves: what one tab writes another may see a moment later.
#[derive(Debug, Default)]
pub(crate) struct Store {
    pub(crate) written: VecDeque<Written>,
    pub(crate) throws: bool,
    pub(crate) unreadable: bool,
    pub(crate) lag_ms: u64,
}

#[derive(Debug)]
pub(crate) struct Written {
    at: u64,
    by: usize,
    what: Remembered,
}

impl Store {
    pub(crate) fn read(&self, tab: usize, now: u64) -> Remembered {
        if self.unreadable {
            return Remembered::Unreadable;
        }
        let seen = |it: &&Written| it.by == tab || it.at + self.lag_ms <= now;
        self.written.iter().rev().find(seen).map_or(Remembered::Nothing, |it| it.what.clone())
    }

    /// Whether it was written.
    pub(crate) fn write(&mut self, tab: usize, what: Remembered, now: u64) -> bool {
        if self.throws || self.unreadable {
            return false;
        }
        while self.written.len() > 1 && self.written[1].at + self.lag_ms <= now {
            self.written.pop_front();
        }
        self.written.push_back(Written { at: now, by: tab, what });
        true
    }

    pub(crate) fn clear(&mut self) {
        self.written.clear();
    }

    pub(crate) fn latest(&self) -> Option<&Remembered> {
        self.written.back().map(|it| &it.what)
    }

    pub(crate) fn record(&self) -> Option<&Record> {
        match self.latest()? {
            Remembered::Session(record) => Some(record),
            Remembered::Nothing | Remembered::Ended(_) | Remembered::Unreadable => None,
        }
    }

    pub(crate) fn ended(&self) -> Option<&Ended> {
        match self.latest()? {
            Remembered::Ended(ended) => Some(ended),
            Remembered::Nothing | Remembered::Session(_) | Remembered::Unreadable => None,
        }
    }
}

/// The lock: first come, first served, never stolen.
#[derive(Debug, Default)]
pub(crate) struct Lock {
    /// The tab and the number of its request.
    pub(crate) holder: Option<(usize, u64)>,
    pub(crate) waiting: VecDeque<(usize, u64)>,
    requests: u64,
}

impl Lock {
    pub(crate) fn request(&mut self, tab: usize) -> u64 {
        self.requests += 1;
        self.waiting.push_back((tab, self.requests));
        self.requests
    }

    /// Gives back what the tab holds and withdraws what it asked for.
    pub(crate) fn release(&mut self, tab: usize) {
        self.waiting.retain(|(waiting, _)| *waiting != tab);
        if self.holder.is_some_and(|(holder, _)| holder == tab) {
            self.holder = None;
        }
    }

    /// Who gets it next, if it is free.
    pub(crate) fn next_holder(&mut self) -> Option<(usize, u64)> {
        if self.holder.is_some() {
            return None;
        }
        self.holder = self.waiting.pop_front();
        self.holder
    }
}

/// The cookie, and why there is none.
#[derive(Debug, Default)]
pub(crate) struct Jar {
    pub(crate) cookie: Option<Cookie>,
    /// The access token in the other cookie, where there is one.
    pub(crate) access: Option<usize>,
    /// The answer to a sign-out of this session took it away.
    pub(crate) cleared_by: Option<usize>,
    pub(crate) closed_with_browser: bool,
}

/// The way to the server.
#[derive(Debug, Default)]
pub(crate) struct Net {
    /// The device says that it has no network.
    pub(crate) offline: bool,
    /// The network is gone, and the device does not know.
    pub(crate) partition: bool,
    pub(crate) lost_percent: u64,
    pub(crate) twice_percent: u64,
    pub(crate) delay_ms: u64,
}

impl Net {
    pub(crate) fn is_cut(&self) -> bool {
        self.offline || self.partition
    }

    pub(crate) fn is_bad(&self) -> bool {
        self.is_cut() || self.lost_percent > 0 || self.delay_ms > 100
    }
}

/// Some day in 2027.
pub(crate) const START_WALL_MS: u64 = 1_800_000_000_000;

/// Somebody who holds the lock and is no tab.
pub(crate) const STRANGER: usize = usize::MAX;
