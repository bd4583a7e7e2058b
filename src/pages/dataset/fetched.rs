//! Something the server was asked for.

use std::sync::Arc;

use leptos::{prelude::*, task::spawn_local};
use perennial_session::Wall;
use serde::de::DeserializeOwned;

use crate::{
    client::{ApiRequest, Client, FetchError},
    contexts::use_client,
    platform::clock,
};

/// What came last, why nothing came since, and whether something is on its way. Its tasks may outlive the page.
#[derive(Debug)]
pub struct Fetched<T: Send + Sync + 'static> {
    /// What came last; it stays until there is something newer.
    pub value: RwSignal<Option<Arc<T>>>,
    /// When that was.
    pub at: RwSignal<Option<Wall>>,
    /// Why nothing came since.
    pub failed: RwSignal<Option<FetchError>>,
    /// Whether an answer is on its way.
    pub loading: RwSignal<bool>,
    client: StoredValue<Client, LocalStorage>,
    /// Counts what was asked, so that an older answer never replaces a newer one.
    asked: StoredValue<u32>,
}

impl<T: Send + Sync + 'static> Clone for Fetched<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Fetched<T> {}

impl<T: DeserializeOwned + Send + Sync + 'static> Fetched<T> {
    /// Nothing has come yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            value: RwSignal::new(None),
            at: RwSignal::new(None),
            failed: RwSignal::new(None),
            loading: RwSignal::new(false),
            client: StoredValue::new_local(use_client()),
            asked: StoredValue::new(0),
        }
    }

    /// Asks for it.
    pub fn load(self, request: ApiRequest) {
        let turn = self.asked.get_value().wrapping_add(1);
        self.asked.set_value(turn);
        self.loading.set(true);
        if self.value.with_untracked(Option::is_none) {
            // The outline says that something is on its way; the failure would say the opposite.
            self.failed.set(None);
        }
        let client = self.client.get_value();
        spawn_local(async move {
            let answer = client.send(request).await.and_then(|answer| answer.json::<T>());
            if self.asked.try_get_value() == Some(turn) {
                self.loading.set(false);
                match answer {
                    Ok(value) => {
                        self.failed.set(None);
                        self.at.set(Some(Wall(clock::read().wall_ms)));
                        self.value.set(Some(Arc::new(value)));
                    }
                    Err(error) => self.failed.set(Some(error)),
                }
            }
        });
    }
}
