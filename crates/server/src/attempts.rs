//! Sign-ins that fail and refreshes, counted in memory by whom they are about and by address.
//!
//! Sign-ins to one account are counted for each network that they come from, so that nobody closes an account to its
//! person by guessing; for all networks together, so that a guesser who has many of them is bounded too; and for each
//! device that has signed in to the account before, which neither of these counts concerns.
//!
//! Of sign-ins only failures count, so people who share an address and know their passwords never meet the limit.
//! Limiters that take a token per request cannot say that, hence this small one. Every refresh counts: the limits are far
//! above what any number of tabs needs, and stop a program that has run wild. A restart forgets the counts.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::clock::Moment;
use crate::settings::Limits;

/// The counts of one kind of attempt.
#[derive(Debug)]
pub(crate) struct Attempts {
    ledgers: Mutex<Ledgers>,
}

/// Who tries something, and about what: each name that is there has a count.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attempt {
    /// The account from this network or on this device, or the session.
    subject: Option<Name>,
    /// The account from everywhere.
    account: Option<Name>,
    /// The network address.
    address: Option<Name>,
}

impl Attempt {
    /// A sign-in to the account with this address (in lower case, existing or not) from this network address.
    pub(crate) fn sign_in(email: &str, address: IpAddr) -> Self {
        let email = email.as_bytes();
        let subject = [&name(email)[..], &prefix(address)].concat();
        Self {
            subject: Some(name(&subject)),
            account: Some(name(email)),
            address: Some(name(&network(address))),
        }
    }

    /// A sign-in to an account on a device that has signed in to it before. What strangers do counts nothing for it.
    pub(crate) fn sign_in_on(device: Name) -> Self {
        Self { subject: Some(device), ..Self::default() }
    }

    /// A comparison with the password of the account on behalf of this session, whose person is signed in already.
    pub(crate) fn in_session(session: Uuid) -> Self {
        Self { subject: Some(name(&[&b"password"[..], session.as_bytes()].concat())), ..Self::default() }
    }

    /// A refresh of this session, if it is known, from this network address.
    pub(crate) fn refresh(session: Option<Uuid>, address: IpAddr) -> Self {
        let address = Some(name(&network(address)));
        Self { subject: session.map(|id| name(id.as_bytes())), account: None, address }
    }

    /// The lines to stand in until a password is compared: those of the account and of the address, or of the device.
    pub(crate) fn lines(&self) -> (Name, Name) {
        let subject = self.subject.unwrap_or_default();
        (self.account.unwrap_or(subject), self.address.unwrap_or(subject))
    }
}

impl Attempts {
    /// No sign-in counted yet.
    pub(crate) fn of_sign_ins(limits: &Limits) -> Self {
        let ledger = |limit| Ledger::new(limit, limits.sign_in_failure_window_s, 0);
        let subject = ledger(limits.sign_in_failures_per_account);
        let account = ledger(limits.sign_in_failures_per_account_everywhere);
        let address = ledger(limits.sign_in_failures_per_address);
        Self { ledgers: Mutex::new(Ledgers { subject, account, address }) }
    }

    /// No refresh counted yet.
    pub(crate) fn of_refreshes(limits: &Limits) -> Self {
        let window_s = limits.refresh_window_s;
        let ledger = |limit| Ledger::new(limit, window_s, window_s.saturating_mul(1000) / SLOTS);
        let subject = ledger(limits.refreshes_per_session);
        let address = ledger(limits.refreshes_per_address);
        Self { ledgers: Mutex::new(Ledgers { subject, account: ledger(u32::MAX), address }) }
    }

    /// Whether the attempt may be made.
    ///
    /// # Errors
    /// The seconds to wait.
    pub(crate) fn check(&self, attempt: &Attempt, now: Moment) -> Result<(), u64> {
        self.lock().check(attempt, now)
    }

    /// How long an attempt waits because others have failed lately. Guesses are slowed down first and refused later.
    pub(crate) fn delay(&self, attempt: &Attempt, now: Moment) -> Duration {
        let Some(account) = attempt.account else { return Duration::ZERO };
        let failed = self.lock().account.counted(&account, now);
        let Some(over) = failed.checked_sub(FAILURES_WITHOUT_DELAY) else { return Duration::ZERO };
        let doubled = u32::try_from(over).ok().and_then(|over| 2_u32.checked_pow(over)).unwrap_or(u32::MAX);
        FIRST_DELAY.saturating_mul(doubled).min(LONGEST_DELAY)
    }

    /// Counts the attempt before its outcome is known, so that many at once cannot slip through.
    ///
    /// # Errors
    /// The seconds to wait; then nothing is counted.
    pub(crate) fn begin(&self, attempt: &Attempt, now: Moment) -> Result<(), u64> {
        let mut ledgers = self.lock();
        ledgers.check(attempt, now)?;
        for (ledger, name) in ledgers.of(attempt) {
            ledger.add(name, now);
        }
        Ok(())
    }

    /// Takes back what [`Self::begin`] counted, because the password was right: the count of the account from this
    /// network, or on this device, starts over.
    pub(crate) fn succeeded(&self, attempt: &Attempt) {
        self.abandoned(attempt);
        if let Some(subject) = attempt.subject {
            self.lock().subject.counts.remove(&subject);
        }
    }

    /// Takes back what [`Self::begin`] counted, because the password was never compared.
    pub(crate) fn abandoned(&self, attempt: &Attempt) {
        for (ledger, name) in self.lock().of(attempt) {
            ledger.take_back(&name);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Ledgers> {
        self.ledgers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug)]
struct Ledgers {
    subject: Ledger,
    account: Ledger,
    address: Ledger,
}

impl Ledgers {
    fn check(&mut self, attempt: &Attempt, now: Moment) -> Result<(), u64> {
        match self.of(attempt).filter_map(|(ledger, name)| ledger.wait_s(&name, now)).max() {
            Some(wait_s) => Err(wait_s),
            None => Ok(()),
        }
    }

    /// The ledgers that this attempt counts in, and under which name.
    fn of(&mut self, attempt: &Attempt) -> impl Iterator<Item = (&mut Ledger, Name)> {
        [
            (&mut self.subject, attempt.subject),
            (&mut self.account, attempt.account),
            (&mut self.address, attempt.address),
        ]
        .into_iter()
        .filter_map(|(ledger, name)| Some((ledger, name?)))
    }
}

/// Names are hashes, so that a long one takes no more memory than a short one.
pub(crate) type Name = [u8; 32];

#[derive(Debug)]
struct Ledger {
    limit: usize,
    window_s: u64,
    /// Attempts so close together are kept as one moment with a number.
    slot_ms: i64,
    counts: BTreeMap<Name, VecDeque<Slot>>,
}

/// Some attempts, and the moment of the first of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Slot {
    at: Moment,
    count: usize,
}

impl Ledger {
    fn new(limit: u32, window_s: u64, slot_ms: u64) -> Self {
        Self {
            limit: usize::try_from(limit).unwrap_or(usize::MAX),
            window_s,
            slot_ms: i64::try_from(slot_ms).unwrap_or(i64::MAX),
            counts: BTreeMap::new(),
        }
    }

    fn wait_s(&mut self, name: &Name, now: Moment) -> Option<u64> {
        let slots = self.counts.get_mut(name)?;
        forget_old(slots, self.window_s, now);
        if slots.is_empty() {
            self.counts.remove(name);
            return None;
        }
        let counted: usize = slots.iter().map(|slot| slot.count).sum();
        let mut over = (counted + 1).checked_sub(self.limit).filter(|over| *over > 0)?;
        let last_to_leave = slots.iter().find(|slot| {
            over = over.saturating_sub(slot.count);
            over == 0
        });
        let free_at = last_to_leave?.at.plus_s(self.window_s);
        u64::try_from(free_at.ms_since(now)).ok().map(|wait_ms| wait_ms.div_ceil(1000))
    }

    /// How many there were within the window.
    fn counted(&mut self, name: &Name, now: Moment) -> usize {
        let Some(slots) = self.counts.get_mut(name) else { return 0 };
        forget_old(slots, self.window_s, now);
        slots.iter().map(|slot| slot.count).sum()
    }

    fn add(&mut self, name: Name, now: Moment) {
        if self.counts.len() >= MOST_NAMES && !self.counts.contains_key(&name) {
            self.make_room(now);
        }
        let slots = self.counts.entry(name).or_default();
        match slots.back_mut() {
            Some(last) if now >= last.at && now.ms_since(last.at) < self.slot_ms => last.count += 1,
            Some(_) | None => slots.push_back(Slot { at: now, count: 1 }),
        }
    }

    fn take_back(&mut self, name: &Name) {
        let Some(slots) = self.counts.get_mut(name) else { return };
        match slots.back_mut() {
            Some(last) if last.count > 1 => last.count -= 1,
            Some(_) | None => drop(slots.pop_back()),
        }
    }

    fn make_room(&mut self, now: Moment) {
        let window_s = self.window_s;
        self.counts.retain(|_, slots| {
            forget_old(slots, window_s, now);
            !slots.is_empty()
        });
        while self.counts.len() >= MOST_NAMES {
            let oldest = self.counts.iter().min_by_key(|(_, slots)| slots.back().copied());
            let Some(name) = oldest.map(|(name, _)| *name) else { return };
            self.counts.remove(&name);
        }
    }
}

fn forget_old(slots: &mut VecDeque<Slot>, window_s: u64, now: Moment) {
    // A moment in the future was counted before the clock was set back; it must not block for longer.
    slots.retain(|slot| slot.at <= now && now < slot.at.plus_s(window_s));
}

/// The name of an account, a session or an address.
pub(crate) fn name(bytes: &[u8]) -> Name {
    Sha256::digest(bytes).into()
}

/// An IPv6 address stands for its /64, which one household or attacker has whole.
pub(crate) fn network(address: IpAddr) -> Vec<u8> {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets()[..8].to_vec(),
    }
}

/// The neighbourhood of an address, which one guesser may have whole: of IPv4 a /24, of IPv6 a /48.
fn prefix(address: IpAddr) -> Vec<u8> {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.octets()[..3].to_vec(),
        IpAddr::V6(v6) => v6.octets()[..6].to_vec(),
    }
}

/// A person may mistype so often before anything takes longer.
const FAILURES_WITHOUT_DELAY: usize = 3;

const FIRST_DELAY: Duration = Duration::from_millis(250);

/// Shorter than what any client waits for an answer.
const LONGEST_DELAY: Duration = Duration::from_secs(4);

/// How many accounts and how many addresses are remembered, about a megabyte each and ten of refreshes; beyond it the
/// ones quiet the longest are forgotten.
const MOST_NAMES: usize = 10_000;

/// In how many moments the refreshes of a window are kept at most, so that a high limit takes no more memory.
const SLOTS: u64 = 60;

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

    fn ms_of(duration: Duration) -> u128 {
        duration.as_millis()
    }

    fn at(ms: i64) -> Moment {
        Moment::from_unix_ms(ms)
    }

    fn attempt(email: &str, address: &str) -> Attempt {
        Attempt::sign_in(email, address.parse().unwrap())
    }

    #[test]
    fn the_wait_lasts_until_the_oldest_failure_that_counts_is_out_of_the_window() {
        let attempts = Attempts::of_sign_ins(&limits());
        let ada = attempt("ada", "10.0.0.1");
        attempts.begin(&ada, at(0)).unwrap();
        attempts.begin(&ada, at(4_000)).unwrap();
        assert_eq!(attempts.begin(&ada, at(5_500)), Err(5));
        assert_eq!(attempts.begin(&ada, at(10_000)), Ok(()), "the first failure is out of the window");
        assert_eq!(attempts.check(&ada, at(10_000)), Err(4), "until the second leaves");
    }

    #[test]
    fn a_success_clears_the_account_and_leaves_the_failures_of_its_address() {
        let attempts = Attempts::of_sign_ins(&limits());
        let ada = attempt("ada", "10.0.0.1");
        attempts.begin(&attempt("eve", "10.0.0.1"), at(0)).unwrap();
        attempts.begin(&attempt("mallory", "10.0.0.1"), at(0)).unwrap();
        attempts.begin(&ada, at(1)).unwrap();
        attempts.succeeded(&ada);
        assert_eq!(attempts.begin(&ada, at(2)), Ok(()), "two failures of the address are left");
        assert!(attempts.check(&ada, at(3)).is_err(), "now three");
    }

    #[test]
    fn an_account_is_closed_to_the_networks_that_guess_and_in_the_end_to_all_but_known_devices() {
        let limits = Limits { sign_in_failures_per_account_everywhere: 4, ..limits() };
        let attempts = Attempts::of_sign_ins(&limits);
        let from = |address| attempt("ada", address);
        let device = Attempt::sign_in_on([1; 32]);
        for address in ["10.0.0.1", "10.0.0.2"] {
            attempts.begin(&from(address), at(0)).unwrap();
        }
        assert!(attempts.check(&from("10.0.0.3"), at(0)).is_err(), "the same /24");
        for address in ["2001:db8::1", "2001:db8:0:1::1"] {
            attempts.begin(&from(address), at(0)).unwrap();
        }
        assert!(attempts.check(&from("2001:db8:0:2::1"), at(0)).is_err(), "the same /48");
        assert!(attempts.check(&from("10.0.9.1"), at(0)).is_err(), "four in all");
        assert_eq!(attempts.check(&attempt("eve", "10.0.9.1"), at(0)), Ok(()));
        attempts.begin(&device, at(0)).unwrap();
        attempts.begin(&device, at(0)).unwrap();
        assert!(attempts.check(&device, at(0)).is_err(), "a device has its own bound");
        assert_eq!(attempts.check(&Attempt::sign_in_on([2; 32]), at(0)), Ok(()));
    }

    #[test]
    fn a_success_takes_back_nothing_that_others_did() {
        let limits = Limits { sign_in_failures_per_account_everywhere: 3, ..limits() };
        let attempts = Attempts::of_sign_ins(&limits);
        for address in ["10.0.0.1", "10.0.1.1"] {
            attempts.begin(&attempt("ada", address), at(0)).unwrap();
        }
        let ada = attempt("ada", "10.0.2.1");
        attempts.begin(&ada, at(1)).unwrap();
        attempts.succeeded(&ada);
        attempts.begin(&attempt("ada", "10.0.3.1"), at(2)).unwrap();
        assert!(attempts.check(&ada, at(3)).is_err());
    }

    #[test]
    fn guesses_wait_longer_each_time_before_any_is_refused() {
        let limits = Limits { sign_in_failures_per_account: 100, ..limits() };
        let attempts = Attempts::of_sign_ins(&limits);
        let mut delays = Vec::new();
        for n in 0..10 {
            let attempt = attempt("ada", &format!("10.0.{n}.1"));
            delays.push(ms_of(attempts.delay(&attempt, at(0))));
            attempts.begin(&attempt, at(0)).unwrap();
        }
        assert_eq!(delays, [0, 0, 0, 250, 500, 1000, 2000, 4000, 4000, 4000]);
        assert_eq!(ms_of(attempts.delay(&Attempt::sign_in_on([1; 32]), at(0))), 0);
        assert_eq!(ms_of(attempts.delay(&attempt("ada", "10.0.0.1"), at(10_000))), 0, "the window is over");
    }

    #[test]
    fn addresses_of_one_ipv6_network_count_together() {
        let attempts = Attempts::of_sign_ins(&limits());
        for host in 1..=3 {
            attempts.begin(&attempt(&format!("a{host}"), &format!("2001:db8::{host}")), at(0)).unwrap();
        }
        assert!(attempts.check(&attempt("b", "2001:db8::ffff"), at(1)).is_err());
        assert!(attempts.check(&attempt("b", "2001:db8:0:1::1"), at(1)).is_ok());
    }

    #[test]
    fn the_memory_is_bounded_and_forgets_who_was_quiet_longest() {
        let attempts = Attempts::of_sign_ins(&limits());
        for n in 0..MOST_NAMES + 5 {
            let from = IpAddr::from(u32::try_from(n).unwrap().to_be_bytes());
            attempts
                .begin(&Attempt::sign_in(&n.to_string(), from), at(i64::try_from(n).unwrap() / 10))
                .unwrap();
        }
        let ledgers = attempts.lock();
        assert_eq!(ledgers.subject.counts.len(), MOST_NAMES);
        assert_eq!(ledgers.account.counts.len(), MOST_NAMES);
        assert_eq!(ledgers.address.counts.len(), MOST_NAMES);
        assert!(ledgers.account.counts.contains_key(&name((MOST_NAMES + 4).to_string().as_bytes())));
    }

    #[test]
    fn a_clock_set_back_blocks_nobody() {
        let attempts = Attempts::of_sign_ins(&limits());
        let ada = attempt("ada", "10.0.0.1");
        attempts.begin(&ada, at(1_000_000)).unwrap();
        attempts.begin(&ada, at(1_000_000)).unwrap();
        assert_eq!(attempts.check(&ada, at(0)), Ok(()));
    }

    #[test]
    fn refreshes_are_counted_by_session_and_by_address_in_bounded_memory() {
        let limits = Limits {
            refreshes_per_session: 100,
            refreshes_per_address: 150,
            refresh_window_s: 60,
            ..Limits::default()
        };
        let attempts = Attempts::of_refreshes(&limits);
        let address = "10.0.0.1".parse().unwrap();
        let [one, two] =
            [Uuid::from_u128(1), Uuid::from_u128(2)].map(|id| Attempt::refresh(Some(id), address));
        for n in 0..100 {
            attempts.begin(&one, at(n * 10)).unwrap();
        }
        assert_eq!(attempts.begin(&one, at(1_000)), Err(59), "until the first leave");
        assert!(attempts.lock().subject.counts.values().all(|slots| slots.len() == 1), "all of one second");
        for n in 0..50 {
            attempts.begin(&two, at(1_000 + n)).unwrap();
        }
        assert_eq!(attempts.check(&two, at(2_000)), Err(58), "the address has had its number");
        assert_eq!(attempts.check(&Attempt::refresh(None, address), at(2_000)), Err(58));
        let elsewhere = "10.0.0.2".parse().unwrap();
        assert_eq!(attempts.check(&Attempt::refresh(None, elsewhere), at(2_000)), Ok(()));
        assert_eq!(attempts.begin(&one, at(60_000)), Ok(()));
    }

    #[test]
    fn a_day_of_refreshes_at_the_limit_takes_no_more_than_the_slots_of_a_window() {
        let attempts = Attempts::of_refreshes(&Limits::default());
        let attempt = Attempt::refresh(Some(Uuid::from_u128(1)), "10.0.0.1".parse().unwrap());
        for second in 0..600 {
            for _ in 0..9 {
                attempts.begin(&attempt, at(second * 1_000)).unwrap();
            }
        }
        let ledgers = attempts.lock();
        let most = ledgers.subject.counts.values().map(VecDeque::len).max().unwrap();
        assert!(most <= usize::try_from(SLOTS).unwrap() + 1, "{most}");
    }
}
