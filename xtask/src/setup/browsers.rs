//! Where browsers and their drivers lie, once they are set up.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::found;
use crate::shell;

/// Chromium and its driver.
#[derive(Clone, Debug)]
pub(crate) struct Browser {
    pub(crate) chrome: PathBuf,
    pub(crate) chromedriver: PathBuf,
}

/// Firefox and its driver.
#[derive(Clone, Debug)]
pub(crate) struct Firefox {
    pub(crate) firefox: PathBuf,
    pub(crate) geckodriver: PathBuf,
}

/// WebKitGTK, its driver, and the screen that both need.
#[derive(Clone, Debug)]
pub(crate) struct WebKit {
    pub(crate) mini_browser: PathBuf,
    pub(crate) driver: PathBuf,
    pub(crate) xvfb: PathBuf,
    /// Without a window manager no window has the focus.
    pub(crate) openbox: PathBuf,
}

/// Chromium as set up.
pub(crate) fn browser() -> Result<Browser> {
    let machine = shell::machine();
    Ok(Browser {
        chrome: found::chromium(machine).context(missing("Chromium", "chromium"))?,
        chromedriver: found::chromedriver(machine).context(missing("ChromeDriver", "chromium"))?,
    })
}

/// Firefox as set up.
pub(crate) fn firefox() -> Result<Firefox> {
    let machine = shell::machine();
    Ok(Firefox {
        firefox: found::firefox(machine).context(missing("Firefox", "firefox"))?,
        geckodriver: found::geckodriver(machine).context(missing("geckodriver", "firefox"))?,
    })
}

/// WebKitGTK as set up.
pub(crate) fn webkit() -> Result<WebKit> {
    let machine = shell::machine();
    let program = |name: &'static str| machine.which(name).with_context(|| missing(name, "webkit"));
    Ok(WebKit {
        mini_browser: found::mini_browser(machine).context(missing("MiniBrowser", "webkit"))?,
        driver: program("WebKitWebDriver")?,
        xvfb: program("Xvfb")?,
        openbox: program("openbox")?,
    })
}

fn missing(name: &str, engine: &str) -> String {
    format!("{name} is missing: run `cargo xtask setup --for e2e-{engine}`")
}
