//! The notice that a newer build is ready.

use leptos::prelude::*;

use crate::{
    components::{Banner, Tone},
    contexts::use_build,
    texts::t,
};

/// A banner once there is one, with the button that goes over to it.
#[component]
pub fn NewVersion() -> impl IntoView {
    let build = use_build();
    let texts = &t().notices;
    view! {
        <Show when=move || build.is_superseded()>
            <Banner tone=Tone::Good>
                <p>{texts.new_version}</p>
                <button type="button" class="button" on:click=move |_| build.reload()>
                    {texts.reload}
                </button>
            </Banner>
        </Show>
    }
}
