//! One refresh at a time: when it starts, what its answer means, when it is tried again.

use core::{num::NonZeroU32, time::Duration};

use crate::{
    CallKind, Doubt, Happened, IdempotencyKey, Line, MessageBody, Moment, Output, RefreshAnswer, RefreshBy,
    RefreshCause, RefreshWhen, Refusal, Secret, SignOutReason, Wall,
    engine::Engine,
    state::{Flight, Purpose, RefreshPhase, Refresher, Standing, Wait},
    token::Token,
};

impl Engine {
    /// Whether there is anything to ask for a token with, as far as can be known here.
    pub(super) fn can_refresh(&self) -> bool {
        match self.settings.refresh_by {
            RefreshBy::Cookie => true,
            RefreshBy::AccessToken => {
                self.session().is_some_and(|session| session.token.access.token().is_some())
            }
            RefreshBy::RefreshToken => self.session().is_some_and(|session| session.refresh.is_some()),
        }
    }

    /// When the token is to be replaced that nobody has refused. One that cannot be is used to its end.
    pub(super) fn refresh_at(&self) -> Option<Moment> {
        let session = self.session()?;
        if !self.can_refresh() {
            return session.token.until();
        }
        match self.settings.refresh_when {
            RefreshWhen::Active if self.is_resting() => self.rests_until(),
            RefreshWhen::Always | RefreshWhen::Active => session.refresh_at(),
            RefreshWhen::Manual => session.token.until().filter(|_| self.needs_token()),
        }
    }

    /// Whether the token is left to expire until somebody or something needs one.
    pub(super) fn is_resting(&self) -> bool {
        let Some(live) = self.live() else { return false };
        let Some(session) = &live.session else { return false };
        let now = self.timeline.now();
        let may_rest = matches!(live.refresher.phase, RefreshPhase::Idle) && self.can_refresh();
        may_rest
            && !self.needs_token()
            && match self.settings.refresh_when {
                RefreshWhen::Always => false,
                RefreshWhen::Active => {
                    session.refresh_at().is_some_and(|at| at <= now)
                        && self.rests_until().is_some_and(|until| until > now)
                }
                RefreshWhen::Manual => session.token.is_expired(now),
            }
    }

    /// Until when a refresh that is due may wait for somebody, where nobody has been there for longer than the token lives:
    /// in time before the end of what it is granted for, where that is known.
    fn rests_until(&self) -> Option<Moment> {
        let live = self.live().filter(|_| self.sockets.is_empty())?;
        let session = live.session.as_ref()?;
        // How long a token that was found lives in all nobody has seen.
        let lifetime = session.token.lifetime.filter(|it| !it.is_zero() && !session.token.is_found)?;
        if live.activity.last + lifetime >= self.timeline.now() {
            return None;
        }
        let ends_at = match self.settings.refresh_by {
            RefreshBy::AccessToken => None,
            RefreshBy::Cookie | RefreshBy::RefreshToken => session.ends_at,
        };
        ends_at.map(|end| end - self.settings.refresh_buffer.min(lifetime))
    }

    /// Whether something waits for a token: who there is, a request, or a live connection that is to be made.
    fn needs_token(&self) -> bool {
        let is_known = self.session().is_some_and(|session| session.standing == Standing::Known);
        !is_known || self.holds_requests() || self.lacks_connection()
    }

    /// The server cannot be asked for a token, and would refuse whoever asks with nothing. A token is used to its end. About
    /// one that was refused the validation has the last word; where there is none either, a token of which is known when it
    /// ends is believed to last until then, and the endpoint is to blame.
    fn nothing_to_refresh_by(&mut self, cause: RefreshCause, now: Moment) {
        self.set_refresh_phase(RefreshPhase::Idle);
        let can_validate = self.settings.can_validate;
        let Some(session) = self.session() else { return self.give_up_here() };
        let (generation, until) = (session.token.generation, session.token.until());
        let is_last_word = match cause {
            RefreshCause::ValidationRefused => true,
            RefreshCause::RequestRefused | RefreshCause::SocketRefused => !can_validate && until.is_none(),
            RefreshCause::Restore
            | RefreshCause::Scheduled
            | RefreshCause::Expired
            | RefreshCause::Manual
            | RefreshCause::Header
            | RefreshCause::OtherTab => false,
        };
        if is_last_word || session.token.is_expired(now) {
            self.end(SignOutReason::Refused(Refusal::Missing), now);
            return;
        }
        if cause.is_suspicion() {
            self.judge_held(generation, now);
            if can_validate {
                self.validate(Purpose::Verdict, now);
            } else {
                self.deliver_judged();
            }
        }
        if !can_validate {
            // Nobody can be asked.
            self.take_as_known();
        }
    }

    /// Starts a refresh, unless one is under way or must wait.
    pub(super) fn refresh(&mut self, cause: RefreshCause, now: Moment) {
        let Some(live) = self.live() else { return };
        if self.is_in_clock_doubt() {
            self.refresh_later(cause);
            return;
        }
        let may_start = match live.refresher.phase {
            RefreshPhase::Idle => match live.refresher.not_before {
                // Whoever has nothing to ask the server with waits for nobody but the other tabs.
                Some(until) if until > now && self.can_refresh() => {
                    if live.session.is_none() {
                        self.say_hello();
                    }
                    self.ask_otherwise(now);
                    let why = Wait::ServerAsked;
                    self.set_refresh_phase(RefreshPhase::Waiting { until, cause, why });
                    return;
                }
                Some(_) | None => true,
            },
            RefreshPhase::Queued { .. } | RefreshPhase::InFlight { .. } => {
                self.suspect(cause);
                false
            }
            RefreshPhase::Waiting { until, why, .. } => {
                until <= now
                    || (cause == RefreshCause::Manual && matches!(why, Wait::Backoff(_) | Wait::CutOff))
            }
        };
        if !may_start {
            return;
        }
        let tabs = self.settings.tabs;
        if tabs.has_lock || tabs.has_channel {
            self.queue_refresh(cause, now);
        } else {
            self.send_refresh(cause, now);
        }
    }

    /// A refresh that is under way anyhow has become one that requests wait for, because the token was refused.
    fn suspect(&mut self, new: RefreshCause) {
        let Some(live) = self.live_mut() else { return };
        let current = live.session.as_ref().map(|session| session.token.generation);
        match &mut live.refresher.phase {
            RefreshPhase::Queued { cause, .. } if new.is_suspicion() => *cause = new,
            RefreshPhase::InFlight { cause, generation, .. }
                if new.is_suspicion() && *generation == current =>
            {
                *cause = new;
            }
            // What is under way is about a token that has been replaced; this is about the one that replaced it.
            RefreshPhase::InFlight { .. } if new.is_suspicion() => live.refresher.wanted = Some(new),
            RefreshPhase::Idle
            | RefreshPhase::Waiting { .. }
            | RefreshPhase::Queued { .. }
            | RefreshPhase::InFlight { .. } => {}
        }
    }

    /// Asks the server for a new token, unless it told another tab to wait while this one waited for the lock.
    pub(super) fn send_refresh(&mut self, cause: RefreshCause, now: Moment) {
        if !self.can_refresh() {
            self.nothing_to_refresh_by(cause, now);
            return;
        }
        let Some(live) = self.live() else { return };
        if let Some(until) = live.refresher.not_before.filter(|until| *until > now) {
            self.ask_otherwise(now);
            self.set_refresh_phase(RefreshPhase::Waiting { until, cause, why: Wait::ServerAsked });
            return;
        }
        let failures = live.refresher.failures;
        let token = live.session.as_ref().map(|session| &session.token);
        let (generation, access) = (token.map(|it| it.generation), token.map(|it| it.access.clone()));
        let refresh = live.session.as_ref().and_then(|session| session.refresh.clone());
        let account = live.session.as_ref().map(|session| session.account.id.clone());
        let account = account.filter(|id| !id.is_empty());
        if cause == RefreshCause::Scheduled
            && let Some(until) = token.and_then(Token::until)
        {
            let left_s = until.since(now).as_secs();
            if left_s > 0 {
                self.outbox.push_back(Output::Say(Line::Expiring { left_s }));
            }
        }
        if let Some(refused) = cause.refused() {
            self.outbox.push_back(Output::Say(Line::Refused(refused)));
        }
        self.note(Happened::RefreshSent { cause, failures });
        let Some(key) = self.attempt_key() else { return };
        self.store_record(now);
        // Whatever happens to this page now, what it was granted last is known.
        self.share_news(now);
        let by = refresh.clone();
        let flight = self.send(CallKind::Refresh { key, access, refresh, account }, now);
        self.set_refresh_phase(RefreshPhase::InFlight { flight, key, cause, generation, by });
    }

    /// Ends our own patience early; the server's wish stands.
    pub(super) fn retry_early(&mut self, now: Moment) {
        if let Some(live) = self.live_mut()
            && let RefreshPhase::Waiting { until, why: Wait::Backoff(_) | Wait::CutOff, .. } =
                &mut live.refresher.phase
        {
            *until = now;
        }
    }

    pub(super) fn refresh_flight(&self) -> Option<Flight> {
        match self.live()?.refresher.phase {
            RefreshPhase::InFlight { flight, .. } => Some(flight),
            RefreshPhase::Idle | RefreshPhase::Queued { .. } | RefreshPhase::Waiting { .. } => None,
        }
    }

    pub(super) fn refresh_answered(&mut self, flight: Flight, answer: RefreshAnswer, now: Moment) {
        let Some(live) = self.live_mut() else { return };
        let RefreshPhase::InFlight { key, cause, generation, by, .. } =
            core::mem::replace(&mut live.refresher.phase, RefreshPhase::Idle)
        else {
            return;
        };
        if generation != live.session.as_ref().map(|session| session.token.generation) {
            return self.overtaken(key, by, answer, now);
        }
        match answer {
            RefreshAnswer::Granted(grant) if grant.lifetime == Some(Duration::ZERO) => {
                self.refresh_failed(Doubt::Unreadable, cause, now);
            }
            RefreshAnswer::Granted(grant) => {
                self.commit(grant, (flight, key), cause, now);
                // The server is there: connections that were lost with it wait no longer.
                self.reconnect_early();
                self.note(Happened::Refreshed { cause, took: now.since(flight.sent_at) });
                self.say_refreshed();
                self.announce_token();
            }
            RefreshAnswer::Refused(Refusal::Missing) if self.is_cookie_untried() => {
                self.cookie_not_kept(Refusal::Missing, now);
            }
            RefreshAnswer::Refused(Refusal::Unspecified)
                if self.is_cookie_untried() && self.settings.refresh_by == RefreshBy::Cookie =>
            {
                self.end(SignOutReason::Refused(Refusal::Untried), now);
            }
            RefreshAnswer::Refused(refusal) => self.end(SignOutReason::Refused(refusal), now),
            RefreshAnswer::Later(wait) => self.refresh_put_off(wait, cause, now),
            RefreshAnswer::Unknown(doubt) if self.was_cut_off(flight, doubt, now) => {
                self.refresh_cut_off(cause, now);
            }
            RefreshAnswer::Unknown(doubt) => self.refresh_failed(doubt, cause, now),
        }
    }

    /// The token this attempt was to replace has been replaced already. Unless the answer brought another, the credential of
    /// the refresh has not, and the next attempt is still the same one to the server.
    fn overtaken(&mut self, key: IdempotencyKey, by: Option<Secret>, answer: RefreshAnswer, now: Moment) {
        let can_validate = self.settings.can_validate;
        let Some(live) = self.live_mut() else { return };
        // Of what was found meanwhile the server is still to be asked.
        let is_found = live.session.as_ref().is_some_and(|session| session.standing == Standing::Found);
        let asks = (is_found && !can_validate).then_some(RefreshCause::Restore);
        let wanted = live.refresher.wanted.or(asks);
        live.refresher = match answer {
            RefreshAnswer::Granted(_) => live.refresher.settle(key),
            RefreshAnswer::Refused(_) | RefreshAnswer::Later(_) | RefreshAnswer::Unknown(_) => {
                let not_before = live.refresher.not_before;
                Refresher { not_before, ..Refresher::idle(live.refresher.key) }
            }
        };
        match answer {
            RefreshAnswer::Granted(grant) => self.take_successor(by, grant.refresh),
            RefreshAnswer::Later(wait) => {
                let until = self.asked_until(wait, now);
                self.set_not_before(until);
                self.share_wait(until, None);
            }
            RefreshAnswer::Refused(_) | RefreshAnswer::Unknown(_) => {}
        }
        if let Some(cause) = wanted {
            self.refresh(cause, now);
        }
    }

    /// The access token has been replaced by another way than the refresh token, which is worth nothing any more. All tabs
    /// are told, as of news.
    fn take_successor(&mut self, used: Option<Secret>, successor: Option<Secret>) {
        let Some(session) = self.session_mut() else { return };
        if successor.is_some() && session.refresh == used && successor != used {
            session.refresh = successor;
            session.token.from_wall = Wall(session.token.from_wall.0.saturating_add(1));
            self.announce_token();
        }
    }

    /// Until when to wait where the server asked for it: a little longer, so that not all come back at once.
    pub(super) fn asked_until(&mut self, wait: Duration, now: Moment) -> Moment {
        let spread = (wait / LATER_SPREAD_SHARE).clamp(MIN_LATER_SPREAD, RETRY_CAP);
        now + wait + self.random.up_to(spread)
    }

    /// Waits for as long as the server asks, and never less than after a failure: a server may ask for nothing at all. The
    /// pause at the end of a round is our own, and does not stand for the server's wish: that wait never ends early.
    fn refresh_put_off(&mut self, wait: Duration, cause: RefreshCause, now: Moment) {
        let Some(live) = self.live_mut() else { return };
        let failures = live.refresher.failures;
        live.refresher.failures = failures.saturating_add(1);
        let until = self.asked_until(wait, now).max(now + self.pause(failures).min(RETRY_CAP));
        self.ask_otherwise(now);
        self.outbox.push_back(Output::Say(Line::RefreshLater { wait_s: wait.as_secs() }));
        self.set_refresh_phase(RefreshPhase::Waiting { until, cause, why: Wait::ServerAsked });
        self.note(Happened::RefreshLater { until: self.timeline.wall(until) });
        self.share_wait(until, None);
    }

    /// Waits before the next attempt: exponential backoff with full jitter, for as long as it takes.
    pub(super) fn refresh_failed(&mut self, doubt: Doubt, cause: RefreshCause, now: Moment) {
        let Some(live) = self.live_mut() else { return };
        let failures = live.refresher.failures;
        live.refresher.failures = failures.saturating_add(1);
        live.refresher.trouble = Some(doubt);
        self.take_as_known();
        let until = now + self.pause(failures);
        self.outbox.push_back(Output::Say(Line::RefreshFailed(doubt)));
        self.set_refresh_phase(RefreshPhase::Waiting { until, cause, why: Wait::Backoff(doubt) });
        self.note(Happened::RefreshFailed { why: doubt, retry_at: self.timeline.wall(until) });
        self.share_wait(until, Some(doubt));
    }

    /// How long to wait after a failure that so many came before: at the end of a round until the next check. While the
    /// device says that it has no network, the longest pause: it may be wrong, but an attempt has little hope.
    fn pause(&mut self, failures: u32) -> Duration {
        if self.offline {
            return RETRY_CAP - self.random.up_to(RETRY_CAP / OFFLINE_SPREAD_SHARE);
        }
        match self.settings.attempts_per_round.map(NonZeroU32::get) {
            Some(round) if failures % round == round - 1 => {
                self.settings.check_interval + self.random.up_to(MIN_LATER_SPREAD)
            }
            Some(round) => self.backoff(failures % round),
            None => self.backoff(failures),
        }
    }

    /// How long to wait after so many failures.
    pub(super) fn backoff(&mut self, failures: u32) -> Duration {
        let doublings = 2_u32.saturating_pow(failures.min(16));
        let ceiling = self.settings.retry_delay.saturating_mul(doublings).min(RETRY_CAP);
        self.random.up_to(ceiling).max(MIN_RETRY)
    }

    fn share_wait(&mut self, until: Moment, why: Option<Doubt>) {
        let (at, until) = (self.timeline.wall(self.timeline.now()), self.timeline.wall(until));
        if let Some(session) = self.live().filter(|live| !live.is_guess).map(|live| live.key) {
            self.broadcast(MessageBody::Waiting { session, at, until, why });
        }
    }

    fn attempt_key(&mut self) -> Option<IdempotencyKey> {
        let live = self.live_mut()?;
        let first = IdempotencyKey::first(live.key);
        Some(*live.refresher.key.get_or_insert(first))
    }

    fn set_not_before(&mut self, until: Moment) {
        if let Some(live) = self.live_mut() {
            live.refresher.not_before = Some(until);
        }
    }

    fn set_refresh_phase(&mut self, phase: RefreshPhase) {
        if let Some(live) = self.live_mut() {
            live.refresher.phase = phase;
        }
    }
}

/// The longest wait between two attempts: a person who comes back within a minute finds the session fresh.
const RETRY_CAP: Duration = Duration::from_secs(60);

/// Devices that lost their network together spread by a tenth of the pause.
const OFFLINE_SPREAD_SHARE: u32 = 10;

/// Full jitter may draw zero; a server that fails in a millisecond is not asked a thousand times a second.
const MIN_RETRY: Duration = Duration::from_millis(200);

/// Everyone who was told the same `Retry-After` spreads over a tenth of it, later only.
const LATER_SPREAD_SHARE: u32 = 10;

/// A short `Retry-After` is spread over a second at least.
const MIN_LATER_SPREAD: Duration = Duration::from_secs(1);
