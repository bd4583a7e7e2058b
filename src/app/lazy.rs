//! Pages whose code is loaded when they are first wanted.

use leptos::{prelude::*, task::spawn_local};
use perennial_dialect::Page;
use perennial_session::Wall;

use crate::{
    guard::Needs,
    loaded_later::{NotLoaded, loaded_later},
    pages::{self, Activity, Dataset, Devices, Failed, Overview, Queue, Settings, Upload},
    platform::theme::Theme,
    texts::{catalog::Texts, t},
};

use super::focus::keep_focus;

/// A page whose code is a file of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LazyPage {
    /// `/`
    Overview,
    /// `/queue`
    Queue,
    /// `/datasets/:id`
    Dataset,
    /// `/devices`
    Devices,
    /// `/activity`
    Activity,
    /// `/settings`
    Settings,
}

/// What the application has for its pages.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings {
    /// What time it is.
    pub now: Signal<Wall>,
    /// The path the application is served under.
    pub base: StoredValue<String>,
    /// The file that is being sent.
    pub upload: Upload,
    /// Takes the name of the dataset that is shown, for the title.
    pub show: WriteSignal<Option<String>>,
    /// What a person has chosen on this device.
    pub choices: Choices,
}

/// What a person has chosen on this device, and the ways to choose another.
#[derive(Clone, Copy, Debug)]
pub struct Choices {
    /// The theme in force.
    pub theme: ReadSignal<Theme>,
    /// The person wants another theme.
    pub choose_theme: Callback<Theme>,
    /// The language that was chosen, if one was.
    pub language: RwSignal<Option<&'static Texts>>,
    /// The person wants another language, or none.
    pub choose_language: Callback<Option<&'static Texts>>,
}

impl LazyPage {
    /// The page, as soon as its code is there.
    pub fn view(
        self,
        around: Surroundings,
        waiting: impl Fn() -> AnyView + Copy + Send + 'static,
    ) -> AnyView {
        let code = RwSignal::new_local(None::<Result<Code, NotLoaded>>);
        let load = move || {
            spawn_local(async move {
                let loaded = self.code().await;
                // Whoever has gone to another page meanwhile has taken this one's signals along.
                if !code.is_disposed() {
                    keep_focus(|| code.set(Some(loaded)));
                }
            });
        };
        let load_again = move || {
            keep_focus(|| code.set(None));
            load();
        };
        load();
        (move || match code.get() {
            None => waiting(),
            Some(Ok(build)) => build(around),
            Some(Err(error)) => self.not_loaded(&error, Callback::new(move |()| load_again())),
        })
        .into_any()
    }

    fn not_loaded(self, error: &NotLoaded, on_retry: Callback<()>) -> AnyView {
        let heading = self.heading();
        let message = format!("The code of {self:?} was not loaded: {error}");
        view! { <Failed heading message on_retry /> }.into_any()
    }

    /// What it is called.
    pub fn heading(self) -> &'static str {
        let names = &t().pages;
        match self {
            Self::Overview => names.overview,
            Self::Queue => names.queue,
            Self::Dataset => names.dataset,
            Self::Devices => names.devices,
            Self::Activity => t().activity.heading,
            Self::Settings => names.settings,
        }
    }

    /// Whether a backend with something for these pages has something for this one.
    pub fn is_offered(self, offered: &[Page]) -> bool {
        match self {
            Self::Queue | Self::Dataset => pages::is_offered(pages::QUEUE, offered),
            Self::Devices => pages::is_offered(pages::DEVICES, offered),
            Self::Overview | Self::Activity | Self::Settings => true,
        }
    }

    /// What it needs to show anything.
    pub fn needs(self) -> Needs {
        match self {
            Self::Overview | Self::Activity | Self::Settings => Needs::Device,
            Self::Queue | Self::Dataset | Self::Devices => Needs::Server,
        }
    }

    async fn code(self) -> Result<Code, NotLoaded> {
        match self {
            Self::Overview => overview().await,
            Self::Queue => queue().await,
            Self::Dataset => dataset().await,
            Self::Devices => devices().await,
            Self::Activity => activity().await,
            Self::Settings => settings().await,
        }
    }
}

/// How a page is made, once its code is there.
type Code = fn(Surroundings) -> AnyView;

// What most people see first.
loaded_later! {
    overview:

    fn overview() -> Code { |around| view! { <Overview now=around.now base=around.base /> }.into_any() }
}

loaded_later! {
    account:

    fn devices() -> Code { |around| view! { <Devices now=around.now /> }.into_any() }

    fn activity() -> Code { |around| view! { <Activity now=around.now /> }.into_any() }

    fn settings() -> Code {
        |Surroundings { choices, .. }| {
            let Choices { theme, choose_theme, language, choose_language } = choices;
            view! { <Settings theme choose_theme language choose_language /> }.into_any()
        }
    }
}

// Not every backend has something for these.
loaded_later! {
    data:

    fn queue() -> Code {
        |around| view! { <Queue now=around.now base=around.base upload=around.upload /> }.into_any()
    }

    fn dataset() -> Code {
        |around| view! { <Dataset now=around.now base=around.base show=around.show /> }.into_any()
    }
}
