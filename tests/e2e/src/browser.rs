//! A browser as a person uses it: things are found by role and name, never by class or position.

mod axe;
mod find;
mod keys;
mod media;
mod pages;

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use thirtyfour::prelude::{WebDriver, WebDriverResult};
use thirtyfour::{BrowserLogEntry, WindowHandle};

use crate::driver::{Driver, capabilities};
use crate::wait::eventually;

pub use find::Role;
pub use keys::Focus;
pub use media::Preferences;

/// One browser with its own profile, looking at one site.
#[derive(Clone, Debug)]
pub struct Browser {
    driver: WebDriver,
    origin: String,
}

impl Browser {
    /// Opens a browser with the profile in `profile`, which may be empty.
    ///
    /// # Errors
    /// When the driver cannot start one.
    pub async fn open(driver: &Driver, origin: &str, profile: &Path, size: (u32, u32)) -> Result<Self> {
        let capabilities = capabilities(profile, size.0, size.1);
        let driver = WebDriver::new(driver.url(), capabilities).await.context("no browser starts")?;
        Ok(Self { driver, origin: origin.to_owned() })
    }

    /// The WebDriver session, for what has no method here.
    #[must_use]
    pub fn driver(&self) -> &WebDriver {
        &self.driver
    }

    /// Goes to a path of the site.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn go(&self, path: &str) -> Result<()> {
        Ok(self.driver.goto(format!("{}{path}", self.origin)).await?)
    }

    /// Loads the page again, as the reload key does.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn reload(&self) -> Result<()> {
        Ok(self.driver.refresh().await?)
    }

    /// The path shown now.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn path(&self) -> Result<String> {
        Ok(self.driver.current_url().await?.path().to_owned())
    }

    /// Opens another tab beside this one and looks at it.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn new_tab(&self) -> Result<WindowHandle> {
        let tab = self.driver.new_tab().await?;
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
        self.driver.close_window().await?;
        self.look_at(next).await
    }

    /// Takes the network from the tab looked at, or gives it back.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn set_offline(&self, offline: bool) -> Result<()> {
        let conditions =
            json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        let cdp = self.driver.cdp();
        cdp.send_raw("Network.enable", json!({})).await?;
        cdp.send_raw("Network.emulateNetworkConditions", conditions).await?;
        Ok(())
    }

    /// Empties the browser's cache of files, and leaves cookies and storages as they are.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn forget_files(&self) -> Result<()> {
        self.driver.cdp().send_raw("Network.clearBrowserCache", json!({})).await?;
        Ok(())
    }

    /// Saves what the site offers as files in this directory, without a question.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn save_files_in(&self, dir: &Path) -> Result<()> {
        let behavior = json!({ "behavior": "allow", "downloadPath": dir });
        self.driver.cdp().send_raw("Browser.setDownloadBehavior", behavior).await?;
        Ok(())
    }

    /// Freezes the tab looked at, as a browser does with one that nobody has looked at for long, or thaws it.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn set_frozen(&self, frozen: bool) -> Result<()> {
        let state = if frozen { "frozen" } else { "active" };
        self.driver.cdp().send_raw("Page.setWebLifecycleState", json!({ "state": state })).await?;
        Ok(())
    }

    /// The tab looked at.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn tab(&self) -> Result<WindowHandle> {
        Ok(self.driver.window().await?)
    }

    /// Looks at another tab.
    ///
    /// # Errors
    /// When it is closed.
    pub async fn look_at(&self, tab: &WindowHandle) -> Result<()> {
        Ok(self.driver.switch_to_window(tab.clone()).await?)
    }

    /// Runs a function body in the page and gives what it returns.
    ///
    /// # Errors
    /// When the script throws.
    pub async fn run(&self, script: &str) -> Result<Value> {
        Ok(self.driver.execute(script, Vec::new()).await?.json().clone())
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
        Ok(self.driver.action_chain().move_by_offset(7, 5).move_by_offset(-3, 4).perform().await?)
    }

    /// What has the focus, by the text that it shows.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn focused(&self) -> Result<String> {
        let text = self.run("return document.activeElement?.innerText ?? ''").await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// What the page wrote to the console since this was last asked.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn console(&self) -> WebDriverResult<Vec<BrowserLogEntry>> {
        self.driver.browser_log().await
    }

    /// Gives the page a window of this size in CSS pixels, also one narrower than windows can be.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn resize(&self, width: u32, height: u32) -> Result<()> {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.driver.cdp().send_raw("Emulation.setDeviceMetricsOverride", metrics).await?;
        Ok(())
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
        Ok(self.driver.screenshot(file).await?)
    }

    /// Closes it.
    ///
    /// # Errors
    /// When the driver does not answer.
    pub async fn close(self) -> Result<()> {
        Ok(self.driver.quit().await?)
    }
}

/// Animations without an end, such as those of a spinner, do not count.
const AT_REST: &str = "
    const ends = (a) => a.effect && a.effect.getComputedTiming().endTime !== Infinity;
    document.getAnimations().filter(ends).forEach((a) => a.finish());
    return document.fonts.status === 'loaded';";
