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

/// Starts the application in the page it was loaded by, or says there why it cannot start.
pub fn start() {
    app::language::settle();
    platform::panic::catch(app::show_fault);
    spawn_local(async {
        let config = config::read().await;
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
    if platform::entropy::draw::<1>().is_err() {
        return broken(vec![texts::t().broken_config.no_entropy.to_owned()]);
    }
    match session {
        None => {
            let auth = contexts::provide(config, Snapshot::of_nobody());
            spawn_local(async move {
                if let Err(why) = auth.begin().await {
                    // It is tried again when somebody signs in.
                    platform::console::warn(&why);
                }
            });
        }
        Some(begin) => {
            let auth = contexts::provide(config, Snapshot::default());
            let begun =
                begin.map_err(|error| contexts::not_loaded(&error)).and_then(|begin| auth.begin_with(begin));
            if let Err(message) = begun {
                return view! { <pages::Failed heading=texts::BRAND message /> }.into_any();
            }
        }
    }
    view! { <app::App /> }.into_any()
}

#[cfg(test)]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// The frame in plain HTML has done its duty.
fn remove_splash() {
    if let Some(splash) = document().get_element_by_id("splash") {
        splash.remove();
    }
}
