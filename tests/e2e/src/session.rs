//! Browsers that are used by one scenario after the other.
//!
//! To start a browser takes longer than most scenarios do. So a scenario gets one that is running, and in it a place
//! of its own: cookies, storages, caches and workers of a user context (WebDriver BiDi) are gone with it. WebKitGTK
//! has no such contexts; there a session is a place of its own, and a new one for each scenario.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use reqwest::Method;
use serde_json::{Value, json};
use thirtyfour::WindowHandle;
use thirtyfour::common::command::{Command, ExtensionCommand};
use thirtyfour::prelude::WebDriver;

use crate::bidi::Bidi;
use crate::driver::{Driver, capabilities};
use crate::engine::Engine;

/// A running browser with the connections to it.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) engine: Engine,
    pub(crate) web: WebDriver,
    pub(crate) bidi: Option<Bidi>,
    /// A tab outside all user contexts: with its last tab a browser ends.
    home: WindowHandle,
    /// Ends the browser, so it is the last to go.
    _driver: Driver,
}

/// A browser for one scenario, and the user context in it if it is to be used again.
#[derive(Debug)]
pub(crate) struct Lease {
    pub(crate) session: Arc<Session>,
    pub(crate) context: Option<String>,
}

impl Session {
    /// Starts a browser, with the profile in this directory or with none.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) async fn start(engine: Engine, profile: Option<&Path>) -> Result<Self> {
        let driver = Driver::start(engine).await?;
        let web = WebDriver::new(driver.url(), capabilities(engine, profile)).await;
        let web = web.with_context(|| format!("{engine} does not start"))?;
        let url = web.capabilities().get("webSocketUrl").and_then(Value::as_str).map(str::to_owned);
        let bidi = match url {
            Some(url) => Some(Bidi::connect(&url).await?),
            None => None,
        };
        let home = web.window().await?;
        Ok(Self { engine, web, bidi, home, _driver: driver })
    }

    /// The connection for BiDi.
    ///
    /// # Errors
    /// In an engine that has none.
    pub(crate) fn bidi(&self) -> Result<&Bidi> {
        self.bidi.as_ref().with_context(|| format!("{} has no BiDi", self.engine))
    }

    /// Runs a script with the rights of Firefox itself.
    pub(crate) async fn privileged(&self, script: &str) -> Result<Value> {
        self.enter("chrome").await?;
        let said = self.web.execute(script, Vec::new()).await;
        self.enter("content").await?;
        Ok(said?.json().clone())
    }

    async fn enter(&self, context: &'static str) -> Result<()> {
        self.web.handle().cmd(Command::ExtensionCommand(Box::new(FirefoxContext(context)))).await?;
        Ok(())
    }

    /// Opens a tab in a user context, or in the place that the browser started with.
    pub(crate) async fn open_tab(&self, context: Option<&str>) -> Result<WindowHandle> {
        let Some(bidi) = &self.bidi else {
            // Tabs of WebKitGTK that are not in front are hidden and draw nothing; its windows do.
            return Ok(self.web.new_window().await?);
        };
        let mut params = json!({ "type": "tab" });
        if let Some(context) = context {
            params["userContext"] = json!(context);
        }
        let opened = bidi.send("browsingContext.create", params).await?;
        let tab = opened["context"].as_str().context("a tab without a name")?;
        Ok(WindowHandle::from(tab.to_owned()))
    }
}

impl Lease {
    /// A place in a browser that is running, or in a new one.
    ///
    /// # Errors
    /// When none starts.
    pub(crate) async fn take(engine: Engine) -> Result<Self> {
        let idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let session = match idle {
            Some(session) => session,
            None => Arc::new(Session::start(engine, None).await?),
        };
        let Some(bidi) = &session.bidi else { return Ok(Self::whole(session)) };
        let made = bidi.send("browser.createUserContext", json!({})).await?;
        let context = made["userContext"].as_str().context("a user context without a name")?.to_owned();
        let tab = session.open_tab(Some(&context)).await?;
        session.web.switch_to_window(tab).await?;
        // What was written to consoles before is another scenario's.
        session.forget_console().await?;
        Ok(Self { session, context: Some(context) })
    }

    /// A browser of its own, with the profile in this directory.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) async fn own(engine: Engine, profile: &Path) -> Result<Self> {
        Ok(Self::whole(Arc::new(Session::start(engine, Some(profile)).await?)))
    }

    fn whole(session: Arc<Session>) -> Self {
        Self { session, context: None }
    }

    /// Ends the browser.
    ///
    /// # Errors
    /// When its driver does not answer.
    pub(crate) async fn end(self) -> Result<()> {
        // Writes to disk what the next start with this profile is to find.
        Ok(self.session.web.clone().quit().await?)
    }

    /// Clears the place and leaves the browser to the next scenario, or ends it where it cannot be used again.
    ///
    /// # Errors
    /// When its driver does not answer.
    pub(crate) async fn give_back(self) -> Result<()> {
        let Self { session, context, .. } = self;
        let Some(context) = context else { return Ok(session.web.clone().quit().await?) };
        if session.engine == Engine::Firefox {
            session.privileged(FORGET_PREFERENCES).await?;
        }
        session.web.switch_to_window(session.home.clone()).await?;
        session.bidi()?.send("browser.removeUserContext", json!({ "userContext": context })).await?;
        IDLE.lock().unwrap_or_else(PoisonError::into_inner).push(session);
        Ok(())
    }
}

impl Session {
    async fn forget_console(&self) -> Result<()> {
        match self.engine {
            Engine::Chromium => self.web.browser_log().await.map(drop)?,
            Engine::Firefox => drop(self.bidi()?.logged()),
            Engine::WebKit => {}
        }
        Ok(())
    }
}

/// geckodriver's command that says whose rights scripts have from now on: those of pages, or Firefox's own.
#[derive(Debug)]
struct FirefoxContext(&'static str);

impl ExtensionCommand for FirefoxContext {
    fn parameters_json(&self) -> Option<Value> {
        Some(json!({ "context": self.0 }))
    }

    fn method(&self) -> Method {
        Method::POST
    }

    fn endpoint(&self) -> Arc<str> {
        "/moz/context".into()
    }
}

/// They are the whole browser's, not those of a user context.
const FORGET_PREFERENCES: &str = "
    for (const name of ['layout.css.prefers-color-scheme.content-override', 'browser.display.document_color_use',
        'ui.prefersReducedMotion']) Services.prefs.clearUserPref(name);";

/// Those that no scenario uses now. They end with the program, which their keepers notice.
static IDLE: Mutex<Vec<Arc<Session>>> = Mutex::new(Vec::new());
