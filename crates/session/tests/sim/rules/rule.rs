//! The rules by name.

use std::fmt;

/// A rule that did not hold.
#[derive(Clone, Debug)]
pub(crate) struct Broken {
    pub(crate) rule: Rule,
    pub(crate) how: String,
    /// When; zero where that is not known.
    pub(crate) at_ms: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rule {
    WrongfulSignOut,
    UntrueReason,
    Overstayed,
    Zombie,
    AfterSignOut,
    Unvouched,
    RefreshedTwice,
    SupersededSent,
    NeedlessRefresh,
    ExpiredTokenSent,
    RequestNeverEnds,
    Replayed,
    RetryAfter,
    Rest,
    NotFresh,
    NotAgreed,
    Bounded,
    Storm,
    Secret,
    EventLost,
    EventTwice,
    SocketsFirst,
    BrokenBeforeMade,
    SocketStorm,
    EndedWithPage,
    Contract,
    Panicked,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WrongfulSignOut => "nobody is signed out but for the four reasons",
            Self::UntrueReason => "a sign-out names its true reason",
            Self::Overstayed => "nobody stays signed in beyond the inactivity limit",
            Self::Zombie => "a sign-out reaches every tab",
            Self::AfterSignOut => "nothing is stored, kept or sent of a session that has ended",
            Self::Unvouched => "nobody is shown before anybody has vouched for them",
            Self::RefreshedTwice => "one refresh of a credential reaches the server",
            Self::SupersededSent => "a superseded credential is sent only as the same attempt again",
            Self::NeedlessRefresh => "nobody refreshes what another tab has fresh",
            Self::ExpiredTokenSent => "no token known to be expired is sent",
            Self::RequestNeverEnds => "every request ends",
            Self::Replayed => "a request is replayed once, and only after a refusal",
            Self::RetryAfter => "Retry-After is respected by all tabs",
            Self::Rest => "a token is left to expire only where nobody needs one",
            Self::NotFresh => "once faults stop every tab is fresh",
            Self::NotAgreed => "once faults stop all tabs agree",
            Self::Bounded => "every drive is bounded",
            Self::Storm => "messages grow no faster than tabs",
            Self::Secret => "no credential is shown, stored or written",
            Self::EventLost => "no event of a live connection is lost",
            Self::EventTwice => "no event of a live connection is shown twice",
            Self::SocketsFirst => "a new token reaches live connections before requests",
            Self::BrokenBeforeMade => "a live connection that serves is closed for a better one only",
            Self::SocketStorm => "live connections are made, and cause refreshes, with patience",
            Self::EndedWithPage => "what ends with the page has not failed",
            Self::Contract => "the engine keeps its contract with the driver",
            Self::Panicked => "nothing panics",
        })
    }
}
