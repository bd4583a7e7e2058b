//! What is remembered beyond the life of a page. It holds no credential.

use core::fmt;

use crate::Wall;

/// The marks a session leaves on the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// When the person was last active.
    pub last_activity: Wall,
    /// Whether the person asked to stay signed in on this device.
    pub kept: bool,
    /// The refresh that was under way, if one was: a page that dies before the answer comes repeats it under the
    /// same key after the reload.
    pub attempt: Option<IdempotencyKey>,
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
