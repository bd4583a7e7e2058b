//! What the device page knows, and how it comes to know it.

use std::collections::BTreeSet;

use leptos::{prelude::*, task::spawn_local};
use perennial_dialect::wire::{self, Device};
use perennial_session::Wall;

use crate::{
    client::{ApiRequest, Client, FetchError},
    contexts::use_client,
    platform::clock,
    texts::{self, devices as labels},
};

/// The list as it was last loaded.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The sessions, the one active last first.
    pub devices: Vec<Device>,
    /// When.
    pub at: Wall,
}

impl Loaded {
    /// How many sessions there are beside this one.
    #[must_use]
    pub fn others(&self) -> usize {
        self.devices.iter().filter(|device| !device.current).count()
    }
}

/// The state of the page. Its tasks may outlive it, so all that they do to it is tried.
#[derive(Clone, Copy, Debug)]
pub struct DeviceList {
    /// What was loaded last.
    pub loaded: RwSignal<Option<Loaded>>,
    /// Why nothing was loaded since.
    pub failed: RwSignal<Option<String>>,
    /// Why the last wish was not granted.
    pub refused: RwSignal<Option<String>>,
    /// Whether an answer is on its way.
    pub loading: RwSignal<bool>,
    /// The sessions that are being ended.
    pub busy: RwSignal<BTreeSet<String>>,
    /// What was done last.
    pub said: RwSignal<String>,
    client: StoredValue<Client, LocalStorage>,
    /// Counts what was asked, so that an older answer never replaces a newer one.
    asked: StoredValue<u32>,
}

impl DeviceList {
    /// Knows nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            loaded: RwSignal::new(None),
            failed: RwSignal::new(None),
            refused: RwSignal::new(None),
            loading: RwSignal::new(false),
            busy: RwSignal::new(BTreeSet::new()),
            said: RwSignal::new(String::new()),
            client: StoredValue::new_local(use_client()),
            asked: StoredValue::new(0),
        }
    }

    /// Asks the server for the list. What is shown stays until the answer has come.
    pub fn load(self) {
        let turn = self.asked.with_value(|asked| asked.wrapping_add(1));
        self.asked.set_value(turn);
        self.loading.set(true);
        if self.loaded.with_untracked(Option::is_none) {
            // The outline says that something is on its way; the failure would say the opposite.
            self.failed.set(None);
        }
        let client = self.client.get_value();
        spawn_local(async move {
            let answer = fetch(&client).await;
            if self.asked.try_get_value() == Some(turn) {
                self.loading.try_set(false);
                match answer {
                    Ok(devices) => {
                        self.loaded.try_set(Some(Loaded { devices, at: Wall(clock::read().wall_ms) }));
                        self.failed.try_set(None);
                    }
                    Err(error) => {
                        self.failed.try_set(Some(texts::fetch_failure(&error)));
                    }
                }
            }
        });
    }

    /// Ends another session of the person. One that is gone already is as good as ended.
    pub fn revoke(self, device: Device) {
        self.begin();
        self.busy.update(|busy| {
            busy.insert(device.id.clone());
        });
        let client = self.client.get_value();
        spawn_local(async move {
            let path = format!("{SESSIONS}/{}", device.id);
            let outcome = match client.send(ApiRequest::delete(&path)).await {
                Ok(_) | Err(FetchError::Status { status: 404, .. }) => Ok(labels::signed_out(&device.device)),
                Err(error) => Err(labels::not_signed_out(&device.device, &texts::fetch_failure(&error))),
            };
            self.busy.try_update(|busy| busy.remove(&device.id));
            self.end(outcome);
        });
    }

    /// Ends all other sessions of the person.
    pub fn revoke_others(self) {
        self.begin();
        let client = self.client.get_value();
        spawn_local(async move {
            let answer = client.send(ApiRequest::delete(&format!("{SESSIONS}/others"))).await;
            self.end(match answer.and_then(|answer| answer.json::<wire::Revoked>()) {
                Ok(answer) => Ok(labels::signed_out_others(answer.revoked)),
                Err(error) => Err(labels::others_not_signed_out(&texts::fetch_failure(&error))),
            });
        });
    }

    fn begin(self) {
        self.refused.set(None);
        self.said.set(String::new());
    }

    fn end(self, outcome: Result<String, String>) {
        match outcome {
            // Whoever left the page meanwhile is told nothing and asks for nothing.
            Ok(said) => {
                if self.said.try_set(said).is_none() {
                    self.load();
                }
            }
            Err(why) => {
                self.refused.try_set(Some(why));
            }
        }
    }
}

async fn fetch(client: &Client) -> Result<Vec<Device>, FetchError> {
    Ok(client.send(ApiRequest::get(SESSIONS)).await?.json::<wire::Devices>()?.sessions)
}

const SESSIONS: &str = "/api/sessions";
