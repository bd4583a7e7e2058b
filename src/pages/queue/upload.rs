//! The file that is being sent. It belongs to the application, so that it goes on while other pages are looked at.

use futures_util::future::{AbortHandle, abortable};
use leptos::{prelude::*, task::spawn_local};
use perennial_dialect::wire::jobs::Job;
use web_sys::File;

use crate::{
    client::{ApiRequest, Client, FetchError, Moved},
    contexts::use_client,
    guard::Admission,
    texts::queue as labels,
};

/// How far the sending of a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nothing is being sent, with what there is to say about the last time.
    Idle(Option<String>),
    /// A file of so many bytes is on its way.
    Underway {
        /// How long it is.
        size: u64,
    },
}

/// The sending of files, one at a time.
#[derive(Clone, Copy, Debug)]
pub struct Upload {
    /// How far it is.
    pub(super) stage: RwSignal<Stage>,
    /// How much has left, in percent.
    pub(super) percent: RwSignal<u64>,
    /// The job that came of the last file, until the list has taken it.
    made: RwSignal<Option<Job>>,
    client: StoredValue<Client, LocalStorage>,
    call_back: StoredValue<Option<AbortHandle>>,
}

impl Upload {
    /// Sends nothing yet. What was sent is forgotten once somebody else, or nobody, is signed in.
    #[must_use]
    pub fn new(admission: Memo<Admission>) -> Self {
        let upload = Self {
            stage: RwSignal::new(Stage::Idle(None)),
            percent: RwSignal::new(0),
            made: RwSignal::new(None),
            client: StoredValue::new_local(use_client()),
            call_back: StoredValue::new(None),
        };
        Effect::new(move |whose: Option<Option<String>>| match admission.get() {
            // It is still the same session, whose state is being looked up.
            Admission::Restoring => whose.flatten(),
            now @ (Admission::In(_) | Admission::Out { .. }) => {
                let now = if let Admission::In(account) = now { Some(account) } else { None };
                if whose.is_some_and(|whose| whose != now) {
                    upload.call_back();
                    upload.forget();
                }
                now
            }
        });
        upload
    }

    /// Sends a file, unless another is on its way.
    pub fn start(self, file: File) {
        if self.is_underway() {
            return;
        }
        let request = ApiRequest::post("/api/jobs").query("name", &file.name());
        let request = request.blob(file.clone().into(), "text/csv");
        self.percent.set(0);
        self.stage.set(Stage::Underway { size: whole(file.size()) });
        let client = self.client.get_value();
        let (sending, handle) = abortable(async move {
            let moved = move |moved| {
                if let Moved::Sent(bytes, of) = moved {
                    // The whole is not said to have left before the browser says so.
                    self.percent.set(bytes.saturating_mul(100) / of.max(1));
                }
            };
            client.upload(request, moved).await?.json::<Job>()
        });
        self.call_back.set_value(Some(handle));
        spawn_local(async move {
            // One that was called back has said so.
            if let Ok(outcome) = sending.await {
                self.end(outcome);
            }
        });
    }

    /// The person does not want the file to be sent any more.
    pub fn cancel(self) {
        self.call_back();
        self.stage.set(Stage::Idle(Some(labels::NOT_SENT_CANCELLED.to_owned())));
    }

    /// Whether a file is on its way.
    #[must_use]
    pub fn is_underway(self) -> bool {
        self.stage.with(|stage| matches!(stage, Stage::Underway { .. }))
    }

    /// Says something in the place where a failure would stand.
    pub fn say(self, what: &str) {
        self.stage.set(Stage::Idle(Some(what.to_owned())));
    }

    /// Forgets what was said: it was about a file that is not chosen any more.
    pub fn say_nothing(self) {
        self.stage.set(Stage::Idle(None));
    }

    /// Hands over the job that came of the last file, once.
    pub fn take_made(self) -> Option<Job> {
        let job = self.made.get()?;
        self.made.set(None);
        Some(job)
    }

    fn end(self, outcome: Result<Job, FetchError>) {
        let said = match outcome {
            Ok(job) => {
                self.made.set(Some(job));
                None
            }
            Err(FetchError::SignedOut | FetchError::AccountChanged) => None,
            Err(error) => Some(labels::not_sent(&error)),
        };
        self.stage.set(Stage::Idle(said));
    }

    fn call_back(self) {
        if let Some(handle) = self.call_back.try_update_value(Option::take).flatten() {
            handle.abort();
        }
    }

    fn forget(self) {
        self.made.set(None);
        self.stage.set(Stage::Idle(None));
    }
}

fn whole(bytes: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the length of a file is whole and below 2^53"
    )]
    let bytes = bytes as u64;
    bytes
}
