//! What drawings of what happened are made of: a shape for each kind, so that the colour is not all there is to see.

use leptos::prelude::*;
use perennial_session::RefreshCause;

use crate::record::{Kind, Outcome, What};

/// A kind of what happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// A refresh as planned.
    Planned,
    /// A refresh on loading.
    Loaded,
    /// A refresh that the person asked for.
    Asked,
    /// A refresh after a refusal.
    AfterRefusal,
    /// Something that did not go as it should.
    Trouble,
    /// A sign-in or a sign-out.
    Session,
    /// The network, the device and the page coming and going.
    Connection,
}

impl Mark {
    /// All of them, in the order in which they are drawn and explained.
    pub const ALL: [Self; 7] = [
        Self::Planned,
        Self::Loaded,
        Self::Asked,
        Self::AfterRefusal,
        Self::Session,
        Self::Connection,
        Self::Trouble,
    ];

    /// The kind of something that happened.
    #[must_use]
    pub fn of(what: &What) -> Self {
        if what.is(Kind::Trouble) {
            return Self::Trouble;
        }
        match what {
            What::Refresh { cause, outcome: Outcome::Granted { .. }, .. } => match cause {
                RefreshCause::Scheduled
                | RefreshCause::Expired
                | RefreshCause::Header
                | RefreshCause::OtherTab => Self::Planned,
                RefreshCause::Restore => Self::Loaded,
                RefreshCause::Manual => Self::Asked,
                RefreshCause::RequestRefused
                | RefreshCause::SocketRefused
                | RefreshCause::ValidationRefused => Self::AfterRefusal,
            },
            What::SignedIn { .. } | What::SignedOut(_) | What::SignOutTold | What::AccountChanged => {
                Self::Session
            }
            What::Started | What::WentOffline | What::CameOnline | What::Slept(_) => Self::Connection,
            What::Refresh { .. }
            | What::SignInFailed(_)
            | What::Suspected
            | What::ValidationFailed(_)
            | What::SignOutUntold(_)
            | What::ClockDoubted(_)
            | What::ClockWasSet(_) => Self::Trouble,
        }
    }

    /// The name that the style sheet knows it by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Loaded => "loaded",
            Self::Asked => "asked",
            Self::AfterRefusal => "refused",
            Self::Trouble => "trouble",
            Self::Session => "session",
            Self::Connection => "connection",
        }
    }

    /// Its outline around the origin.
    fn outline(self) -> &'static str {
        match self {
            Self::Planned => "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0Z",
            Self::Loaded => "M-4-4H4V4H-4Z",
            Self::Asked => "M0-5.5L5.5 0L0 5.5L-5.5 0Z",
            Self::AfterRefusal => "M0-5L5.5 4.5H-5.5Z",
            Self::Trouble => "M-4.5-4.5L4.5 4.5M4.5-4.5L-4.5 4.5",
            Self::Session => "M-3.5 6V-6H5L3-2.5L5 1H-3.5",
            Self::Connection => "M-4.5-1.5H4.5V1.5H-4.5Z",
        }
    }

    /// Draws it at so many hundredths of the width and so many pixels from the top.
    #[must_use]
    pub fn draw(self, x: f64, y: &'static str) -> AnyView {
        view! {
            <svg class="mark" data-mark=self.name() x=format!("{x:.2}%") y=y overflow="visible">
                <path d=self.outline() />
            </svg>
        }
        .into_any()
    }

    /// Draws it on a part of a chart, at so many hundredths of the width and so many pixels from the top.
    #[must_use]
    pub fn draw_on_part(self, x: f64, y: f64) -> AnyView {
        view! {
            <svg class="part-mark" x=format!("{x:.2}%") y=format!("{y:.1}") overflow="visible">
                <path d=self.outline() />
            </svg>
        }
        .into_any()
    }
}

/// What the shapes, and perhaps lengths of time, mean.
#[component]
pub fn Legend(
    /// The shapes, with words.
    marks: Vec<(Mark, &'static str)>,
    /// The lengths of time by their class, with words.
    spans: Vec<(&'static str, &'static str)>,
) -> impl IntoView {
    let item = |drawing: AnyView, word: &'static str| {
        view! { <li class="legend-item"><svg class="legend-mark" aria-hidden="true">{drawing}</svg>{word}</li> }.into_any()
    };
    let spans = spans.into_iter().map(|(class, word)| {
        item(view! { <rect class=class x="1" y="3" width="14" height="10" /> }.into_any(), word)
    });
    let marks = marks.into_iter().map(|(mark, word)| item(mark.draw(50.0, "8"), word));
    view! { <ul class="legend">{spans.chain(marks).collect_view()}</ul> }
}

/// The patterns that lengths of time are filled with.
#[must_use]
pub fn patterns() -> AnyView {
    let hatching = |id: &'static str, turn: &'static str| {
        view! {
            <pattern id=id width="6" height="6" patternUnits="userSpaceOnUse" patternTransform=turn>
                <line class=id x1="0" y1="0" x2="0" y2="6" />
            </pattern>
        }
    };
    view! { <defs>{hatching("hatch-offline", "rotate(45)")}{hatching("hatch-failing", "rotate(-45)")}</defs> }
        .into_any()
}

/// Lengths of time over the whole height, by their left edges and widths in hundredths.
#[must_use]
pub fn bands(spans: Vec<(f64, f64)>, class: &'static str, height: &'static str) -> AnyView {
    let band = move |(x, width): (f64, f64)| {
        view! { <rect class=class x=format!("{x:.2}%") y="0" width=format!("{width:.2}%") height=height /> }
    };
    spans.into_iter().map(band).collect_view().into_any()
}

/// Moments along the lower edge.
#[must_use]
pub fn ticks(ticks: Vec<(f64, String)>, height: &'static str, baseline: &'static str) -> AnyView {
    let tick = move |(x, word): (f64, String)| {
        let x = format!("{x:.2}%");
        view! {
            <line class="drawing-tick" x1=x.clone() x2=x.clone() y1="0" y2=height />
            // A word that does not fit at an edge would be cut off.
            <text class="drawing-word" x=x y=baseline text-anchor="middle">{word}</text>
        }
    };
    ticks.into_iter().map(tick).collect_view().into_any()
}
