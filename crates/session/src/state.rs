//! The states a session can be in, and the facts each of them needs.

use alloc::{boxed::Box, string::String, sync::Arc};
use core::time::Duration;

use crate::{
    Access, Account, CallId, Doubt, Ended, Few, Generation, Grant, IdempotencyKey, LastRefresh, Moment,
    RefreshCause, Secret, ServerText, SessionKey, Settings, SignInFailure, SignInForm, SignOutReason, Wall,
    access::Held, token::Token,
};

#[derive(Debug)]
pub(crate) enum State {
    /// Before [`crate::Input::Start`].
    Starting,
    SignedOut(SignedOut),
    /// There is a session, or there may be one.
    Live(Box<Live>),
}

#[derive(Debug)]
pub(crate) struct SignedOut {
    pub(crate) reason: Option<SignOutReason>,
    pub(crate) attempt: SignInAttempt,
    /// What the server said of the attempt that it refused.
    pub(crate) message: Option<ServerText>,
    /// The sign-out on its way to the server. A sign-in waits for it: its answer clears the cookie, and must not
    /// clear the next person's.
    pub(crate) revocation: Option<Box<Revocation>>,
    /// What came too late for anybody, to be given back when the sign-out on its way has ended.
    pub(crate) late: Option<Held>,
}

impl SignedOut {
    pub(crate) fn new(reason: Option<SignOutReason>) -> Self {
        Self { reason, attempt: SignInAttempt::Idle, message: None, revocation: None, late: None }
    }

    /// Starts to wait anew for a tab that has slept for so long as well.
    pub(crate) fn wait_on(&mut self, slept: Duration) {
        if let Some(Revocation { stage: RevocationStage::Locking { since }, .. }) =
            self.revocation.as_deref_mut()
        {
            *since = *since + slept;
        }
        if let SignInAttempt::Queued { since, .. } = &mut self.attempt {
            *since = *since + slept;
        }
    }
}

/// A session that is over here and that the server may not know to be.
#[derive(Debug)]
pub(crate) struct Revocation {
    /// What is left of it on the device until the server knows; `None` for what was given back.
    pub(crate) ended: Option<Ended>,
    /// What names the session to the server, beside the cookies that the browser holds.
    pub(crate) held: Held,
    pub(crate) failures: u32,
    /// Whether another tab may be at it as well. Then it is never sent without the lock.
    pub(crate) is_shared: bool,
    pub(crate) renewal: Renewing,
    /// Before when the server wants no refresh.
    pub(crate) not_before: Option<Moment>,
    /// The key of the next refresh, or of the one that is not settled yet.
    pub(crate) key: Option<IdempotencyKey>,
    pub(crate) stage: RevocationStage,
}

/// Whether a sign-out that the server did not recognise is tried again with another token. Once is enough: the server
/// knows its own token, if it knows the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Renewing {
    /// It was not needed so far.
    NotYet,
    /// A new token is asked for next.
    Wanted,
    /// It has been tried.
    Done,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum RevocationStage {
    InFlight(Flight),
    /// Asks for a token to sign out with.
    Refreshing(Flight, IdempotencyKey),
    Waiting(Moment),
    /// Waits for the lock.
    Locking {
        since: Moment,
    },
}

impl Revocation {
    pub(crate) fn flight(&self) -> Option<Flight> {
        match self.stage {
            RevocationStage::InFlight(flight) | RevocationStage::Refreshing(flight, _) => Some(flight),
            RevocationStage::Waiting(_) | RevocationStage::Locking { .. } => None,
        }
    }

    pub(crate) fn begins(ended: Option<Ended>, held: Held, stage: RevocationStage) -> Self {
        let renewal = Renewing::NotYet;
        let (not_before, key) = (None, None);
        Self { ended, held, failures: 0, is_shared: false, renewal, not_before, key, stage }
    }
}

#[derive(Debug)]
pub(crate) enum SignInAttempt {
    Idle,
    /// Waits for a sign-out on its way, and for the lock.
    Queued {
        form: Box<SignInForm>,
        since: Moment,
    },
    Pending {
        flight: Flight,
        kept: bool,
    },
    Failed(SignInFailure),
}

#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) key: SessionKey,
    pub(crate) refresher: Refresher,
    pub(crate) activity: Activity,
    /// Nothing on the device says that there was a session; it is only asked whether there is one. Where somebody has said
    /// whose, it is no guess any more.
    pub(crate) is_guess: bool,
    /// `None` while restoring: a session may be there, but nobody has said whose.
    pub(crate) session: Option<Session>,
    /// The newest token that any tab was granted, as far as this tab or the store knows.
    pub(crate) newest: Option<NewestToken>,
}

/// A token that a tab was granted, as the store tells of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NewestToken {
    /// When it was asked for, which is its name.
    pub(crate) from: Wall,
    /// Since when this tab expects another tab's message with it. `None` for a token of its own, and for one that was
    /// granted before this page was loaded: nobody sends that unasked.
    pub(crate) expected_since: Option<Moment>,
}

impl NewestToken {
    /// One of which no message is expected.
    pub(crate) fn known(from: Wall) -> Self {
        Self { from, expected_since: None }
    }

    /// One that another tab has just been granted.
    pub(crate) fn expected(from: Wall, now: Moment) -> Self {
        Self { from, expected_since: Some(now) }
    }
}

impl Live {
    /// Takes in which token the store names as the newest.
    pub(crate) fn told_of_token(&mut self, from: Option<Wall>, now: Moment) {
        if from != self.newest.map(|token| token.from) {
            self.newest = from.map(|from| NewestToken::expected(from, now));
        }
    }

    /// Waits on for the message of a tab that has slept for so long as well.
    pub(crate) fn wait_on(&mut self, slept: Duration) {
        if let Some(NewestToken { expected_since: Some(since), .. }) = &mut self.newest {
            *since = *since + slept;
        }
        if let RefreshPhase::Queued { stage: Stage::Expecting { until }, .. } = &mut self.refresher.phase {
            *until = *until + slept;
        }
    }
}

#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) account: Arc<Account>,
    pub(crate) landing: Option<String>,
    pub(crate) session_id: Option<String>,
    pub(crate) standing: Standing,
    pub(crate) token: Token,
    /// The refresh token, where script holds one.
    pub(crate) refresh: Option<Secret>,
    /// What can end the session on the server and do nothing else.
    pub(crate) ticket: Option<Secret>,
    pub(crate) ends_at: Option<Moment>,
    pub(crate) last_refresh: Option<LastRefresh>,
    pub(crate) last_check: Moment,
    pub(crate) validation: Option<Validation>,
    /// The next token is to be shown to the server once more before the matter is settled.
    pub(crate) confirm: bool,
    /// Somebody signed in here for a cookie, and the server has not seen it again yet.
    pub(crate) is_untried: bool,
    /// Why the last validation decided nothing.
    pub(crate) unconfirmed: Option<Doubt>,
    /// Endpoints that answered 401 to a token that the server itself calls good: with this token they cause no
    /// further refresh.
    pub(crate) stubborn: Few<String, ()>,
}

/// How well it is known that there is a session, and whose. Only one that is known is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The server has said so, or a tab that had asked it, or nobody could be asked.
    Known,
    /// It was found on this device.
    Found,
    /// Nobody has said whose it is, after so many vain questions.
    Nameless { asked: u32 },
}

/// A call on its way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flight {
    pub(crate) call: CallId,
    pub(crate) sent_at: Moment,
}

impl Flight {
    pub(crate) fn times_out_at(&self, settings: &Settings) -> Moment {
        self.sent_at + settings.call_timeout
    }
}

#[derive(Debug)]
pub(crate) struct Validation {
    pub(crate) flight: Flight,
    pub(crate) generation: Generation,
    pub(crate) purpose: Purpose,
}

/// What a validation is for, and so what a 401 to it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The regular look: a 401 is a suspicion.
    Heartbeat,
    /// The last word, after a refresh or a refused replay: a 401 is the end.
    Verdict,
}

#[derive(Debug)]
pub(crate) struct Refresher {
    pub(crate) phase: RefreshPhase,
    /// The key of the next attempt, or of the one that is not settled yet.
    pub(crate) key: Option<IdempotencyKey>,
    pub(crate) failures: u32,
    /// What went wrong last, until something goes right.
    pub(crate) trouble: Option<Doubt>,
    /// What the server asked for when a token came by another way: it still wants no refresh before then.
    pub(crate) not_before: Option<Moment>,
    /// Why another refresh is to follow the one that is under way for a token that has been replaced since.
    pub(crate) wanted: Option<RefreshCause>,
}

#[derive(Debug)]
pub(crate) enum RefreshPhase {
    Idle,
    /// Waits for the lock and for the other tabs.
    Queued {
        cause: RefreshCause,
        stage: Stage,
    },
    InFlight {
        flight: Flight,
        key: IdempotencyKey,
        cause: RefreshCause,
        /// What the attempt replaces; `None` while restoring.
        generation: Option<Generation>,
        /// The refresh token that was sent, where script holds one.
        by: Option<Secret>,
    },
    Waiting {
        until: Moment,
        cause: RefreshCause,
        why: Wait,
    },
}

/// How far a refresh has come that other tabs may want as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Waits for the lock, and no longer than this.
    Locking { since: Moment, until: Moment },
    /// Waits for a tab that has a newer token.
    Asking { until: Moment },
    /// Waits for the message with a token that another tab was granted, as the store says.
    Expecting { until: Moment },
}

impl Stage {
    /// Until when a refresh waits for the other tabs.
    pub(crate) fn until(self) -> Moment {
        match self {
            Self::Locking { until, .. } | Self::Asking { until } | Self::Expecting { until } => until,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// Our own patience after a failure: ends early when there is hope.
    Backoff(Doubt),
    /// The server's wish: never ends early.
    ServerAsked,
    /// The call ended with the page, which seemed to go. Ends early when the page is looked at again.
    CutOff,
}

impl Refresher {
    pub(crate) fn idle(key: Option<IdempotencyKey>) -> Self {
        Self { phase: RefreshPhase::Idle, key, failures: 0, trouble: None, not_before: None, wanted: None }
    }

    /// Until when the server wants no refresh, if it said so.
    pub(crate) fn server_asked_until(&self) -> Option<Moment> {
        match self.phase {
            RefreshPhase::Waiting { until, why: Wait::ServerAsked, .. } => Some(until),
            RefreshPhase::Waiting { .. }
            | RefreshPhase::Idle
            | RefreshPhase::Queued { .. }
            | RefreshPhase::InFlight { .. } => self.not_before,
        }
    }

    /// Takes in what another tab knows of the server's wish. Whoever waits already waits for the longest of all, so that
    /// all tabs come to write down the same.
    pub(crate) fn wait_until(&mut self, not_before: Option<Moment>) {
        self.not_before = not_before;
        if let RefreshPhase::Waiting { until, why: Wait::ServerAsked, .. } = &mut self.phase {
            *until = (*until).max(not_before.unwrap_or(*until));
        }
    }

    /// The attempt under this key is settled: the next one has the key that follows, which every tab finds by itself.
    pub(crate) fn settle(&self, used: IdempotencyKey) -> Self {
        let key = self.key.filter(|key| *key != used).unwrap_or_else(|| used.next());
        Self::idle(Some(key))
    }

    /// A token came by another way than the refresh: what was under way for the old one is settled, but for a call
    /// whose answer is still to come. Whether its attempt is settled the store tells, and may tell a moment later.
    pub(crate) fn succeed_elsewhere(&mut self) {
        if !matches!(self.phase, RefreshPhase::InFlight { .. }) {
            let not_before = self.server_asked_until();
            *self = Self { not_before, ..Self::idle(self.key) };
        }
    }

    /// Whether a refresh is under way because the server refused this token.
    pub(crate) fn in_flight_on_suspicion_of(&self, token: Generation) -> bool {
        match &self.phase {
            RefreshPhase::InFlight { cause, generation, .. } => {
                *generation == Some(token) && cause.is_suspicion()
            }
            RefreshPhase::Queued { cause, .. } => cause.is_suspicion(),
            RefreshPhase::Idle | RefreshPhase::Waiting { .. } => false,
        }
    }
}

/// How long a person has done nothing.
#[derive(Debug)]
pub(crate) struct Activity {
    pub(crate) last: Moment,
    pub(crate) kept: bool,
}

impl Activity {
    /// When the session ends for want of activity, if nothing happens.
    pub(crate) fn ends_at(&self, settings: &Settings) -> Option<Moment> {
        (!self.kept).then(|| self.last + settings.inactivity_limit)
    }

    /// When the person is asked.
    pub(crate) fn asks_at(&self, settings: &Settings) -> Option<Moment> {
        self.ends_at(settings).map(|end| end - settings.inactivity_warning.min(settings.inactivity_limit))
    }
}

impl Session {
    pub(crate) fn new(grant: Grant, token: Token, sent_at: Moment, now: Moment) -> Self {
        let is_nameless = grant.account.as_deref().is_none_or(Account::is_bare);
        Self {
            account: grant.account.unwrap_or_else(|| Arc::new(NOBODY)),
            landing: grant.landing,
            session_id: grant.session_id,
            standing: if is_nameless { Standing::Nameless { asked: 0 } } else { Standing::Known },
            token,
            refresh: grant.refresh,
            ticket: grant.sign_out_ticket,
            ends_at: grant.session_lifetime.map(|lifetime| sent_at + lifetime),
            last_refresh: None,
            last_check: now,
            validation: None,
            confirm: false,
            is_untried: false,
            unconfirmed: None,
            stubborn: Few::new(),
        }
    }

    /// When the token is to be replaced by itself.
    pub(crate) fn refresh_at(&self) -> Option<Moment> {
        self.token.refresh_at.filter(|_| !self.token.lasts_until(self.ends_at))
    }

    pub(crate) fn is_nameless(&self) -> bool {
        matches!(self.standing, Standing::Nameless { .. })
    }

    /// Whether it is known to be somebody else's.
    pub(crate) fn is_of_another(&self, account: &Account) -> bool {
        !self.account.id.is_empty() && self.account.id != account.id
    }

    /// Whether it is held by these credentials already.
    pub(crate) fn is_held_by(&self, access: &Access, refresh: Option<&Secret>) -> bool {
        self.token.access == *access && (refresh.is_none() || self.refresh.as_ref() == refresh)
    }

    /// What can be handed to the server to name this session.
    pub(crate) fn held(&self) -> Held {
        let (access, until) = (Some(self.token.access.clone()), self.token.until());
        Held { access, until, refresh: self.refresh.clone(), ticket: self.ticket.clone() }
    }

    /// Keeps what the session knew before its token was replaced and the new grant does not tell.
    pub(crate) fn inherit(&mut self, previous: Option<Self>) {
        let Some(previous) = previous else { return };
        let is_unnamed = self.account.id.is_empty();
        if self.is_nameless() && (is_unnamed || self.account.id == previous.account.id) {
            let is_nameless = previous.is_nameless();
            self.standing = if is_nameless { previous.standing } else { Standing::Known };
        }
        if is_unnamed {
            self.account = previous.account;
        } else {
            self.account = self.account.clone().or_known(&previous.account);
        }
        self.session_id = self.session_id.take().or(previous.session_id);
        self.refresh = self.refresh.take().or(previous.refresh);
        self.ticket = self.ticket.take().or(previous.ticket);
        self.landing = self.landing.take().or(previous.landing);
        self.ends_at = self.ends_at.or(previous.ends_at);
        self.last_check = previous.last_check;
        self.validation = previous.validation;
        self.confirm = previous.confirm;
    }
}

/// Whoever it is of whom nothing has been said.
const NOBODY: Account = Account { id: String::new(), name: String::new(), email: String::new(), roles: None };
