//! One job of the table.

use std::collections::BTreeSet;

use leptos::{ev::MouseEvent, prelude::*};
use leptos_router::components::A;
use perennial_session::Wall;

use crate::{
    components::{TimeAgo, changing, focus},
    pages::{
        self,
        jobs::{
            job::{Action, Link, Row, State},
            list,
        },
    },
    platform::numbers::grouped,
    texts::{self, queue as labels, t},
};

/// A job with how far it is and what it can be asked for.
#[component]
pub fn JobRow(
    /// Its identifier.
    id: String,
    /// The job.
    row: ArcRwSignal<Row>,
    /// What time it is.
    now: Signal<Wall>,
    /// The path the application is served under.
    base: StoredValue<String>,
    /// The jobs of which something is being asked.
    #[prop(into)]
    busy: Signal<BTreeSet<String>>,
    /// The person wants something of a job.
    ask: Callback<(String, Action)>,
) -> impl IntoView {
    let row = RwSignal::from(row);
    let file = StoredValue::new(row.with_untracked(|row| row.job.file_name.clone()));
    let size = texts::size(row.with_untracked(|row| row.job.size_bytes));
    let state = Memo::new(move |_| row.with(Row::state));
    let taken = Memo::new(move |_| row.with(|row| row.job.rows_accepted));
    let rate = Memo::new(move |_| row.with(Row::rate));
    let started = Memo::new(move |_| row.with(|row| row.job.started_at.clone()));
    let dataset = Memo::new(move |_| {
        row.with(|row| row.job.dataset_id.as_ref().map(|id| base.with_value(|base| pages::dataset(base, id))))
    });
    let name = format!("job-{id}");
    let actions = view! { <Actions id row file dataset busy ask name=name.clone() /> };
    view! {
        <tr class="job" role="row" data-state=move || list::word(state.get())>
            <th class="job-file" role="rowheader" scope="row">
                <span class="job-name" id=name tabindex="-1">{file.get_value()}</span>
                <span class="soft">{size}</span>
            </th>
            <td class="job-state" role="cell"><Progress row state file /></td>
            <td class="job-number" role="cell" data-label=t().queue.column_taken>
                {changing(move || grouped(taken.get()))}
            </td>
            <td class="job-number" role="cell" data-label=t().queue.column_rejected>
                <Rejected row file dataset />
            </td>
            <td class="job-number" role="cell" data-label=t().queue.column_rate>
                {changing(move || rate.get().map_or_else(|| t().queue.none.to_owned(), grouped))}
            </td>
            <td class="job-started" role="cell" data-label=t().queue.column_started>
                {move || match started.get() {
                    Some(moment) => view! { <TimeAgo moment now /> }.into_any(),
                    None => changing(|| t().queue.not_started),
                }}
            </td>
            <td class="job-actions" role="cell">{actions}</td>
            <td class="job-details" role="cell"><Details row /></td>
        </tr>
    }
}

/// The state in a word, with a bar while there is more to come.
#[component]
fn Progress(row: RwSignal<Row>, state: Memo<State>, file: StoredValue<String>) -> impl IntoView {
    let percent = Memo::new(move |_| row.with(Row::percent));
    let goes_on = Memo::new(move |_| state.get().goes_on());
    let bar = move || {
        goes_on.get().then(|| {
            view! {
                <span class="job-percent">{changing(move || labels::percent(percent.get()))}</span>
                <progress
                    class="bar"
                    max="100"
                    aria-label=file.with_value(|file| labels::of_file(t().queue.progress_of, file))
                    prop:value=move || percent.get().to_string()
                ></progress>
            }
        })
    };
    view! {
        <span class="job-word">{changing(move || list::state(state.get()))}</span>
        {bar}
    }
}

/// How many rows were not taken, as a link to them once they can be looked at.
#[component]
fn Rejected(row: RwSignal<Row>, file: StoredValue<String>, dataset: Memo<Option<String>>) -> impl IntoView {
    let rejected = Memo::new(move |_| row.with(|row| row.job.rows_rejected));
    move || match (dataset.get(), rejected.get()) {
        (Some(href), rejected @ 1..) => {
            let href = format!("{href}#{}", pages::REJECTED);
            let name = file.with_value(|file| labels::rejected_of(rejected, file, grouped));
            view! { <A href=href attr:aria-label=name>{grouped(rejected)}</A> }.into_any()
        }
        (_, rejected) => changing(move || grouped(rejected)),
    }
}

/// What there is to say: of the connection while the job goes on, of the job in the end.
#[component]
fn Details(row: RwSignal<Row>) -> impl IntoView {
    let said = Memo::new(move |_| {
        row.with(|row| match row.link {
            Link::Interrupted => Some(t().queue.reconnecting.to_owned()),
            Link::Good => list::outcome(row),
        })
    });
    changing(move || said.get())
}

/// The button for what a job can be asked for, and the way to what came of it.
///
/// The button stays the same element while its word changes, so that it keeps the focus; where it goes away, the
/// focus goes to the name of the file.
#[component]
fn Actions(
    id: String,
    row: RwSignal<Row>,
    file: StoredValue<String>,
    dataset: Memo<Option<String>>,
    busy: Signal<BTreeSet<String>>,
    ask: Callback<(String, Action)>,
    name: String,
) -> impl IntoView {
    let (id, name) = (StoredValue::new(id), StoredValue::new(name));
    let action = Memo::new(move |_| row.with(Row::action));
    let there = Memo::new(move |_| action.with(Option::is_some));
    let waits = Memo::new(move |_| {
        row.with(|row| row.is_settling) || id.with_value(|id| busy.with(|busy| busy.contains(id)))
    });
    let press = move |event: MouseEvent| {
        // The second half of a double click is not meant for the word that the first has brought.
        if let Some(action) = action.get_untracked()
            && !waits.get_untracked()
            && event.detail() <= 1
        {
            ask.run((id.get_value(), action));
        }
    };
    let label = move || match action.get() {
        Some(Action::Retry) => file.with_value(|file| labels::of_file(t().queue.retry_file, file)),
        Some(Action::Cancel) | None => file.with_value(|file| labels::of_file(t().queue.cancel, file)),
    };
    let word = move || match action.get() {
        Some(Action::Retry) => t().queue.retry,
        Some(Action::Cancel) | None => t().common.cancel,
    };
    let button = name.with_value(|name| format!("{name}-action"));
    let button = move || {
        let button = button.clone();
        if !there.get() {
            focus::hand_over(&button, name.get_value());
            return ().into_any();
        }
        view! {
            <button
                type="button"
                class="button"
                id=button
                aria-label=label
                aria-disabled=move || waits.get().then_some("true")
                on:click=press
            >
                {changing(word)}
            </button>
        }
        .into_any()
    };
    let link = move || {
        let href = dataset.get()?;
        let name = file.with_value(|file| labels::of_file(t().queue.open_file, file));
        Some(view! { <A href=href attr:class="button" attr:aria-label=name>{t().queue.open}</A> })
    };
    view! { {button} {link} }
}
