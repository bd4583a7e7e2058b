//! What all pages with a list do alike: asking for it, and saying how that went.

mod kept;

use leptos::{leptos_dom::helpers::window_event_listener_untyped, prelude::*, task::spawn_local};
use perennial_session::Wall;
use serde::de::DeserializeOwned;

use crate::{
    client::{ApiRequest, Client},
    components::{Banner, Tone, changing},
    contexts::use_client,
    platform::{clock, dates},
    texts::{self, t},
};

pub use kept::Lists;

/// What is known of a list beside what is in it. Its tasks may outlive the page, so all that they do to it is tried.
#[derive(Clone, Copy, Debug)]
pub struct Listing {
    /// When it came last.
    pub loaded_at: RwSignal<Option<Wall>>,
    /// Why it did not come since.
    pub failed: RwSignal<Option<String>>,
    /// Why the last wish was not granted.
    pub refused: RwSignal<Option<String>>,
    /// Whether an answer is on its way.
    pub loading: RwSignal<bool>,
    /// What happened last, for those who do not see the list.
    pub said: RwSignal<String>,
    client: StoredValue<Client, LocalStorage>,
    /// The last lists, of which one is shown where none comes.
    lists: Lists,
    /// Whose list it is.
    account: StoredValue<Option<String>>,
    /// Counts what was asked, so that an older answer never replaces a newer one.
    asked: StoredValue<u32>,
}

impl Listing {
    /// Nothing has come yet.
    #[must_use]
    pub fn new() -> Self {
        let lists = expect_context::<Lists>();
        Self {
            loaded_at: RwSignal::new(None),
            failed: RwSignal::new(None),
            refused: RwSignal::new(None),
            loading: RwSignal::new(false),
            said: RwSignal::new(String::new()),
            client: StoredValue::new_local(use_client()),
            lists,
            account: StoredValue::new(lists.account()),
            asked: StoredValue::new(0),
        }
    }

    /// Asks for the list and hands it on when it has come. What is shown stays until then. Where none comes, or none
    /// can, and nothing is shown yet, it hands on the one that came last.
    pub fn load<T: Clone + DeserializeOwned + 'static>(
        self,
        path: &'static str,
        show: impl FnOnce(T) + 'static,
    ) {
        let Some(turn) = self.asked.try_with_value(|asked| asked.wrapping_add(1)) else { return };
        self.asked.set_value(turn);
        if self.lists.offline().get_untracked() {
            self.loading.set(false);
            return self.fall_back(path, show, t().notices.waits_for_network.to_owned());
        }
        self.loading.set(true);
        if self.loaded_at.with_untracked(Option::is_none) {
            // The outline says that something is on its way; the failure would say the opposite.
            self.failed.set(None);
        }
        let client = self.client.get_value();
        spawn_local(async move {
            let answer = client.send(ApiRequest::get(path)).await.and_then(|answer| answer.json::<T>());
            if self.asked.try_get_value() == Some(turn) {
                self.loading.set(false);
                match answer {
                    Ok(list) => {
                        show(list.clone());
                        self.came();
                        self.keep(path, list);
                    }
                    Err(error) => self.fall_back(path, show, texts::fetch_failure(&error)),
                }
            }
        });
    }

    /// The list has come, whichever way.
    pub fn came(self) {
        self.loaded_at.set(Some(Wall(clock::read().wall_ms)));
        self.failed.set(None);
    }

    /// Keeps a list as it is now, for when its page is come back to and none can be had.
    pub fn keep<T: 'static>(self, path: &'static str, list: T) {
        if let Some(Some(at)) = self.loaded_at.try_get_untracked()
            && let Some(account) = self.account.try_get_value()
        {
            self.lists.put(account, path, at, list);
        }
    }

    /// What is on its way is older than what came otherwise.
    pub fn overtake(self) {
        self.asked.update_value(|asked| *asked = asked.wrapping_add(1));
        self.loading.set(false);
    }

    fn fall_back<T: Clone + 'static>(self, path: &'static str, show: impl FnOnce(T), why: String) {
        let account = self.account.get_value();
        if self.loaded_at.with_untracked(Option::is_none)
            && let Some((at, list)) = self.lists.get(account.as_deref(), path)
        {
            show(list);
            self.loaded_at.set(Some(at));
        }
        self.failed.set(Some(why));
    }

    /// The client that asked.
    #[must_use]
    pub fn client(self) -> Option<Client> {
        self.client.try_get_value()
    }
}

/// The heading of a page with a list, and the button that loads it again.
#[component]
pub fn ListTop(
    /// What is known of the list.
    listing: Listing,
    /// The heading.
    heading: &'static str,
    /// What the page is about.
    lead: &'static str,
    /// The person wants it again.
    reload: Callback<()>,
) -> impl IntoView {
    view! {
        <div class="page-top">
            <div>
                <h1 tabindex="-1">{heading}</h1>
                <p class="lead">{lead}</p>
            </div>
            <button
                type="button"
                class="button"
                aria-disabled=move || listing.loading.get().then_some("true")
                on:click=move |_| {
                    if !listing.loading.get_untracked() {
                        reload.run(());
                    }
                }
            >
                {t().common.reload}
            </button>
        </div>
    }
    .into_any()
}

/// What could not be loaded or done, with what is shown instead.
#[component]
pub fn ListTrouble(
    /// What is known of the list.
    listing: Listing,
    /// What is said where there is nothing to show.
    nothing: &'static str,
    /// The person wants it to be tried again.
    again: Callback<()>,
) -> impl IntoView {
    let failed = move |why: String| {
        let shown = listing.loaded_at.get().map(|at| texts::at(t().common.loaded_at, &dates::clock(at)));
        let said = [shown.as_deref().unwrap_or(nothing), &why].join(" ");
        view! {
            <Banner tone=Tone::Bad>
                <p>{changing(move || said.clone())}</p>
                <button type="button" class="button" on:click=move |_| again.run(())>{t().common.try_again}</button>
            </Banner>
        }
    };
    view! {
        <div class="trouble" role="alert">
            {move || listing.failed.get().map(failed)}
            {move || listing.refused.get().map(|why| view! { <Banner tone=Tone::Bad><p>{changing(move || why.clone())}</p></Banner> })}
        </div>
    }
    .into_any()
}

/// Calls back when the network is there again for a list that did not come without it.
pub fn when_online(listing: Listing, load: impl Fn() + 'static) {
    let offline = listing.lists.offline();
    Effect::new(move |was_offline: Option<bool>| {
        let is_offline = offline.get();
        let is_back = was_offline == Some(true) && !is_offline;
        if is_back && listing.failed.with_untracked(Option::is_some) && !listing.loading.get_untracked() {
            load();
        }
        is_offline
    });
}

/// Calls back whenever somebody looks at this page again, or at this window beside another.
pub fn when_seen(look: impl Fn() + Copy + 'static) {
    for event in ["visibilitychange", "focus"] {
        let listener = window_event_listener_untyped(event, move |_| {
            if !document().hidden() {
                look();
            }
        });
        on_cleanup(move || listener.remove());
    }
}
