//! Sleep or a clock that was set? Both look the same from inside; the server's clock tells them apart.

use core::time::Duration;

use crate::{
    CallKind, ClockAnswer, Happened, Moment, Output, Wall,
    engine::Engine,
    state::{Flight, State},
};

/// Time that only the wall clock saw and that would end the session, if it really passed.
#[derive(Debug)]
pub(super) struct ClockDoubt {
    jump: Duration,
    stage: ClockStage,
}

#[derive(Clone, Copy, Debug)]
enum ClockStage {
    Asking(Flight),
    Waiting(Moment),
}

/// When the server last said what time it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct ServerDate {
    date: Wall,
    at: Moment,
}

impl Engine {
    /// Takes in time that only the wall clock saw. Where it would end the session, and the server can be asked, it is
    /// not believed before the server has been.
    pub(super) fn jumped(&mut self, now: Moment) {
        let jump = core::mem::take(&mut self.jump);
        if jump.is_zero() {
            return;
        }
        if let Some(doubt) = &mut self.clock_doubt {
            doubt.jump = doubt.jump.saturating_add(jump);
            // What is on its way says what time it was before this.
            if let ClockStage::Asking(flight) = doubt.stage {
                self.outbox.push_back(Output::Abort(flight.call));
                self.ask_clock(now);
            }
            return;
        }
        if self.server_date.is_some() && self.would_end_within(jump, now) {
            self.note(Happened::ClockDoubted(jump));
            let flight = self.send(CallKind::Clock, now);
            self.clock_doubt = Some(ClockDoubt { jump, stage: ClockStage::Asking(flight) });
        } else {
            self.slept(jump);
        }
    }

    /// The time that only the wall clock saw and that the engine's time does not hold, or not yet.
    pub(super) fn untold_time(&self) -> Duration {
        self.jump + self.clock_doubt.as_ref().map_or(Duration::ZERO, |doubt| doubt.jump)
    }

    fn slept(&mut self, jump: Duration) {
        self.timeline.skip(jump);
        self.note(Happened::Slept(jump));
    }

    /// Whether it is not known how much time has passed, and so whether there is a session.
    pub(super) fn is_in_clock_doubt(&self) -> bool {
        self.clock_doubt.is_some()
    }

    /// What the server said last, as tabs tell each other.
    pub(super) fn shared_server_date(&self) -> Option<(Wall, Wall)> {
        self.server_date.map(|known| (known.date, self.timeline.wall(known.at)))
    }

    /// Takes what another tab knows of the server's clock, where this one knows nothing.
    pub(super) fn learn_server_date(&mut self, shared: Option<(Wall, Wall)>) {
        if self.server_date.is_none()
            && let Some((date, at)) = shared
        {
            self.server_date = Some(ServerDate { date, at: self.moment(at) });
        }
    }

    pub(super) fn server_said(&mut self, date: Wall, now: Moment) {
        if self.clock_doubt.is_none() {
            self.server_date = Some(ServerDate { date, at: now });
        }
    }

    pub(super) fn clock_answered(&mut self, call: crate::CallId, answer: ClockAnswer, now: Moment) {
        let Some(doubt) = &mut self.clock_doubt else { return };
        if !matches!(doubt.stage, ClockStage::Asking(flight) if flight.call == call) {
            return;
        }
        match answer {
            ClockAnswer::Date(date) => {
                let jump = doubt.jump;
                self.settle_clock(date, jump, now);
            }
            ClockAnswer::Unknown(_) => doubt.stage = ClockStage::Waiting(now + CLOCK_RETRY),
        }
    }

    /// Half of the jump is far more than the network's delay and the whole seconds of the header, and far less than
    /// what ends a session.
    fn settle_clock(&mut self, date: Wall, jump: Duration, now: Moment) {
        let Some(known) = self.server_date else { return };
        let there = Duration::from_millis(date.0.saturating_sub(known.date.0));
        let here = now.since(known.at);
        self.clock_doubt = None;
        if there.saturating_sub(here) >= jump / 2 {
            self.slept(jump);
        } else {
            self.note(Happened::ClockWasSet(jump));
        }
        self.server_date = Some(ServerDate { date, at: self.timeline.now() });
        self.judge_limits(self.timeline.now());
    }

    /// Asks again what was not answered.
    pub(super) fn ask_clock_if_due(&mut self, now: Moment) {
        let Some(doubt) = &self.clock_doubt else { return };
        if !matches!(self.state, State::Live(_)) {
            // Nothing hangs on it any more.
            let jump = doubt.jump;
            if let ClockStage::Asking(flight) = doubt.stage {
                self.outbox.push_back(Output::Abort(flight.call));
            }
            self.clock_doubt = None;
            self.slept(jump);
            return;
        }
        match doubt.stage {
            ClockStage::Asking(flight) if flight.times_out_at(&self.settings) <= now => {
                self.outbox.push_back(Output::Abort(flight.call));
                self.ask_clock(now);
            }
            ClockStage::Waiting(until) if until <= now => self.ask_clock(now),
            ClockStage::Asking(_) | ClockStage::Waiting(_) => {}
        }
    }

    pub(super) fn clock_due_at(&self) -> Option<Moment> {
        Some(match self.clock_doubt.as_ref()?.stage {
            ClockStage::Asking(flight) => flight.times_out_at(&self.settings),
            ClockStage::Waiting(until) => until,
        })
    }

    /// The network may be back: does not wait any longer.
    pub(super) fn ask_clock_early(&mut self, now: Moment) {
        if let Some(ClockDoubt { stage: ClockStage::Waiting(until), .. }) = &mut self.clock_doubt {
            *until = now;
        }
    }

    fn ask_clock(&mut self, now: Moment) {
        let flight = self.send(CallKind::Clock, now);
        if let Some(doubt) = &mut self.clock_doubt {
            doubt.stage = ClockStage::Asking(flight);
        }
    }

    fn would_end_within(&self, jump: Duration, now: Moment) -> bool {
        let Some(live) = self.live() else { return false };
        let inactivity = live.activity.ends_at(&self.settings);
        let absolute = live.session.as_ref().and_then(|session| session.ends_at);
        // What is over without the jump needs no question.
        [inactivity, absolute].into_iter().flatten().all(|end| end > now)
            && [inactivity, absolute].into_iter().flatten().any(|end| end <= now + jump)
    }
}

/// The network often needs a few seconds after a sleep; whoever waits for the page should not wait much longer.
const CLOCK_RETRY: Duration = Duration::from_secs(2);
