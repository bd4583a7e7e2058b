//! A page that goes takes its calls with it. What ends with the page says nothing about the server, and is no outcome.

use core::time::Duration;

use crate::{
    Doubt, Happened, Moment, RefreshCause,
    engine::Engine,
    state::{Flight, RefreshPhase, Wait},
};

/// Whether the page stays, as far as the browser has said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Presence {
    #[default]
    Here,
    /// The person follows a link, reloads or closes the page. Firefox and WebKit end its calls at this moment, while the
    /// next page is still asked for. The page stays after all where that turns out to be a download.
    Leaving { since: Moment },
    /// The page has been left, for good or for the back/forward cache. Chromium ends its calls at this moment.
    Left { at: Moment },
    /// The page came back from the back/forward cache. What became of its calls may be told only now.
    Back { left_at: Moment, at: Moment },
}

impl Presence {
    /// Whether a call that has had no answer was ended with the page.
    fn has_cut_off(self, flight: Flight, now: Moment) -> bool {
        match self {
            Self::Here => false,
            Self::Leaving { since } => flight.sent_at <= since && now < since + LEAVE_LIMIT,
            Self::Left { at } => flight.sent_at <= at,
            Self::Back { left_at, at } => flight.sent_at <= left_at && now < at + LEAVE_LIMIT,
        }
    }

    /// When a call that was ended with the page is made again: when the page is known to stay.
    fn stays_from(self, now: Moment) -> Moment {
        match self {
            Self::Leaving { since } => since + LEAVE_LIMIT,
            Self::Left { .. } => now + LEAVE_LIMIT,
            Self::Here | Self::Back { .. } => now,
        }
    }
}

impl Engine {
    pub(super) fn leaving(&mut self, now: Moment) {
        self.presence = Presence::Leaving { since: now };
    }

    pub(super) fn left(&mut self, now: Moment) {
        self.presence = Presence::Left { at: now };
    }

    pub(super) fn came_back(&mut self, now: Moment) {
        if let Presence::Left { at: left_at } = self.presence {
            self.presence = Presence::Back { left_at, at: now };
        }
    }

    /// Whether the call has no answer because it was ended with the page, and so says nothing about the server.
    pub(super) fn was_cut_off(&self, flight: Flight, why: Doubt, now: Moment) -> bool {
        let is_unanswered = match why {
            Doubt::Network | Doubt::TimedOut => true,
            Doubt::Unreadable | Doubt::Status(_) | Doubt::Gateway => false,
        };
        is_unanswered && self.presence.has_cut_off(flight, now)
    }

    /// Makes the same attempt again if the page stays. It has not failed.
    pub(super) fn refresh_cut_off(&mut self, cause: RefreshCause, now: Moment) {
        let until = self.presence.stays_from(now);
        if let Some(live) = self.live_mut() {
            live.refresher.phase = RefreshPhase::Waiting { until, cause, why: Wait::CutOff };
        }
        self.note(Happened::RefreshCutOff);
    }
}

/// A page that has not gone within this time stays, or will say again that it goes. Browsers that end the calls of a page that
/// is left do so within milliseconds.
const LEAVE_LIMIT: Duration = Duration::from_secs(5);
