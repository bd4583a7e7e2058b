//! What goes beyond WebDriver, in each engine by the way that it has.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::Browser;
use crate::engine::{Ability, Engine};
use crate::wait::eventually;

/// What a scenario says that it needs, and what of it was used.
#[derive(Debug)]
pub(crate) struct Needs {
    named: &'static [Ability],
    used: Mutex<BTreeSet<Ability>>,
}

impl Needs {
    pub(crate) fn new(named: &'static [Ability]) -> Self {
        Self { named, used: Mutex::default() }
    }

    pub(super) fn uses(&self, ability: Ability) -> Result<()> {
        ensure!(
            self.named.contains(&ability),
            "the scenario uses {ability:?} and does not say so in its setup"
        );
        self.used.lock().unwrap_or_else(PoisonError::into_inner).insert(ability);
        Ok(())
    }

    /// Fails where something was named and not used: the scenario would be kept from engines that can run it.
    ///
    /// # Errors
    /// When there is such a thing.
    pub(crate) fn all_used(&self) -> Result<()> {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let unused: Vec<_> = self.named.iter().filter(|ability| !used.contains(ability)).collect();
        ensure!(unused.is_empty(), "the scenario names {unused:?} in its setup and does not use it");
        Ok(())
    }
}

/// A cookie as the browser keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What it holds.
    pub value: String,
    /// Whether no script sees it.
    pub http_only: bool,
    /// Whether it ends with the browser.
    pub ends_with_browser: bool,
}

impl Browser {
    /// A cookie of the site, whichever path it is for.
    ///
    /// # Errors
    /// When there is none of this name.
    pub async fn cookie(&self, name: &str) -> Result<Kept> {
        self.uses(Ability::Cookies)?;
        let cookie = self.found_cookie(name).await?;
        let value = cookie["value"]["value"].as_str().context("a cookie without a value")?.to_owned();
        let http_only = cookie["httpOnly"] == json!(true);
        Ok(Kept { value, http_only, ends_with_browser: cookie["expiry"].is_null() })
    }

    /// Puts another value into a cookie of the site.
    ///
    /// # Errors
    /// When there is none of this name, or the browser refuses.
    pub async fn forge_cookie(&self, name: &str, value: &str) -> Result<()> {
        self.uses(Ability::CookieChange)?;
        let mut cookie = self.found_cookie(name).await?;
        cookie["value"] = json!({ "type": "string", "value": value });
        if let Some(cookie) = cookie.as_object_mut() {
            cookie.remove("size");
        }
        let params = json!({ "cookie": cookie, "partition": self.partition().await? });
        self.session.bidi()?.send("storage.setCookie", params).await.map(drop)
    }

    /// Those of the reference backend have the port of the site in their names.
    async fn found_cookie(&self, name: &str) -> Result<Value> {
        let origin = self.site.origin();
        let (_, port) = origin.rsplit_once(':').context("a site without a port")?;
        for name in [format!("{name}_{port}"), name.to_owned()] {
            let params = json!({ "filter": { "name": name }, "partition": self.partition().await? });
            let found = self.session.bidi()?.send("storage.getCookies", params).await?;
            if let Some(cookie) = found["cookies"].get(0) {
                return Ok(cookie.clone());
            }
        }
        bail!("no cookie is called {name}")
    }

    async fn partition(&self) -> Result<Value> {
        Ok(json!({ "type": "context", "context": self.tab().await?.to_string() }))
    }

    /// Takes the network from the tab looked at, or gives it back.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn set_offline(&self, offline: bool) -> Result<()> {
        self.is_offline.store(offline, Ordering::Relaxed);
        match self.engine() {
            Engine::Chromium => {
                let conditions = json!({
                    "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1
                });
                self.devtools("Network.enable", json!({})).await?;
                self.devtools("Network.emulateNetworkConditions", conditions).await.map(drop)
            }
            Engine::Firefox => {
                let conditions = if offline { json!({ "type": "offline" }) } else { Value::Null };
                let params =
                    json!({ "networkConditions": conditions, "contexts": [self.tab().await?.to_string()] });
                self.run(HEAR_ONLINE).await?;
                self.session.bidi()?.send("emulation.setNetworkConditions", params).await?;
                // A page that was started offline is not told by the emulation, as it would be by the system.
                if offline { Ok(()) } else { self.run(TELL_ONLINE).await.map(drop) }
            }
            Engine::WebKit => {
                self.site.set_offline(offline);
                let event = if offline { "offline" } else { "online" };
                self.run(&format!("window.isOffline = {offline}; dispatchEvent(new Event('{event}'))"))
                    .await
                    .map(drop)
            }
        }
    }

    /// Empties the browser's cache of files, and leaves cookies and storages as they are.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn forget_files(&self) -> Result<()> {
        self.uses(Ability::ClearCache)?;
        match self.engine() {
            Engine::Chromium => self.devtools("Network.clearBrowserCache", json!({})).await.map(drop),
            Engine::Firefox => self.privileged("Services.cache2.clear()").await.map(drop),
            Engine::WebKit => bail!("WebKitGTK has no way to do that"),
        }
    }

    /// Saves what the site offers as files in this directory, without a question.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn save_files_in(&self, dir: &Path) -> Result<()> {
        self.uses(Ability::Downloads)?;
        let behavior = json!({ "type": "allowed", "destinationFolder": dir });
        let mut params = json!({ "downloadBehavior": behavior });
        if let Some(context) = &self.context {
            params["userContexts"] = json!([context]);
        }
        self.session.bidi()?.send("browser.setDownloadBehavior", params).await.map(drop)
    }

    /// Freezes the tab looked at, as a browser does with one that nobody has looked at for long, or thaws it.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn set_frozen(&self, frozen: bool) -> Result<()> {
        self.uses(Ability::Freeze)?;
        let state = if frozen { "frozen" } else { "active" };
        self.devtools("Page.setWebLifecycleState", json!({ "state": state })).await.map(drop)
    }

    /// What the browser says against installing the page that it shows.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn objections_to_installing(&self) -> Result<Value> {
        self.uses(Ability::Installability)?;
        let told = self.devtools("Page.getInstallabilityErrors", json!({})).await?;
        Ok(told["installabilityErrors"].clone())
    }

    /// Gives the page a window of this size in CSS pixels, also one narrower than windows can be.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn resize(&self, width: u32, height: u32) -> Result<()> {
        if width < NARROWEST_EVERYWHERE {
            self.uses(Ability::NarrowWindow)?;
        }
        self.resize_as_near(width, height).await
    }

    /// Gives the tab looked at a window for a page of this size, or one that is as narrow as the engine has.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn resize_as_near(&self, width: u32, height: u32) -> Result<()> {
        if self.engine() == Engine::WebKit {
            return self.resize_window(width.max(NARROWEST_EVERYWHERE), height).await;
        }
        let viewport = json!({ "width": width, "height": height });
        let params = json!({ "context": self.tab().await?.to_string(), "viewport": viewport });
        self.session.bidi()?.send("browsingContext.setViewport", params).await.map(drop)
    }

    /// Makes the window larger than the page by what the browser puts around it.
    async fn resize_window(&self, width: u32, height: u32) -> Result<()> {
        eventually(&format!("a window of {width} px"), async || {
            let shown =
                self.run("return [innerWidth, outerWidth - innerWidth, outerHeight - innerHeight]").await?;
            let [inner, beside, above] =
                [0, 1, 2].map(|at| shown[at].as_u64().and_then(|px| u32::try_from(px).ok()).unwrap_or(0));
            if inner != width {
                self.driver().set_window_rect(0, 0, width + beside, height + above).await?;
            }
            Ok((inner == width).then_some(()))
        })
        .await
    }

    /// Lets the pages of the tab looked at find a browser in this language, such as `de-DE`, from the next load on.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn speak(&self, language: &str) -> Result<()> {
        self.uses(Ability::Language)?;
        match self.engine() {
            Engine::Chromium => {
                let agent = self.run("return navigator.userAgent").await?;
                let identity = json!({ "userAgent": agent, "acceptLanguage": language });
                self.devtools("Emulation.setUserAgentOverride", identity).await.map(drop)
            }
            Engine::Firefox => {
                let params = json!({ "locale": language, "contexts": [self.tab().await?.to_string()] });
                self.session.bidi()?.send("emulation.setLocaleOverride", params).await.map(drop)
            }
            Engine::WebKit => bail!("WebKitGTK has no way to do that"),
        }
    }

    /// A command of the DevTools protocol to the tab looked at.
    pub(super) async fn devtools(&self, command: &str, params: Value) -> Result<Value> {
        Ok(self.driver().cdp().send_raw(command, params).await?)
    }

    /// Runs a script with the rights of Firefox itself.
    pub(super) async fn privileged(&self, script: &str) -> Result<Value> {
        self.session.privileged(script).await
    }
}

/// The narrowest page in a window of WebKitGTK's browser, whose own controls have one row.
const NARROWEST_EVERYWHERE: u32 = 450;

const HEAR_ONLINE: &str =
    "window.hasHeardOnline = false; addEventListener('online', () => { window.hasHeardOnline = true; });";
const TELL_ONLINE: &str = "
    const told = () => window.hasHeardOnline || dispatchEvent(new Event('online'));
    return new Promise((done) => setTimeout(() => done(told()), 200));";
