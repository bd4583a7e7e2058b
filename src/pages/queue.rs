//! The files that a person has sent to be imported, and what becomes of them.

mod form;
mod job;
mod list;
mod pace;
mod reading;
mod row;
mod upload;

use std::time::Duration;

use leptos::prelude::*;
use perennial_session::Wall;

use super::listing::{ListTop, ListTrouble, when_seen};
use crate::{components::Skeleton, texts::t};
use form::ImportForm;
use list::{JobList, Listed};
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
    // Another tab or device may have made jobs while nobody looked at this one.
    when_seen(move || {
        if !listing.loading.get_untracked() {
            list.load();
        }
    });
    reload_now_and_then(list);
    view! {
        <main class="page" aria-busy=move || listing.loading.get().then_some("true")>
            <ListTop listing heading=t().pages.queue lead=t().queue.introduction reload />
            <ImportForm upload />
            <div>
                <p class="visually-hidden" role="status">{listing.said}</p>
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

/// Keeps the list true while somebody may look at it: jobs that are behind catch up where live connections cannot be
/// had, as behind some proxies, and jobs that another tab or device has made or begun anew turn up.
fn reload_now_and_then(list: JobList) {
    let ticks = StoredValue::new(0_u32);
    let reload = move || {
        if list.listing.loading.get_untracked() || document().hidden() {
            return;
        }
        let patience = ticks.get_value() + 1;
        if list.is_behind() || patience >= TICKS_AT_REST {
            ticks.set_value(0);
            list.load();
        } else {
            ticks.set_value(patience);
        }
    };
    if let Ok(interval) = set_interval_with_handle(reload, TICK) {
        on_cleanup(move || interval.clear());
    }
}

/// Patient enough for a server in trouble, and quick enough for somebody who waits for an import.
const TICK: Duration = Duration::from_secs(15);

/// A list of which nothing is missed is asked for once in a minute: nobody waits for what another tab began, and a
/// hundred pages left open are two requests a second.
const TICKS_AT_REST: u32 = 4;
