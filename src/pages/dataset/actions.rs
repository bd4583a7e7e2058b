//! What can be done with a dataset.

use std::sync::Arc;

use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;
use perennial_dialect::wire::jobs::Dataset;

use crate::{
    client::{ApiRequest, Client, FetchError, Moved},
    components::{Modal, changing},
    contexts::use_client,
    pages,
    platform::{numbers::grouped, save},
    texts::{self, dataset as labels, t},
};

/// What is being done with a dataset. Its tasks may outlive the page, so all that they do to it is tried.
#[derive(Clone, Copy, Debug)]
struct Doing {
    path: StoredValue<String>,
    name: StoredValue<String>,
    client: StoredValue<Client, LocalStorage>,
    /// How many bytes of the file have come, while it is on its way.
    received: RwSignal<Option<u64>>,
    /// Why the last wish was not granted.
    trouble: RwSignal<Option<String>>,
}

impl Doing {
    fn download(self) {
        if self.received.with_untracked(Option::is_some) {
            return;
        }
        self.trouble.set(None);
        self.received.set(Some(0));
        let (client, name) = (self.client.get_value(), self.name.get_value());
        let request = ApiRequest::get(&format!("{}/csv", self.path.get_value())).accepting("text/csv");
        let moved = move |moved| {
            if let Moved::Received(bytes) = moved {
                self.received.try_set(Some(bytes));
            }
        };
        spawn_local(async move {
            let outcome = match client.download(request, moved).await {
                Ok(blob) => save::save(&blob, &name).map_err(|_| t().dataset.not_saved.to_owned()),
                Err(error) => {
                    Err(labels::not_done(t().dataset.not_downloaded, &texts::fetch_failure(&error)))
                }
            };
            self.received.try_set(None);
            self.trouble.try_set(outcome.err());
        });
    }

    fn delete(self, then: impl FnOnce() + 'static) {
        self.trouble.set(None);
        let (client, path) = (self.client.get_value(), self.path.get_value());
        spawn_local(async move {
            match client.send(ApiRequest::delete(&path)).await {
                // One that is gone already is as good as deleted. Whoever has left the page is led nowhere.
                Ok(_) | Err(FetchError::Status { status: 404, .. }) => {
                    if !self.trouble.is_disposed() {
                        then();
                    }
                }
                Err(error) => {
                    self.trouble.try_set(Some(labels::not_done(
                        t().dataset.not_deleted,
                        &texts::fetch_failure(&error),
                    )));
                }
            }
        });
    }
}

/// The buttons beside the heading.
#[component]
pub fn Actions(
    /// What they are about.
    dataset: Arc<Dataset>,
    /// Where the server has it.
    path: String,
    /// The path the application is served under.
    base: StoredValue<String>,
) -> impl IntoView {
    let doing = Doing {
        path: StoredValue::new(path),
        name: StoredValue::new(dataset.name.clone()),
        client: StoredValue::new_local(use_client()),
        received: RwSignal::new(None),
        trouble: RwSignal::new(None),
    };
    let asking = RwSignal::new(false);
    let close = Callback::new(move |()| asking.set(false));
    let navigate = StoredValue::new_local(use_navigate());
    let queue = base.with_value(|base| pages::href(base, pages::QUEUE));
    let delete = move |_| {
        asking.set(false);
        let (navigate, queue) = (navigate.get_value(), queue.clone());
        doing.delete(move || navigate(&queue, leptos_router::NavigateOptions::default()));
    };
    let word = move || match doing.received.get() {
        None => t().dataset.download.to_owned(),
        Some(0) => t().dataset.downloading.to_owned(),
        Some(bytes) => labels::downloading(&texts::size(bytes)),
    };
    let explained = labels::delete_explained(&dataset.name, dataset.rows, grouped);
    view! {
        <div class="dataset-actions">
            <div class="actions">
                <button
                    type="button"
                    class="button button-primary dataset-download"
                    aria-disabled=move || doing.received.with(Option::is_some).then_some("true")
                    on:click=move |_| doing.download()
                >
                    {changing(word)}
                </button>
                <button type="button" class="button button-danger" on:click=move |_| asking.set(true)>
                    {t().dataset.delete}
                </button>
            </div>
            <p class="dataset-trouble" role="alert">{changing(move || doing.trouble.get())}</p>
        </div>
        <Modal open=asking role="alertdialog" labelled_by=CONFIRM described_by=EXPLAINED on_dismiss=close>
            <h2 class="modal-heading" id=CONFIRM>{t().dataset.confirm_delete}</h2>
            <p id=EXPLAINED>{explained}</p>
            <div class="actions">
                <button type="button" class="button button-danger" on:click=delete>{t().dataset.delete}</button>
                <button type="button" class="button" autofocus on:click=move |_| close.run(())>{t().common.cancel}</button>
            </div>
        </Modal>
    }
}

const CONFIRM: &str = "delete-heading";
const EXPLAINED: &str = "delete-explained";
