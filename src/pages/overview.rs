//! Who is signed in, how the session is doing, what happened lately and what runs now.

mod last_hours;
mod running;
mod session_card;

use leptos::prelude::*;
use perennial_session::{Account, Status, Wall};

use crate::{
    contexts::{use_auth, use_config},
    pages,
    texts::{self, t},
};
use last_hours::LastHours;
use running::Running;
use session_card::SessionCard;

/// The first page.
#[component]
pub fn Overview(
    /// What time it is.
    now: Signal<Wall>,
    /// The path the application is served under.
    base: StoredValue<String>,
) -> impl IntoView {
    let auth = use_auth();
    let snapshot = auth.snapshot();
    let account = Memo::new(move |_| {
        snapshot.with(|snapshot| match &snapshot.status {
            Status::SignedIn { account, .. } => Some(Account::clone(account)),
            Status::Restoring | Status::SignedOut { .. } => None,
        })
    });
    let person = auth.person();
    let refresh = Callback::new(move |()| auth.refresh_now());
    let (before, after) = texts::around(t().overview.signed_in_as);
    let has_queue = pages::is_offered(pages::QUEUE, &use_config().dialect.pages);
    view! {
        <main class="page">
            <h1 tabindex="-1">{t().pages.overview}</h1>
            <p class="lead">
                {before}
                <strong>{move || person.get().map(|person| person.name)}</strong>
                {after}
            </p>
            <div class="cards">
                <SessionCard snapshot now refresh />
                {move || account.get().map(account_card)}
            </div>
            <LastHours now base />
            {has_queue.then(|| view! { <Running base /> })}
        </main>
    }
}

fn account_card(account: Account) -> impl IntoView {
    let roles = (!account.roles.is_empty()).then(|| {
        view! {
            <dt>{t().overview.roles}</dt>
            <dd>{account.roles.join(", ")}</dd>
        }
    });
    view! {
        <section class="card" aria-labelledby=HEADING>
            <h2 class="card-heading" id=HEADING>{t().overview.account}</h2>
            <dl class="facts">
                <dt>{t().overview.name}</dt>
                <dd>{account.name}</dd>
                <dt>{t().overview.email}</dt>
                <dd>{account.email}</dd>
                {roles}
            </dl>
        </section>
    }
}

const HEADING: &str = "account-heading";
