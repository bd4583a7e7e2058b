//! The way through every page and state. Axe looks at each of them in both themes, on a desktop and on a phone. A camera
//! does too where pictures are wanted (`E2E_PICTURES`).

mod entrance;
mod inside;
mod notices;
mod past;
mod setups;
mod work;

use anyhow::{Result, ensure};
use perennial_e2e::world::target_dir;
use perennial_e2e::{Browser, Setup, World, scenario};

pub(crate) use entrance::{broken_configuration, entrance};
pub(crate) use inside::{devices, german, overview, pages, style};
pub(crate) use notices::{absolute_limit, fault, inactivity, new_version};
pub(crate) use past::activity;
pub(crate) use setups::{brief, development, faulty, guarded, misspelt, replaceable, usual, warned};
pub(crate) use work::work;

/// A way through the application, which stops at each state.
#[derive(Debug)]
pub(crate) struct Tour {
    takes_pictures: bool,
    found: Vec<String>,
}

/// Goes one way through the application and fails where something was found on it, with all of it.
pub(crate) fn go(setup: Setup, way: impl AsyncFnOnce(&mut World, &mut Tour) -> Result<()>) {
    scenario(setup, async |world| {
        let mut tour = Tour { takes_pictures: std::env::var_os("E2E_PICTURES").is_some(), found: Vec::new() };
        way(world, &mut tour).await?;
        ensure!(tour.found.is_empty(), "{} faults:\n{}", tour.found.len(), tour.found.join("\n"));
        Ok(())
    });
}

impl Tour {
    /// Looks at the state that the browser shows, which must be one that stays.
    pub(crate) async fn look(&mut self, browser: &Browser, name: &str) -> Result<()> {
        for theme in ["light", "dark"] {
            browser.theme(theme).await?;
            self.audit(browser, name, theme).await?;
            self.fits(browser, name, theme).await?;
            if self.takes_pictures {
                photograph(browser, name, theme).await?;
            }
        }
        browser.resize(DESKTOP.0, DESKTOP.1).await
    }

    /// Notes where the page is wider than its window, from the narrowest to the widest.
    async fn fits(&mut self, browser: &Browser, name: &str, theme: &str) -> Result<()> {
        for (width, height) in SIZES {
            browser.resize_as_near(width, height).await?;
            browser.settle().await?;
            let too_wide = browser.run(OVERFLOW).await?.as_i64().unwrap_or(i64::MAX);
            if too_wide > 0 {
                let shown = browser.run("return innerWidth").await?;
                self.found
                    .push(format!("{name}, {theme}: {too_wide} px wider than its window of {shown} px"));
            }
        }
        Ok(())
    }

    async fn audit(&mut self, browser: &Browser, name: &str, theme: &str) -> Result<()> {
        for (width, height) in [DESKTOP, PHONE] {
            browser.resize_as_near(width, height).await?;
            browser.settle().await?;
            let found = browser.violations().await?;
            let shown = browser.run("return innerWidth").await?;
            self.found.extend(found.iter().map(|found| format!("{name}, {theme}, {shown} px: {found}")));
        }
        Ok(())
    }
}

async fn photograph(browser: &Browser, name: &str, theme: &str) -> Result<()> {
    for (width, height) in SIZES {
        browser.resize_as_near(width, height).await?;
        let all = browser.run(HEIGHT).await?.as_u64().and_then(|all| u32::try_from(all).ok());
        browser.resize_as_near(width, all.unwrap_or(height).clamp(height, TALLEST)).await?;
        browser.settle().await?;
        let file = target_dir().join(format!("screenshots/{name}-{theme}-{width}.png"));
        browser.photograph(&file).await?;
    }
    Ok(())
}

const DESKTOP: (u32, u32) = (1280, 800);
const PHONE: (u32, u32) = (360, 740);
const SIZES: [(u32, u32); 5] = [(320, 640), PHONE, (768, 1024), DESKTOP, (2560, 1280)];

/// A picture that is taller shows more of the same.
const TALLEST: u32 = 8_000;
const HEIGHT: &str =
    "return document.querySelector('dialog:modal') ? 0 : document.documentElement.scrollHeight";
const OVERFLOW: &str = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
