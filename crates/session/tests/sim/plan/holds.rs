//! By what a session is held: most runs by a cookie that no script sees, as the reference backend has it, others as those
//! backends have it that others wrote.

use std::num::NonZeroU32;

use perennial_session::{AccessBy, GrantStore, RefreshBy};

use super::{Happening, Planned, Setup};
use crate::rng::Rng;

/// What a refresh is granted for, and what becomes of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Holds {
    /// A refresh cookie, that is replaced with each refresh; the same attempt is answered again.
    #[default]
    Cookie,
    /// The same, and a cookie authorises requests as well.
    CookiePair,
    /// The access token, which is exchanged for the next for as long as its session lives.
    AccessToken,
    /// A refresh token that is good for the whole session.
    LastingToken,
    /// A refresh token that is good for once: it ends the session when it comes back, whatever the reason.
    SingleToken,
}

/// What somebody does to what is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tampering {
    Removed,
    Access,
    Refresh,
}

impl Holds {
    /// Whether script sees what a refresh is granted for.
    pub(crate) fn is_by_script(self) -> bool {
        match self {
            Self::Cookie | Self::CookiePair => false,
            Self::AccessToken | Self::LastingToken | Self::SingleToken => true,
        }
    }
}

/// Drawn apart, so that it changes nothing else of a plan.
pub(super) fn draw(seed: u64, setup: &mut Setup, events: &mut Vec<Planned>) {
    let mut rng = Rng::new(seed ^ 0x401d);
    let holds = match rng.below(100) {
        0..64 => Holds::Cookie,
        64..74 => Holds::AccessToken,
        74..82 => Holds::LastingToken,
        82..94 => Holds::SingleToken,
        _ => Holds::CookiePair,
    };
    let settings = &mut setup.settings;
    setup.server.holds = holds;
    match holds {
        Holds::Cookie => return,
        Holds::CookiePair => {
            (settings.access_by, settings.can_validate) = (AccessBy::Cookie, true);
            settings.attempts_per_round = NonZeroU32::new(rng.pick(&[3, 3, 1]));
            setup.server.header_tokens = false;
        }
        Holds::AccessToken => settings.refresh_by = RefreshBy::AccessToken,
        Holds::LastingToken => settings.refresh_by = RefreshBy::RefreshToken,
        Holds::SingleToken => {
            settings.refresh_by = RefreshBy::RefreshToken;
            (setup.server.overlap_ms, setup.server.idempotency_window_ms) = (0, 0);
            // Which of two refresh tokens is the later one cannot be told where access tokens come by themselves.
            setup.server.header_tokens = false;
        }
    }
    if !holds.is_by_script() {
        return;
    }
    settings.grant_store =
        rng.pick(&[GrantStore::Browser, GrantStore::Browser, GrantStore::Browser, GrantStore::None]);
    if settings.grant_store == GrantStore::Browser && rng.percent(30) {
        for _ in 0..rng.between(1, 4) {
            let at_ms = rng.between(2_000, setup.length_ms);
            let what = rng.pick(&[Tampering::Removed, Tampering::Access, Tampering::Refresh]);
            events.push(Planned { at_ms, what: Happening::Tamper(what) });
        }
    }
}
