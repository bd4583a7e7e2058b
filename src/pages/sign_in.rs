//! Where people sign in.

mod form;
mod redirect;

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use perennial_dialect::SignInBy;
use perennial_session::{SignOutReason, Status, Wall};

use super::Placeholder;
use crate::{
    components::{Banner, Failure, Tone, changing},
    contexts::{use_auth, use_config},
    guard::{self, Admission},
    report,
    texts::{self, t},
};
use form::CredentialsForm;
use redirect::Departure;

/// Asks who the person is, says why they are asked, and leads on once they are known.
#[component]
pub fn SignIn(
    /// Whether somebody is signed in.
    admission: Memo<Admission>,
    /// What time it is.
    now: Signal<Wall>,
    /// The path the application is served under.
    base: StoredValue<String>,
) -> impl IntoView {
    let query = use_query_map();
    let back = Memo::new(move |_| {
        query.with(|query| query.get("return")).filter(|path| guard::safe(path, super::SIGN_IN).is_some())
    });
    lead_on(admission, back, base);
    move || match admission.get() {
        Admission::Out { .. } => view! { <Entrance back now /> }.into_any(),
        Admission::Restoring | Admission::In(_) => view! { <Placeholder now /> }.into_any(),
    }
}

#[component]
fn Entrance(back: Memo<Option<String>>, now: Signal<Wall>) -> impl IntoView {
    let (auth, config) = (use_auth(), use_config());
    let (snapshot, missing) = (auth.snapshot(), auth.missing());
    let reason = auth.ended();
    let is_untold = Memo::new(move |_| snapshot.with(|snapshot| snapshot.is_sign_out_untold));
    let progress = Memo::new(move |_| snapshot.with(|snapshot| snapshot.sign_in));
    let message = Memo::new(move |_| snapshot.with(|snapshot| snapshot.sign_in_message.clone()));
    let submit = Callback::new(move |form| auth.sign_in(form));
    view! {
        <main class="page page-entrance">
            <div class="entrance">
                <h1 tabindex="-1">{t().pages.sign_in}</h1>
                <div class="entrance-why" id=form::WHY>
                    {move || reason.get().map(|reason| why(reason, config.timing.inactivity_limit_s))}
                    {move || is_untold.get().then(|| view! { <Banner tone=Tone::Waiting>{t().ended.untold}</Banner> })}
                    {move || {
                        let page = back.with(|back| back.as_deref().and_then(super::name));
                        page.map(|page| view! { <p class="soft">{texts::sign_in::return_note(page)}</p> })
                    }}
                </div>
                <div class="card entrance-card">
                    {match &config.dialect.sign_in {
                        SignInBy::Form(fields) => {
                            let by_email = fields.identifier.to_ascii_lowercase().contains("mail");
                            let keep_offered = config.keep_signed_in;
                            view! { <CredentialsForm progress message now by_email keep_offered submit /> }.into_any()
                        }
                        SignInBy::Redirect(client) => {
                            let host = redirect::host(&client.issuer).to_owned();
                            view! { <Departure host back progress message now keep_offered=config.keep_signed_in /> }
                                .into_any()
                        }
                    }}
                    {move || missing.get().map(|message| view! {
                        <Failure
                            what=t().sign_in.not_loaded hint=t().notices.not_loaded_hint
                            details=report::details(&message, None)
                        />
                    })}
                </div>
                <p class="entrance-limit">
                    {texts::sign_in::limit(&texts::length(config.timing.inactivity_limit_s), config.keep_signed_in)}
                </p>
            </div>
        </main>
    }
}

fn why(reason: SignOutReason, limit_s: u64) -> impl IntoView {
    let tone = if reason == SignOutReason::ByPerson { Tone::Good } else { Tone::Waiting };
    view! { <Banner tone>{changing(move || texts::sign_out_reason(reason, limit_s))}</Banner> }
}

/// Leads a person who is signed in to the page they asked for, else to where people like them land.
///
/// After a sign-in the path is pushed, which is the sign that password managers wait for; whoever was signed in
/// already has never seen this page, so it leaves no trace.
fn lead_on(admission: Memo<Admission>, back: Memo<Option<String>>, base: StoredValue<String>) {
    let snapshot = use_auth().snapshot();
    let navigate = use_navigate();
    Effect::new(move |before: Option<Admission>| {
        let admission = admission.get();
        if let Admission::In(_) = admission {
            let landing = snapshot.with_untracked(|snapshot| match &snapshot.status {
                Status::SignedIn { landing, .. } => landing.clone(),
                Status::Restoring | Status::SignedOut { .. } => None,
            });
            let landing = landing.filter(|path| guard::safe(path, super::SIGN_IN).is_some());
            let target = back.get_untracked().or(landing).unwrap_or_else(|| super::OVERVIEW.to_owned());
            let replace = !matches!(before, Some(Admission::Out { .. }));
            let target = base.with_value(|base| super::href(base, &target));
            // Resolved by hand: the router would drop the slash that the first page has under a sub-path.
            navigate(&target, NavigateOptions { replace, resolve: false, ..NavigateOptions::default() });
        }
        admission
    });
}
