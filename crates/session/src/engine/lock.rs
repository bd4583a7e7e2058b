//! The lock that the tabs of a browser share. Whoever makes a call that may change the cookie holds it or, where a person
//! signs out and the page may be closing, asks for it while the call leaves: whoever comes next waits for the answer.

use core::time::Duration;

use crate::{
    LockOrder, Moment, Output, RefreshCause,
    engine::Engine,
    state::{RefreshPhase, Revocation, RevocationStage, SignInAttempt, SignedOut, Stage, State},
};

/// What this tab has to do with the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lock {
    None,
    Wanted,
    Held,
}

impl Engine {
    /// Asks for the lock where it is not held yet. Returns whether it is, or whether there is none to wait for.
    pub(super) fn take_lock(&mut self) -> bool {
        if self.settings.tabs.has_lock && self.lock == Lock::None {
            self.lock = Lock::Wanted;
            self.outbox.push_back(Output::Lock(LockOrder::Request));
        }
        !self.settings.tabs.has_lock || self.lock == Lock::Held
    }

    /// Whether what has waited for the lock since then may go on. A tab that holds the lock and does not move is not
    /// waited for any longer than it could honestly need; the lock is not taken from it.
    pub(super) fn may_go(&mut self, since: Moment, now: Moment) -> bool {
        self.take_lock() || self.lock_bound(since) <= now
    }

    pub(super) fn lock_bound(&self, since: Moment) -> Moment {
        since + self.settings.call_timeout + LOCK_SLACK
    }

    pub(super) fn lock_granted(&mut self, now: Moment) {
        if self.lock != Lock::Wanted {
            // Released meanwhile; the adapter drops such a grant, and this is for one that does not.
            self.outbox.push_back(Output::Lock(LockOrder::Release));
            return;
        }
        self.lock = Lock::Held;
        let wait = self.peer_wait();
        // The tab that held the lock before told what it got before it let go; the message may still be on its way.
        match &mut self.state {
            State::Live(live) => {
                if let RefreshPhase::Queued { stage: stage @ Stage::Locking { .. }, .. } =
                    &mut live.refresher.phase
                {
                    *stage = Stage::Asking { until: now + wait };
                }
            }
            State::SignedOut(out) => {
                if let Some(Revocation { stage: RevocationStage::Locking { since }, .. }) =
                    out.revocation.as_deref_mut()
                {
                    *since = now;
                }
            }
            State::Starting => {}
        }
    }

    /// How long to wait for what other tabs have to say.
    pub(super) fn peer_wait(&self) -> Duration {
        if self.settings.tabs.has_channel { PEER_WAIT } else { Duration::ZERO }
    }

    /// Takes the lock and asks the other tabs before the server is asked.
    pub(super) fn queue_refresh(&mut self, cause: RefreshCause, now: Moment) {
        let stage = if self.take_lock() {
            Stage::Asking { until: now + PEER_WAIT }
        } else {
            // Those that wait for one tab in vain do not give up in one moment.
            let until = self.lock_bound(now) + self.random.up_to(LOCK_SPREAD);
            Stage::Locking { since: now, until }
        };
        self.say_hello();
        if let Some(live) = self.live_mut() {
            live.refresher.phase = RefreshPhase::Queued { cause, stage };
        }
    }

    /// Goes on with a refresh that has waited for the other tabs for as long as this stage lasts: asks the server, unless
    /// the store says that another tab was granted a token whose message has not come. Messages may be slower than the lock.
    pub(super) fn leave_stage(&mut self, stage: Stage, cause: RefreshCause, now: Moment) {
        match (stage, self.expects_token_until(now)) {
            (Stage::Locking { .. } | Stage::Asking { .. }, Some(until)) => {
                // The message may also be lost; the tab that sent it can say it again.
                self.say_hello();
                if let Some(live) = self.live_mut() {
                    live.refresher.phase = RefreshPhase::Queued { cause, stage: Stage::Expecting { until } };
                }
            }
            // Waited for once: the tab that was granted the token may be gone.
            (Stage::Expecting { .. }, _) | (_, None) => self.send_refresh(cause, now),
        }
    }

    /// Until when the message with a token is waited for that another tab was granted, as the store says.
    ///
    /// The wait counts from the moment at which this tab read of the token, by its own clock, so that neither the clock of
    /// the other tab nor one that was set makes it longer; and it counts once for each token, however often it is tried.
    fn expects_token_until(&self, now: Moment) -> Option<Moment> {
        let live = self.live()?;
        let newest = live.newest.filter(|_| self.settings.tabs.has_channel)?;
        let is_held = live.session.as_ref().is_some_and(|session| session.token.from_wall == newest.from);
        let until = newest.expected_since? + MESSAGE_WAIT;
        (!is_held && until > now).then_some(until)
    }

    /// Until when a way in or out waits for the other tabs, if one does.
    pub(super) fn locking_until(&self) -> Option<Moment> {
        let State::SignedOut(out) = &self.state else { return None };
        let is_free = self.lock == Lock::Held || !self.settings.tabs.has_lock;
        let leaves_at = match out.revocation.as_deref() {
            // It waits for the sign-in.
            Some(_) if matches!(out.attempt, SignInAttempt::Pending { .. }) => return None,
            Some(Revocation {
                stage: RevocationStage::InFlight(_) | RevocationStage::Refreshing(..),
                ..
            }) => return None,
            Some(&Revocation { stage: RevocationStage::Locking { since }, is_shared, .. }) => {
                if is_free {
                    Some(since + self.peer_wait())
                } else {
                    (!is_shared).then(|| self.lock_bound(since))
                }
            }
            Some(Revocation { stage: RevocationStage::Waiting(_), .. }) | None => None,
        };
        let comes_at = match out.attempt {
            SignInAttempt::Queued { since, .. } => Some(self.lock_bound(since)),
            SignInAttempt::Idle | SignInAttempt::Pending { .. } | SignInAttempt::Failed(_) => None,
        };
        [leaves_at, comes_at].into_iter().flatten().min()
    }

    /// Waits on for a tab that slept as well.
    pub(super) fn wait_on(&mut self, slept: Duration) {
        match &mut self.state {
            State::Starting => {}
            State::SignedOut(out) => out.wait_on(slept),
            State::Live(live) => live.wait_on(slept),
        }
    }

    /// Lets go of the lock when nothing here needs it any more. Runs last, after the news has been told.
    pub(super) fn settle_lock(&mut self) {
        if self.lock != Lock::None && !self.needs_lock() {
            self.lock = Lock::None;
            self.outbox.push_back(Output::Lock(LockOrder::Release));
        }
    }

    fn needs_lock(&self) -> bool {
        match &self.state {
            State::Starting => false,
            State::SignedOut(SignedOut { attempt, revocation, .. }) => {
                let is_leaving = revocation.as_ref().is_some_and(|it| match it.stage {
                    RevocationStage::Locking { .. }
                    | RevocationStage::InFlight(_)
                    | RevocationStage::Refreshing(..) => true,
                    RevocationStage::Waiting(_) => false,
                });
                let is_coming = match attempt {
                    SignInAttempt::Queued { .. } | SignInAttempt::Pending { .. } => true,
                    SignInAttempt::Idle | SignInAttempt::Failed(_) => false,
                };
                is_leaving || is_coming
            }
            State::Live(live) => match live.refresher.phase {
                RefreshPhase::Queued { .. } | RefreshPhase::InFlight { .. } => true,
                RefreshPhase::Idle | RefreshPhase::Waiting { .. } => false,
            },
        }
    }
}

/// What a tab needs beside its call to the server before it lets go of the lock.
const LOCK_SLACK: Duration = Duration::from_secs(5);

/// How much longer some wait than others.
const LOCK_SPREAD: Duration = Duration::from_secs(2);

/// How long a tab waits for another's token before it asks the server. Messages between tabs mostly take a millisecond or
/// two; a person who waits for a page does not see this.
const PEER_WAIT: Duration = Duration::from_millis(50);

/// How long a tab waits for the message with a token that another tab was granted, as the store says. WebKit was seen to take
/// 216 ms under load; a tab that was closed after it stored the grant keeps the others waiting for no longer than this.
const MESSAGE_WAIT: Duration = Duration::from_secs(1);
