//! The last hours in one line.

use leptos::prelude::*;

use super::marks::{Mark, bands, patterns, ticks};

/// What is drawn; places are hundredths of the width, spans a left edge and a width.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// The lives of tokens.
    pub tokens: Vec<(f64, f64)>,
    /// When there was no network.
    pub offline: Vec<(f64, f64)>,
    /// When refreshes failed.
    pub failing: Vec<(f64, f64)>,
    /// What happened.
    pub marks: Vec<(f64, Mark)>,
    /// Moments, with what a clock says.
    pub ticks: Vec<(f64, String)>,
    /// Where now is.
    pub now: f64,
}

/// A line with bars for tokens, shapes for what happened and hatching for outages. It is as high as its place from the
/// beginning, so nothing moves when it fills.
#[component]
pub fn Timeline(
    /// What is drawn.
    #[prop(into)]
    line: Signal<Line>,
    /// The same in words.
    #[prop(into)]
    label: Signal<String>,
    /// The word at the edge that is now.
    now: &'static str,
) -> impl IntoView {
    let drawing = move || {
        let line = line.get();
        let token = |(x, width): (f64, f64)| {
            // Never thinner than can be seen.
            let width = width.max(0.2);
            view! { <rect class="token" x=format!("{x:.2}%") y="24" width=format!("{width:.2}%") height="16" /> }
        };
        let edge = format!("{:.2}%", line.now);
        view! {
            {bands(line.offline, "band-offline", "84")}
            {bands(line.failing, "band-failing", "84")}
            {ticks(line.ticks, "84", "102")}
            {line.tokens.into_iter().map(token).collect_view()}
            {line.marks.into_iter().map(|(x, mark)| mark.draw(x, "62")).collect_view()}
            <line class="drawing-now" x1=edge.clone() x2=edge.clone() y1="16" y2="84" />
            <text class="drawing-word" x=edge y="11" text-anchor="middle">{now}</text>
        }
    };
    view! {
        <svg class="drawing timeline" role="img" aria-label=label>
            {patterns()}
            {drawing}
        </svg>
    }
}
