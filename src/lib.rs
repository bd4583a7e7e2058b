//! Perennial: a browser application that keeps people signed in while they work, and not a minute longer.
//!
//! Read in this order: [`config`] is what an operator may choose, [`driver`] owns the session engine, [`backend`] puts
//! its calls on the wire, [`client`] is what pages fetch with and [`sockets`] what they listen with, [`redirect`] leads
//! to authorization servers and back, [`recorder`] keeps the [`record`] of what happened, [`session`] puts all of it
//! together and is loaded later, [`contexts`] is what pages see, [`drafts`] keeps their half-filled forms, and [`guard`]
//! keeps pages for those who are signed in. [`platform`] is the browser, one Web API per file. Only [`app`], [`pages`],
//! [`components`] and [`texts`] know this application's routes and words; the rest could serve another.

#![allow(unreachable_pub, reason = "the component macro makes public items of private components")]

pub mod app;
pub mod backend;
pub mod build;
pub mod client;
pub mod components;
pub mod config;
pub mod contexts;
pub mod drafts;
pub mod driver;
pub mod guard;
pub mod loaded_later;
pub mod pages;
pub mod person;
pub mod platform;
pub mod record;
pub mod recorder;
pub mod redirect;
pub mod report;
pub mod session;
pub mod sockets;
pub mod texts;
mod words;

use leptos::prelude::*;
use perennial_dialect::config::Config;
use perennial_session::Snapshot;
use wasm_bindgen_futures::spawn_local;

use loaded_later::NotLoaded;
use platform::wake::{self, Sign};

/// Starts the application in the page it was loaded by, or says there why it cannot start.
pub fn start() {
    app::language::settle();
    platform::panic::catch(app::show_fault);
    platform::drops::keep_page();
    spawn_local(async {
        let config = config::read().await;
        if let Ok(config) = &config {
            platform::names::serve(&config.dialect.audience());
        }
        let session = match &config {
            Ok(config) if !session::is_nobody_expected(config) => Some(session::code().await),
            Ok(_) | Err(_) => None,
        };
        mount_to_body(move || view! { <Root config session /> });
        remove_splash();
    });
}

/// The outermost component: everything long-lived belongs to it.
#[component]
fn Root(
    config: Result<Config, Vec<String>>,
    /// The code of the session, where it was waited for.
    session: Option<Result<session::Begin, NotLoaded>>,
) -> AnyView {
    contexts::provide_build();
    let broken = |errors| view! { <pages::BrokenConfig errors /> }.into_any();
    let config = match config {
        Ok(config) => config,
        Err(errors) => return broken(errors),
    };
    let Ok(entropy) = platform::entropy::draw() else {
        return broken(vec![texts::t().broken_config.no_entropy.to_owned()]);
    };
    let is_nobody = session.is_none();
    let first = if is_nobody { Snapshot::of_nobody() } else { Snapshot::default() };
    let auth = contexts::provide(config, entropy, first);
    // Why nothing can be shown: somebody may be signed in, and the code that knows did not come.
    let missing = RwSignal::new(None);
    let load = move || {
        spawn_local(async move {
            let begun = auth.begin().await;
            if !is_nobody {
                missing.set(begun.err());
            }
        });
    };
    match session {
        None => load(),
        Some(Ok(begin)) => auth.begin_with(begin),
        Some(Err(error)) => missing.set(Some(auth.lack(&error))),
    }
    wake::listen(move |sign| match sign {
        Sign::Woke(_) if !auth.has_begun() => load(),
        Sign::Woke(_) | Sign::WentOffline | Sign::Leaving | Sign::Left => {}
    })
    .keep();
    let on_retry = Callback::new(move |()| load());
    let page = move || match missing.get() {
        None => view! { <app::App /> }.into_any(),
        Some(message) => not_loaded(message, on_retry),
    };
    page.into_any()
}

fn not_loaded(message: String, on_retry: Callback<()>) -> AnyView {
    let home = pages::href(&pages::base(), pages::OVERVIEW);
    view! {
        <div class="frame">
            <header class="header">
                <components::Brand href=home />
            </header>
            <pages::Failed heading=texts::BRAND message on_retry />
        </div>
    }
    .into_any()
}

#[cfg(test)]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// The frame in plain HTML has done its duty.
fn remove_splash() {
    if let Some(splash) = document().get_element_by_id("splash") {
        splash.remove();
    }
}
