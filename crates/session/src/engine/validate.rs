//! Asking the server about the session, and what its answer means.

use core::time::Duration;

use crate::{
    CallKind, Doubt, Happened, Line, Moment, Output, RefreshCause, Refusal, SignOutReason, ValidateAnswer,
    engine::Engine,
    state::{Purpose, Validation},
};

impl Engine {
    /// Asks about the current token, or joins the question that is under way. A token that has expired, or may have, is
    /// shown to nobody: the one that replaces it is, in its place.
    pub(super) fn validate(&mut self, purpose: Purpose, now: Moment) {
        let is_in_doubt = self.is_in_clock_doubt();
        let Some(session) = self.session_mut() else { return };
        session.last_check = now;
        if session.token.is_expired(now) || is_in_doubt {
            session.confirm = true;
            return;
        }
        let generation = session.token.generation;
        let access = session.token.access.clone();
        match &mut session.validation {
            Some(validation) if validation.generation == generation => {
                if purpose == Purpose::Verdict {
                    validation.purpose = Purpose::Verdict;
                }
                return;
            }
            Some(validation) => {
                let call = validation.flight.call;
                self.outbox.push_back(Output::Abort(call));
            }
            None => {}
        }
        let flight = self.send(CallKind::Validate { access }, now);
        if let Some(session) = self.session_mut() {
            session.validation = Some(Validation { flight, generation, purpose });
        }
    }

    pub(super) fn validate_answered(&mut self, answer: ValidateAnswer, now: Moment) {
        let Some(session) = self.session_mut() else { return };
        let Some(validation) = session.validation.take() else { return };
        if validation.generation != session.token.generation {
            // It speaks of a token that has been replaced since, and of what was known then.
            self.deliver_judged();
            return;
        }
        match answer {
            ValidateAnswer::Valid { account, session_lifetime } => {
                session.unconfirmed = None;
                if account.as_ref().is_none_or(|account| account.id == session.account.id) {
                    session.account = account.unwrap_or_else(|| session.account.clone());
                    let ends_at = session_lifetime.map(|lifetime| validation.flight.sent_at + lifetime);
                    session.ends_at = later_told(session.ends_at, ends_at);
                }
                self.deliver_judged();
            }
            ValidateAnswer::Unauthorized(refusal) => self.unauthorized(validation.purpose, refusal, now),
            ValidateAnswer::Unknown(doubt) => self.validate_failed(doubt),
        }
    }

    /// Keeps the session: an answer that decides nothing ends nothing.
    fn validate_failed(&mut self, doubt: Doubt) {
        if let Some(session) = self.session_mut() {
            session.unconfirmed = Some(doubt);
        }
        self.note(Happened::ValidationFailed(doubt));
        self.outbox.push_back(Output::Say(Line::ValidationFailed(doubt)));
        self.deliver_judged();
    }

    /// A token that has expired while the question was on its way, or may have, may have been refused for no more than
    /// that, and nothing is settled.
    fn unauthorized(&mut self, purpose: Purpose, refusal: Refusal, now: Moment) {
        let has_expired = self.session().is_some_and(|session| session.token.may_have_expired(now));
        match purpose {
            Purpose::Verdict if !has_expired => {
                // The token is refused; the credential that refreshes it may not be, and must not stay behind.
                let access = self.session().map(|session| session.token.access.clone());
                self.end(SignOutReason::Refused(refusal), now);
                self.revoke(None, access, now);
            }
            Purpose::Verdict | Purpose::Heartbeat => {
                if let Some(session) = self.session_mut() {
                    session.confirm = true;
                }
                self.note(Happened::Suspected);
                self.refresh(RefreshCause::ValidationRefused, now);
            }
        }
    }
}

/// When the session ends, as it was told again. It is told in whole seconds from a moment that is not known exactly; what
/// seems to move by less has not moved.
fn later_told(known: Option<Moment>, told: Option<Moment>) -> Option<Moment> {
    let differs = |known: Moment, told: Moment| known.since(told).max(told.since(known)) > END_TOLERANCE;
    match (known, told) {
        (Some(known), Some(told)) if !differs(known, told) => Some(known),
        (known, told) => told.or(known),
    }
}

const END_TOLERANCE: Duration = Duration::from_secs(2);
