//! The files that a person has sent to be imported, and what becomes of them.

mod form;
mod reading;
mod row;
mod upload;

use leptos::prelude::*;
use perennial_session::Wall;

use super::{
    jobs::{self, JobList, Listed},
    listing::{ListTop, ListTrouble},
};
use crate::{
    components::{Skeleton, changing},
    texts::t,
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
    let listing = list.listing;
    let reload = Callback::new(move |()| list.load());
    jobs::keep_current(list);
    view! {
        <main class="page" aria-busy=move || listing.loading.get().then_some("true")>
            <ListTop listing heading=t().pages.queue lead=t().queue.introduction reload />
            <ImportForm upload />
            <div>
                <p class="visually-hidden" role="status">{changing(move || listing.said.get())}</p>
                <ListTrouble listing nothing=t().queue.failed again=reload />
                {move || match list.jobs.with(|jobs| jobs.as_ref().map(Vec::is_empty)) {
                    None if listing.failed.with(Option::is_some) => ().into_any(),
                    None => view! { <Skeleton label=t().queue.loading /> }.into_any(),
                    Some(true) => view! { <p class="empty">{t().queue.empty}</p> }.into_any(),
                    Some(false) => view! { <Jobs list now base /> }.into_any(),
                }}
            </div>
        </main>
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
        <table class="jobs" role="table" aria-label=t().queue.table>
            <thead role="rowgroup">
                <tr class="job job-columns" role="row">
                    {column("job-file", t().queue.column_file)}
                    {column("job-state", t().queue.column_state)}
                    {column("job-number", t().queue.column_taken)}
                    {column("job-number", t().queue.column_rejected)}
                    {column("job-number", t().queue.column_rate)}
                    {column("job-started", t().queue.column_started)}
                    <th role="columnheader" scope="col" class="job-actions">
                        <span class="visually-hidden">{t().queue.column_actions}</span>
                    </th>
                    <th role="columnheader" scope="col" class="job-details">
                        <span class="visually-hidden">{t().queue.column_details}</span>
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
