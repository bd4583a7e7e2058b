//! What stands at the top of every page of a signed-in person.

use leptos::prelude::*;
use leptos_router::components::A;

use super::changing;
use crate::texts::t;

/// Navigation, the state of the session, the person and the way out.
#[component]
pub fn Header(
    /// Where the navigation leads: path and name.
    links: Vec<(String, &'static str)>,
    /// The person's name, once it is known.
    name: Memo<Option<String>>,
    /// The person wants to sign out.
    on_sign_out: Callback<()>,
    /// The state of the session.
    children: Children,
) -> impl IntoView {
    view! {
        <nav class="nav" aria-label=t().common.navigation>
            {links
                .into_iter()
                .map(|(href, name)| view! { <A href=href exact=true attr:class="nav-link">{name}</A> })
                .collect_view()}
        </nav>
        <div class="header-session">{children()}</div>
        {move || name.get().map(|name| view! { <span class="person">{changing(move || name.clone())}</span> })}
        // Also before it is known who the person is: a server that does not answer must keep nobody signed in.
        <button type="button" class="button" on:click=move |_| on_sign_out.run(())>
            {t().common.sign_out}
        </button>
    }
}
