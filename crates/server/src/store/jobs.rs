//! Jobs as the store keeps them.

use async_trait::async_trait;
use perennial_dialect::wire::cause::JobCause;
use uuid::Uuid;

use super::StoreError;
use super::datasets::Column;
use crate::clock::Moment;
use crate::import::{Accepted, Delimiter, Encoding, Rejected, Stated};
use crate::sentences;

/// How far a job has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
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
}

impl JobState {
    /// The word kept in the store and sent on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads [`Self::as_str`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Queued, Self::Running, Self::Done, Self::Failed, Self::Cancelled]
            .into_iter()
            .find(|state| state.as_str() == word)
    }
}

/// A file that was sent, and how far the reading of it has come.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its identifier, by which its file is found too.
    pub id: Uuid,
    /// Whose it is.
    pub account_id: Uuid,
    /// What the person calls the file.
    pub file_name: String,
    /// How long the file is.
    pub size_bytes: i64,
    /// What the person said about the file.
    pub stated: Stated,
    /// How far it has come.
    pub state: JobState,
    /// What there is to say about the state, in a sentence.
    pub message: Option<String>,
    /// The same for programs, where this version knows it.
    pub cause: Option<JobCause>,
    /// Counts claims; what a worker writes counts only while its claim is the last one.
    pub attempt: i64,
    /// What the rows go to, once the header has been read.
    pub dataset: Option<JobDataset>,
    /// Where in the file the next row begins.
    pub at_byte: i64,
    /// The line of that place.
    pub at_line: i64,
    /// How many rows were taken.
    pub rows_accepted: i64,
    /// How many were not.
    pub rows_rejected: i64,
    /// The number of the last event.
    pub last_event: i64,
    /// Whether the file is still there.
    pub file_kept: bool,
    /// When the file was sent.
    pub created_at: Moment,
    /// When a worker took it last.
    pub started_at: Option<Moment>,
    /// How many rows had been read then.
    pub started_rows: i64,
    /// When it last changed.
    pub updated_at: Moment,
    /// When it ended.
    pub ended_at: Option<Moment>,
}

/// The dataset a job fills.
#[derive(Clone, Debug)]
pub struct JobDataset {
    /// Its key in the store.
    pub key: i64,
    /// Its identifier.
    pub id: Uuid,
    /// Its columns.
    pub columns: Vec<Column>,
    /// What separates fields in the file.
    pub delimiter: Delimiter,
    /// How the file is encoded.
    pub encoding: Encoding,
}

/// What happened to a job: a picture of it right after.
#[derive(Clone, Debug)]
pub struct JobEvent {
    /// Counts the events of a job from 1.
    pub number: i64,
    /// When.
    pub at: Moment,
    /// How far the job had come.
    pub state: JobState,
    /// What there was to say.
    pub message: Option<String>,
    /// The same for programs.
    pub cause: Option<JobCause>,
    /// How much of the file had been read.
    pub bytes_read: i64,
    /// How many rows had been taken.
    pub rows_accepted: i64,
    /// How many had not.
    pub rows_rejected: i64,
}

/// A file that was sent.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// The identifier its file has.
    pub id: Uuid,
    /// Whose it is.
    pub account_id: Uuid,
    /// What the person calls the file.
    pub file_name: String,
    /// How long it is.
    pub size_bytes: i64,
    /// What the person said about it.
    pub stated: Stated,
}

/// Rows read from a file, and where the reading stands after them.
#[derive(Clone, Debug)]
pub struct Progress<'a> {
    /// Rows to add, in the order of the file.
    pub accepted: &'a [Accepted],
    /// Rows that were not taken.
    pub rejected: &'a [Rejected],
    /// The columns as known by now.
    pub columns: &'a [Column],
    /// Where the next row begins.
    pub at_byte: i64,
    /// The line of that place.
    pub at_line: i64,
}

/// How the work on a job ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The whole file was read.
    Done {
        /// What came of it, in a sentence. The numbers say the same to programs.
        message: String,
    },
    /// It was not.
    Failed {
        /// Why.
        cause: JobCause,
    },
}

impl Ending {
    /// The state in which this leaves a job.
    #[must_use]
    pub fn state(&self) -> JobState {
        match self {
            Self::Done { .. } => JobState::Done,
            Self::Failed { .. } => JobState::Failed,
        }
    }

    /// What there is to say about it, in a sentence.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::Done { message } => message.clone(),
            Self::Failed { cause } => sentences::of_job(*cause),
        }
    }

    /// The same for programs.
    #[must_use]
    pub fn cause(&self) -> Option<JobCause> {
        match self {
            Self::Done { .. } => None,
            Self::Failed { cause } => Some(*cause),
        }
    }
}

/// What came of the wish to do a job again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retried {
    /// It waits for its turn again.
    Queued,
    /// It has not ended, or ended well, or its file is gone.
    Impossible,
    /// The person has too many waiting.
    TooMany,
}

/// How much there is to do.
#[derive(Clone, Copy, Debug)]
pub struct Queue {
    /// How many jobs wait.
    pub queued: i64,
    /// How many run.
    pub running: i64,
    /// Since when the job has waited that waits longest.
    pub oldest_queued_at: Option<Moment>,
}

/// The memory of jobs.
#[async_trait]
pub trait JobStore {
    /// Adds a job to the queue, unless `most` of this person's are waiting or running; says whether it was added.
    async fn add_job(&self, job: &NewJob, most: u32, now: Moment) -> Result<bool, StoreError>;

    /// How many jobs of a person are waiting or running.
    async fn live_jobs(&self, account_id: Uuid) -> Result<i64, StoreError>;

    /// The newest `most` jobs of a person, the newest first.
    async fn jobs(&self, account_id: Uuid, most: i64) -> Result<Vec<Job>, StoreError>;

    /// A person's job.
    async fn job(&self, account_id: Uuid, id: Uuid) -> Result<Option<Job>, StoreError>;

    /// What happened to a job after the event with this number, at most `most` events.
    async fn job_events(&self, id: Uuid, after: i64, most: i64) -> Result<Vec<JobEvent>, StoreError>;

    /// Ends a job that waits or runs, and discards what it has read; says whether it did.
    async fn cancel_job(&self, id: Uuid, now: Moment) -> Result<bool, StoreError>;

    /// Queues a job again that failed or was cancelled, unless `most` of this person's are waiting or running.
    async fn retry_job(&self, id: Uuid, most: u32, now: Moment) -> Result<Retried, StoreError>;

    /// Takes the job whose turn it is: of the people who have none running, the one served longest ago.
    async fn claim_job(&self, now: Moment) -> Result<Option<Job>, StoreError>;

    /// Makes the dataset that a claimed job fills; nothing when the claim is void.
    async fn begin_dataset(
        &self,
        job: &Job,
        dataset: &JobDataset,
        progress: &Progress<'_>,
        now: Moment,
    ) -> Result<Option<JobDataset>, StoreError>;

    /// Adds rows and progress in one step; says whether the claim still held.
    async fn add_rows(
        &self,
        job: &Job,
        dataset_key: i64,
        progress: &Progress<'_>,
        now: Moment,
    ) -> Result<bool, StoreError>;

    /// Ends a claimed job well or not, and completes or discards its dataset; says whether the claim still held.
    async fn end_job(&self, job: &Job, ending: &Ending, now: Moment) -> Result<bool, StoreError>;

    /// What waits and what runs, of everybody.
    async fn queue(&self) -> Result<Queue, StoreError>;

    /// Queues what ran when the last process ended, to go on where it stood.
    async fn requeue_jobs(&self, now: Moment) -> Result<u64, StoreError>;

    /// Forgets jobs that ended before `before`.
    async fn forget_jobs(&self, before: Moment) -> Result<u64, StoreError>;

    /// Gives up the files of jobs that are done, and of all but the last `most` unsuccessful ones of each person.
    /// The jobs whose files are still needed.
    async fn jobs_with_files(&self, most: u32) -> Result<Vec<Uuid>, StoreError>;
}
