//! The file that is being sent. It belongs to the application, so that it goes on while other pages are looked at.

use futures_channel::oneshot;
use futures_util::future::{AbortHandle, abortable};
use leptos::{ev, leptos_dom::helpers::WindowListenerHandle, prelude::*, task::spawn_local};
use perennial_dialect::wire::jobs::Job;
use perennial_session::{Health, Snapshot};
use web_sys::{BeforeUnloadEvent, File};

use super::reading::Reading;
use crate::{
    client::{ApiRequest, Client, FetchError, Moved},
    guard::Admission,
    platform::numbers::whole,
    texts::{queue as labels, t},
};

/// How far the sending of a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nothing is being sent.
    Idle,
    /// A file waits for the network, and leaves by itself.
    Waiting,
    /// A file of so many bytes is on its way.
    Underway {
        /// How long it is.
        size: u64,
    },
}

impl Stage {
    fn is_underway(self) -> bool {
        match self {
            Self::Idle => false,
            Self::Waiting | Self::Underway { .. } => true,
        }
    }
}

/// A file of a person. It is shown to nobody else, and kept in memory only.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Errand {
    account: String,
    file: String,
}

/// The sending of files, one at a time.
#[derive(Clone, Copy, Debug)]
pub struct Upload {
    /// How far it is.
    pub(super) stage: RwSignal<Stage>,
    /// How much has left, in percent.
    pub(super) percent: RwSignal<u64>,
    /// What there is to say: why the last file was not sent, or why another has to wait.
    pub(super) said: RwSignal<Option<String>>,
    /// The file that was started last.
    file: StoredValue<Option<File>, LocalStorage>,
    /// Whose file is being sent, or was when the session ended.
    errand: StoredValue<Option<Errand>>,
    admission: Memo<Admission>,
    /// The job that came of the last file, until the list has taken it.
    made: RwSignal<Option<Job>>,
    call_back: StoredValue<Option<AbortHandle>>,
    /// Whether the session says that there is no network.
    offline: Memo<bool>,
    /// Tells the file that waits that the network is back.
    back: StoredValue<Option<oneshot::Sender<()>>>,
}

impl Upload {
    /// Sends nothing yet. What was sent is forgotten once somebody else is signed in, or nobody.
    #[must_use]
    pub fn new(admission: Memo<Admission>, snapshot: ReadSignal<Snapshot>) -> Self {
        let upload = Self {
            stage: RwSignal::new(Stage::Idle),
            percent: RwSignal::new(0),
            said: RwSignal::new(None),
            file: StoredValue::new_local(None),
            errand: StoredValue::new(None),
            admission,
            made: RwSignal::new(None),
            call_back: StoredValue::new(None),
            offline: Memo::new(move |_| snapshot.with(|snapshot| snapshot.health == Health::Offline)),
            back: StoredValue::new(None),
        };
        upload.leave_when_back();
        Effect::new(move |whose: Option<Option<String>>| match admission.get() {
            // It is still the same session, whose state is being looked up.
            Admission::Restoring => whose.flatten(),
            Admission::In(account) => {
                let whose = whose.flatten();
                if whose.as_ref() != Some(&account) {
                    upload.abandon();
                    let errand = upload.errand.try_update_value(Option::take).flatten();
                    upload.said.set(errand.and_then(|errand| was_cut(&errand, &account)));
                }
                Some(account)
            }
            Admission::Out { on_purpose } => {
                upload.abandon();
                if on_purpose {
                    upload.errand.set_value(None);
                }
                None
            }
        });
        upload.ask_before_leaving();
        upload
    }

    /// Sends a file, unless another is on its way.
    pub(super) fn start(self, client: Client, file: File, reading: Reading) {
        if self.is_underway_now() {
            return;
        }
        let Admission::In(account) = self.admission.get_untracked() else { return };
        let request = ApiRequest::post("/api/jobs").query("name", &file.name());
        let request = reading.state(request).blob(file.clone().into(), "text/csv");
        self.errand.set_value(Some(Errand { account, file: file.name() }));
        self.file.set_value(Some(file.clone()));
        self.said.set(None);
        let size = whole(file.size());
        let (sending, handle) = abortable(async move {
            loop {
                // Devices err about their network, so it is tried whatever they say.
                let outcome = self.send(&client, request.clone(), size).await;
                match outcome {
                    Err(error) if self.may_wait(&error) => self.network().await,
                    Ok(_) | Err(_) => break outcome,
                }
            }
        });
        self.call_back.set_value(Some(handle));
        spawn_local(async move {
            // One that was called back has said so.
            if let Ok(outcome) = sending.await {
                self.end(outcome);
            }
        });
    }

    async fn send(self, client: &Client, request: ApiRequest, size: u64) -> Result<Job, FetchError> {
        self.percent.set(0);
        self.stage.set(Stage::Underway { size });
        let moved = move |moved| {
            if let Moved::Sent(bytes, of) = moved {
                // The whole is not said to have left before the browser says so.
                self.percent.set(bytes.saturating_mul(100) / of.max(1));
            }
        };
        client.upload(request, moved).await?.json::<Job>()
    }

    /// Waits until there is a network again.
    async fn network(self) {
        let (sender, back) = oneshot::channel();
        self.back.set_value(Some(sender));
        self.stage.set(Stage::Waiting);
        // Where the sender goes away, this has been called back.
        back.await.unwrap_or(());
    }

    /// Whether a file that did not arrive for want of a network is sent again by itself: only while the server cannot have
    /// it, as otherwise it would be imported twice.
    fn may_wait(self, error: &FetchError) -> bool {
        let is_unsent = match error {
            FetchError::Network | FetchError::TimedOut | FetchError::Unavailable => {
                self.percent.get_untracked() < 100
            }
            FetchError::SignedOut
            | FetchError::AccountChanged
            | FetchError::Status { .. }
            | FetchError::Gateway
            | FetchError::Unreadable => false,
        };
        is_unsent && self.offline.get_untracked()
    }

    fn leave_when_back(self) {
        Effect::new(move |_| {
            if !self.offline.get()
                && let Some(back) = self.back.try_update_value(Option::take).flatten()
            {
                // One that was called back waits no more.
                back.send(()).unwrap_or(());
            }
        });
    }

    /// The person does not want the file to be sent any more.
    pub fn cancel(self) {
        self.call_back();
        self.back.set_value(None);
        self.errand.set_value(None);
        self.said.set(Some(t().queue.not_sent_cancelled.to_owned()));
        self.stage.set(Stage::Idle);
    }

    /// Whether a file is on its way, or waits for it.
    #[must_use]
    pub fn is_underway(self) -> bool {
        self.stage.get().is_underway()
    }

    /// The same, for what happens once and is not to be shown again when this changes.
    #[must_use]
    pub fn is_underway_now(self) -> bool {
        self.stage.get_untracked().is_underway()
    }

    /// Whether this is the file that was started last.
    #[must_use]
    pub fn is_of(self, file: &File) -> bool {
        // One and the same as the chooser holds; a file that is chosen again is another.
        self.file.with_value(|started| started.as_ref() == Some(file))
    }

    /// Says something in the place where a failure would stand.
    pub fn say(self, what: &str) {
        self.said.set(Some(what.to_owned()));
    }

    /// Forgets what was said: it was about a file that is not chosen any more.
    pub fn say_nothing(self) {
        self.said.set(None);
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
            // The errand is kept for when its person is back.
            Err(FetchError::SignedOut | FetchError::AccountChanged) => {
                self.abandon();
                return;
            }
            Err(error) => Some(labels::not_sent(&error)),
        };
        self.errand.set_value(None);
        self.said.set(said);
        self.stage.set(Stage::Idle);
    }

    fn call_back(self) {
        if let Some(handle) = self.call_back.try_update_value(Option::take).flatten() {
            handle.abort();
        }
    }

    /// Leaves nothing of a person who is not there any more but the errand, which is theirs to hear of.
    fn abandon(self) {
        self.call_back();
        self.back.set_value(None);
        self.file.set_value(None);
        self.made.set(None);
        self.said.set(None);
        self.stage.set(Stage::Idle);
    }

    /// A file on its way does not survive the page, so the browser asks. It does so only then: a page that always
    /// listens cannot be kept for the way back.
    fn ask_before_leaving(self) {
        let is_underway = Memo::new(move |_| self.is_underway());
        Effect::new(move |asking: Option<Option<WindowListenerHandle>>| {
            if let Some(asking) = asking.flatten() {
                asking.remove();
            }
            is_underway.get().then(|| {
                window_event_listener(ev::beforeunload, |event: BeforeUnloadEvent| {
                    event.prevent_default();
                    // What older browsers go by.
                    event.set_return_value("true");
                })
            })
        });
    }
}

/// What a person hears who is back after the session ended in the middle of an errand, and nobody else.
fn was_cut(errand: &Errand, account: &str) -> Option<String> {
    (errand.account == account).then(|| labels::of_file(t().queue.not_sent_signed_out, &errand.file))
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn a_file_that_a_sign_out_has_cut_is_spoken_of_to_its_person_only() {
        let errand = Errand { account: "ada".into(), file: "people.csv".into() };
        assert_eq!(
            was_cut(&errand, "ada").as_deref(),
            Some(
                "people.csv was not sent, because you were signed out. It is still chosen: start the import again."
            )
        );
        assert_eq!(was_cut(&errand, "bob"), None);
    }
}
