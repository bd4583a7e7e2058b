//! What the device page knows, and how it comes to know it.

use std::collections::BTreeSet;

use leptos::{prelude::*, task::spawn_local};
use perennial_dialect::wire::{self, Device, live::SESSIONS_TOPIC};
use serde_json::Value;

use super::row::button_id;
use crate::{
    client::{ApiRequest, FetchError},
    components::focus,
    contexts::use_sockets,
    pages::listing::Listing,
    platform::console,
    sockets::{News, Watch},
    texts::{self, devices as labels, fill, t},
};

/// A device of the list. What is said of it is a signal of its own, so that its row stays and the focus in it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The session's identifier.
    pub id: String,
    /// Whether it is the session that asks.
    pub is_current: bool,
    /// What is known of it.
    pub device: ArcRwSignal<Device>,
}

/// The state of the page. Its tasks may outlive it, so all that they do to it is tried.
#[derive(Clone, Copy, Debug)]
pub struct DeviceList {
    /// The sessions once they are known, this one first.
    pub devices: RwSignal<Option<Vec<Listed>>>,
    /// How asking for them goes.
    pub listing: Listing,
    /// The sessions that are being ended.
    pub busy: RwSignal<BTreeSet<String>>,
    /// Whether what happens elsewhere is heard of at once.
    is_live: StoredValue<bool>,
    watch: StoredValue<Option<Watch>, LocalStorage>,
    /// The sessions that were ended here: nobody needs to be told that they are gone.
    ended_here: StoredValue<BTreeSet<String>>,
}

impl DeviceList {
    /// Knows nothing yet, and hears of what happens from now on.
    #[must_use]
    pub fn new() -> Self {
        let list = Self {
            devices: RwSignal::new(None),
            listing: Listing::new(),
            busy: RwSignal::new(BTreeSet::new()),
            is_live: StoredValue::new(false),
            watch: StoredValue::new_local(None),
            ended_here: StoredValue::new(BTreeSet::new()),
        };
        let watch = use_sockets().watch(SESSIONS_TOPIC.to_owned(), 0, move |news| list.hear(news));
        list.watch.set_value(Some(watch));
        list
    }

    /// Asks the server for the list. What is shown stays until the answer has come.
    pub fn load(self) {
        self.listing.load::<wire::Devices>(SESSIONS, move |answer| self.show(answer.sessions));
    }

    /// Asks for it where nothing would come by itself.
    pub fn catch_up(self) {
        let is_behind = !self.is_live.get_value() || self.listing.failed.with_untracked(Option::is_some);
        if is_behind && !self.listing.loading.get_untracked() {
            self.load();
        }
    }

    /// How many sessions there are beside this one.
    #[must_use]
    pub fn others(self) -> Option<usize> {
        let count = |devices: &Vec<Listed>| devices.iter().filter(|device| !device.is_current).count();
        self.devices.with(|devices| devices.as_ref().map(count))
    }

    /// Ends another session of the person. One that is gone already is as good as ended.
    pub fn revoke(self, device: Device) {
        let Some(client) = self.listing.client() else { return };
        self.begin();
        self.ended_here.update_value(|ended| {
            ended.insert(device.id.clone());
        });
        self.busy.update(|busy| {
            busy.insert(device.id.clone());
        });
        spawn_local(async move {
            let path = format!("{SESSIONS}/{}", device.id);
            let outcome = match client.send(ApiRequest::delete(&path)).await {
                Ok(_) | Err(FetchError::Status { status: 404, .. }) => Ok(labels::signed_out(&device.device)),
                Err(error) => Err(labels::not_signed_out(&device.device, &texts::fetch_failure(&error))),
            };
            self.busy.try_update(|busy| busy.remove(&device.id));
            if outcome.is_err() {
                self.ended_here.try_update_value(|ended| ended.remove(&device.id));
            }
            self.end(outcome);
        });
    }

    /// Ends all other sessions of the person.
    pub fn revoke_others(self) {
        let Some(client) = self.listing.client() else { return };
        self.begin();
        let others = self.devices.with_untracked(|devices| {
            let others = devices.iter().flatten().filter(|device| !device.is_current);
            others.map(|device| device.id.clone()).collect()
        });
        self.ended_here.set_value(others);
        spawn_local(async move {
            let answer = client.send(ApiRequest::delete(&format!("{SESSIONS}/others"))).await;
            let outcome = match answer.and_then(|answer| answer.json::<wire::Revoked>()) {
                Ok(answer) => Ok(labels::signed_out_others(answer.revoked)),
                Err(error) => Err(labels::others_not_signed_out(&texts::fetch_failure(&error))),
            };
            if outcome.is_err() {
                self.ended_here.try_update_value(BTreeSet::clear);
            }
            self.end(outcome);
        });
    }

    fn begin(self) {
        self.listing.refused.set(None);
        self.listing.said.set(String::new());
    }

    fn end(self, outcome: Result<String, String>) {
        match outcome {
            // Whoever left the page meanwhile is told nothing and asks for nothing.
            Ok(said) => {
                if self.listing.said.try_set(said).is_none() {
                    // The button that was pressed goes away with its row.
                    focus::focus(SAID);
                    self.load();
                }
            }
            Err(why) => {
                self.listing.refused.try_set(Some(why));
            }
        }
    }

    fn hear(self, news: News) {
        match news {
            News::Live => self.is_live.set_value(true),
            News::Interrupted | News::Over(_) => self.is_live.set_value(false),
            News::Event(event) => self.take(event),
        }
    }

    fn take(self, event: Value) {
        match serde_json::from_value::<wire::Devices>(event) {
            Ok(devices) => {
                self.show(devices.sessions.clone());
                self.listing.overtake();
                self.listing.came();
                self.listing.keep(SESSIONS, devices);
            }
            Err(error) => console::warn(&format!("A list of devices could not be read: {error}")),
        }
    }

    /// Shows a list: what is there stays where it is, what is new comes after this device, and what came or went by
    /// itself is said.
    fn show(self, mut answer: Vec<Device>) {
        for device in &mut answer {
            device.device = name(&device.device);
        }
        let before = self.devices.get_untracked();
        let known = before.clone().unwrap_or_default();
        let is_gone = |listed: &&Listed| answer.iter().all(|device| device.id != listed.id);
        let gone: Vec<Listed> = known.iter().filter(is_gone).cloned().collect();
        let mut devices: Vec<Listed> = known.iter().filter(|listed| !is_gone(listed)).cloned().collect();
        let mut came = Vec::new();
        for device in answer {
            match known.iter().find(|listed| listed.id == device.id) {
                Some(listed) if listed.device.with_untracked(|shown| *shown == device) => {}
                Some(listed) => listed.device.set(device),
                None => came.push(listed(device)),
            }
        }
        if before.is_some() && came.is_empty() && gone.is_empty() {
            return;
        }
        if before.is_some() {
            self.tell(&came, &gone);
        }
        let place = devices.iter().take_while(|listed| listed.is_current).count();
        devices.splice(place..place, came);
        devices.sort_by_key(|listed| !listed.is_current);
        self.devices.set(Some(devices));
    }

    /// Says what happened elsewhere. What was done here has been said.
    fn tell(self, came: &[Listed], gone: &[Listed]) {
        let texts = &t().states;
        let said = |text: &str, listed: &Listed| {
            listed.device.with_untracked(|device| fill(text, &[("device", &device.device)]))
        };
        let is_own = |id: &String| self.ended_here.with_value(|ended| ended.contains(id));
        let gone_elsewhere = gone.iter().filter(|listed| !is_own(&listed.id));
        let sentences: Vec<String> = gone_elsewhere
            .map(|listed| said(texts.device_gone, listed))
            .chain(came.iter().map(|listed| said(texts.device_came, listed)))
            .collect();
        for listed in gone {
            focus::hand_over(&button_id(&listed.id), SAID.to_owned());
        }
        if !sentences.is_empty() {
            self.listing.said.set(sentences.join(" "));
        }
    }
}

/// What the server calls a device, in the language of the reader. A name that it does not make in this way stays.
fn name(said: &str) -> String {
    let texts = &t().states;
    let translated = |word: &str| match word {
        "Unknown browser" => texts.unknown_browser.to_owned(),
        "Unknown device" => texts.unknown_device.to_owned(),
        word => word.to_owned(),
    };
    match said.split_once(" on ") {
        Some((browser, system)) => {
            fill(texts.device, &[("browser", &translated(browser)), ("system", system)])
        }
        None => translated(said),
    }
}

fn listed(device: Device) -> Listed {
    Listed { id: device.id.clone(), is_current: device.current, device: ArcRwSignal::new(device) }
}

/// The identifier of the place where it is said what was done.
pub const SAID: &str = "devices-said";

const SESSIONS: &str = "/api/sessions";

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use crate::texts::{find, speak};

    #[test]
    fn a_device_is_called_as_people_say_it() {
        for (said, german) in [
            ("Firefox on Windows", "Firefox auf Windows"),
            ("Unknown browser on Linux", "Unbekannter Browser auf Linux"),
            ("Unknown device", "Unbekanntes Gerät"),
            ("curl", "curl"),
        ] {
            assert_eq!(name(said), said);
            speak(find("de").unwrap());
            assert_eq!(name(said), german);
            speak(find("en").unwrap());
        }
    }
}
