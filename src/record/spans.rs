//! Lengths of time that entries tell of.

use perennial_session::Wall;

use super::{Entry, Outcome, What};

/// A length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// When it began.
    pub from: Wall,
    /// When it ended, or will end.
    pub until: Wall,
}

impl Span {
    /// How long it is.
    #[must_use]
    pub fn ms(self) -> u64 {
        self.until.0.saturating_sub(self.from.0)
    }
}

/// When there was no network, as far as a page was there to see: a span ends at the next sign of a network, and where
/// the page was closed before that, at the last that it saw.
#[must_use]
pub fn offline(entries: &[Entry], now: Wall) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut open: Option<Wall> = None;
    for (index, entry) in entries.iter().enumerate() {
        match entry.what {
            What::WentOffline => open = open.or(Some(entry.at)),
            What::CameOnline
            | What::SignedIn { .. }
            | What::Refresh {
                outcome: Outcome::Granted { .. } | Outcome::Later { .. } | Outcome::Refused,
                ..
            } => {
                spans.extend(open.take().map(|from| Span { from, until: entry.at }));
            }
            What::Started if !starts_offline(entries, entry.at) => {
                let seen = index.checked_sub(1).map_or(entry.at, |before| entries[before].at);
                spans.extend(open.take().map(|from| Span { from, until: seen }));
            }
            What::Started
            | What::Refresh { .. }
            | What::SignInFailed(_)
            | What::Suspected
            | What::ValidationFailed(_)
            | What::SignedOut(_)
            | What::SignOutTold
            | What::SignOutUntold(_)
            | What::AccountChanged
            | What::Slept(_)
            | What::ClockDoubted(_)
            | What::ClockWasSet(_) => {}
        }
    }
    spans.extend(open.map(|from| Span { from, until: now }));
    spans
}

/// When refreshes failed: from the first that brought nothing until one did, or the session ended.
#[must_use]
pub fn trouble(entries: &[Entry], now: Wall) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut open: Option<Wall> = None;
    for entry in entries {
        match entry.what {
            What::Refresh { took_ms, outcome: Outcome::Failed { .. }, .. } => {
                open = open.or(Some(Wall(entry.at.0.saturating_sub(took_ms))));
            }
            What::Refresh { outcome: Outcome::Granted { .. } | Outcome::Refused, .. }
            | What::SignedIn { .. }
            | What::SignedOut(_) => {
                spans.extend(open.take().map(|from| Span { from, until: entry.at }));
            }
            // A server that wants to be asked later has given nothing yet, and has not failed either.
            What::Refresh { outcome: Outcome::Later { .. }, .. }
            | What::Started
            | What::SignInFailed(_)
            | What::Suspected
            | What::ValidationFailed(_)
            | What::SignOutTold
            | What::SignOutUntold(_)
            | What::AccountChanged
            | What::WentOffline
            | What::CameOnline
            | What::Slept(_)
            | What::ClockDoubted(_)
            | What::ClockWasSet(_) => {}
        }
    }
    spans.extend(open.map(|from| Span { from, until: now }));
    spans
}

/// The lives of the tokens, each until the next replaced it. The last may reach into the future; one of which nobody
/// knows how long it lives reaches until now.
#[must_use]
pub fn tokens(entries: &[Entry], now: Wall) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for entry in entries {
        let (took_ms, token_ms) = match entry.what {
            What::Refresh { took_ms, outcome: Outcome::Granted { token_ms }, .. } => (took_ms, token_ms),
            What::SignedIn { token_ms } => (0, token_ms),
            What::SignedOut(_) => {
                end_last(&mut spans, entry.at);
                continue;
            }
            What::Started
            | What::Refresh { .. }
            | What::SignInFailed(_)
            | What::Suspected
            | What::ValidationFailed(_)
            | What::SignOutTold
            | What::SignOutUntold(_)
            | What::AccountChanged
            | What::WentOffline
            | What::CameOnline
            | What::Slept(_)
            | What::ClockDoubted(_)
            | What::ClockWasSet(_) => continue,
        };
        let from = Wall(entry.at.0.saturating_sub(took_ms));
        end_last(&mut spans, from);
        let until = token_ms.map_or(now, |token_ms| Wall(from.0.saturating_add(token_ms)));
        spans.push(Span { from, until: until.max(from) });
    }
    spans
}

fn end_last(spans: &mut [Span], at: Wall) {
    if let Some(last) = spans.last_mut() {
        last.until = last.until.min(at).max(last.from);
    }
}

/// A page that is loaded without a network says so in the same moment.
fn starts_offline(entries: &[Entry], at: Wall) -> bool {
    entries.iter().any(|entry| entry.what == What::WentOffline && entry.at.0.abs_diff(at.0) <= SAME_MOMENT_MS)
}

const SAME_MOMENT_MS: u64 = 1_000;

#[cfg(test)]
mod tests {
    use perennial_session::{Doubt, RefreshCause, SignOutReason};
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn at(at: u64, what: What) -> Entry {
        Entry { at: Wall(at), what }
    }

    fn refresh(outcome: Outcome) -> What {
        What::Refresh { cause: RefreshCause::Scheduled, took_ms: 10, outcome }
    }

    fn span(from: u64, until: u64) -> Span {
        Span { from: Wall(from), until: Wall(until) }
    }

    #[test]
    fn a_device_is_offline_until_it_says_otherwise_or_an_answer_comes() {
        let entries = [
            at(1_000, What::WentOffline),
            at(5_000, What::CameOnline),
            at(6_000, What::WentOffline),
            at(9_000, refresh(Outcome::Granted { token_ms: None })),
            at(9_500, What::WentOffline),
        ];
        assert_eq!(
            offline(&entries, Wall(9_900)),
            [span(1_000, 5_000), span(6_000, 9_000), span(9_500, 9_900)]
        );
    }

    #[test]
    fn a_page_that_was_closed_offline_saw_no_more_of_it() {
        let entries = [
            at(1_000, What::WentOffline),
            at(2_000, What::Suspected),
            at(90_000, What::Started),
            at(91_500, What::Suspected),
        ];
        assert_eq!(offline(&entries, Wall(95_000)), [span(1_000, 2_000)]);
        let still = [at(1_000, What::WentOffline), at(90_000, What::Started), at(90_001, What::WentOffline)];
        assert_eq!(offline(&still, Wall(95_000)), [span(1_000, 95_000)]);
    }

    #[test]
    fn trouble_lasts_from_the_first_failed_attempt_to_the_next_token() {
        let failed = refresh(Outcome::Failed { why: Doubt::Network, retry_at: Wall(0) });
        let entries = [
            at(1_000, failed),
            at(3_000, failed),
            at(4_000, refresh(Outcome::Granted { token_ms: None })),
            at(5_000, failed),
        ];
        assert_eq!(trouble(&entries, Wall(6_000)), [span(990, 4_000), span(4_990, 6_000)]);
    }

    #[test]
    fn that_the_server_wants_to_be_asked_later_neither_ends_trouble_nor_begins_it() {
        let failed = refresh(Outcome::Failed { why: Doubt::Network, retry_at: Wall(0) });
        let later = refresh(Outcome::Later { until: Wall(3_500) });
        let entries = [
            at(500, later),
            at(1_000, failed),
            at(3_000, later),
            at(4_000, refresh(Outcome::Granted { token_ms: None })),
        ];
        assert_eq!(trouble(&entries, Wall(6_000)), [span(990, 4_000)]);
    }

    #[test]
    fn a_token_lives_until_it_is_replaced_or_the_session_ends() {
        let granted = refresh(Outcome::Granted { token_ms: Some(1_000) });
        let entries = [
            at(100, What::SignedIn { token_ms: Some(1_000) }),
            at(910, granted),
            at(5_010, granted),
            at(5_500, What::SignedOut(SignOutReason::ByPerson)),
            at(8_010, granted),
        ];
        let lives = tokens(&entries, Wall(8_100));
        assert_eq!(lives, [span(100, 900), span(900, 1_900), span(5_000, 5_500), span(8_000, 9_000)]);
    }
}
