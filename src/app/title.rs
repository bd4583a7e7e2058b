//! The title of the tab.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use perennial_session::Wall;

use super::limit::Limit;
use crate::{
    contexts::use_auth,
    pages,
    texts::{self, fill, t},
};

/// Keeps the title of the tab: the page's name, which is the file's for a dataset, or the count while the person is told that the session is about to end.
#[component]
pub fn Title(
    /// What time it is.
    now: Signal<Wall>,
    /// The path the application is served under.
    base: StoredValue<String>,
    /// The absolute limit.
    limit: Limit,
    /// The name of the dataset that is looked at, once it is known.
    dataset: ReadSignal<Option<String>>,
) -> impl IntoView {
    let snapshot = use_auth().snapshot();
    let pathname = use_location().pathname;
    let ends = Memo::new(move |_| snapshot.with(|snapshot| snapshot.inactivity_ends));
    let page_title = move || match dataset.get() {
        Some(name) => texts::title(&name),
        None => {
            let page = base.with_value(|base| pages::name(pages::inner(base, &pathname.read())));
            texts::title(page.unwrap_or(t().pages.not_found))
        }
    };
    let title = Memo::new(move |_| match ends.get() {
        Some(ends) => {
            let left_ms = ends.0.saturating_sub(now.get().0);
            texts::title(&fill(t().inactivity.title, &[("countdown", &texts::countdown(left_ms))]))
        }
        None => match limit.left_ms.get() {
            Some(left_ms) => {
                texts::title(&fill(t().states.limit_title, &[("countdown", &texts::countdown(left_ms))]))
            }
            None => page_title(),
        },
    });
    Effect::new(move |_| title.with(|title| document().set_title(title)));
}
