//! The session itself: what begins it, and what grants the wishes of [`AuthContext`](crate::contexts::AuthContext).
//!
//! Its code is loaded later. Where a session may go on, the application waits for it; where nobody is remembered, nobody
//! waits: people see the sign-in page at once, and type while it comes.

mod notice;

use std::rc::Rc;

use leptos::prelude::*;
use perennial_dialect::{SignInBy, config::Config, oauth::Asking};
use perennial_session::{Input, SignInForm, SignInProgress, Snapshot, Status, Wake};
use wasm_bindgen_futures::spawn_local;

use crate::{
    client::Client,
    contexts::{self, Grants, Journey, Notice, Shown, Wish},
    driver::Driver,
    loaded_later::loaded_later,
    pages,
    person::{self, Remembered},
    platform::{
        console,
        entropy::Entropy,
        handle, location, pending, storage,
        wake::{self, Sign},
    },
    recorder::Recorder,
    redirect,
    sockets::Sockets,
    texts,
};

/// Begins the session.
pub(crate) type Begin = fn(Shown, Config, Entropy) -> Grants;

loaded_later! {
    session:
    /// The code of the session.
    pub(crate) fn code() -> Begin { begin }
}

/// Whether it is known without the code of the session what it would show: a form to sign in with.
///
/// Somebody may come back from an authorization server only where people sign in there.
pub(crate) fn is_nobody_expected(config: &Config) -> bool {
    matches!(config.dialect.sign_in, SignInBy::Form(_)) && storage::is_empty()
}

/// Starts the engine, and provides what only its driver can give. To be called once, where contexts of the whole
/// application belong: what it makes lives as long as the page.
fn begin(shown: Shown, config: Config, entropy: Entropy) -> Grants {
    let Shown { snapshot, journey, .. } = shown;
    // Before the router and the engine look at the address: the code in it is good for one use, and nobody's to keep.
    let arrival = redirect::arrive(&config.dialect, &pages::base(), pages::SIGN_IN);
    let form = match arrival {
        Some(Ok(form)) => Some(form),
        Some(Err(why)) => {
            journey.set(Journey::Failed(why));
            None
        }
        None => None,
    };
    shown.is_farewell.set(pending::take_farewell());
    stay_when_back(journey);
    let recorder = Recorder::new();
    let remembered = Remembered::default();
    shown.person.set(person::of(&snapshot.read_untracked().status));
    let driver = Driver::start(config, entropy, move |published| {
        forget_when_in(shown, &published.status);
        remembered.note(&published.status);
        recorder.follow(&published.status);
        shown.person.maybe_update(|person| {
            let now = person::of(&published.status);
            let is_other = *person != now;
            *person = now;
            is_other
        });
        snapshot.set(published);
    });
    recorder.listen(&driver, snapshot);
    // For as long as the page lives.
    StoredValue::new_local(driver.listen(console::trace));
    if let Some(form) = form {
        sign_in(shown, &driver, form);
    }
    let of_console = driver.clone();
    let refresh = move || -> handle::Outcome {
        let driver = of_console.clone();
        Box::pin(async move { driver.refreshed_now().await })
    };
    if handle::offer(refresh).is_err() {
        console::warn("The browser does not let the console have window.perennial");
    }
    contexts::provide_of_session(recorder, Client::new(driver.clone()), Sockets::new(driver.clone()));
    notice::tell_of_switches(shown, &driver);
    Rc::new(move |wish| grant(wish, shown, &driver))
}

fn grant(wish: Wish, shown: Shown, driver: &Driver) {
    match wish {
        Wish::SignIn(form) => sign_in(shown, driver, form),
        Wish::SignInByRedirect { back, keep } => leave(shown, driver.clone(), back, keep),
        Wish::SignOut => sign_out(shown, driver.clone()),
        Wish::RefreshNow => driver.dispatch(Input::RefreshNow),
        Wish::Extend => driver.dispatch(Input::Extend),
    }
}

/// Somebody may have signed in elsewhere before this could be asked for: then it is not, and they are told.
fn sign_in(shown: Shown, driver: &Driver, form: SignInForm) {
    driver.dispatch(Input::SignIn(form));
    if shown.snapshot.with_untracked(notice::is_passed_over) {
        shown.notice.set(Some(Notice::AlreadyIn));
    }
}

fn leave(shown: Shown, driver: Driver, back: Option<String>, keep: bool) {
    let Some(redirect_uri) = redirect::redirect_uri(&pages::base(), pages::SIGN_IN) else { return };
    let has_ended = shown
        .snapshot
        .with_untracked(|snapshot| matches!(snapshot.status, Status::SignedOut { reason: Some(_) }));
    let asking = if has_ended { Asking::Anew } else { Asking::AsConfigured };
    shown.journey.set(Journey::Leaving);
    spawn_local(async move {
        let left = redirect::leave(driver.backend(), &redirect_uri, back.as_deref(), keep, asking);
        if let Err(why) = left.await {
            shown.journey.set(Journey::Failed(why));
        }
    });
}

fn sign_out(shown: Shown, driver: Driver) {
    let id_token = driver.backend().take_id_token();
    let told = driver.sign_out();
    let Some(back) = redirect::redirect_uri(&pages::base(), pages::SIGN_IN) else { return };
    spawn_local(async move {
        let url =
            driver.backend().dialect(None).await.map(|dialect| dialect.end_session(&back, id_token.as_ref()));
        let left = match url {
            Ok(None) => return,
            Ok(Some(url)) => {
                // Leaving the page would call back what is still to be said.
                told.await;
                // Whoever signs in again meanwhile is not to be taken away from that.
                if is_out_and_home(shown) {
                    pending::keep_farewell();
                    location::go(&url)
                } else {
                    Ok(())
                }
            }
            Err(doubt) => Err(texts::sign_in::no_way(doubt)),
        };
        if let Err(why) = left {
            console::warn(&format!("The session of the authorization server goes on: {why}"));
        }
    });
}

fn is_out_and_home(shown: Shown) -> bool {
    let is_out = shown.snapshot.with_untracked(|snapshot: &Snapshot| {
        matches!(snapshot.status, Status::SignedOut { .. }) && snapshot.sign_in != SignInProgress::Pending
    });
    is_out && shown.journey.with_untracked(|journey| *journey != Journey::Leaving)
}

/// What went wrong on the way is of no interest any more when somebody is signed in, and none when their session ends.
fn forget_when_in(shown: Shown, status: &Status) {
    let Shown { journey, is_farewell, .. } = shown;
    let is_in = matches!(status, Status::SignedIn { .. });
    if is_in && is_farewell.get_untracked() {
        is_farewell.set(false);
    }
    if is_in && journey.with_untracked(|journey| *journey != Journey::Home) {
        journey.set(Journey::Home);
    }
}

/// Whoever presses Back at the authorization server gets this page as it was when they left, and may want to set out again.
fn stay_when_back(journey: RwSignal<Journey>) {
    let listeners = wake::listen(move |sign| {
        if sign == Sign::Woke(Wake::Restored)
            && journey.with_untracked(|journey| *journey == Journey::Leaving)
        {
            journey.set(Journey::Home);
        }
    });
    listeners.keep();
}
