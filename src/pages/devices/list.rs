//! What the device page knows, and how it comes to know it.

use leptos::{prelude::*, task::spawn_local};
use perennial_dialect::wire::{self, Device};
use perennial_session::Wall;

use crate::{
    client::{ApiRequest, Client, FetchError},
    contexts::use_client,
    platform::clock,
    texts::devices as texts,
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
    /// The session that is being ended.
    pub busy: RwSignal<Option<String>>,
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
            busy: RwSignal::new(None),
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
                        self.failed.try_set(Some(error.to_string()));
                    }
                }
            }
        });
    }

    /// Ends another session of the person. One that is gone already is as good as ended.
    pub fn revoke(self, device: Device) {
        self.begin(Some(device.id.clone()));
        let client = self.client.get_value();
        spawn_local(async move {
            let path = format!("{SESSIONS}/{}", device.id);
            match client.send(ApiRequest::delete(&path)).await {
                Ok(_) | Err(FetchError::Status { status: 404, .. }) => {
                    self.end(Ok(texts::signed_out(&device.device)));
                }
                Err(error) => self.end(Err(texts::not_signed_out(&device.device, &error.to_string()))),
            }
        });
    }

    /// Ends all other sessions of the person.
    pub fn revoke_others(self) {
        self.begin(None);
        let client = self.client.get_value();
        spawn_local(async move {
            let answer = client.send(ApiRequest::delete(&format!("{SESSIONS}/others"))).await;
            match answer.and_then(|answer| answer.json::<wire::Revoked>()) {
                Ok(answer) => self.end(Ok(texts::signed_out_others(answer.revoked))),
                Err(error) => self.end(Err(texts::others_not_signed_out(&error.to_string()))),
            }
        });
    }

    fn begin(self, device: Option<String>) {
        self.busy.set(device);
        self.refused.set(None);
        self.said.set(String::new());
    }

    fn end(self, outcome: Result<String, String>) {
        // Whoever left the page meanwhile is told nothing and asks for nothing.
        if self.busy.try_set(None).is_some() {
            return;
        }
        match outcome {
            Ok(said) => {
                self.said.set(said);
                self.load();
            }
            Err(why) => self.refused.set(Some(why)),
        }
    }
}

async fn fetch(client: &Client) -> Result<Vec<Device>, FetchError> {
    Ok(client.send(ApiRequest::get(SESSIONS)).await?.json::<wire::Devices>()?.sessions)
}

const SESSIONS: &str = "/api/sessions";
