//! Where the keyboard is after a page has changed.

use std::iter::successors;

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::{platform::activity::by_script, texts::t};

/// Moves the focus into the page that was navigated to: to the field that waits for input, else to the heading.
///
/// Without it the focus stays on a link of the page before, or nowhere, and a screen reader says nothing. The page
/// that was loaded first is left alone: the browser has placed the focus there.
#[component]
pub fn FocusAfterNavigation() -> impl IntoView {
    let pathname = use_location().pathname;
    Effect::new(move |before: Option<String>| {
        let path = pathname.get();
        if before.is_some_and(|before| before != path) {
            request_animation_frame(|| focus_first(&[FIELD, HEADING]));
        }
        path
    });
}

/// Moves the focus over the header into the page. It is no link to a fragment: under a `<base>` that would lead to
/// another page.
#[component]
pub fn SkipToContent() -> impl IntoView {
    view! {
        <button type="button" class="button skip" on:click=|_| focus_first(&[HEADING])>
            {t().common.skip}
        </button>
    }
}

/// Puts something else in the place of the page. Where the keyboard was in the page, it is in what is there then; where
/// it was elsewhere, such as in the header, it stays there.
pub fn keep_focus(replace: impl FnOnce()) {
    let was_in_page = matches!(document().query_selector(FOCUSED), Ok(Some(_)));
    replace();
    if was_in_page {
        request_animation_frame(|| focus_first(&[FIELD, HEADING]));
    }
}

/// Makes everything that is shown anew, the same in other words. What had the focus has it afterwards: the control at
/// its place.
pub fn keep_place(replace: impl FnOnce()) {
    let place = document().active_element().map(|focused| path_to(&focused));
    replace();
    let Some(place) = place else { return };
    request_animation_frame(move || {
        let is_lost = document().active_element().is_none_or(|focused| focused.tag_name() == "BODY");
        if is_lost {
            focus_first(&[&place]);
        }
    });
}

/// Where an element is in the document, as a selector.
fn path_to(element: &Element) -> String {
    let Some(parent) = element.parent_element() else { return ":root".to_owned() };
    let before = successors(element.previous_element_sibling(), Element::previous_element_sibling).count();
    format!("{} > :nth-child({})", path_to(&parent), before + 1)
}

fn focus_first(selectors: &[&str]) {
    let target = selectors
        .iter()
        .find_map(|selector| document().query_selector(selector).ok().flatten())
        .and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(element) = target {
        // An element that cannot take the focus leaves it where it was.
        drop(by_script(|| element.focus()));
    }
}

/// A dialog of the page has such a control too, and is closed.
const FIELD: &str = "main [autofocus]:not(dialog *)";
const HEADING: &str = "main h1";
const FOCUSED: &str = "main :focus";
