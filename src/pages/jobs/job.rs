//! What the queue knows of one job, and what an event makes of it. Moments come in as values.

use perennial_dialect::wire::jobs::{Job, JobEvent};

use super::pace::Pace;

/// How far a job has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It waits for its turn.
    Queued,
    /// Its file is being read.
    Running,
    /// Its dataset is complete.
    Done,
    /// Its file could not be read.
    Failed,
    /// The person did not want it any more.
    Cancelled,
    /// The server says what this version has not heard of.
    Unknown,
}

impl State {
    fn read(word: &str) -> Self {
        match word {
            "queued" => Self::Queued,
            "running" => Self::Running,
            "done" => Self::Done,
            "failed" => Self::Failed,
            "cancelled" => Self::Cancelled,
            _ => Self::Unknown,
        }
    }

    /// Whether more is to come. Of a state without a name it is not assumed.
    #[must_use]
    pub fn goes_on(self) -> bool {
        match self {
            Self::Queued | Self::Running => true,
            Self::Done | Self::Failed | Self::Cancelled | Self::Unknown => false,
        }
    }
}

/// How the page comes to know of a job's progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// As it happens, or not at all because nothing happens any more.
    Good,
    /// The connection is being made anew, or an answer is missing.
    Interrupted,
}

/// What a job can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// To end.
    Cancel,
    /// To begin anew.
    Retry,
}

/// A job as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What the server said of it last.
    pub job: Job,
    /// How the page comes to know of its progress.
    pub link: Link,
    /// Whether it has ended by an event and what came of it is not known yet.
    pub is_settling: bool,
    pace: Pace,
}

impl Row {
    /// Shows a job.
    #[must_use]
    pub fn new(job: Job) -> Self {
        Self { job, link: Link::Good, is_settling: false, pace: Pace::default() }
    }

    /// Shows what the server says of the job now, unless an event has told of something newer.
    pub fn replace(&mut self, job: Job) {
        if job.last_event < self.job.last_event {
            return;
        }
        self.job = job;
        self.is_settling = false;
        if !self.state().goes_on() {
            self.rest();
        }
    }

    /// Takes an event in, whose moment is `at_ms`. One that is known already changes nothing.
    pub fn happened(&mut self, event: JobEvent, at_ms: Option<u64>) {
        if event.number <= self.job.last_event {
            return;
        }
        let before = self.state();
        let job = &mut self.job;
        job.last_event = event.number;
        job.state = event.state;
        job.message = event.message;
        job.cause = event.cause;
        job.bytes_read = event.bytes_read;
        job.rows_accepted = event.rows_accepted;
        job.rows_rejected = event.rows_rejected;
        job.rows_read = event.rows_accepted.saturating_add(event.rows_rejected);
        let rows = job.rows_read;
        match self.state() {
            State::Queued => {
                self.job.started_at = None;
                self.job.dataset_id = None;
                self.job.rows_per_s = None;
                self.pace = Pace::default();
            }
            State::Running => {
                if before != State::Running {
                    self.job.started_at = Some(event.at);
                    self.pace = Pace::default();
                }
                if let Some(at_ms) = at_ms {
                    self.pace.note(at_ms, rows);
                }
            }
            State::Done | State::Failed | State::Cancelled | State::Unknown => {
                self.is_settling = before.goes_on();
                self.rest();
            }
        }
    }

    /// Nobody has said what came of it, or how far it is: that is still to be found out.
    pub fn unanswered(&mut self) {
        self.link = Link::Interrupted;
    }

    /// Whether all there is to know of it is here or comes by itself.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.link == Link::Good && !self.is_settling
    }

    /// How far it has come.
    #[must_use]
    pub fn state(&self) -> State {
        State::read(&self.job.state)
    }

    /// How much of the file has been read.
    #[must_use]
    pub fn percent(&self) -> u64 {
        match self.state() {
            State::Queued => 0,
            State::Done => 100,
            State::Running | State::Failed | State::Cancelled | State::Unknown => {
                let percent = u128::from(self.job.bytes_read) * 100 / u128::from(self.job.size_bytes.max(1));
                u64::try_from(percent.min(100)).unwrap_or(100)
            }
        }
    }

    /// Rows per second: lately while it runs, and of the whole in the end.
    #[must_use]
    pub fn rate(&self) -> Option<u64> {
        let rate = self.pace.rows_per_s().or(self.job.rows_per_s)?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "what is no count saturates"
        )]
        (rate >= 0.0).then_some(rate.round() as u64)
    }

    /// What it can be asked for. While it settles the question stays what it was, so that nothing flickers.
    #[must_use]
    pub fn action(&self) -> Option<Action> {
        if self.state().goes_on() || self.is_settling {
            Some(Action::Cancel)
        } else {
            self.job.can_retry.then_some(Action::Retry)
        }
    }

    /// Nothing more is to come, so no connection is missed and the rate is that of the whole.
    fn rest(&mut self) {
        self.link = Link::Good;
        self.pace = Pace::default();
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn job(state: &str, last_event: u64) -> Job {
        Job {
            id: "1".into(),
            file_name: "people.csv".into(),
            size_bytes: 1_000,
            state: state.into(),
            message: None,
            cause: None,
            bytes_read: 0,
            rows_read: 0,
            rows_accepted: 0,
            rows_rejected: 0,
            rows_per_s: None,
            delimiter: None,
            encoding: None,
            dataset_id: None,
            can_retry: false,
            last_event,
            created_at: "2026-11-20T11:42:00Z".into(),
            started_at: None,
            ended_at: None,
        }
    }

    fn event(number: u64, state: &str, bytes_read: u64, rows_accepted: u64) -> JobEvent {
        JobEvent {
            number,
            at: format!("2026-11-20T11:42:{number:02}Z"),
            state: state.into(),
            message: None,
            cause: None,
            bytes_read,
            rows_accepted,
            rows_rejected: 1,
        }
    }

    #[test]
    fn a_job_that_is_taken_up_has_started_then_and_shows_how_far_it_is() {
        let mut row = Row::new(job("queued", 1));
        assert_eq!((row.state(), row.percent(), row.action()), (State::Queued, 0, Some(Action::Cancel)));
        row.happened(event(2, "running", 430, 20), Some(2_000));
        assert_eq!((row.state(), row.percent()), (State::Running, 43));
        assert_eq!(row.job.started_at.as_deref(), Some("2026-11-20T11:42:02Z"));
        assert_eq!((row.job.rows_read, row.job.rows_accepted, row.job.rows_rejected), (21, 20, 1));
        row.happened(event(3, "running", 500, 40), Some(3_000));
        assert_eq!(
            row.job.started_at.as_deref(),
            Some("2026-11-20T11:42:02Z"),
            "it goes on and does not start again"
        );
    }

    #[test]
    fn an_event_that_comes_twice_or_late_changes_nothing() {
        let mut row = Row::new(job("queued", 1));
        row.happened(event(5, "running", 900, 90), Some(5_000));
        let shown = row.clone();
        row.happened(event(5, "failed", 0, 0), Some(6_000));
        row.happened(event(4, "running", 100, 10), Some(4_000));
        assert_eq!(row, shown);
    }

    #[test]
    fn progress_that_was_left_out_is_not_missed() {
        let mut row = Row::new(job("queued", 1));
        row.happened(event(2, "running", 10, 1), Some(2_000));
        row.happened(event(40, "running", 800, 80), Some(40_000));
        assert_eq!((row.job.last_event, row.percent()), (40, 80));
    }

    #[test]
    fn a_job_that_ends_keeps_its_button_until_it_is_known_what_came_of_it() {
        let mut row = Row::new(job("running", 7));
        row.link = Link::Interrupted;
        row.happened(event(8, "failed", 100, 10), Some(8_000));
        assert_eq!((row.state(), row.action(), row.link), (State::Failed, Some(Action::Cancel), Link::Good));
        row.replace(Job { can_retry: true, ..job("failed", 8) });
        assert_eq!(row.action(), Some(Action::Retry));
        row.replace(Job { can_retry: false, ..job("failed", 8) });
        assert_eq!(row.action(), None);
    }

    #[test]
    fn a_job_of_which_nobody_said_what_came_of_it_is_not_taken_for_live_until_somebody_does() {
        let mut row = Row::new(job("running", 7));
        assert!(row.is_live());
        row.happened(event(8, "done", 1_000, 100), Some(8_000));
        assert!(!row.is_live(), "it is being asked for");
        row.unanswered();
        assert_eq!((row.is_live(), row.action()), (false, Some(Action::Cancel)));
        row.replace(job("running", 7));
        assert!(!row.is_live(), "an answer of before says nothing of the end");
        row.replace(Job { dataset_id: Some("d".into()), ..job("done", 8) });
        assert_eq!((row.is_live(), row.link, row.action()), (true, Link::Good, None));
    }

    #[test]
    fn a_job_that_goes_on_unheard_is_not_live_before_its_connection_is() {
        let mut row = Row::new(job("running", 7));
        row.unanswered();
        row.replace(job("running", 9));
        assert_eq!((row.is_live(), row.link), (false, Link::Interrupted));
    }

    #[test]
    fn an_answer_that_is_older_than_an_event_is_not_shown() {
        let mut row = Row::new(job("running", 3));
        row.happened(event(9, "done", 1_000, 100), Some(9_000));
        row.replace(job("running", 6));
        assert_eq!((row.state(), row.percent(), row.is_settling), (State::Done, 100, true));
        row.replace(Job { dataset_id: Some("d".into()), ..job("done", 9) });
        assert_eq!((row.job.dataset_id.as_deref(), row.is_settling), (Some("d"), false));
    }

    #[test]
    fn a_job_that_is_begun_anew_counts_from_zero() {
        let mut row = Row::new(Job { rows_per_s: Some(50.0), can_retry: true, ..job("failed", 8) });
        row.replace(job("queued", 9));
        row.happened(event(10, "running", 0, 0), Some(10_000));
        assert_eq!((row.percent(), row.rate(), row.action()), (0, None, Some(Action::Cancel)));
    }

    #[test]
    fn the_rate_is_measured_while_a_job_runs_and_taken_from_the_server_in_the_end() {
        let mut row = Row::new(job("queued", 1));
        row.happened(event(2, "running", 0, 0), Some(10_000));
        assert_eq!(row.rate(), None);
        row.happened(event(3, "running", 500, 5_000), Some(12_000));
        assert_eq!(row.rate(), Some(2_500));
        row.happened(event(4, "done", 1_000, 9_000), Some(13_000));
        row.replace(Job { rows_per_s: Some(3_000.4), ..job("done", 4) });
        assert_eq!(row.rate(), Some(3_000));
    }

    #[test]
    fn what_no_server_should_say_is_shown_as_well_as_it_can_be() {
        let mut row = Row::new(Job { size_bytes: 0, rows_per_s: Some(f64::NAN), ..job("paused", 1) });
        assert_eq!((row.state(), row.percent(), row.rate(), row.action()), (State::Unknown, 0, None, None));
        row.happened(event(u64::MAX, "running", u64::MAX, u64::MAX), None);
        assert_eq!((row.percent(), row.job.rows_read), (100, u64::MAX));
    }
}
