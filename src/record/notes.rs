//! What the engine says, as entries.

use perennial_session::{Happened, RefreshCause, SignOutReason, Wall};

use super::{Entry, Outcome, What};

/// What has been begun in this tab and has not come to its end.
#[derive(Debug, Default)]
pub struct Notes {
    sent: Option<(Wall, RefreshCause)>,
}

impl Notes {
    /// What is to be written down of something that happened then, where the token of now lives so long.
    ///
    /// What another tab did is written down there. That live connections took a new token is part of its refresh.
    pub fn note(&mut self, at: Wall, happened: Happened, token_ms: Option<u64>) -> Vec<Entry> {
        let what = match happened {
            Happened::RefreshSent { cause, .. } => {
                self.sent = Some((at, cause));
                return Vec::new();
            }
            // The attempt is made again, by this page or the next, and noted there.
            Happened::RefreshCutOff => {
                self.sent = None;
                return Vec::new();
            }
            Happened::Refreshed { cause: RefreshCause::OtherTab, .. } | Happened::SocketsRenewed(_) => {
                return Vec::new();
            }
            Happened::Refreshed { cause, took } => {
                self.sent = None;
                let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
                What::Refresh { cause, took_ms, outcome: Outcome::Granted { token_ms } }
            }
            Happened::RefreshFailed { why, retry_at } => self.ended(at, Outcome::Failed { why, retry_at }),
            Happened::RefreshLater { until } => self.ended(at, Outcome::Later { until }),
            Happened::SignedOut(reason) => {
                let is_refused = matches!(reason, SignOutReason::Refused(_)) && self.sent.is_some();
                let refused = is_refused.then(|| self.ended(at, Outcome::Refused));
                self.sent = None;
                return refused
                    .into_iter()
                    .chain([What::SignedOut(reason)])
                    .map(|what| Entry { at, what })
                    .collect();
            }
            Happened::Started => What::Started,
            Happened::SignedIn => What::SignedIn { token_ms },
            Happened::SignInFailed(failure) => What::SignInFailed(failure),
            Happened::Suspected => What::Suspected,
            Happened::ValidationFailed(doubt) => What::ValidationFailed(doubt),
            Happened::SignOutTold => What::SignOutTold,
            Happened::SignOutUntold(doubt) => What::SignOutUntold(doubt),
            Happened::AccountChanged => What::AccountChanged,
            Happened::WentOffline => What::WentOffline,
            Happened::CameOnline => What::CameOnline,
            Happened::Slept(time) => What::Slept(millis(time)),
            Happened::ClockDoubted(time) => What::ClockDoubted(millis(time)),
            Happened::ClockWasSet(time) => What::ClockWasSet(millis(time)),
        };
        vec![Entry { at, what }]
    }

    /// An attempt that brought no token. Nobody says what had caused one that was not seen to begin; it is then taken
    /// for the usual.
    fn ended(&mut self, at: Wall, outcome: Outcome) -> What {
        let (sent, cause) = self.sent.take().unwrap_or((at, RefreshCause::Scheduled));
        What::Refresh { cause, took_ms: at.0.saturating_sub(sent.0), outcome }
    }
}

fn millis(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use perennial_session::{Doubt, Refusal};
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn an_attempt_that_failed_knows_its_cause_and_how_long_it_took() {
        let mut notes = Notes::default();
        let sent = Happened::RefreshSent { cause: RefreshCause::Manual, failures: 0 };
        assert!(notes.note(Wall(1_000), sent, None).is_empty());
        let failed = Happened::RefreshFailed { why: Doubt::Network, retry_at: Wall(9_000) };
        let outcome = Outcome::Failed { why: Doubt::Network, retry_at: Wall(9_000) };
        let what = What::Refresh { cause: RefreshCause::Manual, took_ms: 250, outcome };
        assert_eq!(notes.note(Wall(1_250), failed, None), [Entry { at: Wall(1_250), what }]);
    }

    #[test]
    fn an_attempt_that_ended_with_its_page_is_no_refresh() {
        let mut notes = Notes::default();
        let sent = |failures| Happened::RefreshSent { cause: RefreshCause::Scheduled, failures };
        for happened in [sent(0), Happened::RefreshCutOff] {
            assert!(notes.note(Wall(1_000), happened, None).is_empty());
        }
        // Nor is it the one that a later refusal of the session was the answer to.
        let reason = SignOutReason::Refused(Refusal::Expired);
        let said = notes.note(Wall(2_000), Happened::SignedOut(reason), None);
        assert_eq!(said, [Entry { at: Wall(2_000), what: What::SignedOut(reason) }]);
        // Where it is made again, the time until it failed counts from then.
        let why = Doubt::Network;
        let failed = Happened::RefreshFailed { why, retry_at: Wall(9_000) };
        for happened in [sent(0), Happened::RefreshCutOff] {
            assert!(notes.note(Wall(3_000), happened, None).is_empty());
        }
        assert!(notes.note(Wall(8_000), sent(0), None).is_empty());
        let outcome = Outcome::Failed { why, retry_at: Wall(9_000) };
        let what = What::Refresh { cause: RefreshCause::Scheduled, took_ms: 250, outcome };
        assert_eq!(notes.note(Wall(8_250), failed, None), [Entry { at: Wall(8_250), what }]);
    }

    #[test]
    fn a_refusal_is_the_end_of_the_refresh_and_of_the_session() {
        let mut notes = Notes::default();
        drop(notes.note(Wall(0), Happened::RefreshSent { cause: RefreshCause::Restore, failures: 0 }, None));
        let reason = SignOutReason::Refused(Refusal::Revoked);
        let said: Vec<_> = notes.note(Wall(7), Happened::SignedOut(reason), None);
        let outcome = Outcome::Refused;
        assert_eq!(said[0].what, What::Refresh { cause: RefreshCause::Restore, took_ms: 7, outcome });
        assert_eq!(said[1].what, What::SignedOut(reason));
    }

    #[test]
    fn what_another_tab_did_is_not_written_down_twice() {
        let heard = Happened::Refreshed { cause: RefreshCause::OtherTab, took: Duration::ZERO };
        assert!(Notes::default().note(Wall(0), heard, Some(1)).is_empty());
    }
}
