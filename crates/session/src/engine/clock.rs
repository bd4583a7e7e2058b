//! Sleep or a clock that was set? Both look the same from inside; the server's clock tells them apart.

use alloc::collections::VecDeque;
use core::time::Duration;

use crate::{
    CallKind, ClockAnswer, Happened, Message, Moment, Output, RefreshCause, Remembered, Wall,
    engine::Engine,
    state::{Activity, Flight, State},
};

/// Time that only the wall clock saw and that would end the session, if it really passed.
#[derive(Debug)]
pub(super) struct ClockDoubt {
    jump: Duration,
    stage: ClockStage,
    /// What other tabs said meanwhile of moments that cannot be placed yet.
    unheard: VecDeque<Message>,
    /// A refresh that was wanted meanwhile.
    wanted: Option<RefreshCause>,
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
    /// Time that only the wall clock saw since, and that was believed because it ended nothing.
    believed: Duration,
    /// When the person had last been active when it was first believed.
    active: Moment,
}

impl ServerDate {
    fn new(date: Wall, at: Moment) -> Self {
        Self { date, at, believed: Duration::ZERO, active: at }
    }

    /// How much longer the time since has been here than at the server.
    fn excess(self, date: Wall, now: Moment) -> Duration {
        let there = Duration::from_millis(date.0.saturating_sub(self.date.0));
        now.since(self.at).saturating_sub(there)
    }
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
            let stage = ClockStage::Asking(flight);
            self.clock_doubt = Some(ClockDoubt { jump, stage, unheard: VecDeque::new(), wanted: None });
        } else {
            self.believe(jump);
            self.absorb_recalled(self.timeline.now());
        }
    }

    /// The time that only the wall clock saw and that the engine's time does not hold, or not yet.
    pub(super) fn untold_time(&self) -> Duration {
        self.jump + self.clock_doubt.as_ref().map_or(Duration::ZERO, |doubt| doubt.jump)
    }

    fn believe(&mut self, jump: Duration) {
        let active = self.live().map(|live| live.activity.last);
        if let Some(known) = &mut self.server_date
            && let Some(active) = active
        {
            known.active = if known.believed.is_zero() { active } else { known.active };
            known.believed = known.believed.saturating_add(jump);
        }
        self.slept(jump);
    }

    fn slept(&mut self, jump: Duration) {
        self.timeline.skip(jump);
        self.slept_at = self.timeline.now();
        self.wait_on(jump);
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
            self.server_date = Some(ServerDate::new(date, self.moment(at)));
        }
    }

    /// Takes in what time it is at the server. Time that was believed to have passed in sleep, and that did not pass there,
    /// did not pass.
    pub(super) fn server_said(&mut self, date: Wall, now: Moment) {
        // An answer that was on its way through a sleep says what time it was before that.
        let may_be_old = self.open_flights().any(|flight| flight.sent_at < self.slept_at);
        if self.is_in_clock_doubt() || may_be_old {
            return;
        }
        if let Some(known) = self.server_date.replace(ServerDate::new(date, now))
            && known.believed >= LEAST_TAKEN_BACK
            && known.excess(date, now) >= known.believed / 2
        {
            self.take_back(known.believed, known.active, now);
        }
    }

    fn take_back(&mut self, time: Duration, active: Moment, now: Moment) {
        if let State::Live(live) = &mut self.state {
            live.activity.last = live.activity.last.max((active + time).min(now));
            if let Some(session) = &mut live.session {
                session.ends_at = session.ends_at.map(|end| end + time);
            }
        }
        self.note(Happened::ClockWasSet(time));
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
        let has_slept = there.saturating_sub(now.since(known.at)) >= jump / 2;
        let wanted = self.end_doubt(has_slept);
        let now = self.timeline.now();
        self.server_date = Some(ServerDate::new(date, now));
        self.judge_limits(now);
        if let Some(cause) = wanted {
            self.refresh(cause, now);
        }
    }

    /// Now that it is known what time it is, takes in what was told meanwhile. Returns why a refresh was wanted, if one was.
    fn end_doubt(&mut self, has_slept: bool) -> Option<RefreshCause> {
        let doubt = self.clock_doubt.take()?;
        if has_slept {
            self.slept(doubt.jump);
        } else {
            self.note(Happened::ClockWasSet(doubt.jump));
        }
        let now = self.timeline.now();
        self.absorb_recalled(now);
        self.absorb_kept(now);
        for message in doubt.unheard {
            self.heard(message, now);
        }
        doubt.wanted
    }

    /// Keeps the wish for a refresh until it is known whether there is still a session.
    pub(super) fn refresh_later(&mut self, cause: RefreshCause) {
        if let Some(doubt) = &mut self.clock_doubt {
            doubt.wanted = Some(cause);
        }
    }

    /// Keeps what another tab said until it can be placed in time; of very much the latest.
    pub(super) fn hear_later(&mut self, message: Message) {
        let Some(doubt) = &mut self.clock_doubt else { return };
        if doubt.unheard.len() >= MAX_UNHEARD {
            doubt.unheard.pop_front();
        }
        doubt.unheard.push_back(message);
    }

    /// Asks again what was not answered.
    pub(super) fn ask_clock_if_due(&mut self, now: Moment) {
        let Some(doubt) = &self.clock_doubt else { return };
        if !matches!(self.state, State::Live(_)) {
            // Nothing hangs on it any more.
            if let ClockStage::Asking(flight) = doubt.stage {
                self.outbox.push_back(Output::Abort(flight.call));
            }
            self.end_doubt(true);
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
        // The person may have been active in another tab while this one saw no time pass.
        let active = match &self.recalled {
            Some(Remembered::Session(record)) if record.session == live.key && self.is_news(record) => {
                now + jump - self.timeline.since_wall(record.last_activity)
            }
            Some(_) | None => live.activity.last,
        };
        let activity = Activity { last: live.activity.last.max(active), ..live.activity };
        let inactivity = activity.ends_at(&self.settings);
        let absolute = live.session.as_ref().and_then(|session| session.ends_at);
        // What is over without the jump needs no question.
        [inactivity, absolute].into_iter().flatten().all(|end| end > now)
            && [inactivity, absolute].into_iter().flatten().any(|end| end <= now + jump)
    }

    /// Whether a token was asked for later than another. One that was asked for in the future was asked for before the
    /// clock was set back, and so before every other.
    pub(super) fn is_later(&self, one: Wall, other: Wall) -> bool {
        match (self.is_of_old_clock(one), self.is_of_old_clock(other)) {
            (false, true) => true,
            (true, false) => false,
            (true, true) | (false, false) => one > other,
        }
    }

    /// Whether what has passed seems to lie in the future.
    pub(super) fn is_of_old_clock(&self, past: Wall) -> bool {
        past.0 > self.timeline.wall(self.timeline.now()).0.saturating_add(CLOCK_DISAGREEMENT_MS)
    }

    /// Places a moment that has passed, as the wall clock told it, in the engine's time.
    pub(super) fn moment(&self, wall: Wall) -> Moment {
        self.timeline.now() - self.timeline.since_wall(wall)
    }

    /// Places a moment that may lie ahead.
    pub(super) fn future_moment(&self, wall: Wall) -> Moment {
        let ahead_ms = wall.0.saturating_sub(self.timeline.wall(self.timeline.now()).0);
        self.moment(wall) + Duration::from_millis(ahead_ms)
    }
}

/// The network often needs a few seconds after a sleep; whoever waits for the page should not wait much longer.
const CLOCK_RETRY: Duration = Duration::from_secs(2);

/// What is believed by mistake and shorter than this shortens no limit by much; and a slow network's delays, there and back,
/// are shorter than half of it.
const LEAST_TAKEN_BACK: Duration = Duration::from_secs(120);

/// More messages than tabs send in the seconds that an answer takes; a tab that was frozen hears thousands at once.
const MAX_UNHEARD: usize = 256;

/// More than the tabs of one device ever disagree about its clock.
const CLOCK_DISAGREEMENT_MS: u64 = 5_000;
