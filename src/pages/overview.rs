//! Who is signed in, how the session is doing, what happened lately and what runs now.

mod last_hours;
mod running;
mod session_card;

use leptos::prelude::*;
use perennial_session::{Account, Status, Wall};

use crate::{
    components::changing,
    contexts::{use_auth, use_config},
    pages,
    platform::person::Person,
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
    let is_somebody = Memo::new(move |_| person.with(Option::is_some));
    let refresh = Callback::new(move |()| auth.refresh_now());
    let (before, after) = texts::around(t().overview.signed_in_as);
    let has_queue = pages::is_offered(pages::QUEUE, &use_config().dialect.pages);
    view! {
        <main class="page">
            <h1 tabindex="-1">{t().pages.overview}</h1>
            <p class="lead">
                {before}
                <strong>{changing(move || person.get().map(|person| person.name))}</strong>
                {after}
            </p>
            <div class="cards">
                <SessionCard snapshot now refresh />
                {move || is_somebody.get().then(|| account_card(account, person))}
            </div>
            <LastHours now base />
            {has_queue.then(|| view! { <Running base /> })}
        </main>
    }
}

/// The person. While their session is restored, no more is known than their name.
fn account_card(account: Memo<Option<Account>>, person: ReadSignal<Option<Person>>) -> AnyView {
    let name = move || person.with(|person| person.as_ref().map(|person| person.name.clone()));
    let email = move || {
        let email = account.with(|account| account.as_ref().map(|account| account.email.clone()));
        email.unwrap_or_else(|| t().overview.unknown.to_owned())
    };
    let roles = Memo::new(move |_| {
        let roles = account.with(|account| Some(account.as_ref()?.roles.as_ref()?.join(", ")));
        roles.filter(|roles| !roles.is_empty())
    });
    view! {
        <section class="card" aria-labelledby=HEADING>
            <h2 class="card-heading" id=HEADING>{t().overview.account}</h2>
            <dl class="facts">
                <dt>{t().overview.name}</dt>
                <dd>{changing(name)}</dd>
                <dt>{t().overview.email}</dt>
                <dd>{changing(email)}</dd>
                {move || roles.get().map(|roles| view! {
                    <dt>{t().overview.roles}</dt>
                    <dd>{changing(move || roles.clone())}</dd>
                })}
            </dl>
        </section>
    }
    .into_any()
}

const HEADING: &str = "account-heading";
