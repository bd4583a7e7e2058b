//! The program that drives a browser, as a child process: one for each browser, since two of the three hold a single
//! session.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use thirtyfour::common::capabilities::desiredcapabilities::Capabilities;

use crate::engine::Engine;
use crate::server::{artifact, client, free_port};
use crate::wait::within;

/// A running driver. It ends with this value, and so does every browser that it has started.
#[derive(Debug)]
pub(crate) struct Driver {
    /// Ends the driver when the pipe to it closes.
    keeper: Child,
    url: String,
}

impl Driver {
    /// Starts the driver of an engine and waits until it is ready.
    ///
    /// # Errors
    /// When it cannot be started or does not become ready.
    pub(crate) async fn start(engine: Engine) -> Result<Self> {
        let port = free_port()?;
        let mut keeper = Command::new(artifact("E2E_KEEPER", "keeper")?);
        keeper.args(command(engine, port)).envs(variables(engine).iter().copied());
        keeper.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let keeper = keeper.spawn().context("cannot start the keeper of the driver")?;
        let driver = Self { keeper, url: format!("http://127.0.0.1:{port}") };
        let (client, status) = (client()?, format!("{}/status", driver.url));
        let what = format!("the driver of {engine}, which `cargo xtask e2e --engine {engine}` installs");
        within(Duration::from_secs(30), &what, async || {
            Ok(client.get(&status).send().await?.status().is_success().then_some(()))
        })
        .await?;
        Ok(driver)
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        if self.keeper.wait().is_err() {
            eprintln!("the keeper of a driver had ended already");
        }
    }
}

fn command(engine: Engine, port: u16) -> Vec<OsString> {
    match engine {
        Engine::Chromium => vec![program("CHROMEDRIVER", "chromedriver"), format!("--port={port}").into()],
        Engine::Firefox => {
            // Two ports: the second is the one on which the browser itself is spoken to, 0 for any that is free.
            let arguments = format!("--port={port} --websocket-port=0 --allow-system-access");
            let arguments = arguments.split(' ').map(OsString::from);
            std::iter::once(program("GECKODRIVER", "geckodriver")).chain(arguments).collect()
        }
        Engine::WebKit => {
            // A screen and a window manager of its own: of the windows on one screen, one alone has the focus.
            let screen = "-screen 0 1600x1200x24 -nolisten tcp";
            let start = format!("openbox & exec \"$0\" --port={port}");
            let words = ["xvfb-run", "--auto-servernum", "--server-args", screen, "sh", "-c", &start];
            let driver = program("WEBKITWEBDRIVER", "WebKitWebDriver");
            words.into_iter().map(OsString::from).chain(std::iter::once(driver)).collect()
        }
    }
}

fn program(variable: &str, name: &str) -> OsString {
    std::env::var_os(variable).unwrap_or_else(|| name.into())
}

fn variables(engine: Engine) -> &'static [(&'static str, &'static str)] {
    match engine {
        Engine::Chromium | Engine::Firefox => &[],
        Engine::WebKit => &[
            // The namespaces of its sandbox are not there for root, which is who runs containers.
            ("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1"),
            ("LIBGL_ALWAYS_SOFTWARE", "1"),
            ("LANG", "en_GB.UTF-8"),
            ("LANGUAGE", "en_GB"),
        ],
    }
}

/// What a browser of the scenarios is like: without a window on a screen that somebody looks at, quiet, and with the
/// profile in this directory or with none.
pub(crate) fn capabilities(engine: Engine, profile: Option<&Path>) -> Capabilities {
    let wanted = match engine {
        Engine::Chromium => chromium(profile),
        Engine::Firefox => firefox(profile),
        Engine::WebKit => json!({ "webkitgtk:browserOptions": {
            "binary": webkit_browser().display().to_string(),
            "args": ["--automation"],
        }}),
    };
    wanted.as_object().cloned().unwrap_or_default().into()
}

fn chromium(profile: Option<&Path>) -> Value {
    let mut arguments = vec![
        // The namespaces of the sandbox are not there for root, which is who runs containers.
        "--no-sandbox".to_owned(),
        "--headless=new".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        "--disable-sync".to_owned(),
        "--no-first-run".to_owned(),
        "--disable-quic".to_owned(),
        "--lang=en-GB".to_owned(),
        "--window-size=1280,800".to_owned(),
        format!("--disable-features={}", UNSEEN.join(",")),
    ];
    arguments.extend(profile.map(|profile| format!("--user-data-dir={}", profile.display())));
    let mut options = json!({ "args": arguments });
    if let Some(binary) = std::env::var_os("CHROME") {
        options["binary"] = Value::String(binary.to_string_lossy().into_owned());
    }
    json!({
        "browserName": "chrome",
        "webSocketUrl": true,
        "goog:chromeOptions": options,
        "goog:loggingPrefs": { "browser": "ALL" },
    })
}

fn firefox(profile: Option<&Path>) -> Value {
    let mut arguments = vec!["-headless".to_owned(), "--width=1280".to_owned(), "--height=800".to_owned()];
    if let Some(profile) = profile {
        arguments.extend(["-profile".to_owned(), profile.display().to_string()]);
    }
    let mut options = json!({ "args": arguments, "prefs": {
        "intl.accept_languages": "en-GB, en",
        // Where the focus is seen is asked at once.
        "general.smoothScroll": false,
        // It would send a request again by itself whose connection broke, up to ten times, and no fault would be seen.
        "network.http.request.max-attempts": 1,
        "network.captive-portal-service.enabled": false,
        "network.connectivity-service.enabled": false,
        "browser.safebrowsing.update.enabled": false,
        "extensions.update.enabled": false,
        "app.normandy.enabled": false,
        "browser.region.update.enabled": false,
        "media.gmp-manager.updateEnabled": false,
    }});
    if let Some(binary) = std::env::var_os("FIREFOX") {
        options["binary"] = Value::String(binary.to_string_lossy().into_owned());
    }
    json!({ "browserName": "firefox", "webSocketUrl": true, "moz:firefoxOptions": options })
}

/// The browser that WebKitGTK brings for its own tests; Debian puts it beside the library.
fn webkit_browser() -> PathBuf {
    let named = std::env::var_os("MINIBROWSER").map(PathBuf::from);
    named.unwrap_or_else(|| {
        let lib = format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH);
        Path::new(&lib).join("webkit2gtk-4.1/MiniBrowser")
    })
}

/// What Chromium does for the eye and for the next click of a person: its own buttons are pages with a process for each
/// window, and so is the list below its address bar; one more process is started ahead for the site that may be opened
/// next.
const UNSEEN: [&str; 8] = [
    "InitialWebUI",
    "WebUIToolbar",
    "WebUIReloadButton",
    "WebUIOmniboxPopup",
    "WebUIOmniboxFullPopup",
    "WebUIOmniboxAimPopup",
    "PreloadTopChromeWebUI",
    "SpareRendererForSitePerProcess",
];
