//! What stands in the place of a page while the session is being restored.

use leptos::prelude::*;
use perennial_session::{Health, Wall};

use crate::{
    components::Skeleton,
    contexts::use_auth,
    platform::dates,
    texts::{self, t},
};

/// A quiet outline of a page, with a sentence when restoring takes longer for a reason.
#[component]
pub fn Placeholder(
    /// The heading of the page that will stand here, where it is known.
    #[prop(optional)]
    heading: Option<&'static str>,
    /// What time it is.
    now: Signal<Wall>,
) -> impl IntoView {
    let snapshot = use_auth().snapshot();
    let trouble = Memo::new(move |_| match snapshot.with(|snapshot| snapshot.health) {
        Health::Fresh | Health::Refreshing => None,
        health @ (Health::Retrying { .. }
        | Health::WaitingForServer { .. }
        | Health::Offline
        | Health::Unconfirmed { .. }) => Some(texts::health(health, now.get(), dates::clock)),
    });
    view! {
        <main class="page" aria-busy="true">
            <h1 tabindex="-1" class:visually-hidden=heading.is_none()>{heading.unwrap_or(t().session.restoring)}</h1>
            <p class="soft">{trouble}</p>
            <Skeleton label=t().session.restoring />
        </main>
    }
}
