//! Bugs put between an engine and its world on purpose, each as if one guard of the engine were missing: what the
//! simulator does not find there it would not find in the engine either.

use std::{sync::Arc, time::Duration};

use perennial_session::{
    Account, Answer, Call, CallId, CallKind, ClockAnswer, Deadline, Doubt, Input, MessageBody, Order, Output,
    Reading, Record, RefreshAnswer, RefreshWhen, Remembered, RequestError, Settings, SharedGrant,
    SignInAnswer, SocketError, SocketOrder, Status, Wall,
};

use crate::{
    browser::START_WALL_MS,
    server::{Question, SECRET, token_number},
    tab::{Of, Stage, Tab},
};

/// What is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plant {
    /// Answers to calls that were given up count for the calls under way.
    CommitGuard,
    /// Sleep is not seen, so the inactivity limit is not judged before something is sent.
    IdleBeforeRefresh,
    /// A tab waits for the lock for ever.
    LockBound,
    /// A wait that the server asked for is a failure like any other.
    RetryAfterFloor,
    /// A request is sent again as often as it is refused.
    ReplayOnce,
    /// The end of a session is stored, and then the session again.
    ResurrectAfterSignOut,
    /// Sign-outs in other tabs are not heard of.
    DeafToSignOut,
    /// The life of a token is told from its end and the device's clock.
    Skew,
    /// Tokens of other tabs are not taken.
    AdoptInsteadOfRefresh,
    /// The key of an attempt does not outlive the tab.
    AttemptKey,
    /// The store does not tell of a token whose message is still on its way.
    UnnamedToken,
    /// The device's clock is asked instead of the server's.
    BelieveTheClock,
    /// That the page goes is not heard of.
    DeafToLeaving,
    /// A timer that is due at once, always.
    ZeroDelay,
    /// A token is shown.
    SecretShown,
    /// A refused request of an older token counts against the current one.
    Stale401,
    /// Two refreshes at once.
    SingleFlight,
    /// A request that has waited too long is not told so.
    HoldLimit,
    /// A listener takes events as they come.
    ListenerWithoutPosition,
    /// A listener does not say how far it has come.
    ResumeFromNow,
    /// Live connections stay open when the session ends.
    LeftOpenAtSignOut,
    /// A live connection is closed as soon as another is being made.
    BreakBeforeMake,
    /// Over live connections the token is sent that was sent the last time.
    YesterdaysToken,
    /// A live connection that was lost is made again at once.
    ImpatientSockets,
    /// What is kept stays when the session ends.
    LeftInStore,
    /// What a refresh brings is not kept.
    UnkeptSuccessor,
    /// What another tab has kept is not looked at.
    BlindToKept,
    /// What is found on the device is shown at once.
    ShownUnvouched,
    /// Activity does not end a rest.
    RestWithSomebodyThere,
    /// Live connections get the new token when requests have been sent with it.
    SocketsLast,
}

impl Plant {
    /// Changes what an operator has chosen.
    pub(crate) fn settings(self, settings: Settings) -> Settings {
        match (self, settings.refresh_when) {
            (Self::RestWithSomebodyThere, RefreshWhen::Active) => {
                Settings { refresh_when: RefreshWhen::Manual, ..settings }
            }
            _ => settings,
        }
    }

    /// Changes a fact on its way in; says whether it gets there.
    pub(crate) fn input(self, input: &mut Input, reading: Reading, skew_ms: i64) -> bool {
        match (self, input) {
            (Self::DeafToSignOut, Input::Heard(message)) => {
                !matches!(message.body, MessageBody::SignedOut { .. })
            }
            (Self::AdoptInsteadOfRefresh, Input::Heard(message)) => {
                !matches!(message.body, MessageBody::Granted(_))
            }
            (Self::DeafToLeaving, Input::Leaving | Input::Left) => false,
            (Self::RetryAfterFloor, Input::Answered { answer, .. }) => {
                if matches!(answer, Answer::Refresh(RefreshAnswer::Later(_))) {
                    *answer = Answer::Refresh(RefreshAnswer::Unknown(Doubt::Status(429)));
                }
                true
            }
            (Self::BelieveTheClock, Input::Answered { answer, .. }) => {
                if matches!(answer, Answer::Clock(_)) {
                    *answer = Answer::Clock(ClockAnswer::Date(Wall(reading.wall_ms)));
                }
                true
            }
            (Self::Skew, Input::Answered { answer, .. }) => {
                let (Answer::Refresh(RefreshAnswer::Granted(grant))
                | Answer::SignIn(SignInAnswer::Granted(grant))) = answer
                else {
                    return true;
                };
                if let Some(lifetime) = grant.lifetime {
                    let ms = i64::try_from(lifetime.as_millis()).unwrap_or(i64::MAX).saturating_sub(skew_ms);
                    grant.lifetime = Some(Duration::from_millis(u64::try_from(ms).unwrap_or(0)));
                }
                true
            }
            _ => true,
        }
    }

    /// Changes an order on its way out; says whether it gets there.
    pub(crate) fn output(self, tab: &Tab, holds_lock: bool, output: &mut Output) -> bool {
        match (self, output) {
            (Self::LockBound, Output::Send(Call { kind: CallKind::Refresh { .. }, .. })) => holds_lock,
            // What was not sent cannot be given up.
            (Self::LockBound, Output::Abort(call)) => {
                tab.fetches.iter().any(|fetch| fetch.of == Of::Call(*call))
            }
            (Self::LeftInStore, Output::Discard) => false,
            (Self::UnkeptSuccessor, Output::Keep(_)) => !tab.is_signed_in(),
            (Self::ShownUnvouched, Output::Publish(snapshot)) => {
                if snapshot.status == Status::Restoring {
                    let account =
                        Account { id: "ada".into(), name: "ada".into(), email: "ada".into(), roles: None };
                    snapshot.status = Status::SignedIn { account: Arc::new(account), landing: None };
                }
                true
            }
            (Self::HoldLimit, Output::Request(_, Order::Fail(RequestError::Unavailable))) => false,
            (
                Self::LeftOpenAtSignOut,
                Output::Socket(_, SocketOrder::Close(_) | SocketOrder::Fail(SocketError::SignedOut)),
            ) => !matches!(tab.engine.snapshot().status, Status::SignedOut { .. }),
            (Self::ZeroDelay, Output::Timeout(Some(Deadline { after, .. }))) => {
                *after = Duration::ZERO;
                true
            }
            (Self::SecretShown, Output::Publish(snapshot)) => {
                if let Status::SignedIn { account, .. } = &mut snapshot.status {
                    Arc::make_mut(account).name = format!("{SECRET}0");
                }
                true
            }
            (Self::ReplayOnce, Output::Request(id, order)) => {
                let stage = tab.requests.get(&id.0).map(|request| request.stage);
                if *order == Order::Deliver
                    && stage == Some(Stage::RefusedTwice)
                    && let Some(credential) = &tab.credential
                {
                    *order = Order::Replay(credential.clone());
                }
                true
            }
            _ => true,
        }
    }

    /// Changes what the store says.
    pub(crate) fn recall(self, remembered: Remembered) -> Remembered {
        match (self, remembered) {
            (Self::DeafToSignOut, Remembered::Ended(_)) => Remembered::Nothing,
            (Self::AttemptKey, Remembered::Session(record)) => {
                Remembered::Session(Record { attempt: None, ..record })
            }
            (Self::UnnamedToken, Remembered::Session(record)) => {
                Remembered::Session(Record { token_from: None, ..record })
            }
            (_, remembered) => remembered,
        }
    }

    /// Changes what a tab reads of what is kept.
    pub(crate) fn recall_grant(self, tab: &Tab, kept: Option<SharedGrant>) -> Option<SharedGrant> {
        let is_newer = |kept: &SharedGrant| token_number(&kept.access) > tab.seen.token;
        let is_blind = self == Self::BlindToKept && tab.is_signed_in();
        kept.filter(|kept| !(is_blind && is_newer(kept)))
    }

    /// Changes what the clocks say.
    pub(crate) fn reading(self, reading: Reading) -> Reading {
        if self != Self::IdleBeforeRefresh {
            return reading;
        }
        Reading { wall_ms: START_WALL_MS + reading.monotonic_ms, ..reading }
    }

    /// For which call an answer counts that nobody waits for.
    pub(crate) fn forward_late(self, tab: &Tab, question: &Question) -> Option<CallId> {
        if self != Self::CommitGuard {
            return None;
        }
        tab.fetches.iter().find_map(|fetch| match (&fetch.question, question, fetch.of) {
            (Question::Refresh { .. }, Question::Refresh { .. }, Of::Call(call))
            | (Question::Validate { .. }, Question::Validate { .. }, Of::Call(call)) => Some(call),
            _ => None,
        })
    }
}
