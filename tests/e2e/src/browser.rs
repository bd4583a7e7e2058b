//! A browser as a person uses it: things are found by role and name, never by class or position.

mod abilities;
mod axe;
mod find;
mod keys;
mod media;
mod pages;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Result;
use serde_json::{Value, json};
use thirtyfour::WindowHandle;
use thirtyfour::prelude::WebDriver;

use crate::engine::{Ability, Engine};
use crate::proxy::Site;
use crate::session::{Lease, Session};
use crate::wait::eventually;

pub use abilities::Kept;
pub(crate) use abilities::Needs;
pub use find::Role;
pub use keys::Focus;
pub use media::Preferences;

/// One browser with a place of its own, looking at one site.
#[derive(Clone, Debug)]
pub struct Browser {
    session: Arc<Session>,
    context: Option<String>,
    site: Site,
    needs: Arc<Needs>,
    /// Whether a tab of it has no network, so that pages come from the device.
    is_offline: Arc<AtomicBool>,
}

impl Browser {
    /// Looks at a site in a browser that was taken for it.
    pub(crate) fn looking_at(site: Site, lease: &Lease, needs: Arc<Needs>) -> Self {
        let (session, context) = (Arc::clone(&lease.session), lease.context.clone());
        Self { session, context, site, needs, is_offline: Arc::default() }
    }

    /// The WebDriver session, for what has no method here.
    #[must_use]
    pub fn driver(&self) -> &WebDriver {
        &self.session.web
    }

    /// What kind of browser it is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.session.engine
    }

    /// Goes to a path of the site.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn go(&self, path: &str) -> Result<()> {
        self.may_load()?;
        Ok(self.driver().goto(format!("{}{path}", self.site.origin())).await?)
    }

    /// Loads the page again, as the reload key does.
    ///
    /// The driver's own command passes the service worker by in some engines, as Shift and that key do.
    ///
    /// # Errors
    /// When no page comes.
    pub async fn reload(&self) -> Result<()> {
        self.may_load()?;
        self.run("window.isLeft = true; location.reload()").await?;
        eventually("the page to be loaded again", async || {
            let is_new = self.run("return !window.isLeft && document.readyState === 'complete'").await?;
            Ok((is_new == json!(true)).then_some(()))
        })
        .await
    }

    fn may_load(&self) -> Result<()> {
        if self.is_offline.load(Ordering::Relaxed) { self.uses(Ability::OfflineStart) } else { Ok(()) }
    }

    /// The path shown now.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn path(&self) -> Result<String> {
        Ok(self.driver().current_url().await?.path().to_owned())
    }

    /// Opens another tab beside this one and looks at it.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn new_tab(&self) -> Result<WindowHandle> {
        let tab = self.session.open_tab(self.context.as_deref()).await?;
        self.look_at(&tab).await?;
        Ok(tab)
    }

    /// Opens another tab at a path of the site and looks at it.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn open_tab(&self, path: &str) -> Result<WindowHandle> {
        let tab = self.new_tab().await?;
        self.go(path).await?;
        Ok(tab)
    }

    /// Closes the tab looked at, as a person does, and looks at another.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn close_tab(&self, next: &WindowHandle) -> Result<()> {
        self.driver().close_window().await?;
        self.look_at(next).await
    }

    /// The tab looked at.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn tab(&self) -> Result<WindowHandle> {
        Ok(self.driver().window().await?)
    }

    /// Looks at another tab.
    ///
    /// # Errors
    /// When it is closed.
    pub async fn look_at(&self, tab: &WindowHandle) -> Result<()> {
        Ok(self.driver().switch_to_window(tab.clone()).await?)
    }

    /// Runs a function body in the page and gives what it returns.
    ///
    /// # Errors
    /// When the script throws.
    pub async fn run(&self, script: &str) -> Result<Value> {
        Ok(self.driver().execute(script, Vec::new()).await?.json().clone())
    }

    /// Every text on the page, as a person reads it.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn text(&self) -> Result<String> {
        let text = self.run("return document.body ? document.body.innerText : ''").await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until this text is on the page.
    ///
    /// # Errors
    /// When it does not come, with what was there instead.
    pub async fn sees(&self, text: &str) -> Result<()> {
        let what = format!("the text \"{text}\"");
        let waited = eventually(&what, async || Ok(self.text().await?.contains(text).then_some(())));
        match waited.await {
            Ok(()) => Ok(()),
            Err(error) => Err(error.context(format!("the page says:\n{}", self.text().await?))),
        }
    }

    /// Moves the pointer a little, as a hand on the desk does.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn nudge_pointer(&self) -> Result<()> {
        Ok(self.driver().action_chain().move_by_offset(7, 5).move_by_offset(-3, 4).perform().await?)
    }

    /// Waits until the page has been drawn with all that it has asked for so far.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn next_picture(&self) -> Result<()> {
        self.run(NEXT_PICTURE).await.map(drop)
    }

    /// What has the focus, by the text that it shows.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn focused(&self) -> Result<String> {
        let text =
            self.run("const it = document.activeElement; return (it?.labels?.[0] ?? it)?.innerText ?? ''");
        let text = text.await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// What pages wrote to the console since this was last asked.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn console(&self) -> Result<Vec<String>> {
        Ok(match self.engine() {
            Engine::Chromium => {
                self.driver().browser_log().await?.into_iter().map(|entry| entry.message).collect()
            }
            Engine::Firefox => self.session.bidi()?.logged(),
            Engine::WebKit => self.site.logged(),
        })
    }

    /// Waits for the fonts and brings what moves to its end. A ring that counts moves anew each second, so that waiting
    /// for its rest may miss it each time.
    ///
    /// # Errors
    /// When the fonts do not come.
    pub async fn settle(&self) -> Result<()> {
        eventually("the page to come to rest", async || {
            Ok((self.run(AT_REST).await? == json!(true)).then_some(()))
        })
        .await
    }

    /// Saves a picture of what is visible.
    ///
    /// # Errors
    /// When it cannot be taken or written.
    pub async fn photograph(&self, file: &Path) -> Result<()> {
        if let Some(dir) = file.parent() {
            std::fs::create_dir_all(dir)?;
        }
        Ok(self.driver().screenshot(file).await?)
    }

    /// Fails in a scenario that does not say that it needs this ability, so that the list of what cannot run where is
    /// never wrong.
    ///
    /// # Errors
    /// When the scenario does not say so.
    pub fn uses(&self, ability: Ability) -> Result<()> {
        self.needs.uses(ability)
    }
}

/// Animations without an end, such as those of a spinner, do not count.
const AT_REST: &str = "
    const ends = (a) => a.effect && a.effect.getComputedTiming().endTime !== Infinity;
    document.getAnimations().filter(ends).forEach((a) => a.finish());
    return document.fonts.status === 'loaded';";

const NEXT_PICTURE: &str =
    "return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null))));";
