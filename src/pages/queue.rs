//! The files that a person has sent to be imported, and what becomes of them.

mod form;
mod reading;
mod row;
mod upload;

use leptos::prelude::*;
use perennial_session::Wall;

use crate::{
    components::{Banner, Skeleton, Tone},
    jobs::{self, JobList, Listed},
    platform::dates,
    texts::{self, queue as labels},
};
use form::ImportForm;
use row::JobRow;

pub use upload::Upload;

/// The queue.
#[component]
pub fn Queue(
    /// What time it is.
    now: Signal<Wall>,
    /// The path the application is served under.
    base: StoredValue<String>,
    /// The file that is being sent.
    upload: Upload,
) -> impl IntoView {
    let list = JobList::new();
    list.load();
    Effect::new(move |_| {
        if let Some(job) = upload.take_made() {
            list.add(job);
        }
    });
    jobs::keep_current(list);
    view! {
        <main class="page" aria-busy=move || list.loading.get().then_some("true")>
            <div class="page-top">
                <div>
                    <h1 tabindex="-1">{texts::QUEUE}</h1>
                    <p class="lead">{labels::INTRODUCTION}</p>
                </div>
                <button
                    type="button"
                    class="button"
                    aria-disabled=move || list.loading.get().then_some("true")
                    on:click=move |_| {
                        if !list.loading.get_untracked() {
                            list.load();
                        }
                    }
                >
                    {texts::RELOAD}
                </button>
            </div>
            <ImportForm upload />
            <div>
                <p class="visually-hidden" role="status">{list.said}</p>
                <Trouble list />
                {move || match list.jobs.with(|jobs| jobs.as_ref().map(Vec::is_empty)) {
                    None if list.failed.with(Option::is_some) => ().into_any(),
                    None => view! { <Skeleton label=labels::LOADING /> }.into_any(),
                    Some(true) => view! { <p class="empty">{labels::EMPTY}</p> }.into_any(),
                    Some(false) => view! { <Jobs list now base /> }.into_any(),
                }}
            </div>
        </main>
    }
}

/// What could not be loaded or done, with what is shown instead.
#[component]
fn Trouble(list: JobList) -> impl IntoView {
    let failed = move |why: String| {
        let shown = list.loaded_at.get().map(|at| texts::showing_loaded_at(&dates::clock(at)));
        view! {
            <Banner tone=Tone::Bad>
                <p>{shown.unwrap_or_else(|| labels::FAILED.to_owned())}" "{why}</p>
                <button type="button" class="button" on:click=move |_| list.load()>{texts::TRY_AGAIN}</button>
            </Banner>
        }
    };
    view! {
        <div class="trouble" role="alert">
            {move || list.failed.get().map(failed)}
            {move || list.refused.get().map(|why| view! { <Banner tone=Tone::Bad><p>{why}</p></Banner> })}
        </div>
    }
}

/// The table. The style sheet makes cards of its rows where there is little room, so the roles are said, which
/// browsers would take away with the layout.
#[component]
fn Jobs(list: JobList, now: Signal<Wall>, base: StoredValue<String>) -> impl IntoView {
    let ask = Callback::new(move |(id, action)| list.ask(id, action));
    let jobs = move || list.jobs.get().unwrap_or_default();
    let column = |class: &'static str, name: &'static str| {
        view! { <th role="columnheader" scope="col" class=class>{name}</th> }
    };
    view! {
        <table class="jobs" role="table" aria-label=labels::TABLE>
            <thead role="rowgroup">
                <tr class="job job-columns" role="row">
                    {column("job-file", labels::COLUMN_FILE)}
                    {column("job-state", labels::COLUMN_STATE)}
                    {column("job-number", labels::COLUMN_TAKEN)}
                    {column("job-number", labels::COLUMN_REJECTED)}
                    {column("job-number", labels::COLUMN_RATE)}
                    {column("job-started", labels::COLUMN_STARTED)}
                    <th role="columnheader" scope="col" class="job-actions">
                        <span class="visually-hidden">{labels::COLUMN_ACTIONS}</span>
                    </th>
                    <th role="columnheader" scope="col" class="job-details">
                        <span class="visually-hidden">{labels::COLUMN_DETAILS}</span>
                    </th>
                </tr>
            </thead>
            <tbody role="rowgroup">
                <For each=jobs key=|job| job.id.clone() let(Listed { id, row })>
                    <JobRow id row now base busy=list.busy ask />
                </For>
            </tbody>
        </table>
    }
}
