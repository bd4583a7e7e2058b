//! Which language is spoken: the one the person chose on this device, else the first that their browser prefers.

use leptos::prelude::*;

use super::focus;
use crate::{
    platform::{language, preferences},
    texts::{self, catalog::Texts},
};

/// Puts the language in force, before anything is said.
pub fn settle() {
    speak(chosen());
}

/// The language that was chosen, here or in another tab, and the way to choose another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Language {
    /// None is as the browser prefers.
    pub(super) chosen: RwSignal<Option<&'static Texts>>,
    /// The person wants another.
    pub(super) choose: Callback<Option<&'static Texts>>,
}

impl Language {
    pub(super) fn new() -> Self {
        let chosen = RwSignal::new(self::chosen());
        let go_over = move |texts: Option<&'static Texts>| {
            focus::keep_place(|| {
                speak(texts);
                chosen.try_set(texts);
            });
        };
        let choose = Callback::new(move |texts: Option<&'static Texts>| {
            preferences::set_language(texts.map(|texts| texts.tag));
            go_over(texts);
        });
        preferences::follow_language(move || go_over(self::chosen()));
        Self { chosen, choose }
    }
}

/// What is stored and is no language that there is counts as nothing.
fn chosen() -> Option<&'static Texts> {
    texts::find(&preferences::language()?)
}

fn speak(chosen: Option<&'static Texts>) {
    let preferred = language::preferred();
    let texts = chosen.unwrap_or_else(|| texts::best(preferred.iter().map(String::as_str)));
    texts::speak(texts);
    language::mark(texts.tag);
}
