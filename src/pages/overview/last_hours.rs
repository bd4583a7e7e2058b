//! The last hours of the session as a line.

use leptos::prelude::*;
use leptos_router::components::A;
use perennial_session::Wall;

use crate::{
    components::{Legend, Line, Mark, Timeline, changing},
    contexts::use_recorder,
    pages,
    platform::dates,
    record::{Axis, Entry, Kind, Span, offline, tokens, trouble},
    texts::{self, fill, plural, t},
};

/// Tokens, refreshes and trouble lately, with the way to all that happened.
#[component]
pub fn LastHours(now: Signal<Wall>, base: StoredValue<String>) -> impl IntoView {
    let entries = use_recorder().entries();
    // A drawing of hours does not change within seconds.
    let minute = Memo::new(move |_| Wall(now.get().0.div_ceil(STEP_MS) * STEP_MS));
    let line = Memo::new(move |_| entries.with(|entries| draw(entries, minute.get())));
    let words = Memo::new(move |_| entries.with(|entries| say(entries, minute.get())));
    let (texts, legend) = (&t().timeline, &t().activity);
    let marks = vec![
        (Mark::Planned, legend.planned),
        (Mark::Loaded, legend.loaded),
        (Mark::Asked, legend.asked),
        (Mark::AfterRefusal, legend.after_refusal),
        (Mark::Session, legend.session),
        (Mark::Trouble, legend.trouble),
    ];
    let spans =
        vec![("token", texts.token), ("band-offline", legend.offline), ("band-failing", legend.failing)];
    view! {
        <section class="card" aria-labelledby=HEADING>
            <div class="card-top">
                <h2 class="card-heading" id=HEADING>{texts.heading}</h2>
                <A href=base.with_value(|base| pages::href(base, pages::ACTIVITY))>{texts.more}</A>
            </div>
            <Timeline line label=words now=texts.now />
            <p class="timeline-words">{changing(move || words.get())}</p>
            <Legend marks spans />
        </section>
    }
}

fn draw(entries: &[Entry], now: Wall) -> Line {
    let axis = Axis::last_hours(entries.first().map(|entry| entry.at), now);
    let ahead_ms = dates::ahead_ms(now);
    let ticks = axis.ticks(MOST_TICKS, ahead_ms).into_iter().map(|at| (axis.place(at), dates::clock(at)));
    let marks = entries.iter().filter(|entry| entry.at >= axis.from);
    let marks = marks.map(|entry| (axis.place(entry.at), Mark::of(&entry.what)));
    Line {
        tokens: places(&tokens(entries, now), axis, GAP),
        offline: places(&offline(entries, now), axis, 0.0),
        failing: places(&trouble(entries, now), axis, 0.0),
        marks: marks.filter(|(_, mark)| *mark != Mark::Connection).collect(),
        ticks: ticks.filter(|(x, _)| (EDGE..=100.0 - EDGE).contains(x)).collect(),
        now: axis.place(now),
    }
}

/// Where spans lie. Those that cannot be told apart are one, so that a hundred short lives are not a hundred bars.
fn places(spans: &[Span], axis: Axis, gap: f64) -> Vec<(f64, f64)> {
    let mut places: Vec<(f64, f64)> = Vec::new();
    for span in spans.iter().filter(|span| span.until >= axis.from && span.from <= axis.until) {
        let (from, until) = (axis.place(span.from), axis.place(span.until));
        match places.last_mut() {
            Some((left, width)) if until - *left < FINEST && from - (*left + *width) < FINEST => {
                *width = until - *left;
            }
            Some((left, width)) => {
                *width = width.min(from - *left - gap).max(0.0);
                places.push((from, until - from));
            }
            None => places.push((from, until - from)),
        }
    }
    places
}

/// What is drawn, for those who do not see it and for all who like words.
fn say(entries: &[Entry], now: Wall) -> String {
    let axis = Axis::last_hours(entries.first().map(|entry| entry.at), now);
    let recent: Vec<Entry> = entries.iter().copied().filter(|entry| entry.at >= axis.from).collect();
    let count = |kind: Kind| {
        recent.iter().filter(|entry| entry.what.is(kind) && entry.what.is(Kind::Refresh)).count()
    };
    let (refreshes, failed) = (count(Kind::Refresh), count(Kind::Trouble));
    let lives = tokens(entries, now).into_iter().filter(|span| span.until >= axis.from).count();
    let offline_ms: u64 = offline(&recent, now).into_iter().map(Span::ms).sum();
    let texts = &t().timeline;
    let counted = |text, n: usize| fill(plural(text, n as u64), &[("n", &n.to_string())]);
    let mut said = vec![counted(texts.tokens, lives), counted(texts.refreshes, refreshes)];
    if failed > 0 {
        said.push(counted(texts.failed, failed));
    }
    if offline_ms > 0 {
        said.push(fill(texts.offline, &[("length", &texts::left(offline_ms))]));
    }
    let since = fill(texts.last_hours, &[("clock", &dates::clock_from(axis.from, now))]);
    format!("{since}: {}.", said.join(", "))
}

const HEADING: &str = "hours-heading";
const MOST_TICKS: u64 = 5;
/// As much as half a word takes in the narrowest drawing.
const EDGE: f64 = 8.0;
/// Between two bars, in hundredths of the width.
const GAP: f64 = 0.3;
/// What is narrower cannot be told apart.
const FINEST: f64 = 0.5;
const STEP_MS: u64 = 15_000;

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn short_lives_become_one_bar_and_longer_ones_stay_apart() {
        let axis = Axis { from: Wall(0), until: Wall(10_000) };
        let span = |from, until| Span { from: Wall(from), until: Wall(until) };
        let short: Vec<Span> = (0..10).map(|n| span(n * 4, n * 4 + 4)).collect();
        assert_eq!(places(&short, axis, 0.3).len(), 1);
        let long = places(&[span(0, 5_000), span(5_000, 10_000)], axis, 0.3);
        assert_eq!(long.len(), 2);
        assert!((long[0].1 - 49.7).abs() < 1e-9, "{long:?}");
    }
}
