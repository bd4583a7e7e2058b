//! The whole application: its frame, and which page belongs to which path. It decides nothing.

mod fault;
mod focus;
mod frame;
pub mod language;
mod lazy;
mod limit;
mod new_version;
mod now;
mod title;

use leptos::prelude::*;
use leptos_router::{
    components::{FlatRoutes, Route, Router},
    path,
};

use crate::{
    contexts::{use_auth, use_config},
    guard::{Admission, SignedInOnly, admission, is_stuck},
    pages::{self, Lists, NotFound, Placeholder, SignIn, Upload},
    platform::theme,
    texts::t,
};

use frame::Frame;
use language::Language;
use lazy::{Choices, LazyPage, Surroundings};

pub use fault::show as show_fault;

/// Perennial. The contexts must have been provided before.
#[component]
pub fn App() -> impl IntoView {
    let snapshot = use_auth().snapshot();
    let admission = admission(snapshot);
    let now = now::use_now(snapshot);
    let stuck = is_stuck(snapshot);
    provide_context(Lists::new(admission, snapshot));
    let limit = limit::Limit::new(snapshot, now);
    let base = StoredValue::new(pages::base());
    let (shown, show) = signal(None);
    let Language { chosen: language, choose: choose_language } = Language::new();
    let theme = RwSignal::new(theme::read());
    theme::follow(move |chosen| {
        theme.try_set(chosen);
    });
    let choose_theme = Callback::new(move |chosen| {
        theme.set(chosen);
        theme::apply(chosen);
    });
    let choices = Choices { theme: theme.read_only(), choose_theme, language, choose_language };
    let around = Surroundings { now, base, upload: Upload::new(admission, snapshot), show, choices };
    let page = move |page: LazyPage| Place { page, admission, stuck, around };
    let in_language = move || {
        view! {
            <title::Title now base limit dataset=shown />
            <focus::FocusAfterNavigation />
            <Frame admission now base limit theme choose_theme>
                <FlatRoutes fallback=move || pages::elsewhere(base)>
                    <Route path=path!("") view=page(LazyPage::Overview).shown() />
                    <Route path=path!("/login") view=move || view! { <SignIn admission now base /> } />
                    <Route path=path!("/queue") view=page(LazyPage::Queue).shown() />
                    <Route path=path!("/datasets/:id") view=page(LazyPage::Dataset).shown() />
                    <Route path=path!("/devices") view=page(LazyPage::Devices).shown() />
                    <Route path=path!("/activity") view=page(LazyPage::Activity).shown() />
                    <Route path=path!("/settings") view=page(LazyPage::Settings).shown() />
                </FlatRoutes>
            </Frame>
        }
        .into_any()
    };
    // What is rendered keeps its texts: in another language, all of it is made anew. What was made above goes on.
    let spoken = move || {
        language.track();
        [t()]
    };
    view! {
        <Router base=base.get_value()>
            <For each=spoken key=|texts| texts.tag children=move |_| in_language() />
        </Router>
    }
}

/// A page for signed-in people, where the backend has something for it.
#[derive(Clone, Copy)]
struct Place {
    page: LazyPage,
    admission: Memo<Admission>,
    stuck: Memo<bool>,
    around: Surroundings,
}

impl Place {
    /// One type for all pages, so that the router's code is there once.
    fn shown(self) -> impl Fn() -> AnyView + Copy + Send + Sync + 'static {
        let is_offered = self.page.is_offered(&use_config().dialect.pages);
        move || {
            if is_offered { self.guarded() } else { view! { <NotFound base=self.around.base /> }.into_any() }
        }
    }

    /// The page, with its heading alone until it is known who is there and its code has come.
    fn guarded(self) -> AnyView {
        let Self { page, admission, stuck, around } = self;
        let heading = page.heading();
        let placeholder =
            move || view! { <Placeholder now=around.now heading needs=page.needs() /> }.into_any();
        view! {
            <SignedInOnly admission base=around.base sign_in=pages::SIGN_IN stuck needs=page.needs() placeholder>
                {page.view(around, placeholder)}
            </SignedInOnly>
        }
        .into_any()
    }
}
