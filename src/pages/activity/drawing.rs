//! The entries as a drawing.

use perennial_session::Wall;

use crate::{
    components::{Columns, Mark},
    platform::dates,
    record::{Axis, Entry, Kind, Span, offline, percent, trouble},
    texts::t,
};

/// Counts the chosen entries by time and kind; what all of them tell of outages lies behind.
pub fn columns(chosen: &[Entry], all: &[Entry], first: Wall, now: Wall) -> Columns {
    let ahead_ms = dates::ahead_ms(now);
    // Whole columns, and at least some minutes of them.
    let rough = Axis { from: Wall(first.0.min(now.0.saturating_sub(SHORTEST_MS))), until: now };
    let step = rough.step(MOST_COLUMNS);
    let local = |at: Wall| at.0.saturating_add_signed(ahead_ms);
    let begin = local(rough.from) / step * step;
    let count = (local(now).saturating_sub(begin) / step + 1).min(MOST_COLUMNS + 1);
    let global = |at: u64| Wall(at.saturating_add_signed(-ahead_ms));
    let axis = Axis { from: global(begin), until: global(begin + count * step) };
    let column = |index: u64| {
        let is_in = |entry: &&Entry| local(entry.at).checked_sub(begin).is_some_and(|ms| ms / step == index);
        let parts = Mark::ALL.into_iter().filter_map(|mark| {
            let count = chosen.iter().filter(is_in).filter(|entry| Mark::of(&entry.what) == mark).count();
            (count > 0).then(|| (mark, u32::try_from(count).unwrap_or(u32::MAX)))
        });
        (percent(index, count), parts.collect::<Vec<_>>())
    };
    Columns {
        columns: (0..count).map(column).filter(|(_, parts)| !parts.is_empty()).collect(),
        width: percent(1, count),
        offline: places(offline(all, now), axis),
        failing: places(trouble(all, now), axis),
        ticks: ticks(axis, ahead_ms),
    }
}

/// What the shapes of the chosen kind mean.
pub fn legend(chosen: Option<Kind>) -> Vec<(Mark, &'static str)> {
    let texts = &t().activity;
    let is_shown = |mark: &Mark| match mark {
        Mark::Trouble => true,
        Mark::Session => chosen.is_none_or(|kind| kind == Kind::Session),
        Mark::Connection => chosen.is_none_or(|kind| kind == Kind::Connection),
        Mark::Planned | Mark::Loaded | Mark::Asked | Mark::AfterRefusal => {
            chosen.is_none_or(|kind| kind == Kind::Refresh)
        }
    };
    let word = |mark| match mark {
        Mark::Planned => texts.planned,
        Mark::Loaded => texts.loaded,
        Mark::Asked => texts.asked,
        Mark::AfterRefusal => texts.after_refusal,
        Mark::Trouble => texts.trouble,
        Mark::Session => texts.session,
        Mark::Connection => texts.connection,
    };
    Mark::ALL.into_iter().filter(is_shown).map(|mark| (mark, word(mark))).collect()
}

/// What the hatching means.
pub fn spans() -> Vec<(&'static str, &'static str)> {
    vec![("band-offline", t().activity.offline), ("band-failing", t().activity.failing)]
}

fn places(spans: Vec<Span>, axis: Axis) -> Vec<(f64, f64)> {
    let place = |span: Span| {
        let from = axis.place(span.from);
        (from, (axis.place(span.until) - from).max(0.3))
    };
    spans.into_iter().filter(|span| span.until >= axis.from).map(place).collect()
}

fn ticks(axis: Axis, ahead_ms: i64) -> Vec<(f64, String)> {
    let has_days = axis.until.0 - axis.from.0 > 2 * DAY_MS;
    let word = |at: Wall| if has_days { dates::day(at) } else { dates::clock(at) };
    let ticks = axis.ticks(MOST_TICKS, ahead_ms).into_iter().map(|at| (axis.place(at), word(at)));
    ticks.filter(|(x, _)| (EDGE..=100.0 - EDGE).contains(x)).collect()
}

const MOST_COLUMNS: u64 = 36;
const MOST_TICKS: u64 = 5;
/// As much as half a word takes in the narrowest drawing.
const EDGE: f64 = 8.0;
const SHORTEST_MS: u64 = 15 * 60_000;
const DAY_MS: u64 = 24 * 3_600_000;
