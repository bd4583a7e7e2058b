//! A moment of the past.

use leptos::prelude::*;
use perennial_session::Wall;

use super::changing;
use crate::{platform::dates, texts};

/// How long ago something was, with the exact moment for machines and for those who point at it.
#[component]
pub fn TimeAgo(
    /// The moment, RFC 3339 in UTC.
    moment: String,
    /// What time it is.
    now: Signal<Wall>,
) -> impl IntoView {
    let Some(at) = dates::parse(&moment) else { return moment.into_any() };
    let ago = changing(move || texts::ago(now.get().0.saturating_sub(at.0)));
    view! { <time datetime=moment title=dates::date_and_clock(at)>{ago}</time> }.into_any()
}
