//! A sentence across the page.

use leptos::prelude::*;

/// What a state means for the person, told by colour and never by colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// All is well.
    Good,
    /// Something takes its time, and nothing is lost.
    Waiting,
    /// Something failed.
    Bad,
}

impl Tone {
    /// The name the style sheets know it by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Waiting => "waiting",
            Self::Bad => "bad",
        }
    }
}

/// A sentence about the state of things, with what can be done about it.
#[component]
pub fn Banner(
    /// What the sentence means for the person.
    tone: Tone,
    /// The sentence.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="banner" data-tone=tone.name()>
            {children()}
        </div>
    }
}
