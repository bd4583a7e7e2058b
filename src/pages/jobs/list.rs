//! What the queue knows, and how it comes to know it.

use std::collections::{BTreeMap, BTreeSet};

use leptos::{prelude::*, task::spawn_local};
use perennial_dialect::wire::{
    jobs::{Job, JobEvent, Jobs},
    live::job_topic,
};
use perennial_session::SocketError;
use serde::de::DeserializeOwned;

use super::job::{Action, Link, Row, State};
use crate::{
    client::{ApiRequest, Client, FetchError},
    contexts::use_sockets,
    pages::listing::Listing,
    platform::{console, dates, numbers::grouped},
    sockets::{News, Sockets, Watch},
    texts::{self, queue as labels, reason, t},
};

/// A job of the list. Its row is a signal of its own, so that what happens to it touches nothing else.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The job's identifier.
    pub id: String,
    /// The job.
    pub row: ArcRwSignal<Row>,
}

/// The state of the page. Its tasks may outlive it, so all that they do to it is tried.
#[derive(Clone, Copy, Debug)]
pub struct JobList {
    /// The jobs, the newest first, once they are known.
    pub jobs: RwSignal<Option<Vec<Listed>>>,
    /// How asking for them goes.
    pub listing: Listing,
    /// The jobs of which something is being asked.
    pub busy: RwSignal<BTreeSet<String>>,
    sockets: StoredValue<Sockets, LocalStorage>,
    watches: StoredValue<BTreeMap<String, Watch>, LocalStorage>,
}

impl Default for JobList {
    fn default() -> Self {
        Self::new()
    }
}

impl JobList {
    /// Knows nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            jobs: RwSignal::new(None),
            listing: Listing::new(),
            busy: RwSignal::new(BTreeSet::new()),
            sockets: StoredValue::new_local(use_sockets()),
            watches: StoredValue::new_local(BTreeMap::new()),
        }
    }

    /// Asks the server for the list. What is shown stays until the answer has come.
    pub fn load(self) {
        self.listing.load::<Jobs>(JOBS, move |answer| self.show(answer.jobs));
    }

    /// Keeps the jobs as they are now, for when a page with them is come back to and no list can be had.
    pub fn keep(self) {
        if let Some(Some(jobs)) = self.jobs.try_get_untracked() {
            let jobs = jobs.iter().map(|listed| listed.row.with_untracked(|row| row.job.clone())).collect();
            self.listing.keep(JOBS, Jobs { jobs });
        }
    }

    /// Shows a job that has just been made.
    pub fn add(self, job: Job) {
        self.listing.said.set(labels::of_file(t().queue.taken, &job.file_name));
        if let Some(listed) = self.find(&job.id) {
            self.replace(&listed, job);
        } else if let Some(mut jobs) = self.jobs.get_untracked() {
            let listed = listed(job);
            jobs.insert(0, listed.clone());
            self.jobs.set(Some(jobs));
            self.follow(&listed);
        }
        if self.listing.loading.get_untracked() {
            // The answer that is on its way may be of before.
            self.load();
        }
    }

    /// Asks for a job to be ended or begun anew.
    pub fn ask(self, id: String, action: Action) {
        let Some(listed) = self.find(&id) else { return };
        self.listing.refused.set(None);
        self.busy.update(|busy| {
            busy.insert(id.clone());
        });
        let Some(client) = self.listing.client() else { return };
        spawn_local(async move {
            let word = match action {
                Action::Cancel => "cancel",
                Action::Retry => "retry",
            };
            let answer = fetch::<Job>(&client, ApiRequest::post(&format!("{JOBS}/{id}/{word}"))).await;
            self.busy.try_update(|busy| busy.remove(&id));
            match answer {
                Ok(job) => self.replace(&listed, job),
                Err(error) => self.refuse(&listed, action, &error),
            }
        });
    }

    /// Whether there are jobs of which something is not known and does not come by itself.
    #[must_use]
    pub fn is_behind(self) -> bool {
        let is_behind = |listed: &Listed| listed.row.with_untracked(|row| !row.is_live());
        self.jobs.with_untracked(|jobs| jobs.iter().flatten().any(is_behind))
    }

    fn refuse(self, listed: &Listed, action: Action, error: &FetchError) {
        let why = texts::fetch_failure(error);
        let file = listed.row.with_untracked(|row| row.job.file_name.clone());
        let said = match action {
            Action::Cancel => labels::not_done(t().queue.not_cancelled, &file, &why),
            Action::Retry => labels::not_done(t().queue.not_retried, &file, &why),
        };
        if self.listing.refused.try_set(Some(said)).is_none() && matches!(error, FetchError::Status { .. }) {
            // The job is not what this page takes it for.
            self.load();
        }
    }

    fn show(self, answer: Vec<Job>) {
        let before = self.jobs.get_untracked();
        let known = before.clone().unwrap_or_default();
        let mut jobs = Vec::with_capacity(answer.len());
        for job in answer {
            match known.iter().find(|listed| listed.id == job.id) {
                Some(listed) => {
                    self.replace(listed, job);
                    jobs.push(listed.clone());
                }
                None => jobs.push(listed(job)),
            }
        }
        self.watches.update_value(|watches| watches.retain(|id, _| jobs.iter().any(|job| job.id == *id)));
        let is_same = before.is_some() && known.iter().map(|job| &job.id).eq(jobs.iter().map(|job| &job.id));
        if !is_same {
            self.jobs.set(Some(jobs.clone()));
        }
        for listed in &jobs {
            self.follow(listed);
        }
    }

    fn replace(self, listed: &Listed, job: Job) {
        self.change(listed, |row| row.replace(job));
        self.follow(listed);
    }

    /// Changes a row, if there is anything to change, and says when that was its end.
    fn change(self, listed: &Listed, change: impl FnOnce(&mut Row)) {
        let before = listed.row.get_untracked();
        let mut row = before.clone();
        change(&mut row);
        if row == before {
            return;
        }
        if before.state().goes_on() && !row.state().goes_on() {
            let said = labels::ended(&row.job.file_name, state(row.state()), outcome(&row).as_deref());
            self.listing.said.try_set(said);
        }
        listed.row.set(row);
    }

    /// Watches a job that goes on, and no other.
    fn follow(self, listed: &Listed) {
        let (goes_on, after) = listed.row.with_untracked(|row| (row.state().goes_on(), row.job.last_event));
        let watched = self.watches.try_with_value(|watches| watches.contains_key(&listed.id));
        match (goes_on, watched) {
            (true, Some(false)) => {
                let heard = listed.clone();
                let topic = job_topic(&listed.id);
                let Some(watch) = self.sockets.try_with_value(|sockets| {
                    sockets.watch(topic, after, move |news| self.hear(&heard, news))
                }) else {
                    return;
                };
                self.watches.update_value(|watches| drop(watches.insert(listed.id.clone(), watch)));
            }
            (false, Some(true)) => self.leave(&listed.id),
            (true, Some(true)) | (false, Some(false)) | (_, None) => {}
        }
    }

    fn leave(self, id: &str) {
        drop(self.watches.try_update_value(|watches| watches.remove(id)));
    }

    fn hear(self, listed: &Listed, news: News) {
        match news {
            News::Live => self.change(listed, |row| row.link = Link::Good),
            News::Interrupted => self.change(listed, |row| row.link = Link::Interrupted),
            News::Event(event) => match serde_json::from_value::<JobEvent>(event) {
                Ok(event) => self.happened(listed, event),
                Err(error) => console::warn(&format!("An event of a job could not be read: {error}")),
            },
            News::Over(SocketError::TooMany) => {
                self.change(listed, |row| row.link = Link::Interrupted);
                // The next list tries again.
                self.leave(&listed.id);
            }
            News::Over(SocketError::Gone) => self.settle(listed),
            // The page goes away with the session.
            News::Over(SocketError::SignedOut | SocketError::AccountChanged) => {}
        }
    }

    fn happened(self, listed: &Listed, event: JobEvent) {
        let at_ms = dates::parse(&event.at).map(|at| at.0);
        self.change(listed, |row| row.happened(event, at_ms));
        if listed.row.with_untracked(|row| row.is_settling) {
            self.settle(listed);
        }
    }

    /// Asks what came of a job that has nothing more to tell.
    fn settle(self, listed: &Listed) {
        self.leave(&listed.id);
        let listed = listed.clone();
        let Some(client) = self.listing.client() else { return };
        spawn_local(async move {
            match fetch::<Job>(&client, ApiRequest::get(&format!("{JOBS}/{}", listed.id))).await {
                Ok(job) => self.replace(&listed, job),
                Err(FetchError::Status { status: 404, .. }) => self.load(),
                // A later list says it.
                Err(_) => self.change(&listed, Row::unanswered),
            }
        });
    }

    fn find(self, id: &str) -> Option<Listed> {
        self.jobs.with_untracked(|jobs| jobs.iter().flatten().find(|listed| listed.id == id).cloned())
    }
}

/// The word for a state.
#[must_use]
pub fn state(state: State) -> &'static str {
    match state {
        State::Queued => t().queue.queued,
        State::Running => t().queue.running,
        State::Done => t().queue.done,
        State::Failed => t().queue.broken,
        State::Cancelled => t().queue.cancelled,
        State::Unknown => t().queue.unknown,
    }
}

/// What there is to say of a job where its state does not say it all.
#[must_use]
pub fn outcome(row: &Row) -> Option<String> {
    let Row { job, .. } = row;
    match row.state() {
        State::Done => Some(labels::outcome(job.rows_accepted, job.rows_rejected, grouped)),
        at @ (State::Queued | State::Running | State::Failed | State::Cancelled | State::Unknown) => {
            match job.cause {
                Some(cause) => Some(reason::of_job(cause)),
                // Of a server that gives no codes, or one that is not known here.
                None => labels::beside(state(at), job.message.as_deref()?).map(str::to_owned),
            }
        }
    }
}

/// The name of a state that the style sheets know it by.
#[must_use]
pub fn word(state: State) -> &'static str {
    match state {
        State::Queued => "queued",
        State::Running => "running",
        State::Done => "done",
        State::Failed => "failed",
        State::Cancelled => "cancelled",
        State::Unknown => "unknown",
    }
}

fn listed(job: Job) -> Listed {
    Listed { id: job.id.clone(), row: ArcRwSignal::new(Row::new(job)) }
}

async fn fetch<T: DeserializeOwned>(client: &Client, request: ApiRequest) -> Result<T, FetchError> {
    client.send(request).await?.json()
}

const JOBS: &str = "/api/jobs";
