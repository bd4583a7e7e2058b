//! The contexts of the application: one newtype each, provided in one place, read through one function each.

use std::{rc::Rc, time::Duration};

use leptos::prelude::*;
use perennial_dialect::config::Config;
use perennial_session::{Doubt, SignInFailure, SignInForm, SignInProgress, SignOutReason, Snapshot, Status};
use wasm_bindgen_futures::spawn_local;

use crate::{
    build::Build,
    client::Client,
    drafts::Drafts,
    loaded_later::NotLoaded,
    platform::{console, entropy::Entropy, person::Person, timer},
    recorder::Recorder,
    session::{self, Begin},
    sockets::Sockets,
};

/// The session, as pages and components see it: signals out, wishes in.
///
/// It is the only way to the session. Pages can write nothing in it: what is shown is what the engine last published, and
/// before there is an engine what it would publish where nothing is remembered.
#[derive(Clone, Copy, Debug)]
pub struct AuthContext {
    pub(crate) shown: Shown,
    /// What grants wishes, once the session has begun.
    session: StoredValue<Option<Grants>, LocalStorage>,
    /// What somebody wants to sign in with, until then.
    waiting: StoredValue<Option<SignInForm>, LocalStorage>,
    /// Whose the contexts are.
    owner: StoredValue<Owner>,
    config: StoredValue<Config>,
    entropy: StoredValue<Entropy>,
}

/// What there is to be seen of the session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown {
    pub(crate) snapshot: RwSignal<Snapshot>,
    pub(crate) person: RwSignal<Option<Person>>,
    pub(crate) journey: RwSignal<Journey>,
    pub(crate) notice: RwSignal<Option<Notice>>,
    /// Whether the person signed out here and comes back from the authorization server, which was to know of it too.
    pub(crate) is_farewell: RwSignal<bool>,
    /// Why somebody who wanted to sign in could not: the code of the session did not come.
    pub(crate) missing: RwSignal<Option<String>>,
}

/// What a person wants of the session.
#[derive(Debug)]
pub(crate) enum Wish {
    SignIn(SignInForm),
    SignInByRedirect { back: Option<String>, keep: bool },
    SignOut,
    RefreshNow,
    Extend,
}

/// Does what a person wants of the session.
pub(crate) type Grants = Rc<dyn Fn(Wish)>;

/// How leaving for an authorization server and coming back are doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Journey {
    /// Nobody has set out.
    #[default]
    Home,
    /// The way is being asked for, or the browser is leaving.
    Leaving,
    /// It did not work, for this reason.
    Failed(String),
}

/// Something about the account that nobody did in this tab, and that a person would wonder about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Somebody else is signed in now than this tab showed before, because they signed in in another tab.
    Switched,
    /// A sign-in was completed elsewhere and brought back here, where somebody was signed in already; it was not used.
    AlreadyIn,
}

impl AuthContext {
    /// Everything the engine published last. Derive from it with a `Memo` rather than copying it.
    #[must_use]
    pub fn snapshot(&self) -> ReadSignal<Snapshot> {
        self.shown.snapshot.read_only()
    }

    /// Who is signed in, or who was when the device last knew, while it is being found out.
    #[must_use]
    pub fn person(&self) -> ReadSignal<Option<Person>> {
        self.shown.person.read_only()
    }

    /// The person wants to sign in.
    pub fn sign_in(&self, form: SignInForm) {
        let auth = *self;
        if auth.has_begun() {
            auth.wish(Wish::SignIn(form));
            return;
        }
        // The code is on its way, or did not come when nobody was waiting for it.
        auth.waiting.set_value(Some(form));
        auth.shown.missing.set(None);
        auth.say(SignInProgress::Pending);
        let patience = timer::after(PATIENCE, move || {
            if auth.take_waiting().is_some() {
                auth.say(SignInProgress::Failed(SignInFailure::Unknown(Doubt::TimedOut)));
            }
        });
        spawn_local(async move {
            let begun = auth.begin().await;
            drop(patience);
            // Whoever was told that it takes too long may have gone, and signs in again otherwise.
            let Some(form) = auth.take_waiting() else { return };
            match begun {
                Ok(()) => auth.wish(Wish::SignIn(form)),
                Err(why) => {
                    auth.say(SignInProgress::Idle);
                    auth.shown.missing.set(Some(why));
                }
            }
        });
    }

    /// The person wants to sign in at the authorization server, and then to go on to this path of the application.
    /// Where a session ended here, for whatever reason, they are asked there who they are.
    pub fn sign_in_by_redirect(&self, back: Option<String>, keep: bool) {
        self.wish(Wish::SignInByRedirect { back, keep });
    }

    /// How signing in at the authorization server is doing.
    #[must_use]
    pub fn journey(&self) -> ReadSignal<Journey> {
        self.shown.journey.read_only()
    }

    /// Why somebody who wanted to sign in could not, for developers: the code of the session did not come.
    #[must_use]
    pub fn missing(&self) -> ReadSignal<Option<String>> {
        self.shown.missing.read_only()
    }

    /// What the person is to be told about who is signed in.
    #[must_use]
    pub fn notice(&self) -> ReadSignal<Option<Notice>> {
        self.shown.notice.read_only()
    }

    /// The person has read it.
    pub fn dismiss_notice(&self) {
        self.shown.notice.set(None);
    }

    /// Why nobody is signed in, where somebody was: also where the browser has been at the authorization server since.
    #[must_use]
    pub fn ended(&self) -> Memo<Option<SignOutReason>> {
        let Shown { snapshot, is_farewell, .. } = self.shown;
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
        self.wish(Wish::SignOut);
    }

    /// The person wants a new token now.
    pub fn refresh_now(&self) {
        self.wish(Wish::RefreshNow);
    }

    /// The person is still there.
    pub fn extend(&self) {
        self.wish(Wish::Extend);
    }

    /// Whether there is a session to wish something of.
    pub(crate) fn has_begun(self) -> bool {
        self.session.with_value(Option::is_some)
    }

    /// Loads the code of the session and begins it, unless it has begun.
    ///
    /// # Errors
    /// Why it does not come, for developers.
    pub(crate) async fn begin(self) -> Result<(), String> {
        if !self.has_begun() {
            self.begin_with(session::code().await.map_err(|error| self.lack(&error))?);
        }
        Ok(())
    }

    /// Begins the session, unless it has begun.
    pub(crate) fn begin_with(self, begin: Begin) {
        if self.has_begun() {
            return;
        }
        let begin = || begin(self.shown, self.config.get_value(), self.entropy.get_value());
        let grants = self.owner.with_value(|owner| owner.with(begin));
        self.session.set_value(Some(grants));
        self.shown.missing.set(None);
    }

    /// The code of the session did not come. Says so to developers, who may read it in what is given back too.
    pub(crate) fn lack(self, error: &NotLoaded) -> String {
        let why = format!("The code of the session was not loaded: {error}");
        console::warn(&why);
        // Code that is gone may be that of an older build.
        self.owner.with_value(|owner| owner.with(use_build)).suspect();
        why
    }

    fn take_waiting(self) -> Option<SignInForm> {
        self.waiting.try_update_value(Option::take).flatten()
    }

    fn wish(&self, wish: Wish) {
        // Before there is a session there is nothing to wish for but to sign in.
        if let Some(grant) = self.session.get_value() {
            grant(wish);
        }
    }

    fn say(&self, progress: SignInProgress) {
        self.shown.snapshot.update(|snapshot| snapshot.sign_in = progress);
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

/// Provides everything that pages and components may use, and what the session is seen by; [`AuthContext::begin_with`]
/// and [`AuthContext::begin`] begin it. To be called once, by the outermost component.
pub(crate) fn provide(config: Config, entropy: Entropy, snapshot: Snapshot) -> AuthContext {
    let shown = Shown {
        snapshot: RwSignal::new(snapshot),
        person: RwSignal::default(),
        journey: RwSignal::default(),
        notice: RwSignal::default(),
        is_farewell: RwSignal::default(),
        missing: RwSignal::default(),
    };
    let auth = AuthContext {
        shown,
        session: StoredValue::new_local(None),
        waiting: StoredValue::new_local(None),
        owner: StoredValue::new(Owner::current().unwrap_or_default()),
        config: StoredValue::new(config),
        entropy: StoredValue::new(entropy),
    };
    provide_context(auth);
    provide_context(Drafts::new(auth.snapshot()));
    auth
}

/// Provides what only a session that has begun can give.
pub(crate) fn provide_of_session(recorder: Recorder, client: Client, sockets: Sockets) {
    provide_context(recorder);
    provide_context(ClientContext(StoredValue::new_local(client)));
    provide_context(SocketsContext(StoredValue::new_local(sockets)));
}

#[derive(Clone, Copy, Debug)]
struct ClientContext(StoredValue<Client, LocalStorage>);

#[derive(Clone, Copy, Debug)]
struct SocketsContext(StoredValue<Sockets, LocalStorage>);

/// The session. Panics outside of `provide`, which is a mistake in this program and no state of it.
#[must_use]
pub fn use_auth() -> AuthContext {
    expect_context()
}

/// The configuration in force.
#[must_use]
pub fn use_config() -> Config {
    use_auth().config.get_value()
}

/// The client that pages fetch with. Like the next two it panics before the session has begun, and so belongs to pages
/// that only signed-in people see.
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

/// As long as a call to the server may take.
const PATIENCE: Duration = Duration::from_secs(15);
