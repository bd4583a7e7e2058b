//! What a person has asked of their system: a theme, less motion, colours of their own.

use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::Browser;
use crate::engine::{Ability, Engine};

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

    /// What sets Firefox to them: its own switches, since no standard command does.
    fn firefox(self) -> String {
        let scheme = if self.colors == "dark" { 0 } else { 1 };
        let forced = if self.forced_colors { 2 } else { 1 };
        format!(
            "Services.prefs.setIntPref('layout.css.prefers-color-scheme.content-override', {scheme});
            Services.prefs.setIntPref('browser.display.document_color_use', {forced});
            Services.prefs.setIntPref('ui.prefersReducedMotion', {});",
            u8::from(self.reduced_motion)
        )
    }
}

impl Browser {
    /// Lets the pages of the tab looked at find a system with these preferences, from now on.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn prefer(&self, preferences: Preferences) -> Result<()> {
        self.uses(Ability::Media)?;
        match self.engine() {
            Engine::Chromium => {
                let media = json!({ "features": preferences.features() });
                self.devtools("Emulation.setEmulatedMedia", media).await.map(drop)
            }
            Engine::Firefox => self.privileged(&preferences.firefox()).await.map(drop),
            Engine::WebKit => bail!("WebKitGTK has no way to do that"),
        }
    }

    /// Shows the pages of the tab looked at in light or dark: by what the system prefers, or where an engine cannot say
    /// so, as if the person had chosen it.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn theme(&self, colors: &'static str) -> Result<()> {
        match self.engine() {
            Engine::Chromium => {
                let media = json!({ "features": Preferences::theme(colors).features() });
                self.devtools("Emulation.setEmulatedMedia", media).await.map(drop)
            }
            Engine::Firefox => self.privileged(&Preferences::theme(colors).firefox()).await.map(drop),
            Engine::WebKit => {
                self.run(&format!("document.documentElement.dataset.theme = '{colors}'")).await.map(drop)
            }
        }
    }
}
