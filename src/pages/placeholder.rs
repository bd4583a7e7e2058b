//! What stands in the place of a page while the session is being restored.

use leptos::prelude::*;
use perennial_session::{Health, Wall};

use crate::{
    components::Skeleton,
    contexts::use_auth,
    guard::is_stuck,
    platform::dates,
    texts::{self, t},
};

/// A quiet outline of a page; where restoring takes longer, a sentence that says what it waits for.
#[component]
pub fn Placeholder(
    /// The heading of the page that will stand here, where it is known.
    #[prop(optional)]
    heading: Option<&'static str>,
    /// What time it is.
    now: Signal<Wall>,
) -> impl IntoView {
    let snapshot = use_auth().snapshot();
    let stuck = is_stuck(snapshot);
    let trouble = Memo::new(move |_| match snapshot.with(|snapshot| snapshot.health) {
        Health::Fresh | Health::Refreshing => None,
        health @ (Health::Retrying { .. }
        | Health::WaitingForServer { .. }
        | Health::Offline
        | Health::Unconfirmed { .. }) => Some(texts::health(health, now.get(), dates::clock)),
    });
    let offline = Memo::new(move |_| snapshot.with(|snapshot| snapshot.health == Health::Offline));
    let outline = move || {
        if !stuck.get() {
            return view! { <Skeleton label=t().session.restoring /> }.into_any();
        }
        let texts = &t().notices;
        let waits = move || if offline.get() { texts.waits_for_network } else { texts.waits_for_server };
        view! { <p class="lead">{waits}</p> }.into_any()
    };
    view! {
        <main class="page" aria-busy=move || (!stuck.get()).then_some("true")>
            <h1 tabindex="-1" class:visually-hidden=heading.is_none()>{heading.unwrap_or(t().session.restoring)}</h1>
            <p class="soft">{trouble}</p>
            {outline}
        </main>
    }
}
