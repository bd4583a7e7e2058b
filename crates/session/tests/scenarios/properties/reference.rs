//! A model of a session's end, far simpler than the engine: it knows when the person was last active, which limits
//! the server told, and what was refused.

use std::time::Duration;

use perennial_session::{
    AccessBy, CallKind, GrantStore, RefreshBy, Refusal, Settings, SignOutReason, Status,
};

use super::happening::{Happening, Reply};
use crate::world::World;

pub(super) struct Reference {
    settings: Settings,
    now: Duration,
    last_activity: Duration,
    kept: bool,
    /// The absolute limits that the server has told since somebody signed in.
    limits: Vec<Duration>,
    /// A token was refused that a refresh had just brought, or a validation was: the next word may be the last.
    is_suspected: bool,
    /// A token came in a header after the refresh on its way was sent: its refusal decides nothing.
    is_overtaken: bool,
    /// Somebody signed in for a cookie that authorises, and the server has not said since that it sees it.
    is_untried: bool,
    refreshes: usize,
    header_tokens: usize,
    /// Somebody has written into the store in which grants are kept, so that anything may be missing there.
    is_altered: bool,
}

/// What is known before something happens.
pub(super) struct Before {
    status: Status,
    answered: Option<CallKind>,
    age: Duration,
    refused_again: bool,
}

impl Reference {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            settings,
            now: Duration::ZERO,
            last_activity: Duration::ZERO,
            kept: false,
            limits: Vec::new(),
            is_suspected: false,
            is_overtaken: false,
            is_untried: false,
            refreshes: 0,
            header_tokens: 0,
            is_altered: false,
        }
    }

    pub(super) fn look(&self, happening: &Happening, world: &World, number: u64) -> Before {
        let answered = happening.answered(world);
        let refused_again = matches!(happening, Happening::Refuse { ago }
            if world.fate(number.saturating_sub(*ago)).last().is_some_and(|it| it.starts_with("replay")));
        Before {
            status: world.snapshot().status,
            age: answered.map_or(Duration::ZERO, |(call, _)| world.age_of(call)),
            answered: answered.map(|(_, kind)| kind.clone()),
            refused_again,
        }
    }

    pub(super) fn judge(&mut self, happening: &Happening, before: &Before, world: &World) {
        self.now += happening.length();
        if let Happening::Alter(_) = happening {
            // What is on its way was sent with what was there before.
            (self.is_altered, self.is_overtaken) = (true, true);
        }
        self.is_suspected |= before.refused_again;
        let after = world.snapshot().status;
        let was_live = is_live(&before.status);
        self.take_limit(happening, before);
        self.take_activity(happening, before, world);
        if let (Status::SignedIn { account: old, .. }, Status::SignedIn { account: new, .. }) =
            (&before.status, &after)
            && old.id != new.id
            // Whose the store says they are comes with the activity that it says.
            && !matches!(happening, Happening::Alter(_) | Happening::Restart)
        {
            (self.last_activity, self.kept) = (self.now, false);
        }
        if let (true, Status::SignedOut { reason }) = (was_live, &after) {
            self.justify(*reason, happening, before);
        }
        if !was_live && is_live(&after) {
            assert!(matches!(before.answered, Some(CallKind::SignIn(_))), "signed in by {happening:?}");
        }
        if is_live(&after) {
            assert!(self.kept || self.idle() < self.settings.inactivity_limit, "idle, and still signed in");
            assert!(*happening != Happening::SignOut, "signed out, and still signed in");
            let refused = is_refused(happening).is_some()
                && matches!(before.answered, Some(CallKind::Refresh { .. }))
                && !self.is_overtaken;
            assert!(!refused, "refused, and still signed in");
        }
        if is_refused(happening).is_some() && matches!(before.answered, Some(CallKind::Validate { .. })) {
            self.is_suspected = true;
        }
        self.take_trial(happening, before);
        self.count(world, *happening == Happening::Restart);
    }

    fn justify(&self, reason: Option<SignOutReason>, happening: &Happening, before: &Before) {
        let is_justified = match reason {
            // There was nothing to end: the browser did not keep the cookie.
            None => {
                let is_missed = match before.answered {
                    Some(CallKind::Validate { .. }) => is_refused(happening).is_some(),
                    Some(CallKind::Refresh { .. }) => is_refused(happening) == Some(Refusal::Missing),
                    Some(CallKind::SignIn(_) | CallKind::SignOut { .. } | CallKind::Clock) | None => false,
                };
                self.is_untried && is_missed
            }
            Some(SignOutReason::ByPerson) => *happening == Happening::SignOut,
            Some(SignOutReason::Inactivity) => !self.kept && self.idle() >= self.settings.inactivity_limit,
            Some(SignOutReason::AbsoluteLimit) => self.limits.iter().any(|limit| *limit <= self.now),
            Some(SignOutReason::Refused(refusal)) => {
                let decides = match before.answered {
                    Some(CallKind::Refresh { .. }) => true,
                    Some(CallKind::Validate { .. }) => self.is_suspected || self.is_untried,
                    Some(CallKind::SignIn(_) | CallKind::SignOut { .. } | CallKind::Clock) | None => false,
                };
                let is_lost = (*happening == Happening::Restart && !self.outlives_page()) || self.is_altered;
                // A cookie may be wanting, and the server gave no reason.
                let may_be_wanting =
                    refusal == Refusal::Untried && self.settings.refresh_by == RefreshBy::Cookie;
                let said = if may_be_wanting { Refusal::Unspecified } else { refusal };
                (is_lost && refusal == Refusal::Missing) || (decides && is_refused(happening) == Some(said))
            }
        };
        assert!(is_justified, "signed out for {reason:?} by {happening:?}");
    }

    fn take_trial(&mut self, happening: &Happening, before: &Before) {
        let is_good = matches!(happening, Happening::Answer { reply: Reply::Good { .. }, .. });
        self.is_untried = match before.answered {
            Some(CallKind::SignIn(_)) if is_good => self.settings.access_by == AccessBy::Cookie,
            Some(CallKind::Validate { .. } | CallKind::Refresh { .. }) if is_good => false,
            Some(_) | None => self.is_untried && *happening != Happening::Restart,
        };
    }

    fn take_limit(&mut self, happening: &Happening, before: &Before) {
        let Happening::Answer { reply: Reply::Good { session: Some(length), .. }, .. } = happening else {
            return;
        };
        self.limits.push((self.now + *length).saturating_sub(before.age));
    }

    fn take_activity(&mut self, happening: &Happening, before: &Before, world: &World) {
        let is_asked = matches!(before.status, Status::SignedIn { .. })
            && !self.kept
            && self.idle() + self.settings.inactivity_warning >= self.settings.inactivity_limit;
        if *happening == Happening::Extend || (*happening == Happening::Activity && !is_asked) {
            self.last_activity = self.now;
        }
        if let (Some(CallKind::SignIn(form)), Happening::Answer { reply: Reply::Good { session, .. }, .. }) =
            (&before.answered, happening)
        {
            self.last_activity = self.now;
            self.kept = form.keep;
            self.is_suspected = false;
            self.limits = session.iter().map(|it| (self.now + *it).saturating_sub(before.age)).collect();
        }
        if *happening == Happening::Restart {
            if self.settings.grant_store == GrantStore::None {
                self.limits.clear();
            }
            self.is_suspected = false;
            if let Some(record) = world.remembered_at_start() {
                let away = world.wall().0.saturating_sub(record.last_activity.0);
                self.last_activity = self.now.saturating_sub(Duration::from_millis(away));
                self.kept = record.kept;
            }
        }
    }

    /// Whether anything is left after the page by which to go on.
    fn outlives_page(&self) -> bool {
        self.settings.refresh_by == RefreshBy::Cookie || self.settings.grant_store != GrantStore::None
    }

    fn count(&mut self, world: &World, is_new: bool) {
        let refreshes = world.refreshes();
        let header_tokens =
            world.lines().iter().filter(|it| *it == "Token auto-refreshed by backend").count();
        if is_new || refreshes > self.refreshes {
            self.is_overtaken = false;
        } else if header_tokens > self.header_tokens {
            self.is_overtaken = true;
        }
        (self.refreshes, self.header_tokens) = (refreshes, header_tokens);
    }

    /// How long the person has done nothing. Time before the first moment does not count, as nobody was there.
    fn idle(&self) -> Duration {
        self.now.saturating_sub(self.last_activity)
    }
}

fn is_live(status: &Status) -> bool {
    match status {
        Status::Restoring | Status::SignedIn { .. } => true,
        Status::SignedOut { .. } => false,
    }
}

fn is_refused(happening: &Happening) -> Option<Refusal> {
    let Happening::Answer { reply: Reply::Refused(refusal), .. } = happening else { return None };
    Some(*refusal)
}
