//! What a record comes to, in numbers.

use perennial_session::{RefreshCause, Wall};

use super::{Entry, Outcome, Span, What, offline, trouble};

/// The numbers at the top of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// How often a token was asked for, or came unasked.
    pub refreshes: u64,
    /// How many of these brought one.
    pub granted: u64,
    /// Half of the tokens came within this time.
    pub p50_ms: Option<u64>,
    /// All but one in twenty came within this time.
    pub p95_ms: Option<u64>,
    /// How often the person signed in.
    pub sign_ins: u64,
    /// For how long there was no network.
    pub offline_ms: u64,
    /// The longest time without a network or in which refreshes failed.
    pub longest_outage_ms: u64,
}

/// Counts.
#[must_use]
pub fn figures(entries: &[Entry], now: Wall) -> Figures {
    let mut figures = Figures::default();
    let mut latencies = Vec::new();
    for entry in entries {
        match entry.what {
            What::Refresh { cause, took_ms, outcome } => {
                figures.refreshes += 1;
                if matches!(outcome, Outcome::Granted { .. }) {
                    figures.granted += 1;
                    // A token that came with another answer took no time of its own.
                    if cause != RefreshCause::Header {
                        latencies.push(took_ms);
                    }
                }
            }
            What::SignedIn { .. } => figures.sign_ins += 1,
            What::Started
            | What::SignInFailed(_)
            | What::Suspected
            | What::ValidationFailed(_)
            | What::SignedOut(_)
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
    latencies.sort_unstable();
    figures.p50_ms = percentile(&latencies, 50);
    figures.p95_ms = percentile(&latencies, 95);
    let mut outages = offline(entries, now);
    figures.offline_ms = outages.iter().map(|span| span.ms()).sum();
    outages.extend(trouble(entries, now));
    figures.longest_outage_ms = joined(outages).into_iter().map(Span::ms).max().unwrap_or(0);
    figures
}

/// The smallest value that so many in a hundred do not exceed (nearest rank).
fn percentile(sorted: &[u64], percent: usize) -> Option<u64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

/// Spans that overlap are one outage.
fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by_key(|span| span.from);
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.from <= last.until => last.until = last.until.max(span.until),
            Some(_) | None => joined.push(span),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use perennial_session::Doubt;
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn refresh(at: u64, took_ms: u64, outcome: Outcome) -> Entry {
        Entry { at: Wall(at), what: What::Refresh { cause: RefreshCause::Scheduled, took_ms, outcome } }
    }

    #[test]
    fn the_figures_count_what_happened() {
        let granted = Outcome::Granted { token_ms: None };
        let failed = Outcome::Failed { why: Doubt::Network, retry_at: Wall(0) };
        let mut entries: Vec<Entry> = (1..=20).map(|n| refresh(n * 100, n, granted)).collect();
        entries.push(refresh(3_000, 0, failed));
        entries.push(Entry { at: Wall(3_500), what: What::WentOffline });
        entries.push(Entry { at: Wall(5_000), what: What::CameOnline });
        entries.push(refresh(5_200, 9, granted));
        entries.push(Entry { at: Wall(5_300), what: What::SignedIn { token_ms: None } });
        let figures = figures(&entries, Wall(6_000));
        assert_eq!((figures.refreshes, figures.granted, figures.sign_ins), (22, 21, 1));
        assert_eq!((figures.p50_ms, figures.p95_ms), (Some(10), Some(19)));
        assert_eq!((figures.offline_ms, figures.longest_outage_ms), (1_500, 2_200));
    }

    #[test]
    fn of_nothing_there_are_no_latencies() {
        assert_eq!(figures(&[], Wall(1)), Figures::default());
        assert_eq!(percentile(&[7], 50), Some(7));
    }
}
