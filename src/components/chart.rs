//! How much of what happened when.

use leptos::prelude::*;

use super::marks::{Mark, bands, patterns, ticks};

/// What is drawn; places are hundredths of the width, spans a left edge and a width.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Columns {
    /// Columns by their left edges, with how many there are of each kind.
    pub columns: Vec<(f64, Vec<(Mark, u32)>)>,
    /// How wide a column is.
    pub width: f64,
    /// When there was no network.
    pub offline: Vec<(f64, f64)>,
    /// When refreshes failed.
    pub failing: Vec<(f64, f64)>,
    /// Moments, with what a clock says.
    pub ticks: Vec<(f64, String)>,
}

impl Columns {
    /// What the scale reaches to: what the highest column has, and more where that is little.
    #[must_use]
    pub fn most(&self) -> u32 {
        let highest = self.columns.iter().map(|(_, parts)| parts.iter().map(|(_, count)| count).sum()).max();
        highest.unwrap_or(0).max(LOWEST_SCALE)
    }
}

/// Columns of what happened, under hatching for outages. A part has its shape in it, so that no kind is told by colour alone.
#[component]
pub fn Chart(
    /// What is drawn.
    #[prop(into)]
    columns: Signal<Columns>,
    /// What it shows, in words.
    #[prop(into)]
    label: Signal<String>,
    /// What the scale reaches to, in words.
    #[prop(into)]
    most: Signal<String>,
) -> impl IntoView {
    let drawing = move || {
        let drawn = columns.get();
        let unit = HEIGHT / f64::from(drawn.most());
        let width = format!("{:.2}%", (drawn.width - GAP).max(0.3));
        let column = |(x, parts): (f64, Vec<(Mark, u32)>)| {
            let middle = x + drawn.width / 2.0;
            let x = format!("{:.2}%", x + GAP / 2.0);
            let mut top = FOOT;
            let part = |(mark, count): (Mark, u32)| {
                let height = f64::from(count) * unit;
                top -= height;
                let shape = (height >= ROOM_FOR_MARK).then(|| mark.draw_on_part(middle, top + height / 2.0));
                view! {
                    <rect
                        class="part"
                        data-mark=mark.name()
                        x=x.clone()
                        y=format!("{top:.1}")
                        width=width.clone()
                        // A pixel of the ground parts it from its neighbour.
                        height=format!("{:.1}", (height - 1.0).max(1.0))
                    />
                    {shape}
                }
            };
            parts.into_iter().map(part).collect_view()
        };
        view! {
            {ticks(drawn.ticks, "164", "182")}
            <line class="drawing-line" x1="0" x2="100%" y1="24" y2="24" />
            <line class="drawing-line drawing-foot" x1="0" x2="100%" y1="164" y2="164" />
            <text class="drawing-word" x="0" y="16">{most}</text>
            {drawn.columns.into_iter().map(column).collect_view()}
            // Over the columns, since trouble is where most happens.
            {bands(drawn.offline, "band-offline", "164")}
            {bands(drawn.failing, "band-failing", "164")}
        }
    };
    view! {
        <svg class="drawing chart" role="img" aria-label=label>
            {patterns()}
            {drawing}
        </svg>
    }
}

/// Between two columns, in hundredths of the width.
const GAP: f64 = 0.5;
/// Of the highest column, in pixels.
const HEIGHT: f64 = 140.0;
/// One event alone is no tower.
const LOWEST_SCALE: u32 = 4;
/// How high a part is in which a shape fits, in pixels.
const ROOM_FOR_MARK: f64 = 15.0;
/// Where columns stand, in pixels from the top.
const FOOT: f64 = 164.0;
