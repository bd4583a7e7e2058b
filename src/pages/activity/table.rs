//! The entries as a table, the newest first.

use leptos::prelude::*;

use super::words;
use crate::{
    components::{Mark, Pager},
    contexts::use_config,
    platform::{dates, numbers::grouped},
    record::{Entry, Outcome, What},
    texts::{self, fill, t},
};

/// The table, page by page. The style sheet makes cards of its rows where there is little room, so the roles are said,
/// which browsers would take away with the layout.
#[component]
pub fn Table(chosen: Memo<Vec<Entry>>) -> impl IntoView {
    let wanted = RwSignal::new(0_u64);
    let total = Memo::new(move |_| chosen.with(Vec::len) as u64);
    // What is chosen may have fewer pages than there were.
    let offset = Memo::new(move |_| if wanted.get() < total.get() { wanted.get() } else { 0 });
    let limit_s = use_config().timing.inactivity_limit_s;
    let rows = move || {
        let skipped = usize::try_from(offset.get()).unwrap_or(0);
        chosen.with(|chosen| {
            let newest = chosen.iter().enumerate().rev().skip(skipped).take(ON_PAGE);
            newest.map(|(place, entry)| (place, *entry)).collect::<Vec<_>>()
        })
    };
    let texts = &t().activity;
    let column = |name: &'static str| view! { <th role="columnheader" scope="col">{name}</th> };
    let go = Callback::new(move |offset| wanted.set(offset));
    view! {
        <div class="block">
            <table class="happenings" role="table" aria-label=texts.table>
                <thead role="rowgroup">
                    <tr class="happening happening-columns" role="row">
                        {column(texts.time)} {column(texts.what)} {column(texts.why)} {column(texts.duration)}
                    </tr>
                </thead>
                <tbody role="rowgroup">
                    <For each=rows key=|(place, entry)| (*place, entry.at.0) let((_, entry))>
                        {row(&entry, limit_s)}
                    </For>
                </tbody>
            </table>
            {move || (total.get() == 0).then(|| view! { <p class="empty">{t().activity.empty_kind}</p> })}
            <Pager offset=offset.into() on_page=ON_PAGE as u64 total busy=false go />
        </div>
    }
}

fn row(entry: &Entry, limit_s: u64) -> AnyView {
    let (mark, duration) = (Mark::of(&entry.what), duration(&entry.what));
    view! {
        <tr class="happening" role="row" data-mark=mark.name()>
            <td class="happening-time" role="cell">
                <time datetime=dates::rfc3339(entry.at)>{dates::date_and_second(entry.at)}</time>
            </td>
            <th class="happening-what" role="rowheader" scope="row">
                <svg class="legend-mark" aria-hidden="true">{mark.draw(50.0, "8")}</svg>
                {words::what(&entry.what)}
            </th>
            <td class="happening-why" role="cell">{words::why(&entry.what, limit_s)}</td>
            <td class="happening-duration" role="cell">{duration}</td>
        </tr>
    }
    .into_any()
}

fn duration(what: &What) -> Option<String> {
    match *what {
        What::Refresh { took_ms, outcome, .. } => {
            // A token that came with another answer took no time of its own.
            let is_free = took_ms == 0 && matches!(outcome, Outcome::Granted { .. });
            (!is_free).then(|| fill(t().activity.ms, &[("n", &grouped(took_ms))]))
        }
        What::Slept(ms) | What::ClockDoubted(ms) | What::ClockWasSet(ms) => Some(texts::left(ms)),
        What::Started
        | What::SignedIn { .. }
        | What::SignInFailed(_)
        | What::Suspected
        | What::ValidationFailed(_)
        | What::SignedOut(_)
        | What::SignOutTold
        | What::SignOutUntold(_)
        | What::AccountChanged
        | What::WentOffline
        | What::CameOnline => None,
    }
}

const ON_PAGE: usize = 25;
