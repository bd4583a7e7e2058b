//! What goes out of the engine besides calls: the snapshot for people, the record for the device.

use alloc::boxed::Box;
use core::time::Duration;

use crate::{
    Health, Moment, Output, Record, ServerText, SignInProgress, Snapshot, Status, Wall,
    engine::Engine,
    state::{Flight, Live, RefreshPhase, Session, SignInAttempt, Stage, Standing, State, Wait},
};

impl Engine {
    pub(super) fn show(&self, now: Moment) -> Snapshot {
        self.show_with(self.status(), now)
    }

    fn show_with(&self, status: Status, now: Moment) -> Snapshot {
        let session = self.session();
        let wall = |at: Option<Moment>| at.map(|at| self.timeline.wall(at));
        Snapshot {
            status,
            health: self.health(),
            next_refresh: match self.live().map(|live| &live.refresher.phase) {
                Some(RefreshPhase::Idle) => wall(self.refresh_at()),
                Some(
                    RefreshPhase::Queued { .. }
                    | RefreshPhase::InFlight { .. }
                    | RefreshPhase::Waiting { .. },
                )
                | None => None,
            },
            token_from: wall(session.map(|it| it.token.from)),
            token_until: wall(session.and_then(|it| it.token.until())),
            last_refresh: session.and_then(|it| it.last_refresh),
            inactivity_ends: wall(
                self.live()
                    .filter(|_| self.is_asking(now))
                    .and_then(|live| live.activity.ends_at(&self.settings)),
            ),
            session_ends: wall(session.and_then(|it| it.ends_at)),
            is_sign_out_untold: self.is_sign_out_untold(),
            sign_in: self.sign_in_progress(),
            sign_in_message: self.sign_in_message().cloned(),
        }
    }

    pub(super) fn publish_if_changed(&mut self, now: Moment) {
        // Compared without the account, which would be shared with every input only to be let go again.
        let others = self.show_with(Status::Restoring, now);
        let is_shown = |it: &Snapshot| self.is_status(&it.status) && it.is_but_for_status(&others);
        if !self.published.as_deref().is_some_and(is_shown) {
            let snapshot = Box::new(Snapshot { status: self.status(), ..others });
            self.published = Some(snapshot.clone());
            self.outbox.push_back(Output::Publish(snapshot));
        }
    }

    /// Writes the record down now, where it differs from what is written.
    pub(super) fn store_record(&mut self, now: Moment) {
        if let Some(record) = self.record()
            && !self.is_stored(&record)
        {
            self.stored = Some((record, now));
            self.outbox.push_back(Output::Store(record));
        }
    }

    pub(super) fn store_if_due(&mut self, now: Moment) {
        self.store_at = self.store_due_at();
        if self.store_at.take_if(|at| *at <= now).is_some() {
            self.store_record(now);
        }
    }

    /// When the record is to be written. Activity comes with every move of the pointer, so it is written rarely, but so
    /// that a page that is closed forgets no more than that; everything else at once.
    fn store_due_at(&self) -> Option<Moment> {
        let record = self.record()?;
        let Some((stored, at)) = self.stored else { return Some(self.timeline.now()) };
        if self.is_stored(&record) {
            return None;
        }
        let only_activity = Record { last_activity: stored.last_activity, ..record } == stored;
        let interval =
            (self.settings.inactivity_limit / ACTIVITY_STORE_SHARE).min(MAX_ACTIVITY_STORE_INTERVAL);
        let forgotten_ms = record.last_activity.0.abs_diff(stored.last_activity.0);
        let is_due = !only_activity || u128::from(forgotten_ms) >= interval.as_millis();
        Some(if is_due { self.timeline.now() } else { at + interval })
    }

    /// What was written once is not written again, whether the store took it or not: a store that is full is full a
    /// moment later too.
    fn is_stored(&self, record: &Record) -> bool {
        self.stored.as_ref().is_some_and(|(stored, _)| stored == record)
    }

    fn record(&self) -> Option<Record> {
        let live = self.live()?;
        // While it is not known how much time has passed, no moment of this tab's can be told to another.
        if live.is_guess || self.is_in_clock_doubt() {
            return None;
        }
        let not_before = live.refresher.server_asked_until().filter(|until| *until > self.timeline.now());
        Some(Record {
            session: live.key,
            not_before: not_before.map(|until| self.not_before_as_stored(self.timeline.wall(until))),
            last_activity: self.timeline.wall(live.activity.last),
            kept: live.activity.kept,
            attempt: live.refresher.key,
            token_from: live.newest.map(|token| token.from),
        })
    }

    /// Tabs that were told to wait at the same time wait for a little more or less. The longest is written down, and
    /// stands: if each wrote its own, they would write over each other until the wait is over.
    fn not_before_as_stored(&self, own: Wall) -> Wall {
        let stored = self.stored.as_ref().and_then(|(record, _)| record.not_before);
        let latest = Wall(own.0.saturating_add(MAX_WAIT_SPREAD_MS));
        stored.filter(|stored| (own..=latest).contains(stored)).unwrap_or(own)
    }

    fn status(&self) -> Status {
        match &self.state {
            State::Starting => Status::Restoring,
            State::SignedOut(out) => Status::SignedOut { reason: out.reason },
            State::Live(_) if self.is_in_clock_doubt() => Status::Restoring,
            State::Live(_) => match self.known_session() {
                None => Status::Restoring,
                Some(Session { account, landing, .. }) => {
                    Status::SignedIn { account: account.clone(), landing: landing.clone() }
                }
            },
        }
    }

    /// The session, if it may be shown.
    fn known_session(&self) -> Option<&Session> {
        self.session().filter(|session| session.standing == Standing::Known)
    }

    /// Whether this is what [`Engine::status`] would say.
    fn is_status(&self, shown: &Status) -> bool {
        match (self.known_session().filter(|_| !self.is_in_clock_doubt()), shown) {
            (Some(session), Status::SignedIn { account, landing }) => {
                session.account == *account && session.landing == *landing
            }
            (Some(_), Status::Restoring | Status::SignedOut { .. }) => false,
            (None, shown) => self.status() == *shown,
        }
    }

    fn health(&self) -> Health {
        let wall = |at| self.timeline.wall(at);
        let Some(Live { refresher, session, .. }) = self.live() else { return Health::Fresh };
        if let RefreshPhase::Waiting { until, why: Wait::ServerAsked, .. } = refresher.phase {
            return Health::WaitingForServer { until: wall(until) };
        }
        if self.offline {
            return Health::Offline;
        }
        // An attempt that is under way says nothing yet: until one succeeds the trouble lasts.
        let next_try = match refresher.phase {
            RefreshPhase::Idle => None,
            RefreshPhase::Waiting { until, .. } => Some(until),
            RefreshPhase::InFlight { flight: Flight { sent_at, .. }, .. } => Some(sent_at),
            RefreshPhase::Queued {
                stage:
                    Stage::Locking { since: at, .. }
                    | Stage::Asking { until: at }
                    | Stage::Expecting { until: at },
                ..
            } => Some(at),
        };
        let unconfirmed = session.as_ref().and_then(|session| session.unconfirmed);
        match (next_try, refresher.trouble, unconfirmed) {
            (Some(at), Some(why), _) => Health::Retrying { at: wall(at), why },
            (Some(_), None, _) => Health::Refreshing,
            (None, _, Some(why)) => Health::Unconfirmed { why },
            (None, _, None) if self.is_resting() => Health::Resting,
            (None, _, None) => Health::Fresh,
        }
    }

    fn sign_in_message(&self) -> Option<&ServerText> {
        match &self.state {
            State::SignedOut(out) => out.message.as_ref(),
            State::Starting | State::Live(_) => None,
        }
    }

    fn sign_in_progress(&self) -> SignInProgress {
        match &self.state {
            State::SignedOut(out) => match &out.attempt {
                SignInAttempt::Idle => SignInProgress::Idle,
                SignInAttempt::Queued { .. } | SignInAttempt::Pending { .. } => SignInProgress::Pending,
                SignInAttempt::Failed(failure) => SignInProgress::Failed(*failure),
            },
            State::Starting | State::Live(_) => SignInProgress::Idle,
        }
    }
}

/// What a restart may forget of a person's activity: a hundredth of the limit at most.
const ACTIVITY_STORE_SHARE: u32 = 100;

/// And never more than this.
const MAX_ACTIVITY_STORE_INTERVAL: Duration = Duration::from_secs(15);

/// How far apart those may be whom the server told the same: the cap of the spread of a `Retry-After`.
const MAX_WAIT_SPREAD_MS: u64 = 60_000;
