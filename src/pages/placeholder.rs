//! What stands in the place of a page while the session is being restored.

use leptos::prelude::*;
use perennial_session::{Health, Wall};

use crate::{
    components::{Skeleton, changing},
    contexts::use_auth,
    guard::{Needs, is_stuck},
    platform::dates,
    texts::{self, t},
};

/// A quiet outline of a page; where restoring takes longer, a sentence that says what it waits for.
#[component]
pub fn Placeholder(
    /// The heading of the page that will stand here, where it is known.
    #[prop(optional)]
    heading: Option<&'static str>,
    /// What that page needs.
    #[prop(default = Needs::Server)]
    needs: Needs,
    /// What time it is.
    now: Signal<Wall>,
) -> impl IntoView {
    let snapshot = use_auth().snapshot();
    let is_stuck = is_stuck(snapshot);
    // A page that needs no server waits for its code alone, and whatever is said of the server would only flash up.
    let stuck = Memo::new(move |_| needs == Needs::Server && is_stuck.get());
    let trouble = Memo::new(move |_| match snapshot.with(|snapshot| snapshot.health) {
        Health::Fresh | Health::Resting | Health::Refreshing => None,
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
        // What ticks comes last, where it pushes nothing about.
        view! {
            <p class="lead">{changing(waits)}</p>
            <p class="soft">{changing(move || trouble.get())}</p>
        }
        .into_any()
    };
    view! {
        <main class="page" class:page-waiting=move || stuck.get() aria-busy=move || (!stuck.get()).then_some("true")>
            <h1 tabindex="-1" class:visually-hidden=heading.is_none()>{heading.unwrap_or(t().session.restoring)}</h1>
            {outline}
        </main>
    }
}
