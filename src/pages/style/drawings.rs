//! What draws a record.

use leptos::prelude::*;

use super::example;
use crate::components::{Chart, Columns, Legend, Line, Mark, Timeline};

pub(super) fn drawings() -> AnyView {
    view! {
        {timeline("A long day", day())}
        {timeline("Just begun", begun())}
        {chart("A long day", columns(), "4 events")}
        {chart("One event", one(), "1 event")}
        <Legend marks=marks() spans=spans() />
    }
    .into_any()
}

fn timeline(name: &'static str, line: Line) -> AnyView {
    let shown =
        view! { <Timeline line=Signal::stored(line) label=Signal::stored(name.to_owned()) now="Now" /> };
    example(name, view! { <div class="card">{shown}</div> })
}

fn chart(name: &'static str, columns: Columns, most: &'static str) -> AnyView {
    let (label, most) = (Signal::stored(name.to_owned()), Signal::stored(most.to_owned()));
    example(name, view! { <div class="card"><Chart columns=Signal::stored(columns) label most /></div> })
}

fn day() -> Line {
    Line {
        tokens: vec![(4.0, 17.7), (22.0, 10.7), (44.0, 17.7), (62.0, 37.0)],
        offline: vec![(50.0, 8.0)],
        failing: vec![(33.0, 11.0)],
        marks: marks()
            .into_iter()
            .zip([22.0, 44.0, 62.0, 68.0, 4.0, 56.0, 33.0])
            .map(|((mark, _), x)| (x, mark))
            .collect(),
        ticks: vec![(20.0, "09:00".to_owned()), (50.0, "12:00".to_owned()), (80.0, "15:00".to_owned())],
        now: 90.0,
    }
}

fn begun() -> Line {
    Line { tokens: vec![(89.0, 11.0)], marks: vec![(89.0, Mark::Session)], now: 90.0, ..Line::default() }
}

fn columns() -> Columns {
    let all =
        marks().into_iter().zip([(4.0, 3), (12.0, 1), (12.0, 2), (36.0, 1), (36.0, 1), (52.0, 2), (68.0, 4)]);
    Columns {
        columns: all.map(|((mark, _), (x, count))| (x, vec![(mark, count)])).collect(),
        width: 4.0,
        offline: vec![(48.0, 8.0)],
        failing: vec![(66.0, 8.0)],
        ticks: vec![(20.0, "09:00".to_owned()), (50.0, "12:00".to_owned()), (80.0, "15:00".to_owned())],
    }
}

fn one() -> Columns {
    Columns { columns: vec![(96.0, vec![(Mark::Session, 1)])], width: 4.0, ..Columns::default() }
}

fn marks() -> Vec<(Mark, &'static str)> {
    let words =
        ["As planned", "On loading", "On request", "After a refusal", "Session", "Connection", "Trouble"];
    Mark::ALL.into_iter().zip(words).collect()
}

fn spans() -> Vec<(&'static str, &'static str)> {
    vec![("token", "Token valid"), ("band-offline", "Offline"), ("band-failing", "Refreshes failed")]
}
