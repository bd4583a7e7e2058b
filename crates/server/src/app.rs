//! The parts of a running backend, and the router over them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::catch_panic::CatchPanicLayer;

use crate::attempts::Attempts;
use crate::clock::Clock;
use crate::counts::Shares;
use crate::cross_origin::{self, CrossOrigin};
use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::forwarded::Disbelief;
use crate::jobs::Jobs;
use crate::keys::KeyRing;
use crate::live::Live;
use crate::metrics::Metrics;
use crate::passwords::Passwords;
use crate::settings::Settings;
use crate::store::Store;
use crate::{assets, headers, jobs, lingering, problems, request_log, routes};

/// A backend: its store, keys, settings and clock.
#[derive(Debug)]
pub struct App {
    pub(crate) settings: Settings,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) keys: KeyRing,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) sign_ins: Attempts,
    pub(crate) refreshes: Attempts,
    pub(crate) passwords: Passwords,
    pub(crate) jobs: Jobs,
    pub(crate) live: Live,
    /// The long answers that are on their way.
    pub(crate) downloads: Shares,
    pub(crate) metrics: Metrics,
    pub(crate) disbelief: Disbelief,
    data_dir: PathBuf,
}

impl App {
    /// Opens what the data directory holds, making what it lacks.
    ///
    /// # Errors
    /// The first [`Failure`] met; nothing found broken is changed.
    pub async fn open(
        data_dir: &Path,
        settings: Settings,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, Failure> {
        if let Some(path) = &settings.static_dir {
            assets::check(path, data_dir)?;
        }
        let data = DataDir::open(data_dir)?;
        let keys = KeyRing::open(&data.keys_path(), clock.now())?;
        let store = data.open_store().await?;
        let sign_ins = Attempts::of_sign_ins(&settings.limits);
        let refreshes = Attempts::of_refreshes(&settings.limits);
        let jobs = Jobs::new(data.uploads_dir()?);
        let (passwords, live) = (Passwords::new(), Live::new());
        let downloads = Shares::default();
        Ok(Arc::new(Self {
            settings,
            store,
            keys,
            clock,
            sign_ins,
            refreshes,
            passwords,
            jobs,
            live,
            downloads,
            metrics: Metrics::new(),
            disbelief: Disbelief::default(),
            data_dir: data_dir.to_owned(),
        }))
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// Where everything is kept.
    pub(crate) fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// Everything the backend serves.
    pub fn router(self: &Arc<Self>) -> Router {
        let api = routes::all(self);
        let served = match &self.settings.static_dir {
            Some(path) => {
                api.fallback_service(assets::service(path, headers::document_policy(&self.settings)))
            }
            None => api,
        };
        served
            .layer(from_fn(problems::complete))
            .layer(from_fn(lingering::linger))
            .layer(CatchPanicLayer::custom(problems::panicked))
            .layer(from_fn_with_state(CrossOrigin::new(&self.settings.public_origins), cross_origin::share))
            .layer(from_fn_with_state(Arc::clone(self), headers::secure))
            .layer(from_fn_with_state(Arc::clone(self), request_log::log))
    }

    /// Takes up the jobs that wait and those that an earlier process left. One process at a time per data directory.
    ///
    /// # Errors
    /// What the store said.
    pub async fn start_jobs(self: &Arc<Self>) -> Result<(), Failure> {
        Ok(jobs::start(self).await?)
    }

    /// Forgets jobs that ended so long ago that nobody will ask how.
    ///
    /// # Errors
    /// What the store said.
    pub async fn forget_ended_jobs(&self) -> Result<u64, Failure> {
        let forgotten = self.store.forget_jobs(self.clock.now().minus_s(ENDED_KEPT_S)).await?;
        jobs::tidy(self).await;
        Ok(forgotten)
    }

    /// Forgets sessions that ended so long ago that nobody will ask why.
    ///
    /// # Errors
    /// What the store said.
    pub async fn forget_ended_sessions(&self) -> Result<u64, Failure> {
        Ok(self.store.forget_ended(self.clock.now().minus_s(ENDED_KEPT_S)).await?)
    }

    /// Tells live connections that this backend is about to stop; requests are answered all the same.
    pub fn send_away(&self) {
        self.live.send_away();
    }

    /// Ends live connections, finishes what is being written and lets go of the store. Jobs that run go on at the next
    /// start.
    pub async fn close(&self) {
        self.live.close().await;
        self.jobs.stop().await;
        self.store.close().await;
    }
}

/// How long an ended session is remembered, so that a device that comes back learns why, and an ended job: a week.
const ENDED_KEPT_S: u64 = 7 * 86_400;
