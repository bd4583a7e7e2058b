//! What a plan says of live connections, drawn apart from the rest: a plan without them is what it was before.

use std::time::Duration;

use perennial_session::{Renewal, Settings};

use super::{HOUR_MS, MINUTE_MS, Planned, Setup};
use crate::{
    plan::{Happening, Holds},
    rng::Rng,
    sockets::{TOPICS, Wish},
};

#[derive(Clone, Debug)]
pub(crate) struct SocketSetup {
    /// How many things a page watches, at most.
    pub(crate) wishes: u64,
    /// How often the server says that it is there, where it does.
    pub(crate) alive_ms: Option<u64>,
    /// So many in a hundred connections never come about, and nobody says so.
    pub(crate) never_opens_percent: u64,
    /// So many in a hundred events find a reader that is slow.
    pub(crate) slow_percent: u64,
    /// So many in a hundred times an event is lost on its way to somebody who gets several.
    pub(crate) lapse_percent: u64,
    /// Whether a page says what it watches without waiting for the server to accept its token.
    pub(crate) is_eager: bool,
}

/// What happens to live connections, and what they tell of.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SocketHappening {
    /// Something runs for a while and tells of itself.
    Job {
        topic: usize,
        events: u64,
        every_ms: u64,
    },
    Watch {
        pick: u64,
        wish: Wish,
    },
    Unwatch {
        pick: u64,
    },
    /// The server lets go of every connection.
    Dropped,
    /// Somebody on the way has forgotten every connection.
    Forgotten,
    /// The server refuses every token that comes over a live connection, and takes it everywhere else.
    Refused {
        for_ms: u64,
    },
}

impl SocketHappening {
    pub(crate) fn fault(self) -> Option<&'static str> {
        match self {
            Self::Job { .. } | Self::Watch { .. } | Self::Unwatch { .. } => None,
            Self::Dropped => Some("live connections dropped"),
            Self::Forgotten => Some("live connections silent"),
            Self::Refused { .. } => Some("live connections refused"),
        }
    }
}

/// Draws what is watched and what happens, in some of the plans.
pub(super) fn draw(seed: u64, setup: &mut Setup, events: &mut Vec<Planned>) {
    let mut rng = Rng::new(seed ^ 0x50_c4e7_91a7);
    // Cookies authenticate live connections at the handshake, and another's cookie may be the newer one by then.
    if !rng.percent(SHARE_PERCENT) || setup.server.holds == Holds::CookiePair {
        return;
    }
    // Who says every few seconds that all is well costs more than anything that happens; in calm runs it is said less often.
    let alive_ms = if setup.server.lifetime_s >= 900 { 80_000 } else { 20_000 };
    let alive_ms = rng.percent(40).then_some(alive_ms);
    setup.settings = Settings {
        socket_renewal: rng.pick(&[Renewal::InBand, Renewal::Reconnect]),
        socket_silence_limit: alive_ms.map(|ms| Duration::from_millis(ms * 5 / 2)),
        ..setup.settings.clone()
    };
    setup.sockets = Some(SocketSetup {
        wishes: rng.pick(&[1, 1, 2]),
        alive_ms,
        never_opens_percent: rng.pick(&[0, 0, 2, 20]),
        slow_percent: rng.pick(&[0, 15, 40]),
        lapse_percent: rng.pick(&[0, 0, 5]),
        is_eager: rng.percent(50),
    });
    let per_hour = rng.pick(&[0, 0, 1, 3, 12]);
    for _ in 0..setup.length_ms * (JOBS_PER_HOUR + per_hour) / HOUR_MS {
        let at_ms = rng.between(2_000, setup.length_ms);
        let what = if rng.below(JOBS_PER_HOUR + per_hour) < JOBS_PER_HOUR {
            draw_job(&mut rng)
        } else {
            draw_happening(&mut rng)
        };
        events.push(Planned { at_ms, what: Happening::Socket(what) });
    }
}

fn draw_job(rng: &mut Rng) -> SocketHappening {
    SocketHappening::Job {
        topic: rng.pick(&[0, 0, 0, 1, 2, 3]) % TOPICS,
        events: rng.length(1, 200),
        every_ms: rng.pick(&[200, 1_000, 5_000, 30_000]),
    }
}

fn draw_happening(rng: &mut Rng) -> SocketHappening {
    let pick = rng.next();
    let for_ms = rng.length(2_000, 30 * MINUTE_MS);
    match rng.below(6) {
        0 => SocketHappening::Watch { pick, wish: rng.pick(&[Wish::Own(0), Wish::Own(1), Wish::Foreign]) },
        1 => SocketHappening::Unwatch { pick },
        2 | 3 => SocketHappening::Dropped,
        4 => SocketHappening::Forgotten,
        _ => SocketHappening::Refused { for_ms },
    }
}

/// So many in a hundred plans have live connections.
const SHARE_PERCENT: u64 = 20;

const JOBS_PER_HOUR: u64 = 3;
