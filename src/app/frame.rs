//! What surrounds every page.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use perennial_session::{Health, Snapshot, Status, Wall};

use super::{focus::SkipToContent, limit::Limit, new_version::NewVersion, now::ENDS_SOON_MS};
use crate::{
    components::{
        Banner, Brand, CountdownDialog, CountdownTexts, Header, SessionChip, ThemeSwitch, Tone, changing,
    },
    contexts::{Notice, use_auth, use_config},
    guard::Admission,
    pages,
    platform::{dates, theme::Theme},
    texts::{self, fill, t},
};

/// The header, the banners, the footer and the question whether the person is still there.
#[component]
pub fn Frame(
    /// Whether somebody is signed in.
    admission: Memo<Admission>,
    /// What time it is.
    now: Signal<Wall>,
    /// The path the application is served under.
    base: StoredValue<String>,
    /// The theme in force.
    theme: RwSignal<Theme>,
    /// The person wants another.
    choose_theme: Callback<Theme>,
    /// The absolute limit.
    limit: Limit,
    /// The page.
    children: Children,
) -> impl IntoView {
    let auth = use_auth();
    let leave = Callback::new(move |()| auth.sign_out());
    let pathname = use_location().pathname;
    // Rendered again with each path. One that is left alone is seen to move where the next page is longer: by 0.03 after a
    // sign-in at 1280 px with answers that take a second, as browsers measure it (layout shift).
    let footer = move || {
        pathname.track();
        view! {
            <footer class="footer">
                <ThemeSwitch name="theme" chosen=theme choose=choose_theme />
            </footer>
        }
    };
    view! {
        <div class="frame">
            <SkipToContent />
            <header class="header">
                <Brand href=base.with_value(|base| pages::href(base, pages::OVERVIEW)) />
                {move || match admission.get() {
                    Admission::Out { .. } => ().into_any(),
                    Admission::Restoring | Admission::In(_) => view! { <SignedInHeader now base leave /> }.into_any(),
                }}
            </header>
            {children()}
            {footer}
        </div>
        <Banners limit />
        <Question now leave />
        <LimitNotice limit leave />
    }
}

#[component]
fn SignedInHeader(now: Signal<Wall>, base: StoredValue<String>, leave: Callback<()>) -> impl IntoView {
    let snapshot = use_auth().snapshot();
    let person = use_auth().person();
    let name = Memo::new(move |_| person.with(|person| person.as_ref().map(|person| person.name.clone())));
    let chip = Memo::new(move |_| snapshot.with(|snapshot| texts::chip(snapshot, now.get(), dates::clock)));
    let tone = Memo::new(move |_| snapshot.with(|snapshot| tone(snapshot.health)));
    let dialect = use_config().dialect;
    let links = pages::navigation().into_iter().filter(|(path, _)| pages::is_offered(path, &dialect.pages));
    let links = base.with_value(|base| links.map(|(path, name)| (pages::href(base, path), name)).collect());
    view! {
        <Header links name on_sign_out=leave>
            <SessionChip chip tone />
        </Header>
    }
}

#[component]
fn Banners(limit: Limit) -> impl IntoView {
    let auth = use_auth();
    let snapshot = auth.snapshot();
    let notice = auth.notice();
    let ends = limit.ends;
    let signed_out =
        Memo::new(move |_| snapshot.with(|snapshot| matches!(snapshot.status, Status::SignedOut { .. })));
    let offline = Memo::new(move |_| snapshot.with(|snapshot| snapshot.health == Health::Offline));
    let has_imports = pages::is_offered(pages::QUEUE, &use_config().dialect.pages);
    let said_offline = if has_imports { t().common.offline } else { t().common.offline_without_imports };
    view! {
        <div class="banners" aria-live="polite">
            <NewVersion />
            <Show when=move || offline.get() && !signed_out.get()>
                <Banner tone=Tone::Waiting>{said_offline}</Banner>
            </Show>
            <Show when=move || ends.get().is_some()>
                <Banner tone=Tone::Waiting>
                    {changing(move || ends.get().map(|ends| texts::at(t().common.ends_soon, &dates::clock(ends))))}
                </Banner>
            </Show>
            {move || {
                let name = snapshot.with(account_name)?;
                let text = match notice.get()? {
                    Notice::Switched => t().states.switched,
                    Notice::AlreadyIn => t().states.already_in,
                };
                Some(view! {
                    <Banner tone=Tone::Waiting>
                        <p>{changing(move || fill(text, &[("name", &name)]))}</p>
                        <button type="button" class="button" on:click=move |_| auth.dismiss_notice()>
                            {t().states.ok}
                        </button>
                    </Banner>
                })
            }}
        </div>
    }
}

#[component]
fn Question(now: Signal<Wall>, leave: Callback<()>) -> impl IntoView {
    let auth = use_auth();
    let snapshot = auth.snapshot();
    let left_ms = Memo::new(move |_| {
        let ends = snapshot.with(|snapshot| snapshot.inactivity_ends);
        ends.map(|ends| ends.0.saturating_sub(now.get().0))
    });
    let stay = Callback::new(move |()| auth.extend());
    let said = CountdownTexts {
        heading: t().inactivity.heading,
        lead: t().inactivity.lead,
        spoken: t().inactivity.spoken,
        advice: None,
        stay: t().inactivity.stay,
        leave: t().inactivity.leave,
    };
    let opened_with_s = use_config().timing.inactivity_warning_s;
    view! { <CountdownDialog id="inactivity" said left_ms opened_with_s stay leave /> }
}

#[component]
fn LimitNotice(limit: Limit, leave: Callback<()>) -> impl IntoView {
    let texts = &t().states;
    let said = CountdownTexts {
        heading: texts.limit_heading,
        lead: texts.limit_lead,
        spoken: texts.limit_spoken,
        advice: Some(texts.limit_advice),
        stay: texts.ok,
        leave: t().inactivity.leave,
    };
    let read = Callback::new(move |()| limit.dismiss());
    let opened_with_s = ENDS_SOON_MS / 1_000;
    view! { <CountdownDialog id="limit" said left_ms=limit.left_ms opened_with_s stay=read leave /> }
}

fn account_name(snapshot: &Snapshot) -> Option<String> {
    match &snapshot.status {
        Status::SignedIn { account, .. } => Some(account.shown_name().to_owned()),
        Status::Restoring | Status::SignedOut { .. } => None,
    }
}

fn tone(health: Health) -> Tone {
    match health {
        Health::Fresh | Health::Resting | Health::Refreshing => Tone::Good,
        Health::Retrying { .. }
        | Health::WaitingForServer { .. }
        | Health::Offline
        | Health::Unconfirmed { .. } => Tone::Waiting,
    }
}
