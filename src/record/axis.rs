//! Where moments lie in a drawing of some hours.

use perennial_session::Wall;

/// The hours that a drawing shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis {
    /// Its left edge.
    pub from: Wall,
    /// Its right edge.
    pub until: Wall,
}

impl Axis {
    /// The last hours until now: as few as show everything, and no more than twelve. A tenth is left for what is to come.
    #[must_use]
    pub fn last_hours(first: Option<Wall>, now: Wall) -> Self {
        let past_ms = now.0.saturating_sub(first.map_or(now.0, |first| first.0));
        let hours = [1, 3, 6, 12].into_iter().find(|hours| hours * HOUR_MS >= past_ms).unwrap_or(12);
        let ms = hours * HOUR_MS;
        Self { from: Wall(now.0.saturating_sub(ms)), until: Wall(now.0.saturating_add(ms / 9)) }
    }

    /// How far from the left edge a moment lies, in hundredths of the width; one beyond an edge lies on it.
    #[must_use]
    pub fn place(self, at: Wall) -> f64 {
        let whole = self.until.0.saturating_sub(self.from.0).max(1);
        percent(at.0.saturating_sub(self.from.0).min(whole), whole)
    }

    /// The moments to be marked: at most so many, at whole minutes, hours or days of a clock that is so far ahead of UTC.
    #[must_use]
    pub fn ticks(self, most: u64, ahead_ms: i64) -> Vec<Wall> {
        let step = self.step(most);
        let local = |at: u64| at.saturating_add_signed(ahead_ms);
        let first = local(self.from.0).div_ceil(step) * step;
        (0..most)
            .map(|n| Wall((first + n * step).saturating_add_signed(-ahead_ms)))
            .take_while(|at| *at <= self.until)
            .collect()
    }

    /// The shortest usual length of which so many cover the whole.
    #[must_use]
    pub fn step(self, most: u64) -> u64 {
        let whole = self.until.0.saturating_sub(self.from.0);
        STEPS_MS.into_iter().find(|step| step * most >= whole).unwrap_or(STEPS_MS[STEPS_MS.len() - 1])
    }
}

/// So many of all, in hundredths.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "it is drawn, and a pixel is coarser")]
pub fn percent(part: u64, whole: u64) -> f64 {
    part as f64 * 100.0 / whole.max(1) as f64
}

const MINUTE_MS: u64 = 60_000;
const HOUR_MS: u64 = 60 * MINUTE_MS;
const STEPS_MS: [u64; 12] = [
    MINUTE_MS,
    5 * MINUTE_MS,
    15 * MINUTE_MS,
    30 * MINUTE_MS,
    HOUR_MS,
    2 * HOUR_MS,
    3 * HOUR_MS,
    6 * HOUR_MS,
    12 * HOUR_MS,
    24 * HOUR_MS,
    48 * HOUR_MS,
    168 * HOUR_MS,
];

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn as_few_hours_are_shown_as_hold_everything() {
        let now = Wall(100 * HOUR_MS);
        let hours = |first: u64| (now.0 - Axis::last_hours(Some(Wall(first)), now).from.0) / HOUR_MS;
        assert_eq!([hours(now.0), hours(98 * HOUR_MS), hours(95 * HOUR_MS), hours(0)], [1, 3, 6, 12]);
        assert_eq!(Axis::last_hours(None, Wall(5)).from, Wall(0));
    }

    #[test]
    fn moments_lie_between_the_edges() {
        let axis = Axis { from: Wall(1_000), until: Wall(3_000) };
        for (at, place) in [(0, 0.0), (1_000, 0.0), (1_500, 25.0), (9_000, 100.0)] {
            assert!((axis.place(Wall(at)) - place).abs() < 1e-9);
        }
    }

    #[test]
    fn ticks_lie_at_whole_hours_where_the_reader_is() {
        let axis = Axis { from: Wall(10 * HOUR_MS + 1), until: Wall(14 * HOUR_MS) };
        let half_past = axis.ticks(5, 330 * 60_000);
        assert_eq!(half_past.first(), Some(&Wall(10 * HOUR_MS + HOUR_MS / 2)));
        assert_eq!(half_past.len(), 4);
        assert_eq!(axis.ticks(5, 0).first(), Some(&Wall(11 * HOUR_MS)));
    }
}
