//! The mark and the name of the product.

use leptos::prelude::*;

use crate::texts;

/// The mark and the name, as a link to the first page. The plain HTML that shows before the application has loaded
/// holds the same elements, so that nothing moves when they are replaced.
#[component]
pub fn Brand(
    /// The first page.
    href: String,
) -> impl IntoView {
    view! {
        <a class="brand" href=href>
            <svg class="brand-mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
                <rect width="32" height="32" rx="8" />
                <path d=LEAF />
            </svg>
            {texts::BRAND}
        </a>
    }
}

const LEAF: &str = "M16 26V14m0 4c0-5-3-8-8-8 0 5 3 8 8 8Zm0-3c0-5 3-8 8-8 0 5-3 8-8 8Z";
