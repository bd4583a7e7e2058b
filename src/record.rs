//! What happened to the session of a person, as far back as it is kept: entries that name no person and no secret.
//!
//! Everything here is pure. [`Book`] says what is to become of the record when somebody comes or goes, and the
//! recorder does it.

mod axis;
mod book;
mod export;
mod figures;
mod notes;
mod spans;
mod text;

use perennial_session::{Doubt, RefreshCause, SignInFailure, SignOutReason, Wall};

pub use axis::{Axis, percent};
pub use book::{Book, Fate};
pub use export::{Words, csv, json};
pub use figures::{Figures, figures};
pub use notes::Notes;
pub use spans::{Span, offline, tokens, trouble};
pub use text::{read, write};

/// The record of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Whose it is: the identifier of the account, and nothing else that is known of it.
    pub account: String,
    /// What happened, the oldest first.
    pub entries: Vec<Entry>,
}

/// Something that happened, and when by the device's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Wall,
    /// What.
    pub what: What,
}

/// What happened. An attempt to refresh is one entry, written when it is known what came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The page was loaded.
    Started,
    /// The person signed in.
    SignedIn {
        /// How long the token of the sign-in lives.
        token_ms: Option<u64>,
    },
    /// A sign-in failed.
    SignInFailed(SignInFailure),
    /// The server was asked for a token, or gave one unasked.
    Refresh {
        /// Why.
        cause: RefreshCause,
        /// How long it took to know what came of it.
        took_ms: u64,
        /// What came of it.
        outcome: Outcome,
    },
    /// The server refused the token, and a refresh will tell what that means.
    Suspected,
    /// A look at the session decided nothing.
    ValidationFailed(Doubt),
    /// The session ended.
    SignedOut(SignOutReason),
    /// The server was told that the session is over.
    SignOutTold,
    /// The server could not be told yet.
    SignOutUntold(Doubt),
    /// Somebody else had been signed in here until then.
    AccountChanged,
    /// The device said that it has no network.
    WentOffline,
    /// The device said that the network is back.
    CameOnline,
    /// For so many milliseconds only the wall clock ran.
    Slept(u64),
    /// The same, and the server's clock was asked whether it is true.
    ClockDoubted(u64),
    /// It was not: the device's clock had been set.
    ClockWasSet(u64),
}

/// What came of an attempt to refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A token.
    Granted {
        /// How long it lives.
        token_ms: Option<u64>,
    },
    /// Nothing, and it is tried again.
    Failed {
        /// What was wrong.
        why: Doubt,
        /// When it is tried again.
        retry_at: Wall,
    },
    /// The server wants no refresh before then.
    Later {
        /// Until when.
        until: Wall,
    },
    /// The end of the session.
    Refused,
}

/// What people look for in a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A refresh, whatever came of it.
    Refresh,
    /// Something that did not go as it should.
    Trouble,
    /// A sign-in or a sign-out.
    Session,
    /// The network, the device and the page coming and going.
    Connection,
}

impl What {
    /// Whether it is of this kind. A refresh that failed is of two.
    #[must_use]
    pub fn is(&self, kind: Kind) -> bool {
        let (first, is_trouble) = match self {
            Self::Refresh { outcome: Outcome::Granted { .. }, .. } => (Kind::Refresh, false),
            Self::Refresh { .. } => (Kind::Refresh, true),
            Self::SignedIn { .. } | Self::SignedOut(_) | Self::SignOutTold | Self::AccountChanged => {
                (Kind::Session, false)
            }
            Self::SignInFailed(_) | Self::SignOutUntold(_) => (Kind::Session, true),
            Self::Suspected | Self::ValidationFailed(_) => (Kind::Trouble, true),
            Self::Started | Self::WentOffline | Self::CameOnline | Self::Slept(_) => {
                (Kind::Connection, false)
            }
            Self::ClockDoubted(_) | Self::ClockWasSet(_) => (Kind::Connection, true),
        };
        first == kind || (is_trouble && kind == Kind::Trouble)
    }

    /// The word for it in what is stored and exported. Words are added, never changed.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::SignedIn { .. } => "signed_in",
            Self::SignInFailed(_) => "sign_in_failed",
            Self::Refresh { .. } => "refresh",
            Self::Suspected => "token_refused",
            Self::ValidationFailed(_) => "check_failed",
            Self::SignedOut(_) => "signed_out",
            Self::SignOutTold => "sign_out_told",
            Self::SignOutUntold(_) => "sign_out_untold",
            Self::AccountChanged => "account_changed",
            Self::WentOffline => "went_offline",
            Self::CameOnline => "came_online",
            Self::Slept(_) => "slept",
            Self::ClockDoubted(_) => "clock_doubted",
            Self::ClockWasSet(_) => "clock_was_set",
        }
    }

    /// Within what time the same again is the same event, seen by another tab as well. Nothing where each tab has its
    /// own, such as requests.
    fn seen_by_all_within_ms(&self) -> u64 {
        match self {
            Self::WentOffline | Self::CameOnline | Self::SignedOut(_) | Self::AccountChanged => 3_000,
            // Browsers wake a tab that nobody looks at once in a minute.
            Self::Slept(_) | Self::ClockDoubted(_) | Self::ClockWasSet(_) => 120_000,
            Self::Started
            | Self::SignedIn { .. }
            | Self::SignInFailed(_)
            | Self::Refresh { .. }
            | Self::Suspected
            | Self::ValidationFailed(_)
            | Self::SignOutTold
            | Self::SignOutUntold(_) => 0,
        }
    }
}

/// Puts entries among others, in their order, without those that are there already or that another tab saw first, and
/// without what is too old or too much.
#[must_use]
pub fn merge(known: &[Entry], fresh: &[Entry], now: Wall) -> Vec<Entry> {
    let is_there = |entry: &Entry| {
        let within_ms = entry.what.seen_by_all_within_ms();
        let kind = std::mem::discriminant(&entry.what);
        known.iter().any(|other| {
            other == entry
                || (within_ms > 0
                    && std::mem::discriminant(&other.what) == kind
                    && other.at.0.abs_diff(entry.at.0) <= within_ms)
        })
    };
    let mut all: Vec<Entry> = known.to_vec();
    all.extend(fresh.iter().filter(|entry| !is_there(entry)));
    // Stable, so that what happened in the same millisecond stays in its order.
    all.sort_by_key(|entry| entry.at);
    all.retain(|entry| now.0.saturating_sub(entry.at.0) <= LONGEST_MS);
    let too_many = all.len().saturating_sub(MOST_ENTRIES);
    all.drain(..too_many);
    all
}

/// As many as fit into some 30 KB of text, which is written in well under a millisecond. With tokens of an hour they
/// reach back further than [`LONGEST_MS`], with tokens of a minute a working day.
pub const MOST_ENTRIES: usize = 500;

/// A week: long enough for "what was on Friday", and no longer than anybody asks for.
pub const LONGEST_MS: u64 = 7 * 24 * 3_600_000;

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn at(at: u64, what: What) -> Entry {
        Entry { at: Wall(at), what }
    }

    #[test]
    fn what_all_tabs_see_is_kept_once_and_what_one_tab_does_each_time() {
        let refresh = What::Refresh {
            cause: RefreshCause::Manual,
            took_ms: 5,
            outcome: Outcome::Granted { token_ms: None },
        };
        let known = [at(10_000, What::WentOffline), at(11_000, refresh)];
        let fresh = [at(10_900, What::WentOffline), at(11_500, refresh), at(60_000, What::WentOffline)];
        let merged = merge(&known, &fresh, Wall(70_000));
        let moments: Vec<u64> = merged.iter().map(|entry| entry.at.0).collect();
        assert_eq!(moments, [10_000, 11_000, 11_500, 60_000]);
    }

    #[test]
    fn a_page_that_is_loaded_twice_in_a_moment_was_loaded_twice() {
        let (first, second) = (at(10_000, What::Started), at(11_000, What::Started));
        assert_eq!(merge(&[first], &[second, first], Wall(12_000)), [first, second]);
    }

    #[test]
    fn the_oldest_go_when_there_are_too_many_or_they_are_too_old() {
        let many: Vec<Entry> = (0..600).map(|n| at(LONGEST_MS + n, What::Suspected)).collect();
        let merged = merge(&[at(1, What::Started)], &many, Wall(LONGEST_MS + 600));
        assert_eq!((merged.len(), merged[0].at.0), (MOST_ENTRIES, LONGEST_MS + 100));
        assert!(merge(&[at(1, What::Started)], &[], Wall(LONGEST_MS + 2)).is_empty());
    }
}
