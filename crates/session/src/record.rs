//! What is remembered beyond the life of a page. It holds no credential but, after the end, one that can end the session.

use core::fmt;

use crate::{Secret, SignOutReason, Wall};

/// The marks a session leaves on the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// The session these are the marks of.
    pub session: SessionKey,
    /// When the person was last active.
    pub last_activity: Wall,
    /// Whether the person asked to stay signed in on this device.
    pub kept: bool,
    /// The key of the next refresh, or of the one that is under way: a page that dies before the answer comes repeats it
    /// under the same key after the reload, and tabs that refresh at once do so under one.
    pub attempt: Option<IdempotencyKey>,
    /// Before when the server wants no refresh.
    pub not_before: Option<Wall>,
    /// When the newest token of the session was asked for. Tabs name a token by this moment ([`crate::SharedGrant::from`]),
    /// so a tab that holds another learns from the store that its own has been replaced, also when the message with the new
    /// one is still on its way. The moment is compared for equality alone: a clock that was set changes nothing.
    pub token_from: Option<Wall>,
}

/// What is left of a session that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Which session.
    pub session: SessionKey,
    /// Why it ended.
    pub reason: SignOutReason,
    /// Whether the server may not know yet.
    pub revoke: bool,
    /// What can end the session on the server and do nothing else, for as long as the server may not know.
    pub ticket: Option<Secret>,
}

/// Tells the sessions of one browser apart, also those of one account; a later sign-in has a greater one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionKey {
    /// When the person signed in, in milliseconds since 1970 on the device's clock, or just after the session before.
    pub since_ms: u64,
    /// Tells apart what began in the same millisecond.
    pub salt: u64,
}

/// What tells the server that two refreshes are one (`Idempotency-Key`); shown as 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(pub u128);

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// Counts credentials: every new token has a higher one than all before it, whoever's it was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Generation(pub u64);

impl IdempotencyKey {
    /// The key of the first refresh of a session.
    pub(crate) fn first(session: SessionKey) -> Self {
        Self(u128::from(session.since_ms) << 64 | u128::from(session.salt)).next()
    }

    /// Whether this is the key of an attempt some way after the other: not the next, but one of those that follow it.
    pub(crate) fn is_well_after(self, other: Self) -> bool {
        let mut key = other.next();
        (0..MOST_ATTEMPTS_BEHIND).any(|_| {
            key = key.next();
            key == self
        })
    }

    /// The key of the attempt after this one.
    ///
    /// It follows from the one before, so that tabs that cannot agree agree all the same: whoever refreshes the same
    /// credential does so under the same key, and to the server they are one.
    pub(crate) fn next(self) -> Self {
        let bytes = self.0.to_be_bytes();
        let [high, low] =
            [0, 8].map(|at| bytes[at..at + 8].iter().fold(0, |word, byte| word << 8 | u64::from(*byte)));
        Self(u128::from(mix(low ^ high.rotate_left(32))) << 64 | u128::from(mix(high.wrapping_add(low))))
    }
}

/// More refreshes than other tabs make in the time one call may take.
const MOST_ATTEMPTS_BEHIND: usize = 16;

/// The finalizer of SplitMix64 (Steele, Lea and Flood, 2014).
fn mix(word: u64) -> u64 {
    let word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}
