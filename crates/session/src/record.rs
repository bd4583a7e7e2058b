//! What is remembered beyond the life of a page. It holds no credential.

use core::fmt;

use crate::{SignOutReason, Wall};

/// The marks a session leaves on the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// The session these are the marks of.
    pub session: SessionKey,
    /// When the person was last active.
    pub last_activity: Wall,
    /// Whether the person asked to stay signed in on this device.
    pub kept: bool,
    /// The refresh that was under way, if one was: a page that dies before the answer comes repeats it under the
    /// same key after the reload.
    pub attempt: Option<IdempotencyKey>,
    /// Before when the server wants no refresh.
    pub not_before: Option<Wall>,
}

/// What is left of a session that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Which session.
    pub session: SessionKey,
    /// Why it ended.
    pub reason: SignOutReason,
    /// Whether the server may not know yet.
    pub revoke: bool,
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
