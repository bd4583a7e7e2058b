//! The page of an installation that cannot start.

use leptos::prelude::*;

use crate::{components::Brand, texts::t};

/// Tells whoever runs the site what is wrong with its configuration. Needs no context.
#[component]
pub fn BrokenConfig(
    /// One sentence for each error.
    errors: Vec<String>,
) -> impl IntoView {
    view! {
        <div class="frame">
            <header class="header">
                <Brand href=super::href(&super::base(), super::OVERVIEW) />
            </header>
            <main class="page page-narrow">
                <h1 tabindex="-1">{t().broken_config.heading}</h1>
                <p class="lead">{t().broken_config.lead}</p>
                <ul class="errors">
                    {errors.into_iter().map(|error| view! { <li>{marked(&error)}</li> }).collect_view()}
                </ul>
                <p class="soft">{t().broken_config.hint}</p>
            </main>
        </div>
    }
}

/// The sentence with what stands between backquotes set apart.
fn marked(sentence: &str) -> Vec<AnyView> {
    let parts = parts(sentence).into_iter();
    parts
        .map(|part| match part {
            Part::Plain(text) => text.to_owned().into_any(),
            Part::Quoted(text) => view! { <code>{text.to_owned()}</code> }.into_any(),
        })
        .collect()
}

#[derive(Debug, PartialEq, Eq)]
enum Part<'a> {
    Plain(&'a str),
    Quoted(&'a str),
}

/// Splits a sentence at the backquotes that stand around a word. What is quoted may hold backquotes itself, since it
/// is what somebody typed; those have no space before them or none behind.
fn parts(sentence: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = sentence;
    while let Some((plain, quoted, behind)) = next_quoted(rest) {
        parts.extend((!plain.is_empty()).then_some(Part::Plain(plain)));
        parts.push(Part::Quoted(quoted));
        rest = behind;
    }
    parts.extend((!rest.is_empty()).then_some(Part::Plain(rest)));
    parts
}

/// What stands ahead of the next quotation, the quotation, and what stands behind it.
fn next_quoted(text: &str) -> Option<(&str, &str, &str)> {
    let starts = |(at, _): &(usize, &str)| *at == 0 || text[..*at].ends_with(' ');
    let (start, _) = text.match_indices('`').find(starts)?;
    let inside = &text[start + 1..];
    let ends = |(at, _): &(usize, &str)| {
        let behind = inside[at + 1..].chars().next();
        *at > 0 && behind.is_none_or(|next| " .,:?".contains(next))
    };
    let (end, _) = inside.match_indices('`').find(ends)?;
    Some((&text[..start], &inside[..end], &inside[end + 1..]))
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::{
        Part::{Plain, Quoted},
        parts,
    };

    #[test]
    fn what_stands_between_backquotes_is_set_apart() {
        assert_eq!(
            parts("`chek` is no key of the configuration. Did you mean `check`?"),
            [
                Quoted("chek"),
                Plain(" is no key of the configuration. Did you mean "),
                Quoted("check"),
                Plain("?")
            ]
        );
        assert_eq!(parts("Give `a`."), [Plain("Give "), Quoted("a"), Plain(".")]);
    }

    #[test]
    fn backquotes_in_what_somebody_typed_garble_nothing() {
        assert_eq!(parts("`a`b` is no key."), [Quoted("a`b"), Plain(" is no key.")]);
        assert_eq!(parts("```` is no key."), [Quoted("``"), Plain(" is no key.")]);
        assert_eq!(
            parts("`limit` holds \"a`b\", but may hold a number."),
            [Quoted("limit"), Plain(" holds \"a`b\", but may hold a number.")]
        );
        assert_eq!(parts("A ` alone."), [Plain("A ` alone.")]);
    }
}
