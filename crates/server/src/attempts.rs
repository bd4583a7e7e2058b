//! Failed sign-ins, counted per account and per address in memory.
//!
//! Only failures count, so people who share an address and know their passwords never meet the limit. Limiters
//! that take a token per request cannot say that, hence this small one. A restart forgets the counts.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

use crate::clock::Moment;
use crate::settings::Limits;

/// The counts.
#[derive(Debug)]
pub(crate) struct Attempts {
    ledgers: Mutex<Ledgers>,
}

/// Who tries to sign in to what.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    account: Name,
    address: Name,
}

impl Attempt {
    /// An attempt on the account with this address (in lower case, existing or not) from this network address.
    pub(crate) fn new(email: &str, address: IpAddr) -> Self {
        Self { account: name(email.as_bytes()), address: name(&network(address)) }
    }
}

impl Attempts {
    /// Nothing counted yet.
    pub(crate) fn new(limits: &Limits) -> Self {
        let ledger = |limit: u32| Ledger {
            limit: usize::try_from(limit).unwrap_or(usize::MAX),
            window_s: limits.sign_in_failure_window_s,
            failures: BTreeMap::new(),
        };
        let account = ledger(limits.sign_in_failures_per_account);
        let address = ledger(limits.sign_in_failures_per_address);
        Self { ledgers: Mutex::new(Ledgers { account, address }) }
    }

    /// Whether the attempt may be made.
    ///
    /// # Errors
    /// The seconds to wait.
    pub(crate) fn check(&self, attempt: &Attempt, now: Moment) -> Result<(), u64> {
        let mut ledgers = self.lock();
        let account = ledgers.account.wait_s(&attempt.account, now);
        let address = ledgers.address.wait_s(&attempt.address, now);
        match account.max(address) {
            Some(wait_s) => Err(wait_s),
            None => Ok(()),
        }
    }

    /// Counts the attempt as failed before its outcome is known, so that many at once cannot slip through.
    ///
    /// # Errors
    /// The seconds to wait; then nothing is counted.
    pub(crate) fn begin(&self, attempt: &Attempt, now: Moment) -> Result<(), u64> {
        self.check(attempt, now)?;
        let mut ledgers = self.lock();
        ledgers.account.add(attempt.account, now);
        ledgers.address.add(attempt.address, now);
        Ok(())
    }

    /// Takes back what [`Self::begin`] counted, because the password was right: the account's count starts over.
    pub(crate) fn succeeded(&self, attempt: &Attempt) {
        let mut ledgers = self.lock();
        ledgers.account.failures.remove(&attempt.account);
        ledgers.address.take_back(&attempt.address);
    }

    /// Takes back what [`Self::begin`] counted, because the password was never compared.
    pub(crate) fn abandoned(&self, attempt: &Attempt) {
        let mut ledgers = self.lock();
        ledgers.account.take_back(&attempt.account);
        ledgers.address.take_back(&attempt.address);
    }

    fn lock(&self) -> MutexGuard<'_, Ledgers> {
        self.ledgers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug)]
struct Ledgers {
    account: Ledger,
    address: Ledger,
}

/// Names are hashes, so that a long one takes no more memory than a short one.
type Name = [u8; 32];

#[derive(Debug)]
struct Ledger {
    limit: usize,
    window_s: u64,
    failures: BTreeMap<Name, VecDeque<Moment>>,
}

impl Ledger {
    fn wait_s(&mut self, name: &Name, now: Moment) -> Option<u64> {
        let failures = self.failures.get_mut(name)?;
        forget_old(failures, self.window_s, now);
        if failures.is_empty() {
            self.failures.remove(name);
            return None;
        }
        let over = failures.len().checked_sub(self.limit)?;
        let free_at = failures.get(over)?.plus_s(self.window_s);
        u64::try_from(free_at.ms_since(now)).ok().map(|wait_ms| wait_ms.div_ceil(1000))
    }

    fn add(&mut self, name: Name, now: Moment) {
        if self.failures.len() >= MOST_NAMES && !self.failures.contains_key(&name) {
            self.make_room(now);
        }
        self.failures.entry(name).or_default().push_back(now);
    }

    fn take_back(&mut self, name: &Name) {
        if let Some(failures) = self.failures.get_mut(name) {
            failures.pop_back();
        }
    }

    fn make_room(&mut self, now: Moment) {
        let window_s = self.window_s;
        self.failures.retain(|_, failures| {
            forget_old(failures, window_s, now);
            !failures.is_empty()
        });
        while self.failures.len() >= MOST_NAMES {
            let oldest = self.failures.iter().min_by_key(|(_, failures)| failures.back().copied());
            let Some(name) = oldest.map(|(name, _)| *name) else { return };
            self.failures.remove(&name);
        }
    }
}

fn forget_old(failures: &mut VecDeque<Moment>, window_s: u64, now: Moment) {
    // A moment in the future was counted before the clock was set back; it must not block for longer.
    failures.retain(|at| *at <= now && now < at.plus_s(window_s));
}

fn name(bytes: &[u8]) -> Name {
    Sha256::digest(bytes).into()
}

/// An IPv6 address stands for its /64, which one household or attacker has whole.
pub(crate) fn network(address: IpAddr) -> Vec<u8> {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets()[..8].to_vec(),
    }
}

/// How many accounts and how many addresses are remembered, about a megabyte each; beyond it the ones quiet the
/// longest are forgotten.
const MOST_NAMES: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits {
            sign_in_failures_per_account: 2,
            sign_in_failures_per_address: 3,
            sign_in_failure_window_s: 10,
            ..Limits::default()
        }
    }

    fn at(ms: i64) -> Moment {
        Moment::from_unix_ms(ms)
    }

    fn attempt(email: &str, address: &str) -> Attempt {
        Attempt::new(email, address.parse().unwrap())
    }

    #[test]
    fn the_wait_lasts_until_the_oldest_failure_that_counts_is_out_of_the_window() {
        let attempts = Attempts::new(&limits());
        let ada = attempt("ada", "10.0.0.1");
        attempts.begin(&ada, at(0)).unwrap();
        attempts.begin(&ada, at(4_000)).unwrap();
        assert_eq!(attempts.begin(&ada, at(5_500)), Err(5));
        assert_eq!(attempts.begin(&ada, at(10_000)), Ok(()), "the first failure is out of the window");
        assert_eq!(attempts.check(&ada, at(10_000)), Err(4), "until the second leaves");
    }

    #[test]
    fn a_success_clears_the_account_and_leaves_the_failures_of_its_address() {
        let attempts = Attempts::new(&limits());
        let ada = attempt("ada", "10.0.0.1");
        attempts.begin(&attempt("eve", "10.0.0.1"), at(0)).unwrap();
        attempts.begin(&attempt("mallory", "10.0.0.1"), at(0)).unwrap();
        attempts.begin(&ada, at(1)).unwrap();
        attempts.succeeded(&ada);
        assert_eq!(attempts.begin(&ada, at(2)), Ok(()), "two failures of the address are left");
        assert!(attempts.check(&ada, at(3)).is_err(), "now three");
    }

    #[test]
    fn addresses_of_one_ipv6_network_count_together() {
        let attempts = Attempts::new(&limits());
        for host in 1..=3 {
            attempts.begin(&attempt(&format!("a{host}"), &format!("2001:db8::{host}")), at(0)).unwrap();
        }
        assert!(attempts.check(&attempt("b", "2001:db8::ffff"), at(1)).is_err());
        assert!(attempts.check(&attempt("b", "2001:db8:0:1::1"), at(1)).is_ok());
    }

    #[test]
    fn the_memory_is_bounded_and_forgets_who_was_quiet_longest() {
        let attempts = Attempts::new(&limits());
        for n in 0..MOST_NAMES + 5 {
            let from = IpAddr::from(u32::try_from(n).unwrap().to_be_bytes());
            attempts.begin(&Attempt::new(&n.to_string(), from), at(i64::try_from(n).unwrap() / 10)).unwrap();
        }
        let ledgers = attempts.lock();
        assert_eq!(ledgers.account.failures.len(), MOST_NAMES);
        assert_eq!(ledgers.address.failures.len(), MOST_NAMES);
        assert!(ledgers.account.failures.contains_key(&name((MOST_NAMES + 4).to_string().as_bytes())));
    }

    #[test]
    fn a_clock_set_back_blocks_nobody() {
        let attempts = Attempts::new(&limits());
        let ada = attempt("ada", "10.0.0.1");
        attempts.begin(&ada, at(1_000_000)).unwrap();
        attempts.begin(&ada, at(1_000_000)).unwrap();
        assert_eq!(attempts.check(&ada, at(0)), Ok(()));
    }
}
