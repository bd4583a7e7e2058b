//! What stands where something could not be shown.

use leptos::prelude::*;

use crate::texts::t;

/// Says what happened, and offers to try again, to reload the page and to copy the details. `boot.js` does the last two,
/// so that they work whatever state the application is in.
#[component]
pub fn Failure(
    /// What happened, in a sentence.
    what: &'static str,
    /// What can be done about it.
    hint: &'static str,
    /// What to pass on; holds no secret.
    details: String,
    /// The person wants it to be tried again, where that may help.
    #[prop(optional)]
    on_retry: Option<Callback<()>>,
) -> impl IntoView {
    let texts = &t().notices;
    let retry = on_retry.map(|on_retry| {
        view! {
            <button type="button" class="button button-primary" on:click=move |_| on_retry.run(())>
                {texts.try_again}
            </button>
        }
    });
    view! {
        <div class="failure" role="alert">
            <p class="lead">{what}</p>
            <p>{hint}</p>
            <div class="failure-actions">
                {retry} <button type="button" class="button" data-does="reload">
                    {texts.reload}
                </button> <button type="button" class="button" data-does="copy" data-done=texts.copied>
                    {texts.copy}
                </button>
            </div>
            <details>
                <summary>{texts.details}</summary>
                <pre tabindex="0">{details}</pre>
            </details>
        </div>
    }
}
