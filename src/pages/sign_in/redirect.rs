//! The way to the authorization server.

use leptos::prelude::*;
use perennial_session::{ServerText, SignInFailure, SignInProgress, Wall};

use super::form::WHY;
use crate::{
    components::{Checkbox, changing},
    contexts::{Journey, use_auth},
    platform::dates,
    texts::{self, sign_in as labels, t},
};

/// Says where people sign in, and leads there.
#[component]
pub fn Departure(
    /// The server's host, as people know it.
    host: String,
    /// The page to go on to.
    back: Memo<Option<String>>,
    /// How the sign-in is doing once the server has sent the person back.
    progress: Memo<SignInProgress>,
    /// What the server says itself of the sign-in that it refused.
    message: Memo<Option<ServerText>>,
    /// What time it is.
    now: Signal<Wall>,
    /// Whether staying signed in on this device is offered.
    keep_offered: bool,
) -> impl IntoView {
    let auth = use_auth();
    let journey = auth.journey();
    let keep = RwSignal::new(false);
    let busy = Memo::new(move |_| {
        progress.get() == SignInProgress::Pending || journey.with(|journey| *journey == Journey::Leaving)
    });
    let leave = move |_| {
        if !busy.get_untracked() {
            auth.sign_in_by_redirect(back.get_untracked(), keep.get_untracked());
        }
    };
    let problem = Memo::new(move |_| match (journey.get(), progress.get()) {
        (Journey::Failed(why), _) => Some(why),
        (Journey::Home | Journey::Leaving, SignInProgress::Failed(failure)) => Some(match failure {
            SignInFailure::WrongCredentials => t().sign_in.not_taken.to_owned(),
            SignInFailure::Refused => message
                .with(|message| message.as_ref().map(labels::refused))
                .unwrap_or_else(|| t().sign_in.not_taken.to_owned()),
            SignInFailure::Unknown(doubt) => labels::no_way(doubt),
            SignInFailure::TooMany { .. } | SignInFailure::WrongOrigin | SignInFailure::CookiesNotKept => {
                texts::sign_in_failure(failure, now.get(), dates::clock).said
            }
        }),
        (Journey::Home | Journey::Leaving, SignInProgress::Idle | SignInProgress::Pending) => None,
    });
    view! {
        <div class="form">
            <p>{labels::elsewhere(&host)}</p>
            {keep_offered.then(|| view! { <Checkbox label=t().sign_in.keep chosen=keep /> })}
            <button
                type="button"
                class="button button-primary button-wide"
                autofocus
                aria-describedby=WHY
                aria-disabled=move || busy.get().then_some("true")
                on:click=leave
            >
                {changing(move || if busy.get() { t().sign_in.busy } else { t().pages.sign_in })}
            </button>
            <p class="form-problem" role="alert">{changing(move || problem.get())}</p>
        </div>
    }
}

/// The host of an address, as people know it.
pub fn host(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}
