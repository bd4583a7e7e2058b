//! The contexts of the application: one newtype each, provided in one place, read through one function each.

use leptos::prelude::*;
use perennial_dialect::config::Config;
use perennial_session::{Input, SignInForm, Snapshot};
use wasm_bindgen::JsValue;

use crate::{client::Client, driver::Driver, sockets::Sockets};

/// The session, as pages and components see it: signals out, wishes in.
///
/// It is the only way to the session. Nothing in it can be written, so what is shown is always what the engine
/// last published.
#[derive(Clone, Copy, Debug)]
pub struct AuthContext {
    snapshot: RwSignal<Snapshot>,
    driver: StoredValue<Driver, LocalStorage>,
}

impl AuthContext {
    /// Everything the engine published last. Derive from it with a `Memo` rather than copying it.
    #[must_use]
    pub fn snapshot(&self) -> ReadSignal<Snapshot> {
        self.snapshot.read_only()
    }

    /// The person wants to sign in.
    pub fn sign_in(&self, form: SignInForm) {
        self.dispatch(Input::SignIn(form));
    }

    /// The person wants to sign out.
    pub fn sign_out(&self) {
        self.dispatch(Input::SignOut);
    }

    /// The person wants a new token now.
    pub fn refresh_now(&self) {
        self.dispatch(Input::RefreshNow);
    }

    /// The person is still there.
    pub fn extend(&self) {
        self.dispatch(Input::Extend);
    }

    fn dispatch(&self, wish: Input) {
        self.driver.with_value(|driver| driver.dispatch(wish));
    }
}

/// Starts the session and provides everything that pages and components may use.
///
/// To be called once, by the outermost component: what it makes lives as long as the page.
///
/// # Errors
/// What the browser threw, where it cannot run a session at all.
pub fn provide_session(config: Config) -> Result<(), JsValue> {
    let snapshot = RwSignal::new(Snapshot::default());
    let driver = Driver::start(config.clone(), move |published| snapshot.set(published))?;
    provide_context(ConfigContext(StoredValue::new(config)));
    provide_context(ClientContext(StoredValue::new_local(Client::new(driver.clone()))));
    provide_context(SocketsContext(StoredValue::new_local(Sockets::new(driver.clone()))));
    provide_context(AuthContext { snapshot, driver: StoredValue::new_local(driver) });
    Ok(())
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
