//! How fast a job goes lately.

/// Where a job was at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    at_ms: u64,
    rows: u64,
}

/// The speed over the last seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pace {
    marks: Option<Marks>,
    rows_per_s: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Marks {
    /// What is measured from.
    from: Mark,
    /// What will be measured from next.
    next: Mark,
    last: Mark,
}

impl Pace {
    /// Notes that so many rows had been read at this moment.
    pub fn note(&mut self, at_ms: u64, rows: u64) {
        let here = Mark { at_ms, rows };
        let goes_on = |marks: &Marks| marks.last.at_ms <= at_ms && marks.last.rows <= rows;
        let Some(mut marks) = self.marks.filter(goes_on) else {
            *self = Self { marks: Some(Marks { from: here, next: here, last: here }), rows_per_s: None };
            return;
        };
        let (took_ms, read) = (at_ms - marks.from.at_ms, rows - marks.from.rows);
        if took_ms >= SHORTEST_MS {
            #[expect(clippy::cast_precision_loss, reason = "a speed is rounded anyway")]
            let rows_per_s = read as f64 * 1000.0 / took_ms as f64;
            self.rows_per_s = Some(rows_per_s);
        }
        if at_ms - marks.next.at_ms >= WINDOW_MS {
            (marks.from, marks.next) = (marks.next, here);
        }
        marks.last = here;
        self.marks = Some(marks);
    }

    /// The speed, once there is something to measure.
    #[must_use]
    pub fn rows_per_s(&self) -> Option<f64> {
        self.rows_per_s
    }
}

/// Over less than this a speed says more about the moment of a batch than about the job.
const SHORTEST_MS: u64 = 500;

/// What is measured over is one to two of these: long enough to be read, short enough to follow the job.
const WINDOW_MS: u64 = 4_000;

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn after(notes: impl IntoIterator<Item = (u64, u64)>) -> Option<f64> {
        let mut pace = Pace::default();
        for (at_ms, rows) in notes {
            pace.note(at_ms, rows);
        }
        pace.rows_per_s()
    }

    #[test]
    fn nothing_is_said_before_half_a_second_has_been_seen() {
        assert_eq!(after([]), None);
        assert_eq!(after([(0, 0), (499, 1_000)]), None);
        assert_eq!(after([(0, 0), (500, 1_000)]), Some(2_000.0));
    }

    #[test]
    fn a_job_that_slows_down_is_seen_to_within_the_window() {
        let fast = (0..20).map(|second| (second * 1_000, second * 1_000));
        let slow = (20..30).map(|second| (second * 1_000, 20_000 + (second - 20) * 10));
        assert_eq!(after(fast.chain(slow)).map(f64::round), Some(10.0));
    }

    #[test]
    fn a_job_that_begins_anew_is_measured_anew() {
        assert_eq!(after([(0, 0), (1_000, 500), (2_000, 0)]), None);
        assert_eq!(after([(0, 0), (1_000, 500), (2_000, 0), (3_000, 7)]), Some(7.0));
    }
}
