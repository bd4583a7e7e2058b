//! What the counts mean: how evenly the fleet asks, and whether that is good enough.
//!
//! # The spread window
//!
//! What happens to everyone at once comes back as a wave, and the rules of the engine say over which time a wave may
//! spread. With tokens that live for `L`, a buffer `B` of five minutes or `L / 5`, whichever is less, and a jitter `J` of
//! a tenth of the buffer, a token is replaced between `L - B - J` and `L - B` after it was asked for. So the window
//!
//! - of the `k`th refresh of the day goes from `k (L - B - J)` after the first sign-in to `k (L - B)` after the last;
//! - of the recovery goes from the end of the outage to the longest wait between two attempts, 60 s, after it;
//! - of the `k`th echo of the recovery goes from `k (L - B - J)` after its start to `k (L - B)` after its end.
//!
//! A window is never longer than `L - B`, since then the next wave has begun. The windows follow from the rules and not
//! from the counts, so that a wave that falls short of its window shows.

use std::{ops::Range, time::Duration};

use perennial_session::Settings;

use crate::{
    setup::{DAY_MS, LEAVE_MS, NOON_MS, SECOND_MS, SIGN_IN_MS, Setup},
    tally::Tally,
};

/// How evenly the fleet asked.
#[derive(Debug)]
pub(crate) struct Verdict {
    /// Refreshes per second at work, from the first sign-in until the first goes home.
    pub(crate) mean: f64,
    pub(crate) p99: u32,
    pub(crate) worst: u32,
    pub(crate) worst_at_s: usize,
    pub(crate) validations_mean: f64,
    pub(crate) validations_worst: u32,
    /// What a fleet would ask whose refreshes are spread evenly over the life of a token.
    pub(crate) even: f64,
    /// The least even wave of the days, where no outage is near.
    pub(crate) daily: Option<Wave>,
    /// The minute after the outage.
    pub(crate) recovery: Option<Wave>,
    /// The least even wave of those that follow from the recovery.
    pub(crate) echo: Option<Wave>,
    /// How many there were, and how many of them had a worse second than any wave of an ordinary day.
    pub(crate) echoes: usize,
    pub(crate) loud_echoes: usize,
}

/// A wave of refreshes in its spread window.
#[derive(Clone, Debug)]
pub(crate) struct Wave {
    pub(crate) window_s: Range<usize>,
    pub(crate) worst: u32,
    pub(crate) worst_at_s: usize,
    pub(crate) mean: f64,
}

impl Wave {
    pub(crate) fn ratio(&self) -> f64 {
        f64::from(self.worst) / self.mean
    }

    fn is_even(&self) -> bool {
        self.ratio() <= BAR
    }
}

impl Verdict {
    /// Whether the bar is met, and nobody was signed out who should not have been.
    pub(crate) fn is_good(&self, tally: &Tally) -> bool {
        [&self.daily, &self.recovery].into_iter().flatten().all(Wave::is_even)
            && tally.ended_wrongly == 0
            && tally.never_fresh == 0
    }

    pub(crate) fn new(setup: &Setup, tally: &Tally) -> Self {
        let at_work: Vec<usize> = (0..setup.days)
            .flat_map(|day| seconds(day * DAY_MS + SIGN_IN_MS.start..day * DAY_MS + LEAVE_MS.start))
            .collect();
        let mut sorted: Vec<u32> = at_work.iter().map(|second| tally.refreshes[*second]).collect();
        sorted.sort_unstable();
        let everything = wave(&tally.refreshes, 0..tally.refreshes.len());
        let rhythm = Rhythm::of(setup);
        let daily = rhythm.daily(setup, &tally.refreshes);
        let (recovery, echoes) = rhythm.aftermath(setup, tally);
        let ordinary = daily.iter().map(|wave| wave.worst).max().unwrap_or(0);
        Self {
            mean: mean(sorted.iter().copied()),
            p99: sorted.get(sorted.len() * 99 / 100).copied().unwrap_or(0),
            worst: everything.as_ref().map_or(0, |it| it.worst),
            worst_at_s: everything.as_ref().map_or(0, |it| it.worst_at_s),
            validations_mean: mean(at_work.iter().map(|second| tally.validations[*second])),
            validations_worst: tally.validations.iter().copied().max().unwrap_or(0),
            even: setup.engines as f64 / (rhythm.latest_ms as f64 / SECOND_MS as f64),
            daily: least_even(daily),
            recovery,
            loud_echoes: echoes.iter().filter(|echo| echo.worst > ordinary).count(),
            echoes: echoes.len(),
            echo: least_even(echoes),
        }
    }
}

/// When a token is replaced, counted from when it was asked for.
struct Rhythm {
    earliest_ms: u64,
    latest_ms: u64,
}

impl Rhythm {
    fn of(setup: &Setup) -> Self {
        let lifetime = setup.lifetime();
        let buffer = Settings::default().refresh_buffer.min(lifetime / BUFFER_SHARE);
        let ms = |length: Duration| u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
        Self { earliest_ms: ms(lifetime - buffer - buffer / JITTER_SHARE), latest_ms: ms(lifetime - buffer) }
    }

    /// The window of what follows from this after so many refreshes.
    fn window(&self, cause_ms: &Range<u64>, refreshes: u64) -> Range<u64> {
        let start_ms = cause_ms.start + refreshes * self.earliest_ms;
        let end_ms = cause_ms.end + refreshes * self.latest_ms;
        start_ms..end_ms.min(start_ms + self.latest_ms)
    }

    /// The waves that the sign-ins of the morning cause, up to the outage or to the end of the day.
    fn daily(&self, setup: &Setup, refreshes: &[u32]) -> Vec<Wave> {
        let mut waves = Vec::new();
        for day in 0..setup.days {
            let midnight_ms = day * DAY_MS;
            let sign_in_ms = midnight_ms + SIGN_IN_MS.start..midnight_ms + SIGN_IN_MS.end;
            let until_ms =
                midnight_ms + if day == 0 && setup.outage_min > 0 { NOON_MS } else { LEAVE_MS.start };
            waves.extend(self.waves(refreshes, &sign_in_ms, 1, until_ms));
        }
        waves
    }

    /// The recovery and its echoes, if the outage met anybody.
    fn aftermath(&self, setup: &Setup, tally: &Tally) -> (Option<Wave>, Vec<Wave>) {
        if tally.fresh_after_ms.is_empty() {
            return (None, Vec::new());
        }
        let end_ms = setup.outage_ms().end;
        let recovery_ms = end_ms..end_ms + RETRY_CAP_MS;
        let mut waves = self.waves(&tally.refreshes, &recovery_ms, 0, LEAVE_MS.start);
        let recovery = waves.next();
        (recovery, waves.collect())
    }

    fn waves<'a>(
        &'a self,
        refreshes: &'a [u32],
        cause_ms: &'a Range<u64>,
        from: u64,
        until_ms: u64,
    ) -> impl Iterator<Item = Wave> + 'a {
        (from..)
            .map(|refreshes| self.window(cause_ms, refreshes))
            .take_while(move |window_ms| window_ms.end <= until_ms)
            .filter_map(|window_ms| wave(refreshes, seconds(window_ms)))
    }
}

fn wave(refreshes: &[u32], window_s: Range<usize>) -> Option<Wave> {
    let counts = refreshes.get(window_s.clone())?;
    let (worst_at_s, worst) = window_s.clone().zip(counts.iter().copied()).max_by_key(|(_, count)| *count)?;
    (worst > 0).then(|| Wave { worst, worst_at_s, mean: mean(counts.iter().copied()), window_s })
}

fn least_even(waves: Vec<Wave>) -> Option<Wave> {
    waves.into_iter().max_by(|a, b| a.ratio().total_cmp(&b.ratio()))
}

fn mean(counts: impl ExactSizeIterator<Item = u32>) -> f64 {
    let length = counts.len();
    counts.map(f64::from).sum::<f64>() / length.max(1) as f64
}

fn seconds(window_ms: Range<u64>) -> Range<usize> {
    let second = |ms: u64| usize::try_from(ms / SECOND_MS).unwrap_or(usize::MAX);
    second(window_ms.start)..second(window_ms.end)
}

/// No second may be worse than so many times the mean of its spread window.
pub(crate) const BAR: f64 = 3.0;

const BUFFER_SHARE: u32 = 5;

const JITTER_SHARE: u32 = 10;

const RETRY_CAP_MS: u64 = 60 * SECOND_MS;
