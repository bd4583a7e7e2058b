//! What happened, counted.

use std::{collections::BTreeMap, fmt};

use crate::{plan::HOUR_MS, tab::Tab};

#[derive(Clone, Debug, Default)]
pub(crate) struct Stats {
    pub(crate) seeds: u64,
    pub(crate) browser_ms: u64,
    /// The time of every open tab, added up.
    pub(crate) tab_ms: u64,
    pub(crate) inputs: u64,
    pub(crate) refreshes: u64,
    pub(crate) requests: u64,
    pub(crate) requests_failed: u64,
    pub(crate) replays: u64,
    pub(crate) messages: u64,
    pub(crate) messages_lost: u64,
    pub(crate) writes: u64,
    pub(crate) lost: u64,
    pub(crate) clock_questions: u64,
    pub(crate) adopted: u64,
    /// Facts after which a token was left to expire.
    pub(crate) rests: u64,
    /// Sessions lost because two tabs refreshed at once that had no way to agree.
    pub(crate) raced: u64,
    /// Refreshes that were made to sign out with.
    pub(crate) errands: u64,
    /// Sessions whose cookie was taken away by the answer to the sign-out of the one before.
    pub(crate) overtaken: u64,
    pub(crate) connections: u64,
    pub(crate) events: u64,
    pub(crate) events_repeated: u64,
    pub(crate) gaps: u64,
    pub(crate) socket_refreshes: u64,
    pub(crate) faults: BTreeMap<&'static str, u64>,
    pub(crate) sign_outs: BTreeMap<String, u64>,
}

impl Stats {
    pub(crate) fn fault(&mut self, name: &'static str) {
        *self.faults.entry(name).or_default() += 1;
    }

    pub(crate) fn count_time(&mut self, tabs: &[Tab], now: u64) {
        self.seeds = 1;
        self.browser_ms = now;
        self.tab_ms += tabs.iter().filter(|tab| tab.is_open).map(|tab| now - tab.seen.opened_at).sum::<u64>();
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.seeds += other.seeds;
        self.browser_ms += other.browser_ms;
        self.tab_ms += other.tab_ms;
        self.inputs += other.inputs;
        self.refreshes += other.refreshes;
        self.requests += other.requests;
        self.requests_failed += other.requests_failed;
        self.replays += other.replays;
        self.messages += other.messages;
        self.messages_lost += other.messages_lost;
        self.writes += other.writes;
        self.lost += other.lost;
        self.clock_questions += other.clock_questions;
        self.adopted += other.adopted;
        self.rests += other.rests;
        self.raced += other.raced;
        self.errands += other.errands;
        self.overtaken += other.overtaken;
        self.connections += other.connections;
        self.events += other.events;
        self.events_repeated += other.events_repeated;
        self.gaps += other.gaps;
        self.socket_refreshes += other.socket_refreshes;
        for (name, count) in &other.faults {
            *self.faults.entry(name).or_default() += count;
        }
        for (reason, count) in &other.sign_outs {
            *self.sign_outs.entry(reason.clone()).or_default() += count;
        }
    }

    pub(crate) fn session_hours(&self) -> u64 {
        self.tab_ms / HOUR_MS
    }
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seeds            {:>12}", self.seeds)?;
        writeln!(
            f,
            "virtual hours    {:>12}  of browsers, {} of tabs",
            self.browser_ms / HOUR_MS,
            self.session_hours()
        )?;
        writeln!(f, "facts            {:>12}  handed to engines", self.inputs)?;
        writeln!(
            f,
            "refreshes        {:>12}  at the server, {} tokens adopted from another tab",
            self.refreshes, self.adopted
        )?;
        writeln!(f, "rest             {:>12}  facts after which a token was left to expire", self.rests)?;
        writeln!(
            f,
            "requests         {:>12}  {} replayed, {} unavailable",
            self.requests, self.replays, self.requests_failed
        )?;
        writeln!(
            f,
            "live connections {:>12}  {} refreshes because of a refusal",
            self.connections, self.socket_refreshes
        )?;
        writeln!(
            f,
            "events shown     {:>12}  {} came again, {} gaps",
            self.events, self.events_repeated, self.gaps
        )?;
        writeln!(f, "messages         {:>12}  {} lost", self.messages, self.messages_lost)?;
        writeln!(f, "records written  {:>12}", self.writes)?;
        writeln!(f, "clock questions  {:>12}", self.clock_questions)?;
        writeln!(f, "sign-outs")?;
        for (reason, count) in &self.sign_outs {
            writeln!(f, "  {reason:<30} {count:>10}")?;
        }
        writeln!(f, "sign-outs        {:>12}  with a token that was asked for first", self.errands)?;
        writeln!(f, "known gaps")?;
        writeln!(f, "  {:<30} {:>10}", "lost in a race without a lock", self.raced)?;
        writeln!(f, "  {:<30} {:>10}", "lost to a late sign-out", self.overtaken)?;
        writeln!(f, "faults           {:>12}  fetches and answers lost besides", self.lost)?;
        for (name, count) in &self.faults {
            writeln!(f, "  {name:<30} {count:>10}")?;
        }
        Ok(())
    }
}

/// A moment of the run as a person reads it.
pub(crate) fn clock(ms: u64) -> String {
    let s = ms / 1_000;
    format!("{}:{:02}:{:02}.{:03}", s / 3_600, s / 60 % 60, s % 60, ms % 1_000)
}
