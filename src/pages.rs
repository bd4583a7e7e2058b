//! One page per path.

mod activity;
mod broken_config;
mod dataset;
mod devices;
mod failed;
mod jobs;
mod keep_record;
mod listing;
mod not_found;
mod overview;
mod placeholder;
mod queue;
mod settings;
mod sign_in;
#[cfg(debug_assertions)]
mod style;

use leptos::prelude::*;
use perennial_dialect::Page;

use crate::{platform::names, texts::t};

pub use activity::Activity;
pub use broken_config::BrokenConfig;
pub use dataset::{Dataset, REJECTED};
pub use devices::Devices;
pub use failed::Failed;
pub use listing::Lists;
pub use not_found::NotFound;
pub use overview::Overview;
pub use placeholder::Placeholder;
pub use queue::{Queue, Upload};
pub use settings::Settings;
pub use sign_in::SignIn;

/// The path of the overview.
pub const OVERVIEW: &str = "/";

/// Where people sign in.
pub const SIGN_IN: &str = "/login";

/// The imports.
pub const QUEUE: &str = "/queue";

/// The list of devices.
pub const DEVICES: &str = "/devices";

/// What happened.
pub const ACTIVITY: &str = "/activity";

/// What a person may choose.
pub const SETTINGS: &str = "/settings";

/// The pages of the navigation, by path and name.
#[must_use]
pub fn navigation() -> [(&'static str, &'static str); 5] {
    let names = &t().pages;
    [
        (OVERVIEW, names.overview),
        (QUEUE, names.queue),
        (DEVICES, names.devices),
        (ACTIVITY, t().activity.heading),
        (SETTINGS, names.settings),
    ]
}

/// What stands at a path that no route has. Development builds have one page more, which no release knows of.
#[must_use]
pub fn elsewhere(base: StoredValue<String>) -> AnyView {
    #[cfg(debug_assertions)]
    if style::is_asked_for(base) {
        return view! { <style::Style /> }.into_any();
    }
    view! { <NotFound base /> }.into_any()
}

/// Whether there is something at a path of the navigation, with a backend that has something for these pages.
#[must_use]
pub fn is_offered(path: &str, offered: &[Page]) -> bool {
    match path {
        QUEUE => offered.contains(&Page::Queue),
        DEVICES => offered.contains(&Page::Devices),
        _ => true,
    }
}

/// The name of the page at a path of the application, whatever it is asked for.
#[must_use]
pub fn name(path: &str) -> Option<&'static str> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let path = match path.trim_end_matches('/') {
        "" => OVERVIEW,
        SIGN_IN => return Some(t().pages.sign_in),
        path if path.strip_prefix(DATASETS).is_some_and(|id| !id.contains('/')) => {
            return Some(t().pages.dataset);
        }
        path => path,
    };
    navigation().into_iter().find(|(of, _)| *of == path).map(|(_, name)| name)
}

/// The path the application is served under, without a slash at its end: empty at the root of a host.
#[must_use]
pub fn base() -> String {
    names::base().trim_end_matches('/').to_owned()
}

/// A path of the application as the address bar shows it.
#[must_use]
pub fn href(base: &str, path: &str) -> String {
    format!("{base}{path}")
}

/// The path of a dataset as the address bar shows it.
#[must_use]
pub fn dataset(base: &str, id: &str) -> String {
    format!("{base}{DATASETS}{id}")
}

/// A path of the address bar as the application knows it.
#[must_use]
pub fn inner<'a>(base: &str, path: &'a str) -> &'a str {
    path.strip_prefix(base).unwrap_or(path)
}

/// What comes before the identifier of a dataset.
const DATASETS: &str = "/datasets/";
