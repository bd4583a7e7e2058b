//! What a person has asked of their system: a theme, less motion, colours of their own, another language.

use anyhow::Result;
use serde_json::{Value, json};

use super::Browser;

/// What the system of a person prefers, as media queries ask for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    /// `light` or `dark`.
    pub colors: &'static str,
    /// Whether the person chose the colours, and pages have to do with them.
    pub forced_colors: bool,
    /// Whether things are to move less.
    pub reduced_motion: bool,
}

impl Preferences {
    /// A system that is set to light or dark, and to nothing else.
    #[must_use]
    pub fn theme(colors: &'static str) -> Self {
        Self { colors, ..Self::default() }
    }

    fn features(self) -> Value {
        let forced = if self.forced_colors { "active" } else { "none" };
        let motion = if self.reduced_motion { "reduce" } else { "no-preference" };
        json!([
            { "name": "prefers-color-scheme", "value": self.colors },
            { "name": "forced-colors", "value": forced },
            { "name": "prefers-reduced-motion", "value": motion },
        ])
    }
}

impl Browser {
    /// Lets the pages of the tab looked at find a system with these preferences, from now on.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn prefer(&self, preferences: Preferences) -> Result<()> {
        let media = json!({ "features": preferences.features() });
        self.driver.cdp().send_raw("Emulation.setEmulatedMedia", media).await?;
        Ok(())
    }

    /// Lets the pages of the tab looked at find a browser in this language, such as `de-DE`, from the next load on.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn speak(&self, language: &str) -> Result<()> {
        let agent = self.run("return navigator.userAgent").await?;
        let identity = json!({ "userAgent": agent, "acceptLanguage": language });
        self.driver.cdp().send_raw("Emulation.setUserAgentOverride", identity).await?;
        Ok(())
    }
}
