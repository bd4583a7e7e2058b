//! The service worker (`navigator.serviceWorker`), which keeps the files of the application; `sw.js` says how.

use std::{cell::Cell, rc::Rc, time::Duration};

use gloo_events::EventListener;
use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{MessageEvent, ServiceWorker, ServiceWorkerContainer, ServiceWorkerRegistration};

use super::{clock, console, timer, version};

/// The worker of this page.
#[derive(Clone, Debug)]
pub struct Worker(Rc<Inner>);

#[derive(Debug)]
struct Inner {
    container: ServiceWorkerContainer,
    /// Which build this page is of.
    version: String,
    /// When a newer one was looked for last.
    checked_ms: Cell<u64>,
    /// Whether this page is to be loaded again once another worker is in charge.
    reloads: Cell<bool>,
}

/// Registers the worker and calls back when a newer build is ready. There is none in development builds, where the page
/// is not secure, and in browsers that offer none.
pub fn start(on_new: impl Fn() + 'static) -> Option<Worker> {
    let window = web_sys::window()?;
    let container = Reflect::get(&window.navigator(), &"serviceWorker".into()).ok()?;
    let container = container.dyn_into::<ServiceWorkerContainer>().ok()?;
    let inner =
        Inner { container, version: version::read()?, checked_ms: Cell::new(0), reloads: Cell::default() };
    let worker = Worker(Rc::new(inner));
    worker.listen(on_new);
    let registering = worker.clone();
    spawn_local(async move {
        if let Err(error) = registering.register().await {
            console::warn(&format!("The application does not start offline: {error:?}"));
        }
    });
    Some(worker)
}

impl Worker {
    /// Looks whether there is a newer build, if that was not done within the hour.
    pub fn check(&self) {
        let now_ms = clock::read().wall_ms;
        if now_ms.abs_diff(self.0.checked_ms.get()) >= CHECK_MS {
            self.check_now();
        }
    }

    /// Looks whether there is a newer build.
    pub fn check_now(&self) {
        self.0.checked_ms.set(clock::read().wall_ms);
        let worker = self.clone();
        spawn_local(async move {
            let Some(registration) = worker.registration().await else { return };
            if let Ok(update) = registration.update() {
                // Without a network there is nothing new.
                drop(JsFuture::from(update).await);
            }
            worker.greet(registration.waiting());
        });
    }

    /// Puts the newer build in charge and loads this page again; other tabs go on as they are.
    pub fn reload(&self) {
        self.0.reloads.set(true);
        let worker = self.clone();
        spawn_local(async move {
            let waiting = worker.registration().await.and_then(|registration| registration.waiting());
            match waiting {
                Some(waiting) => say(&waiting, TAKE_OVER),
                // Another tab has put it in charge.
                None => reload(),
            }
        });
        // Whatever the worker does, who asked for a reload gets one.
        timer::after(PATIENCE, reload).keep();
    }

    async fn register(&self) -> Result<(), JsValue> {
        let registered = JsFuture::from(self.0.container.register("sw.js")).await?;
        self.0.checked_ms.set(clock::read().wall_ms);
        let registration: ServiceWorkerRegistration = registered.dyn_into()?;
        if let Some(active) = registration.active() {
            // It may be of an older build than this page, and has then nothing to say of newer ones.
            say(&active, HELLO);
        }
        self.greet(registration.waiting());
        Ok(())
    }

    fn listen(&self, on_new: impl Fn() + 'static) {
        let worker = self.clone();
        EventListener::new(&self.0.container, "message", move |event| {
            let Some(event) = event.dyn_ref::<MessageEvent>() else { return };
            match event.data().as_string().as_deref() {
                Some(NEW) => on_new(),
                Some(ASKED) => worker.answer(event),
                Some(&_) | None => {}
            }
        })
        .forget();
        let worker = self.clone();
        EventListener::new(&self.0.container, "controllerchange", move |_| {
            if worker.0.reloads.get() {
                reload();
            } else {
                worker.greet(worker.0.container.controller());
            }
        })
        .forget();
    }

    /// Says which build this page is of; a worker of another answers.
    fn greet(&self, worker: Option<ServiceWorker>) {
        if let Some(worker) = worker {
            say(&worker, &self.0.version);
        }
    }

    fn answer(&self, event: &MessageEvent) {
        if let Ok(port) = event.ports().get(0).dyn_into::<web_sys::MessagePort>() {
            // Without an answer the worker leaves all as it is.
            port.post_message(&self.0.version.as_str().into()).unwrap_or(());
        }
    }

    async fn registration(&self) -> Option<ServiceWorkerRegistration> {
        let found = JsFuture::from(self.0.container.get_registration()).await.ok()?;
        found.dyn_into().ok()
    }
}

fn say(worker: &ServiceWorker, what: &str) {
    // A worker that is gone has nothing to hear.
    worker.post_message(&what.into()).unwrap_or(());
}

fn reload() {
    let reloaded = web_sys::window().map(|window| window.location().reload());
    // The person can still do it.
    reloaded.unwrap_or(Ok(())).unwrap_or(());
}

/// What `sw.js` says and understands.
const NEW: &str = "new version";
const ASKED: &str = "version";
const TAKE_OVER: &str = "take over";
const HELLO: &str = "hello";

const CHECK_MS: u64 = 3_600_000;

/// How long a worker may take to take over.
const PATIENCE: Duration = Duration::from_secs(4);
