//! The files that a person has sent to be imported, and what becomes of them.

mod form;
mod job;
mod list;
mod pace;
mod reading;
mod row;
mod upload;

use std::time::Duration;

use leptos::{leptos_dom::helpers::window_event_listener_untyped, prelude::*};
use perennial_session::Wall;

use crate::{
    components::{Banner, Skeleton, Tone},
    platform::dates,
    texts::{self, t},
};
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
    reload_when_seen(list);
    reload_now_and_then(list);
    view! {
        <main class="page" aria-busy=move || list.loading.get().then_some("true")>
            <div class="page-top">
                <div>
                    <h1 tabindex="-1">{t().pages.queue}</h1>
                    <p class="lead">{t().queue.introduction}</p>
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
                    {t().common.reload}
                </button>
            </div>
            <ImportForm upload />
            <div>
                <p class="visually-hidden" role="status">{list.said}</p>
                <Trouble list />
                {move || match list.jobs.with(|jobs| jobs.as_ref().map(Vec::is_empty)) {
                    None if list.failed.with(Option::is_some) => ().into_any(),
                    None => view! { <Skeleton label=t().queue.loading /> }.into_any(),
                    Some(true) => view! { <p class="empty">{t().queue.empty}</p> }.into_any(),
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
        let shown = list.loaded_at.get().map(|at| texts::at(t().common.loaded_at, &dates::clock(at)));
        view! {
            <Banner tone=Tone::Bad>
                <p>{shown.unwrap_or_else(|| t().queue.failed.to_owned())}" "{why}</p>
                <button type="button" class="button" on:click=move |_| list.load()>{t().common.try_again}</button>
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
        if list.loading.get_untracked() || document().hidden() {
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

/// Another tab or device may have made jobs while nobody looked at this one, or looked at another window beside it.
fn reload_when_seen(list: JobList) {
    for event in ["visibilitychange", "focus"] {
        let listener = window_event_listener_untyped(event, move |_| {
            if !document().hidden() && !list.loading.get_untracked() {
                list.load();
            }
        });
        on_cleanup(move || listener.remove());
    }
}

/// Patient enough for a server in trouble, and quick enough for somebody who waits for an import.
const TICK: Duration = Duration::from_secs(15);

/// A list of which nothing is missed is asked for once in a minute: nobody waits for what another tab began, and a
/// hundred pages left open are two requests a second.
const TICKS_AT_REST: u32 = 4;
