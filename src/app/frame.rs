//! What surrounds every page.

use leptos::prelude::*;
use perennial_session::{Health, Status, Wall};

use super::focus::SkipToContent;
use crate::{
    components::{Banner, Brand, Header, InactivityDialog, SessionChip, ThemeSwitch, Tone},
    contexts::{use_auth, use_config},
    guard::Admission,
    pages,
    platform::{dates, theme::Theme},
    texts::{self, t},
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
    /// The page.
    children: Children,
) -> impl IntoView {
    let auth = use_auth();
    let leave = Callback::new(move |()| auth.sign_out());
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
            <footer class="footer">
                <ThemeSwitch name="theme" chosen=theme choose=choose_theme />
            </footer>
        </div>
        <Banners now />
        <Question now leave />
    }
}

#[component]
fn SignedInHeader(now: Signal<Wall>, base: StoredValue<String>, leave: Callback<()>) -> impl IntoView {
    let snapshot = use_auth().snapshot();
    let name = Memo::new(move |_| {
        snapshot.with(|snapshot| match &snapshot.status {
            Status::SignedIn { account, .. } => Some(account.name.clone()),
            Status::Restoring | Status::SignedOut { .. } => None,
        })
    });
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
fn Banners(now: Signal<Wall>) -> impl IntoView {
    let snapshot = use_auth().snapshot();
    let signed_out =
        Memo::new(move |_| snapshot.with(|snapshot| matches!(snapshot.status, Status::SignedOut { .. })));
    let offline = Memo::new(move |_| snapshot.with(|snapshot| snapshot.health == Health::Offline));
    let ends = Memo::new(move |_| {
        let left = |ends: &Wall| ends.0.saturating_sub(now.get().0);
        snapshot.with(|snapshot| snapshot.session_ends).filter(|ends| left(ends) <= ENDS_SOON_MS)
    });
    view! {
        <div class="banners" aria-live="polite">
            <Show when=move || offline.get() && !signed_out.get()>
                <Banner tone=Tone::Waiting>{t().common.offline}</Banner>
            </Show>
            <Show when=move || ends.get().is_some() && !signed_out.get()>
                <Banner tone=Tone::Waiting>
                    {move || ends.get().map(|ends| texts::at(t().common.ends_soon, &dates::clock(ends)))}
                </Banner>
            </Show>
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
    view! { <InactivityDialog left_ms opened_with_s=use_config().timing.inactivity_warning_s stay leave /> }
}

fn tone(health: Health) -> Tone {
    match health {
        Health::Fresh | Health::Refreshing => Tone::Good,
        Health::Retrying { .. }
        | Health::WaitingForServer { .. }
        | Health::Offline
        | Health::Unconfirmed { .. } => Tone::Waiting,
    }
}

/// How long before the absolute limit people are told.
const ENDS_SOON_MS: u64 = 600_000;
