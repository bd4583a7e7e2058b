//! The choice of a language.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::texts::{self, LANGUAGES, catalog::Texts, t};

/// Every language by its own name, or as the browser prefers.
#[component]
pub(super) fn LanguageChoice(
    /// The language that was chosen, if one was.
    chosen: Signal<Option<&'static Texts>>,
    /// The person wants another, or none.
    choose: Callback<Option<&'static Texts>>,
) -> impl IntoView {
    let options =
        LANGUAGES.map(|texts| view! { <option value=texts.tag lang=texts.tag>{texts.name}</option> });
    view! {
        <div class="field">
            <label class="field-label" for=ID>{t().language.choice}</label>
            <select
                id=ID
                class="select"
                prop:value=move || chosen.get().map_or("", |texts| texts.tag)
                on:change=move |event| {
                    choose.run(texts::find(&event_target_value(&event)));
                    // The page has been rendered anew by then, and the keyboard is to be where it was.
                    request_animation_frame(focus);
                }
            >
                <option value="">{t().language.system}</option>
                {options.into_iter().collect_view()}
            </select>
        </div>
    }
}

fn focus() {
    let choice = document().get_element_by_id(ID).and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(choice) = choice {
        // One that cannot take the focus leaves it where it is.
        drop(choice.focus());
    }
}

const ID: &str = "settings-language";
