//! What happened, counted by the second.

use perennial_session::SignOutReason;

use crate::setup::{SECOND_MS, Setup};

/// Counts of one part of the fleet, or of all of it.
#[derive(Debug)]
pub(crate) struct Tally {
    /// Calls that left the engines in each second, whatever became of them.
    pub(crate) refreshes: Vec<u32>,
    pub(crate) validations: Vec<u32>,
    pub(crate) grants: u64,
    /// Inputs handed to engines.
    pub(crate) inputs: u64,
    /// Sessions that began.
    pub(crate) begun: u64,
    /// Sessions that ended because nobody was there for as long as the limit allows.
    pub(crate) ended_rightly: u64,
    /// Sessions that ended in any other way, and how some of them did.
    pub(crate) ended_wrongly: u64,
    pub(crate) examples: Vec<String>,
    /// For each engine that could not refresh in the outage: how long after its end it had a new token.
    pub(crate) fresh_after_ms: Vec<u32>,
    /// Engines that could not refresh in the outage and never did.
    pub(crate) never_fresh: u64,
}

impl Tally {
    pub(crate) fn new(setup: &Setup) -> Self {
        let seconds = usize::try_from(setup.end_ms() / SECOND_MS).unwrap_or(usize::MAX);
        let none = vec![0; seconds];
        Self {
            refreshes: none.clone(),
            validations: none,
            grants: 0,
            inputs: 0,
            begun: 0,
            ended_rightly: 0,
            ended_wrongly: 0,
            examples: Vec::new(),
            fresh_after_ms: Vec::new(),
            never_fresh: 0,
        }
    }

    pub(crate) fn ended_wrongly(&mut self, reason: SignOutReason, now_ms: u64) {
        self.ended_wrongly += 1;
        if self.examples.len() < MAX_EXAMPLES {
            self.examples.push(format!("{reason:?} at {now_ms} ms"));
        }
    }

    /// Takes in what another part of the fleet did.
    pub(crate) fn add(&mut self, other: Self) {
        add_each(&mut self.refreshes, &other.refreshes);
        add_each(&mut self.validations, &other.validations);
        self.grants += other.grants;
        self.inputs += other.inputs;
        self.begun += other.begun;
        self.ended_rightly += other.ended_rightly;
        self.ended_wrongly += other.ended_wrongly;
        self.examples.extend(other.examples);
        self.fresh_after_ms.extend(other.fresh_after_ms);
        self.never_fresh += other.never_fresh;
    }

    /// Puts in order what depends on the order in which the parts of the fleet were ready.
    pub(crate) fn sort(&mut self) {
        self.examples.sort_unstable();
        self.fresh_after_ms.sort_unstable();
    }
}

/// Counts one more in the second of this moment.
pub(crate) fn count(seconds: &mut [u32], now_ms: u64) {
    if let Some(count) = usize::try_from(now_ms / SECOND_MS).ok().and_then(|second| seconds.get_mut(second)) {
        *count += 1;
    }
}

fn add_each(sums: &mut [u32], counts: &[u32]) {
    for (sum, count) in sums.iter_mut().zip(counts) {
        *sum += count;
    }
}

const MAX_EXAMPLES: usize = 10;
