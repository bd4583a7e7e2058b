//! The build that this page is of, and whether there is a newer one.

use leptos::prelude::*;
use perennial_session::Wake;

use crate::platform::{
    wake::{self, Sign},
    worker::{self, Worker},
};

/// What is known of newer builds.
#[derive(Clone, Copy, Debug)]
pub struct Build {
    superseded: RwSignal<bool>,
    worker: StoredValue<Option<Worker>, LocalStorage>,
}

impl Build {
    /// Has a service worker keep this build and look for others: hourly at most, when somebody looks at the page.
    #[must_use]
    pub fn watch() -> Self {
        let superseded = RwSignal::new(false);
        let worker = worker::start(move || superseded.set(true));
        if let Some(worker) = worker.clone() {
            wake::listen(move |sign| match sign {
                Sign::Woke(Wake::Seen | Wake::Restored | Wake::Online) => worker.check(),
                Sign::WentOffline | Sign::Leaving | Sign::Left => {}
            })
            .keep();
        }
        Self { superseded, worker: StoredValue::new_local(worker) }
    }

    /// Whether a newer build is ready.
    #[must_use]
    pub fn is_superseded(&self) -> bool {
        self.superseded.get()
    }

    /// Some of this build's code is gone: perhaps a newer one has taken its place.
    pub fn suspect(&self) {
        self.worker.with_value(|worker| worker.iter().for_each(Worker::check_now));
    }

    /// The person wants the newer build.
    pub fn reload(&self) {
        self.worker.with_value(|worker| worker.iter().for_each(Worker::reload));
    }
}
