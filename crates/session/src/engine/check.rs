//! The one check that every input ends with: limits, then refresh, then validation, then
//! sockets, then requests.

use crate::{
    Deadline, Doubt, Moment, Output, Reason, RefreshCause, SignInAnswer, SignOutReason, ValidateAnswer,
    engine::Engine,
    state::{Flight, Purpose, RefreshPhase, Revocation, Standing, State},
};

impl Engine {
    /// Ends a session whose time is up. Runs before anything else, so that nothing is sent on behalf of a person
    /// who is gone. While it is not known how much time has passed nothing can be judged, and nothing is shown or sent.
    pub(super) fn judge_limits(&mut self, now: Moment) {
        if self.is_in_clock_doubt() {
            return;
        }
        let Some(live) = self.live() else { return };
        let inactivity = live.activity.ends_at(&self.settings).map(|end| (end, SignOutReason::Inactivity));
        let absolute = live.session.as_ref().and_then(|session| session.ends_at);
        let absolute = absolute.map(|end| (end, SignOutReason::AbsoluteLimit));
        let passed = [inactivity, absolute].into_iter().flatten().filter(|(end, _)| *end <= now);
        if let Some((_, reason)) = passed.min_by_key(|(end, _)| *end) {
            self.end(reason, now);
        }
    }

    /// Does what has fallen due. Every trigger comes here, so however many come at once, one decision is made.
    pub(super) fn check(&mut self, now: Moment) {
        self.judge_limits(now);
        self.give_up_unanswered(now);
        self.ask_clock_if_due(now);
        // Time that was in doubt may have been believed.
        let now = self.timeline.now();
        if !self.is_in_clock_doubt() {
            self.refresh_if_due(now);
            self.validate_if_due(now);
        }
        self.revoke_if_due(now);
        self.sign_in_if_due(now);
        self.tend_sockets(now);
        self.release_requests(now);
    }

    /// Whether the person is being asked if they are still there. While restoring nobody can be: there is no page
    /// yet that could show the question.
    pub(super) fn is_asking(&self, now: Moment) -> bool {
        self.live()
            .filter(|live| live.session.as_ref().is_some_and(|it| it.standing == Standing::Known))
            .and_then(|live| live.activity.asks_at(&self.settings))
            .is_some_and(|asks_at| asks_at <= now)
    }

    /// The earliest moment at which something falls due.
    pub(super) fn next_deadline(&self) -> Option<Deadline> {
        let now = self.timeline.now();
        let mut next: Option<(Moment, Reason)> = None;
        for (at, reason) in &self.deadlines() {
            if let Some(at) = at.map(|at| at.max(now))
                && next.is_none_or(|(earliest, _)| at < earliest)
            {
                next = Some((at, *reason));
            }
        }
        next.map(|(at, reason)| Deadline { at, after: at.since(now), reason })
    }

    /// In the order of the reasons: of what falls due at once, the first is named.
    fn deadlines(&self) -> [(Option<Moment>, Reason); 13] {
        let now = self.timeline.now();
        let live = self.live();
        let session = self.session();
        let activity = live.filter(|_| !self.is_in_clock_doubt()).map(|live| &live.activity);
        let (refresh, retry, tabs) = match live.map(|live| &live.refresher.phase) {
            _ if self.is_in_clock_doubt() => (None, None, None),
            Some(RefreshPhase::Idle) => (self.refresh_at(), None, None),
            Some(RefreshPhase::Waiting { until, .. }) => (None, Some(*until), None),
            Some(RefreshPhase::Queued { stage, .. }) => (None, None, Some(stage.until())),
            Some(RefreshPhase::InFlight { .. }) => (None, None, None),
            None => (None, None, self.locking_until()),
        };
        let heartbeat = session.filter(|_| !self.is_in_clock_doubt());
        [
            (
                activity.and_then(|it| it.asks_at(&self.settings)).filter(|at| *at > now),
                Reason::InactivityWarning,
            ),
            (activity.and_then(|it| it.ends_at(&self.settings)), Reason::InactivityLimit),
            (heartbeat.and_then(|it| it.ends_at), Reason::AbsoluteLimit),
            (self.call_times_out_at(), Reason::CallTimeout),
            (refresh, Reason::Refresh),
            (retry, Reason::RefreshRetry),
            (tabs, Reason::Tabs),
            (self.clock_due_at(), Reason::Clock),
            (self.revocation_due_at(), Reason::Revocation),
            (heartbeat.map(|it| it.last_check + self.settings.check_interval), Reason::Heartbeat),
            (self.socket_due_at(), Reason::Sockets),
            (self.hold_ends_at(), Reason::HoldLimit),
            (self.store_at, Reason::StoreActivity),
        ]
    }

    fn call_times_out_at(&self) -> Option<Moment> {
        self.open_flights().map(|flight| flight.times_out_at(&self.settings)).min()
    }

    /// The calls that are on their way.
    pub(super) fn open_flights(&self) -> impl Iterator<Item = Flight> {
        let revocation = match &self.state {
            State::SignedOut(out) => out.revocation.as_deref().and_then(Revocation::flight),
            State::Starting | State::Live(_) => None,
        };
        let validation = self.session().and_then(|it| it.validation.as_ref()).map(|it| it.flight);
        [self.refresh_flight(), validation, self.sign_in_flight(), revocation].into_iter().flatten()
    }

    /// A call that is never answered would hold everything up for ever; after its time it counts as unanswered.
    fn give_up_unanswered(&mut self, now: Moment) {
        if let Some(flight) = self.refresh_flight()
            && flight.times_out_at(&self.settings) <= now
        {
            self.outbox.push_back(Output::Abort(flight.call));
            self.refresh_answered(flight, crate::RefreshAnswer::Unknown(Doubt::TimedOut), now);
        }
        if let Some(validation) = self.session().and_then(|session| session.validation.as_ref())
            && validation.flight.times_out_at(&self.settings) <= now
        {
            let call = validation.flight.call;
            self.outbox.push_back(Output::Abort(call));
            self.validate_answered(ValidateAnswer::Unknown(Doubt::TimedOut), now);
        }
        if let Some(flight) = self.sign_in_flight()
            && flight.times_out_at(&self.settings) <= now
        {
            self.outbox.push_back(Output::Abort(flight.call));
            self.sign_in_answered(flight, SignInAnswer::Unknown(Doubt::TimedOut), now);
        }
        if let State::SignedOut(out) = &self.state
            && let Some(flight) = out.revocation.as_deref().and_then(Revocation::flight)
            && flight.times_out_at(&self.settings) <= now
        {
            self.revocation_timed_out(flight, now);
        }
    }

    fn refresh_if_due(&mut self, now: Moment) {
        let Some(live) = self.live() else { return };
        match live.refresher.phase {
            RefreshPhase::Idle => {
                if self.refresh_at().is_some_and(|at| at <= now) {
                    let is_expired = live.session.as_ref().is_some_and(|it| it.token.is_expired(now));
                    let cause = if is_expired { RefreshCause::Expired } else { RefreshCause::Scheduled };
                    self.refresh(cause, now);
                }
            }
            RefreshPhase::Waiting { until, cause, .. } if until <= now => self.refresh(cause, now),
            RefreshPhase::Queued { cause, stage } if stage.until() <= now => {
                self.leave_stage(stage, cause, now);
            }
            RefreshPhase::Queued { .. } | RefreshPhase::Waiting { .. } | RefreshPhase::InFlight { .. } => {}
        }
    }

    /// The heartbeat. A session that is being refreshed needs no second question.
    fn validate_if_due(&mut self, now: Moment) {
        let interval = self.settings.check_interval;
        let can_validate = self.settings.can_validate;
        let call_timeout = self.settings.call_timeout;
        // Its answer could bring the token that is not wanted now.
        let is_resting = self.is_resting();
        let is_placed = self.session().is_some_and(|session| !self.is_of_old_clock(session.token.from_wall));
        let Some(live) = self.live_mut() else { return };
        let refreshing = !matches!(live.refresher.phase, RefreshPhase::Idle);
        let Some(session) = &mut live.session else { return };
        let confirm = session.confirm && !refreshing;
        let due = session.last_check + interval <= now;
        if !(confirm || due) {
            return;
        }
        session.last_check = now;
        if refreshing || is_resting || !can_validate || session.token.is_expired(now) {
            return;
        }
        session.confirm = false;
        // A token may have died on its way through another tab or a frozen one, and one about whose life nothing was said
        // does so unseen; of one that a clock has placed which was set back since nobody knows. Only one that was just asked
        // for settles the suspicion.
        let is_new =
            is_placed && session.token.from + call_timeout > now && !session.token.may_have_expired(now);
        self.validate(if confirm && is_new { Purpose::Verdict } else { Purpose::Heartbeat }, now);
    }
}
