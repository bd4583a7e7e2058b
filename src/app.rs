//! The whole application: its frame, and which page belongs to which path. It decides nothing.

mod focus;
mod frame;
mod now;
mod title;

use leptos::prelude::*;
use leptos_router::{
    components::{FlatRoutes, Route, Router},
    path,
};
use perennial_session::Wall;

use crate::{
    contexts::{use_auth, use_config},
    guard::{Admission, SignedInOnly, admission},
    pages::{self, Activity, Dataset, Devices, NotFound, Overview, Placeholder, Queue, SignIn, Upload},
    texts,
};

use frame::Frame;

/// Perennial. The contexts must have been provided before.
#[component]
pub fn App() -> impl IntoView {
    let snapshot = use_auth().snapshot();
    let admission = admission(snapshot);
    let now = now::use_now(snapshot);
    let base = StoredValue::new(pages::base());
    let overview = move || {
        only(admission, now, base, texts::OVERVIEW, move || view! { <Overview now base /> }.into_any())
    };
    let upload = Upload::new(admission);
    let queue = move || {
        only(admission, now, base, texts::QUEUE, move || view! { <Queue now base upload /> }.into_any())
    };
    let (shown, show) = signal(None);
    let dataset = move || {
        only(admission, now, base, texts::DATASET, move || view! { <Dataset now base show /> }.into_any())
    };
    let devices =
        move || only(admission, now, base, texts::DEVICES, move || view! { <Devices now /> }.into_any());
    let activity =
        move || only(admission, now, base, texts::ACTIVITY, move || view! { <Activity now /> }.into_any());
    view! {
        <Router base=base.get_value()>
            <title::Title now base dataset=shown />
            <focus::FocusAfterNavigation />
            <Frame admission now base>
                <FlatRoutes fallback=move || view! { <NotFound base /> }>
                    <Route path=path!("") view=overview />
                    <Route path=path!("/login") view=move || view! { <SignIn admission now base /> } />
                    <Route path=path!("/queue") view=offered(pages::QUEUE, queue, base) />
                    <Route path=path!("/datasets/:id") view=offered(pages::QUEUE, dataset, base) />
                    <Route path=path!("/activity") view=activity />
                    <Route path=path!("/devices") view=offered(pages::DEVICES, devices, base) />
                </FlatRoutes>
            </Frame>
        </Router>
    }
}

/// A page, where the backend has something for it.
fn offered(
    path: &'static str,
    page: impl Fn() -> AnyView + Copy + Send + Sync + 'static,
    base: StoredValue<String>,
) -> impl Fn() -> AnyView + Copy + Send + Sync + 'static {
    let is_offered = pages::is_offered(path, &use_config().dialect.pages);
    move || if is_offered { page() } else { view! { <NotFound base /> }.into_any() }
}

/// A page for signed-in people, with its heading alone until it is known who they are.
fn only(
    admission: Memo<Admission>,
    now: Signal<Wall>,
    base: StoredValue<String>,
    heading: &'static str,
    page: impl Fn() -> AnyView + Copy + Send + Sync + 'static,
) -> AnyView {
    let placeholder = move || view! { <Placeholder now heading /> };
    view! {
        <SignedInOnly admission base sign_in=pages::SIGN_IN placeholder>
            {page()}
        </SignedInOnly>
    }
    .into_any()
}
