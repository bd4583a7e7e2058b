//! The whole application: its frame, and which page belongs to which path. It decides nothing.

mod fault;
mod focus;
mod frame;
mod new_version;
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
    guard::{Admission, Needs, SignedInOnly, admission, is_stuck},
    pages::{self, Dataset, Devices, NotFound, Overview, Placeholder, Queue, SignIn, Upload},
    texts,
};

use frame::Frame;

pub use fault::show as show_fault;

/// Perennial. The contexts must have been provided before.
#[component]
pub fn App() -> impl IntoView {
    let snapshot = use_auth().snapshot();
    let admission = admission(snapshot);
    let now = now::use_now(snapshot);
    let stuck = is_stuck(snapshot);
    let base = StoredValue::new(pages::base());
    let guarded = Guarded { admission, stuck, now, base };
    let overview =
        move || only(guarded, Needs::Device, texts::OVERVIEW, move || view! { <Overview now /> }.into_any());
    let upload = Upload::new(admission);
    let queue = move || {
        only(guarded, Needs::Server, texts::QUEUE, move || view! { <Queue now base upload /> }.into_any())
    };
    let (shown, show) = signal(None);
    let dataset = move || {
        only(guarded, Needs::Server, texts::DATASET, move || view! { <Dataset now base show /> }.into_any())
    };
    let devices =
        move || only(guarded, Needs::Server, texts::DEVICES, move || view! { <Devices now /> }.into_any());
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

/// What every page for signed-in people is kept by.
#[derive(Clone, Copy)]
struct Guarded {
    admission: Memo<Admission>,
    stuck: Memo<bool>,
    now: Signal<Wall>,
    base: StoredValue<String>,
}

/// A page for signed-in people, with its heading alone until it is known who they are.
fn only(
    Guarded { admission, stuck, now, base }: Guarded,
    needs: Needs,
    heading: &'static str,
    page: impl Fn() -> AnyView + Copy + Send + Sync + 'static,
) -> AnyView {
    let placeholder = move || view! { <Placeholder now heading /> };
    view! {
        <SignedInOnly admission base sign_in=pages::SIGN_IN stuck needs placeholder>
            {page()}
        </SignedInOnly>
    }
    .into_any()
}
