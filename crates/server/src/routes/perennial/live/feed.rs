//! The events of a job on their way to one client.
//!
//! Nothing waits here but the page that is being sent: what comes meanwhile is in the store, where it can be read
//! when there is room. A client that is too slow for every event gets what matters of those that came meanwhile.

use std::collections::VecDeque;

use perennial_dialect::wire::jobs as wire;
use perennial_dialect::wire::live::ServerMessage;
use uuid::Uuid;

use crate::live::Listener;
use crate::routes::perennial::jobs::{count, shown_event};
use crate::store::jobs::{JobEvent, JobState};
use crate::store::{Store, StoreError};

/// A job that is watched, and how far its events were sent.
#[derive(Debug)]
pub(super) struct Feed {
    job_id: Uuid,
    bell: Listener,
    /// The number of the last event sent, or the one that the client said it has.
    sent: i64,
    /// The state that the client knows from the last event sent.
    state: Option<JobState>,
    page: VecDeque<JobEvent>,
    /// Whether the store may hold more than was read.
    has_news: bool,
    is_lagging: bool,
}

impl Feed {
    pub(super) fn new(job_id: Uuid, bell: Listener, after: u64) -> Self {
        let sent = i64::try_from(after).unwrap_or(i64::MAX);
        Self { job_id, bell, sent, state: None, page: VecDeque::new(), has_news: true, is_lagging: false }
    }

    /// Waits for the bell, after which there may be news.
    pub(super) async fn rung(&mut self) {
        self.bell.rung().await;
        self.has_news = true;
    }

    /// There may be news though no bell rang.
    pub(super) fn look_again(&mut self) {
        self.has_news = true;
    }

    /// The client took its last message slowly: what was to follow is read anew, and of progress only the last.
    pub(super) fn lag(&mut self) {
        self.page.clear();
        self.has_news = true;
        self.is_lagging = true;
    }

    /// Whether the store has to be asked what comes next.
    pub(super) fn wants_page(&self) -> bool {
        self.page.is_empty() && self.has_news
    }

    /// Reads what comes next.
    pub(super) async fn read_page(&mut self, store: &dyn Store) -> Result<(), StoreError> {
        let events = store.job_events(self.job_id, self.sent, PAGE).await?;
        self.has_news = i64::try_from(events.len()).is_ok_and(|length| length >= PAGE);
        self.page = if self.is_lagging { what_matters(self.state, events) } else { events.into() };
        self.is_lagging &= self.has_news;
        Ok(())
    }

    /// The next event, as it is sent.
    pub(super) fn next(&mut self) -> Option<ServerMessage<wire::JobEvent>> {
        let event = self.page.pop_front()?;
        let after = std::mem::replace(&mut self.sent, event.number);
        self.state = Some(event.state);
        Some(ServerMessage::Event {
            number: count(event.number),
            after: count(after),
            event: shown_event(event),
        })
    }
}

/// Every change of state, and the last of all, in order.
fn what_matters(mut state: Option<JobState>, events: Vec<JobEvent>) -> VecDeque<JobEvent> {
    let last = events.last().map(|event| event.number);
    let mut matters = |event: &JobEvent| {
        let is_change = state.replace(event.state) != Some(event.state);
        is_change || Some(event.number) == last
    };
    events.into_iter().filter(|event| matters(event)).collect()
}

/// How many events are read at once: with what one weighs, some tens of kilobytes per connection.
const PAGE: i64 = 128;

#[cfg(test)]
mod tests {
    use super::what_matters;
    use crate::clock::Moment;
    use crate::store::jobs::{JobEvent, JobState};

    fn kept(before: Option<JobState>, states: &[JobState]) -> Vec<i64> {
        let event = |(number, &state): (i64, &JobState)| JobEvent {
            number,
            at: Moment::default(),
            state,
            message: None,
            cause: None,
            bytes_read: 0,
            rows_accepted: 0,
            rows_rejected: 0,
        };
        let events = (1..).zip(states).map(event).collect();
        what_matters(before, events).into_iter().map(|event| event.number).collect()
    }

    #[test]
    fn of_progress_the_last_is_kept_and_of_changes_every_one() {
        use JobState::{Cancelled, Done, Queued, Running};
        assert_eq!(kept(Some(Running), &[]), [0; 0]);
        assert_eq!(kept(Some(Running), &[Running, Running, Running]), [3]);
        assert_eq!(kept(Some(Running), &[Running, Running, Done]), [3]);
        assert_eq!(kept(None, &[Running, Running]), [1, 2]);
        let restarts = [Queued, Running, Running, Queued, Running, Running, Cancelled, Queued];
        assert_eq!(kept(Some(Running), &restarts), [1, 2, 4, 5, 7, 8]);
    }
}
