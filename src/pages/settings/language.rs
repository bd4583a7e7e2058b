//! The choice of a language.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use leptos::{ev::KeyboardEvent, prelude::*};

use crate::{
    platform::timer,
    texts::{self, LANGUAGES, catalog::Texts, t},
};

/// Every language by its own name, or as the browser prefers.
///
/// What is chosen with the pointer is spoken at once. A select takes a name that is typed letter by letter, and the
/// first one changes it; the whole page is rendered anew in another language, and this field with it, so that the next
/// letter would begin another name. So keys have come to rest before the language changes.
#[component]
pub(super) fn LanguageChoice(
    /// The language that was chosen, if one was.
    chosen: Signal<Option<&'static Texts>>,
    /// The person wants another, or none.
    choose: Callback<Option<&'static Texts>>,
) -> impl IntoView {
    let options =
        LANGUAGES.map(|texts| view! { <option value=texts.tag lang=texts.tag>{texts.name}</option> });
    let by_key = StoredValue::new(false);
    let wanted = StoredValue::new(None::<Option<&'static Texts>>);
    let speak = move |texts| {
        take_turn();
        choose.run(texts);
        // A live region is heard where its words come some time after itself.
        timer::after(SETTLED, tell).keep();
    };
    let speak_after_keys = move |texts| {
        let turn = take_turn();
        // Also where the person has gone on to another page: what they have chosen counts.
        let rest = move || {
            if TURN.load(Ordering::Relaxed) == turn {
                speak(texts);
            }
        };
        timer::after(REST, rest).keep();
    };
    let press = move |event: KeyboardEvent| {
        by_key.set_value(event.key() != "Enter");
        if let Some(texts) = wanted.get_value() {
            speak_after_keys(texts);
        }
    };
    let change = move |event| {
        let texts = texts::find(&event_target_value(&event));
        if by_key.get_value() {
            wanted.set_value(Some(texts));
            speak_after_keys(texts);
        } else {
            speak(texts);
        }
    };
    view! {
        <div class="field">
            <label class="field-label" for=ID>{t().language.choice}</label>
            <select
                id=ID
                class="select"
                prop:value=move || chosen.get().map_or("", |texts| texts.tag)
                on:pointerdown=move |_| by_key.set_value(false)
                on:keydown=press
                on:change=change
            >
                <option value="">{t().language.system}</option>
                {options.into_iter().collect_view()}
            </select>
            <p class="visually-hidden" id=TOLD role="status"></p>
        </div>
    }
}

/// Begins a choice that takes the place of all before it.
fn take_turn() -> u32 {
    TURN.fetch_add(1, Ordering::Relaxed) + 1
}

/// Says so to those who do not see it.
fn tell() {
    if let Some(told) = document().get_element_by_id(TOLD) {
        told.set_text_content(Some(t().language.chosen));
    }
}

/// Counts the choices. It outlives the field, which is made anew with each of them.
static TURN: AtomicU32 = AtomicU32::new(0);

const ID: &str = "settings-language";
const TOLD: &str = "settings-language-told";

/// As long as browsers take the next letter for one of the same name.
const REST: Duration = Duration::from_secs(1);
const SETTLED: Duration = Duration::from_millis(300);
