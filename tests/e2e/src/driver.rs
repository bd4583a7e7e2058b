//! ChromeDriver as a child process.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use thirtyfour::common::capabilities::desiredcapabilities::Capabilities;

use crate::server::{client, free_port};
use crate::wait::within;

/// One driver, from which a scenario gets its browsers.
#[derive(Debug)]
pub struct Driver {
    child: Child,
    url: String,
}

impl Driver {
    /// Starts it and waits until it is ready.
    ///
    /// # Errors
    /// When it cannot be started or does not become ready.
    pub async fn start() -> Result<Self> {
        let port = free_port()?;
        let program = std::env::var_os("CHROMEDRIVER").unwrap_or_else(|| "chromedriver".into());
        let mut command = Command::new(program);
        command
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let child = command.spawn().context("cannot start ChromeDriver; `cargo xtask e2e` installs it")?;
        let driver = Self { child, url: format!("http://127.0.0.1:{port}") };
        let (client, status) = (client()?, format!("{}/status", driver.url));
        within(Duration::from_secs(30), "ChromeDriver", async || {
            Ok(client.get(&status).send().await?.status().is_success().then_some(()))
        })
        .await?;
        Ok(driver)
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if self.child.kill().and_then(|()| self.child.wait()).is_err() {
            eprintln!("ChromeDriver had ended already");
        }
    }
}

/// What a browser of the scenarios is like: headless, with an empty profile, and quiet.
pub(crate) fn capabilities(profile: &Path, width: u32, height: u32) -> Capabilities {
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
    ];
    arguments.push(format!("--window-size={width},{height}"));
    arguments.push(format!("--user-data-dir={}", profile.display()));
    let mut options = json!({ "args": arguments });
    if let Some(binary) = std::env::var_os("CHROME") {
        options["binary"] = Value::String(binary.to_string_lossy().into_owned());
    }
    let wanted = json!({
        "browserName": "chrome",
        "goog:chromeOptions": options,
        "goog:loggingPrefs": { "browser": "ALL" },
    });
    wanted.as_object().cloned().unwrap_or_default().into()
}
