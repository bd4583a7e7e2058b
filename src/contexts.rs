//! The contexts of the application: one newtype each, provided in one place, read through one function each.

mod notice;

use leptos::prelude::*;
use perennial_dialect::{config::Config, oauth::Asking};
use perennial_session::{Happened, Input, SignInForm, SignInProgress, SignOutReason, Snapshot, Status, Wake};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use crate::{
    build::Build,
    client::Client,
    drafts::Drafts,
    driver::{Driver, Listening},
    pages,
    person::{self, Remembered},
    platform::person::Person,
    platform::{
        console, handle, location, pending,
        wake::{self, Sign},
    },
    recorder::Recorder,
    redirect::{self, Journey},
    sockets::Sockets,
    texts,
};

pub use notice::Notice;

/// The session, as pages and components see it: signals out, wishes in.
///
/// It is the only way to the session. Nothing in it can be written, so what is shown is always what the engine
/// last published.
#[derive(Clone, Copy, Debug)]
pub struct AuthContext {
    snapshot: RwSignal<Snapshot>,
    person: Memo<Option<Person>>,
    journey: RwSignal<Journey>,
    notice: RwSignal<Option<Notice>>,
    /// Whether the person signed out here and comes back from the authorization server, which was to know of it too.
    is_farewell: RwSignal<bool>,
    driver: StoredValue<Driver, LocalStorage>,
}

impl AuthContext {
    /// Everything the engine published last. Derive from it with a `Memo` rather than copying it.
    #[must_use]
    pub fn snapshot(&self) -> ReadSignal<Snapshot> {
        self.snapshot.read_only()
    }

    /// Who is signed in, or who was when the device last knew, while it is being found out.
    #[must_use]
    pub fn person(&self) -> Memo<Option<Person>> {
        self.person
    }

    /// The person wants to sign in.
    pub fn sign_in(&self, form: SignInForm) {
        self.dispatch(Input::SignIn(form));
    }

    /// The person wants to sign in at the authorization server, and then to go on to this path of the application.
    /// Where a session ended here, for whatever reason, they are asked there who they are.
    pub fn sign_in_by_redirect(&self, back: Option<String>, keep: bool) {
        let Some(redirect_uri) = redirect::redirect_uri(&pages::base(), pages::SIGN_IN) else { return };
        let (journey, driver) = (self.journey, self.driver.get_value());
        let has_ended = self
            .snapshot
            .with_untracked(|snapshot| matches!(snapshot.status, Status::SignedOut { reason: Some(_) }));
        let asking = if has_ended { Asking::Anew } else { Asking::AsConfigured };
        journey.set(Journey::Leaving);
        spawn_local(async move {
            let left = redirect::leave(driver.backend(), &redirect_uri, back.as_deref(), keep, asking);
            if let Err(why) = left.await {
                journey.set(Journey::Failed(why));
            }
        });
    }

    /// How signing in at the authorization server is doing.
    #[must_use]
    pub fn journey(&self) -> ReadSignal<Journey> {
        self.journey.read_only()
    }

    /// What the person is to be told about who is signed in.
    #[must_use]
    pub fn notice(&self) -> ReadSignal<Option<Notice>> {
        self.notice.read_only()
    }

    /// The person has read it.
    pub fn dismiss_notice(&self) {
        self.notice.set(None);
    }

    /// Why nobody is signed in, where somebody was: also where the browser has been at the authorization server since.
    #[must_use]
    pub fn ended(&self) -> Memo<Option<SignOutReason>> {
        let Self { snapshot, is_farewell, .. } = *self;
        Memo::new(move |_| {
            snapshot.with(|snapshot| match snapshot.status {
                Status::SignedOut { reason } => {
                    reason.or(is_farewell.get().then_some(SignOutReason::ByPerson))
                }
                Status::Restoring | Status::SignedIn { .. } => None,
            })
        })
    }

    /// The person wants to sign out. Where an authorization server has a session of its own, the browser goes there to
    /// end it as well.
    pub fn sign_out(&self) {
        let (auth, driver) = (*self, self.driver.get_value());
        let told = driver.sign_out();
        let Some(back) = redirect::redirect_uri(&pages::base(), pages::SIGN_IN) else { return };
        spawn_local(async move {
            let url = driver.backend().dialect(None).await.map(|dialect| dialect.end_session(&back));
            let left = match url {
                Ok(None) => return,
                Ok(Some(url)) => {
                    // Leaving the page would call back what is still to be said.
                    told.await;
                    // Whoever signs in again meanwhile is not to be taken away from that.
                    if auth.is_out_and_home() {
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

    /// Calls back with everything that happens to the session, such as [`Happened::Refreshed`] and
    /// [`Happened::SignedOut`], until the value is dropped.
    pub fn listen(&self, listener: impl Fn(Happened) + 'static) -> Listening {
        self.driver.with_value(|driver| driver.listen(listener))
    }

    /// The person wants a new token now.
    pub fn refresh_now(&self) {
        self.dispatch(Input::RefreshNow);
    }

    /// The person is still there.
    pub fn extend(&self) {
        self.dispatch(Input::Extend);
    }

    fn is_out_and_home(&self) -> bool {
        let is_out = self.snapshot.with_untracked(|snapshot| {
            matches!(snapshot.status, Status::SignedOut { .. }) && snapshot.sign_in != SignInProgress::Pending
        });
        is_out && self.journey.with_untracked(|journey| *journey != Journey::Leaving)
    }

    fn dispatch(&self, wish: Input) {
        self.driver.with_value(|driver| driver.dispatch(wish));
    }
}

/// Provides what is known of newer builds.
pub fn provide_build() {
    provide_context(Build::watch());
}

/// The build that this page is of.
#[must_use]
pub fn use_build() -> Build {
    expect_context()
}

/// Starts the session and provides everything that pages and components may use.
///
/// To be called once, by the outermost component: what it makes lives as long as the page.
///
/// # Errors
/// What the browser threw, where it cannot run a session at all.
pub fn provide_session(config: Config) -> Result<(), JsValue> {
    let snapshot = RwSignal::new(Snapshot::default());
    // Before the router and the engine look at the address: the code in it is good for one use, and nobody's to keep.
    let arrival = redirect::arrive(&config.dialect, &pages::base(), pages::SIGN_IN);
    let (form, journey) = match arrival {
        Some(Ok(form)) => (Some(form), Journey::Home),
        Some(Err(why)) => (None, Journey::Failed(why)),
        None => (None, Journey::Home),
    };
    let journey = RwSignal::new(journey);
    let is_farewell = RwSignal::new(pending::take_farewell());
    let notice = RwSignal::new(None);
    stay_when_back(journey);
    let recorder = Recorder::new();
    let remembered = Remembered::default();
    let driver = Driver::start(config.clone(), move |published| {
        forget_when_in(journey, is_farewell, &published.status);
        remembered.note(&published.status);
        recorder.follow(&published.status);
        snapshot.set(published);
    })?;
    recorder.listen(&driver, snapshot);
    // For as long as the page lives.
    StoredValue::new_local(driver.listen(console::trace));
    if let Some(form) = form {
        driver.dispatch(Input::SignIn(form));
        if snapshot.with_untracked(notice::is_passed_over) {
            notice.set(Some(Notice::AlreadyIn));
        }
    }
    let of_console = driver.clone();
    let refresh = move || -> handle::Outcome {
        let driver = of_console.clone();
        Box::pin(async move { driver.refreshed_now().await })
    };
    if handle::offer(refresh).is_err() {
        console::warn("The browser does not let the console have window.perennial");
    }
    provide_context(recorder);
    provide_context(ConfigContext(StoredValue::new(config)));
    provide_context(ClientContext(StoredValue::new_local(Client::new(driver.clone()))));
    provide_context(SocketsContext(StoredValue::new_local(Sockets::new(driver.clone()))));
    let driver = StoredValue::new_local(driver);
    let person = person::of(snapshot.read_only());
    let auth = AuthContext { snapshot, person, journey, notice, is_farewell, driver };
    notice::tell_of_switches(auth, notice);
    provide_context(auth);
    provide_context(Drafts::new(snapshot.read_only()));
    Ok(())
}

/// What went wrong on the way is of no interest any more when somebody is signed in, and none when their session ends.
fn forget_when_in(journey: RwSignal<Journey>, is_farewell: RwSignal<bool>, status: &Status) {
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

#[derive(Clone, Copy, Debug)]
struct ConfigContext(StoredValue<Config>);

#[derive(Clone, Copy, Debug)]
struct ClientContext(StoredValue<Client, LocalStorage>);

#[derive(Clone, Copy, Debug)]
struct SocketsContext(StoredValue<Sockets, LocalStorage>);

/// The session. Panics outside of [`provide_session`], which is a mistake in this program and no state of it.
#[must_use]
pub fn use_auth() -> AuthContext {
    expect_context()
}

/// The configuration in force.
#[must_use]
pub fn use_config() -> Config {
    expect_context::<ConfigContext>().0.get_value()
}

/// The client that pages fetch with.
#[must_use]
pub fn use_client() -> Client {
    expect_context::<ClientContext>().0.get_value()
}

/// The live connections that pages listen over.
#[must_use]
pub fn use_sockets() -> Sockets {
    expect_context::<SocketsContext>().0.get_value()
}

/// The record of what happened to whoever is signed in.
#[must_use]
pub fn use_recorder() -> Recorder {
    expect_context()
}
