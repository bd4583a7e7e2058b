//! A text that changes by itself.

use leptos::prelude::*;

/// What a text may be made of.
pub trait Words {
    /// The text; none at all leaves no element.
    fn words(self) -> Option<String>;
}

impl Words for String {
    fn words(self) -> Option<String> {
        Some(self)
    }
}

impl Words for &str {
    fn words(self) -> Option<String> {
        Some(self.to_owned())
    }
}

impl<T: Words> Words for Option<T> {
    fn words(self) -> Option<String> {
        self.and_then(Words::words)
    }
}

/// Shows a text in an element that is made anew with each change of it.
///
/// A page translator puts elements of its own in the place of text nodes. A text node that is only given other words
/// then changes where nobody sees it, and what the translator has left stands still and is wrong. An element that is
/// replaced takes the translator's away with it.
///
/// To be used wherever words change without the element around them being made anew.
pub fn changing<T: Words>(text: impl Fn() -> T + Send + Sync + 'static) -> AnyView {
    renewed(Memo::new(move |_| text().words()))
}

fn renewed(text: Memo<Option<String>>) -> AnyView {
    view! {
        <For each=move || text.get() key=String::clone let(text)>
            <span>{text}</span>
        </For>
    }
    .into_any()
}
