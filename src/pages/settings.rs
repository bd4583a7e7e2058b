//! What a person may choose on this device, and the times in force.

mod language;
mod password;
mod record;
mod timing;

use leptos::prelude::*;
use perennial_dialect::Page;

use crate::{
    components::ThemeSwitch,
    contexts::use_config,
    platform::theme::Theme,
    texts::{catalog::Texts, t},
};
use language::LanguageChoice;
use password::ChangePassword;
use record::Record;
use timing::Times;

/// The settings.
#[component]
pub fn Settings(
    /// The theme in force.
    #[prop(into)]
    theme: Signal<Theme>,
    /// The person wants another.
    choose_theme: Callback<Theme>,
    /// The language that was chosen, if one was.
    #[prop(into)]
    language: Signal<Option<&'static Texts>>,
    /// The person wants another, or none.
    choose_language: Callback<Option<&'static Texts>>,
) -> impl IntoView {
    let is_offered = use_config().dialect.pages.contains(&Page::Password);
    view! {
        <main class="page">
            <h1 tabindex="-1">{t().pages.settings}</h1>
            <p class="lead">{t().settings.on_device}</p>
            <div class="settings">
                <section class="card" aria-labelledby=LOOK>
                    <h2 class="card-heading" id=LOOK>{t().settings.look}</h2>
                    <ThemeSwitch name="settings-theme" chosen=theme choose=choose_theme />
                    <LanguageChoice chosen=language choose=choose_language />
                </section>
                {is_offered.then(|| view! { <ChangePassword /> })}
                <Record />
                <Times />
            </div>
        </main>
    }
}

const LOOK: &str = "settings-look";
