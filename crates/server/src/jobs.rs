//! Jobs: the workers that read the files people send, a batch at a time.
//!
//! A batch of rows and the place in the file after it are written in one transaction, so a worker that is stopped
//! anywhere, or whose process is killed, leaves a job that goes on exactly where it stood.

mod import;
mod uploads;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use perennial_dialect::wire::cause::JobCause;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::app::App;
use crate::store::StoreError;
use crate::store::jobs::{Ending, Job};
use import::Outcome;
pub(crate) use uploads::{Incoming, SettleError, Uploads};

/// The workers and the files they work on.
#[derive(Debug)]
pub(crate) struct Jobs {
    pub(crate) uploads: Uploads,
    bell: watch::Sender<Bell>,
    workers: Mutex<Vec<JoinHandle<()>>>,
}

/// What workers listen to: any change says that there may be something to do.
#[derive(Clone, Copy, Debug, Default)]
struct Bell {
    rings: u64,
    is_closing_time: bool,
}

impl Jobs {
    pub(crate) fn new(uploads_dir: PathBuf) -> Self {
        let bell = watch::Sender::new(Bell::default());
        Self { uploads: Uploads::new(uploads_dir), bell, workers: Mutex::default() }
    }

    /// Tells the workers that something changed in the queue.
    pub(crate) fn ring(&self) {
        self.bell.send_modify(|bell| bell.rings += 1);
    }

    /// Lets the workers finish the batch they are at, and waits for that.
    pub(crate) async fn stop(&self) {
        self.bell.send_modify(|bell| bell.is_closing_time = true);
        let workers = std::mem::take(&mut *self.workers.lock().unwrap_or_else(PoisonError::into_inner));
        for worker in workers {
            if let Err(error) = worker.await {
                tracing::error!(%error, "a worker did not end as it should");
            }
        }
    }

    /// Waits a little after trouble, or until closing time.
    async fn nap(&self) {
        let mut bell = self.bell.subscribe();
        // Whether it is closing time or the time is up, what follows is a look.
        drop(tokio::time::timeout(NAP_AFTER_TROUBLE, bell.wait_for(|bell| bell.is_closing_time)).await);
    }

    fn is_closing_time(&self) -> bool {
        self.bell.borrow().is_closing_time
    }
}

/// Takes up what an earlier process left, and starts the workers.
pub(crate) async fn start(app: &Arc<App>) -> Result<(), StoreError> {
    app.jobs.uploads.remove_parts();
    let left = app.store.requeue_jobs(app.clock.now()).await?;
    if left > 0 {
        tracing::info!(left, "jobs go on where they stood");
    }
    tidy(app).await;
    let mut workers = app.jobs.workers.lock().unwrap_or_else(PoisonError::into_inner);
    for _ in 0..app.settings.limits.running_jobs {
        workers.push(tokio::spawn(work(Arc::clone(app))));
    }
    workers.push(tokio::spawn(sweep(Arc::clone(app))));
    Ok(())
}

/// Removes the files that no job needs any more.
pub(crate) async fn tidy(app: &App) {
    if let Err(error) = app.jobs.uploads.tidy(&*app.store).await {
        tracing::warn!(%error, "files that are not needed any more could not be removed");
    }
}

async fn work(app: Arc<App>) {
    let mut bell = app.jobs.bell.subscribe();
    loop {
        // From here on a ring is noticed, so none is lost between looking and waiting.
        if bell.borrow_and_update().is_closing_time {
            return;
        }
        match app.store.claim_job(app.clock.now()).await {
            Ok(Some(job)) => {
                app.live.bells.ring(job.id);
                run(&app, &job).await;
                // The person's next job may be taken now.
                app.jobs.ring();
            }
            Ok(None) => wait(&mut bell, LONGEST_NAP).await,
            Err(error) => {
                tracing::warn!(%error, "the queue could not be read");
                wait(&mut bell, NAP_AFTER_TROUBLE).await;
            }
        }
    }
}

/// Deletes the rows of datasets that were discarded, a few at a time.
async fn sweep(app: Arc<App>) {
    let mut bell = app.jobs.bell.subscribe();
    loop {
        if bell.borrow_and_update().is_closing_time {
            return;
        }
        match app.store.sweep_rows().await {
            // A breath, so that whoever waits to write comes between.
            Ok(true) => tokio::time::sleep(BREATH).await,
            Ok(false) => wait(&mut bell, LONGEST_NAP).await,
            Err(error) => {
                tracing::warn!(%error, "discarded rows could not be deleted");
                wait(&mut bell, NAP_AFTER_TROUBLE).await;
            }
        }
    }
}

async fn wait(bell: &mut watch::Receiver<Bell>, longest: Duration) {
    // Whether the bell rang or the time is up, what follows is a look.
    drop(tokio::time::timeout(longest, bell.changed()).await);
}

async fn run(app: &Arc<App>, job: &Job) {
    let reading = {
        let (app, job) = (Arc::clone(app), job.clone());
        async move { import::run(&app, &job).await }
    };
    let ending = match outcome(reading).await {
        Outcome::Done { message } => Ending::Done { message },
        Outcome::Failed { cause } => Ending::Failed { cause },
        // Cancelled, or left for the next start.
        Outcome::Lost | Outcome::Interrupted => return,
    };
    loop {
        match app.store.end_job(job, &ending, app.clock.now()).await {
            Ok(_) => break,
            Err(error) => {
                tracing::error!(%error, job = %job.id, "the end of a job could not be noted");
                if app.jobs.is_closing_time() {
                    // It stays as running and goes on at the next start.
                    return;
                }
                // Until then nothing else of this person can run, so giving up would be worse.
                app.jobs.nap().await;
            }
        }
    }
    app.live.bells.ring(job.id);
    app.metrics.job_ended(ending.state().as_str());
    tracing::info!(job = %job.id, state = ending.state().as_str(), "job ended");
    tidy(app).await;
}

/// What comes of reading a file; a defect that one file meets costs its job and not the worker.
async fn outcome(reading: impl Future<Output = Outcome> + Send + 'static) -> Outcome {
    tokio::spawn(reading).await.unwrap_or_else(|error| {
        if error.is_cancelled() {
            return Outcome::Interrupted;
        }
        tracing::error!(%error, "reading a file panicked");
        Outcome::Failed { cause: JobCause::Defect }
    })
}

/// How often the queue is looked at though nobody rang: what a lost ring would cost.
const LONGEST_NAP: Duration = Duration::from_secs(10);

const NAP_AFTER_TROUBLE: Duration = Duration::from_secs(1);

const BREATH: Duration = Duration::from_millis(5);

#[cfg(test)]
mod tests {
    use perennial_dialect::wire::cause::JobCause;

    use super::{Outcome, outcome};

    #[tokio::test]
    async fn a_panic_while_reading_a_file_is_how_its_job_failed() {
        let ended = outcome(async { panic!("a defect") }).await;
        assert!(matches!(ended, Outcome::Failed { cause: JobCause::Defect }), "{ended:?}");
        let ended = outcome(async { Outcome::Lost }).await;
        assert!(matches!(ended, Outcome::Lost), "{ended:?}");
    }
}
