//! The browser engines that the scenarios run in, and what each of them lets a harness do.

use std::fmt;

use anyhow::{Result, bail};

/// A browser engine with its driver.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Engine {
    /// Chromium by ChromeDriver: WebDriver, BiDi and the DevTools protocol.
    #[default]
    Chromium,
    /// Firefox by geckodriver: WebDriver and BiDi.
    Firefox,
    /// WebKitGTK by WebKitWebDriver: WebDriver alone.
    WebKit,
}

/// Something that a scenario does with a browser and that no standard gives in all engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ability {
    /// Emptying the cache of files.
    ClearCache,
    /// Changing what a cookie holds that no script sees.
    CookieChange,
    /// Reading a cookie that is for another path than the page's.
    Cookies,
    /// Saving a download without a question.
    Downloads,
    /// Hearing an answer that comes before the whole request has been sent.
    EarlyAnswer,
    /// Freezing a tab, as a browser does with one in the background.
    Freeze,
    /// Asking what the browser has against an installation.
    Installability,
    /// Setting the language of the browser.
    Language,
    /// Measuring how much a page moves by itself (Layout Instability).
    LayoutShift,
    /// Setting what the person's system prefers: dark colours, less motion, forced colours.
    Media,
    /// A window as narrow as a telephone's.
    NarrowWindow,
    /// Going back to a page that the browser kept in memory as it was left, which not all keep when they are driven.
    PageInMemory,
    /// Starting a page while the device is offline.
    OfflineStart,
    /// Ending the browser and starting it again with its profile.
    Profile,
    /// Going back to a page of another site that is answered with an error, for which not every driver stops waiting.
    WayBack,
}

/// What a scenario shows that may be different in another engine. One that has such a mark runs in each engine at every
/// check; the others run in Chromium, and everywhere with `--all-engines`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concern {
    /// Cookies, requests and their order.
    Session,
    /// Several tabs of one browser.
    Tabs,
    /// The lock that tabs share.
    Lock,
    /// The messages of tabs to each other.
    Channel,
    /// What is stored on the device.
    Storage,
    /// Live connections.
    Sockets,
    /// A device without a network.
    Offline,
    /// Dialogs and the focus.
    Dialogs,
    /// What pages look like.
    Look,
}

impl Engine {
    /// The engine that this run is for, from `E2E_ENGINE`.
    ///
    /// # Errors
    /// When the variable names none.
    pub fn chosen() -> Result<Self> {
        let Ok(name) = std::env::var("E2E_ENGINE") else { return Ok(Self::default()) };
        for engine in [Self::Chromium, Self::Firefox, Self::WebKit] {
            if engine.to_string() == name {
                return Ok(engine);
            }
        }
        bail!("E2E_ENGINE is \"{name}\"; it may be chromium, firefox or webkit")
    }

    /// Whether scenarios can do this in it.
    #[must_use]
    pub fn can(self, ability: Ability) -> bool {
        match self {
            Self::Chromium => true,
            Self::Firefox => match ability {
                Ability::CookieChange
                | Ability::EarlyAnswer
                | Ability::Freeze
                | Ability::Installability
                | Ability::LayoutShift
                | Ability::PageInMemory => false,
                Ability::ClearCache
                | Ability::Cookies
                | Ability::Downloads
                | Ability::Language
                | Ability::Media
                | Ability::NarrowWindow
                | Ability::OfflineStart
                | Ability::Profile
                | Ability::WayBack => true,
            },
            Self::WebKit => match ability {
                Ability::ClearCache
                | Ability::CookieChange
                | Ability::Cookies
                | Ability::Downloads
                | Ability::EarlyAnswer
                | Ability::Freeze
                | Ability::Installability
                | Ability::Language
                | Ability::LayoutShift
                | Ability::Media
                | Ability::NarrowWindow
                | Ability::OfflineStart
                | Ability::PageInMemory
                | Ability::Profile
                | Ability::WayBack => false,
            },
        }
    }

    /// What the backend calls a device with this browser.
    #[must_use]
    pub fn device(self) -> &'static str {
        match self {
            Self::Chromium => "Chrome on Linux",
            Self::Firefox => "Firefox on Linux",
            Self::WebKit => "Safari on Linux",
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
        })
    }
}

/// As the end of a sentence: "has no …".
impl fmt::Display for Ability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ClearCache => "way to empty its cache",
            Self::CookieChange => "way to change a cookie that no script sees",
            Self::Cookies => "way to read the cookie of another path",
            Self::Downloads => "way to save a download without a question",
            Self::EarlyAnswer => "hearing of an answer that comes before the request was sent",
            Self::Freeze => "way to freeze a tab",
            Self::Installability => "report of what speaks against an installation",
            Self::Language => "way to set its language",
            Self::LayoutShift => "measure of how much a page moves by itself",
            Self::Media => "way to set what the system prefers",
            Self::NarrowWindow => "window as narrow as a telephone's",
            Self::PageInMemory => "page kept in memory while it is driven",
            Self::OfflineStart => "start of a page without a network",
            Self::Profile => "profile that outlives it",
            Self::WayBack => "way back to a page that is answered with an error",
        })
    }
}
