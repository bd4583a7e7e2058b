//! Pages whose code is loaded when they are first wanted, so that nobody waits for it who only wants to sign in.
//!
//! In a release build each of [`page_code`]'s functions becomes a file of WebAssembly beside the main one; in a
//! development build it is an ordinary function.

use leptos::{prelude::*, task::spawn_local, wasm_split::SplitLoaderError};
use perennial_dialect::Page;
use perennial_session::Wall;

use crate::{
    pages::{self, Dataset, Devices, Overview, Queue, Upload},
    texts::t,
};

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
}

impl LazyPage {
    /// The page, as soon as its code is there.
    pub fn view(self, around: Surroundings, waiting: impl Fn() -> AnyView + Send + 'static) -> AnyView {
        let page = RwSignal::new_local(None::<Result<Code, String>>);
        spawn_local(async move {
            let code = self.code().await.map_err(|error| error.to_string());
            // Whoever has gone to another page meanwhile has taken this one's signals along.
            page.try_set(Some(code));
        });
        (move || match page.get() {
            None => waiting(),
            Some(Ok(Code(build))) => build(around),
            Some(Err(_)) => waiting(),
        })
        .into_any()
    }

    /// What it is called.
    pub fn heading(self) -> &'static str {
        let names = &t().pages;
        match self {
            Self::Overview => names.overview,
            Self::Queue => names.queue,
            Self::Dataset => names.dataset,
            Self::Devices => names.devices,
        }
    }

    /// Whether a backend with something for these pages has something for this one.
    pub fn is_offered(self, offered: &[Page]) -> bool {
        match self {
            Self::Queue | Self::Dataset => pages::is_offered(pages::QUEUE, offered),
            Self::Devices => pages::is_offered(pages::DEVICES, offered),
            Self::Overview => true,
        }
    }

    async fn code(self) -> Result<Code, SplitLoaderError> {
        match self {
            Self::Overview => overview().await,
            Self::Queue => queue().await,
            Self::Dataset => dataset().await,
            Self::Devices => devices().await,
        }
    }
}

/// How a page is made, once its code is there.
#[derive(Clone, Copy)]
struct Code(fn(Surroundings) -> AnyView);

/// Makes each page a file of code.
macro_rules! page_code {
    ($( $name:ident: $build:expr, )*) => {
        $(
            #[cfg(not(debug_assertions))]
            #[leptos::wasm_split::wasm_split($name, wasm_split_path = leptos::wasm_split, fallible)]
            fn $name() -> Result<Code, SplitLoaderError> {
                Ok(Code($build))
            }

            #[cfg(debug_assertions)]
            async fn $name() -> Result<Code, SplitLoaderError> {
                std::future::ready(Ok(Code($build))).await
            }
        )*
    };
}

page_code! {
    overview: |around| view! { <Overview now=around.now /> }.into_any(),
    queue: |around| view! { <Queue now=around.now base=around.base upload=around.upload /> }.into_any(),
    dataset: |around| view! { <Dataset now=around.now base=around.base show=around.show /> }.into_any(),
    devices: |around| view! { <Devices now=around.now /> }.into_any(),
}
