//! The imports that run now.

use leptos::prelude::*;
use leptos_router::components::A;
use perennial_session::Health;

use crate::{
    components::changing,
    contexts::use_auth,
    guard::is_stuck,
    pages::{
        self,
        jobs::{
            self, JobList, Listed,
            job::{Link, Row, State},
        },
    },
    texts::{fill, t},
};

/// The person's imports on their way, as they go.
#[component]
pub fn Running(base: StoredValue<String>) -> impl IntoView {
    let list = JobList::new();
    list.load();
    jobs::keep_current(list);
    let running = Memo::new(move |_| {
        let goes_on = |listed: &&Listed| listed.row.with(|row| row.state().goes_on());
        let ids = |jobs: &Vec<Listed>| {
            jobs.iter().filter(goes_on).map(|listed| listed.id.clone()).collect::<Vec<_>>()
        };
        list.jobs.with(|jobs| jobs.as_ref().map(ids))
    });
    let rows = move || {
        let ids = running.get().unwrap_or_default();
        let jobs = list.jobs.get_untracked().unwrap_or_default();
        jobs.into_iter().filter(|listed| ids.contains(&listed.id)).collect::<Vec<_>>()
    };
    let texts = &t().running;
    let snapshot = use_auth().snapshot();
    let is_stuck = is_stuck(snapshot);
    let is_offline = Memo::new(move |_| snapshot.with(|snapshot| snapshot.health == Health::Offline));
    let said = move || match running.with(|running| running.as_ref().map(Vec::is_empty)) {
        Some(false) => None,
        Some(true) => Some(texts.none),
        None if is_stuck.get() && is_offline.get() => Some(t().notices.waits_for_network),
        None if is_stuck.get() => Some(t().notices.waits_for_server),
        None => list.listing.failed.with(Option::is_some).then_some(texts.failed),
    };
    view! {
        <section class="card" aria-labelledby=HEADING>
            <div class="card-top">
                <h2 class="card-heading" id=HEADING>{texts.heading}</h2>
                <A href=base.with_value(|base| pages::href(base, pages::QUEUE))>{texts.more}</A>
            </div>
            <div class="running">
                <p class="soft" role="status">{changing(said)}</p>
                <ul class="running-list">
                    <For each=rows key=|listed| listed.id.clone() let(listed)>
                        {import(&listed)}
                    </For>
                </ul>
            </div>
        </section>
    }
}

fn import(listed: &Listed) -> AnyView {
    let row = RwSignal::from(listed.row.clone());
    let file = row.with_untracked(|row| row.job.file_name.clone());
    let percent = Memo::new(move |_| row.with(Row::percent));
    let texts = &t().running;
    let state = move || {
        row.with(|row| match (row.link, row.state()) {
            (Link::Interrupted, _) => texts.reconnecting,
            (Link::Good, State::Queued) => texts.waiting,
            (
                Link::Good,
                State::Running | State::Done | State::Failed | State::Cancelled | State::Unknown,
            ) => texts.importing,
        })
    };
    view! {
        <li class="running-job">
            <span class="job-name">{file.clone()}</span>
            <span class="running-state">{changing(state)}</span>
            <progress
                class="bar"
                max="100"
                aria-label=fill(texts.progress, &[("file", &file)])
                prop:value=move || percent.get().to_string()
            ></progress>
            <span class="running-percent">
                {changing(move || fill(texts.percent, &[("n", &percent.get().to_string())]))}
            </span>
        </li>
    }
    .into_any()
}

const HEADING: &str = "running-heading";
