//! Everything one scenario needs, and what happens when it ends.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use futures_util::FutureExt;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::browser::Browser;
use crate::driver::Driver;
use crate::proxy::Proxy;
use crate::server::{Server, artifact};

/// How a scenario wants its backend and its application.
#[derive(Debug)]
pub struct Setup {
    /// Further flags of the backend, such as `--access-token-lifetime-s=10`.
    pub server: Vec<&'static str>,
    /// The configuration of the application.
    pub config: Value,
    /// A script that runs in each page before everything else.
    pub shim: Option<&'static str>,
}

/// Who can sign in.
#[derive(Clone, Debug)]
pub struct Account {
    /// The email address.
    pub email: String,
    /// The password.
    pub password: String,
}

/// One backend with its own database, the origin in front of it, and the browsers that look at it.
#[derive(Debug)]
pub struct World {
    /// The backend.
    pub server: Server,
    /// The origin in front of it.
    pub proxy: Proxy,
    driver: Driver,
    browsers: Vec<Browser>,
    dir: TempDir,
}

impl Default for Setup {
    fn default() -> Self {
        Self { server: Vec::new(), config: json!({}), shim: None }
    }
}

/// Runs one scenario: a failure leaves a picture, the console and the backend's log in target/e2e/.
///
/// # Panics
/// When the scenario fails; that is what the test runner expects.
pub fn scenario(setup: Setup, story: impl AsyncFnOnce(&mut World) -> Result<()>) {
    let name = std::thread::current().name().unwrap_or("scenario").replace("::", "-");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let end = runtime.block_on(async {
        let mut world = World::build(setup).await?;
        let end = AssertUnwindSafe(story(&mut world)).catch_unwind().await;
        if !matches!(end, Ok(Ok(()))) {
            world.leave_evidence(&name).await;
        }
        world.end().await;
        end.unwrap_or_else(|panic| resume_unwind(panic))
    });
    if let Err(error) = end {
        panic!("{error:#}");
    }
}

impl World {
    async fn build(setup: Setup) -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let dist = artifact("E2E_DIST", "../../dist")?;
        let mut server = Server::new(&dir.path().join("data"))?;
        let proxy = Proxy::start(server.port()).await?;
        proxy.configure(setup.config);
        if let Some(script) = setup.shim {
            proxy.shim(script);
        }
        let mut arguments = vec!["--demo".to_owned(), "--public-origin".to_owned(), proxy.origin()];
        arguments.extend(["--static-dir".to_owned(), dist.display().to_string()]);
        arguments.extend(setup.server.iter().map(|&argument| argument.to_owned()));
        server.set_arguments(arguments);
        server.start().await?;
        let driver = Driver::start().await?;
        Ok(Self { server, proxy, driver, browsers: Vec::new(), dir })
    }

    /// The account that `--demo` made.
    ///
    /// # Errors
    /// When its password cannot be read.
    pub fn demo(&self) -> Result<Account> {
        Ok(Account { email: "demo@perennial.example".to_owned(), password: self.server.demo_password()? })
    }

    /// Where a file of this name lies that a scenario writes and a person chooses.
    ///
    /// # Errors
    /// When there can be none.
    pub fn file(&self, name: &str) -> Result<PathBuf> {
        let dir = self.dir.path().join("files");
        std::fs::create_dir_all(&dir)?;
        Ok(dir.join(name))
    }

    /// Opens one more browser, independent of the others.
    ///
    /// # Errors
    /// When none starts.
    pub async fn browser(&mut self) -> Result<Browser> {
        self.browser_of_size((1280, 800)).await
    }

    /// Opens one more browser with a window of this width and height in CSS pixels.
    ///
    /// # Errors
    /// When none starts.
    pub async fn browser_of_size(&mut self, size: (u32, u32)) -> Result<Browser> {
        let profile = self.profile(self.browsers.len());
        let browser = Browser::open(&self.driver, &self.proxy.origin(), &profile, size).await?;
        self.browsers.push(browser.clone());
        Ok(browser)
    }

    /// Ends the first browser and starts it again with what it kept on the disk.
    ///
    /// # Errors
    /// When there is none or it does not start again.
    pub async fn restart_browser(&mut self) -> Result<Browser> {
        let profile = self.profile(0);
        let first = self.browsers.first_mut().context("no browser to restart")?;
        first.clone().close().await?;
        *first = Browser::open(&self.driver, &self.proxy.origin(), &profile, (1280, 800)).await?;
        Ok(first.clone())
    }

    fn profile(&self, number: usize) -> PathBuf {
        self.dir.path().join(format!("profile-{number}"))
    }

    /// Keeps what a person needs to understand a failure.
    async fn leave_evidence(&self, scenario: &str) {
        let dir = target_dir().join("e2e");
        for (number, browser) in self.browsers.iter().enumerate() {
            let picture = dir.join(format!("{scenario}-{number}.png"));
            match browser.photograph(&picture).await {
                Ok(()) => eprintln!("picture: {}", picture.display()),
                Err(error) => eprintln!("no picture of browser {number}: {error:#}"),
            }
            for entry in browser.console().await.unwrap_or_default() {
                eprintln!("console {number}: {} {}", entry.level, entry.message);
            }
        }
        for seen in self.proxy.seen().iter().filter(|seen| seen.call.contains("/api/")) {
            eprintln!("{:>8.3} s {} → {:?}", self.proxy.age_s(seen.at), seen.call, seen.status);
        }
        for (number, socket) in self.proxy.sockets().iter().enumerate() {
            let ended = socket.closed.map(|closed| self.proxy.age_s(closed));
            eprintln!(
                "{:>8.3} s WebSocket {number} opened, closed {ended:?}",
                self.proxy.age_s(socket.opened)
            );
            for frame in &socket.frames {
                // Short enough that no token is told.
                let said = format!("{:.60}", format!("{:?}", frame.said));
                eprintln!("{:>8.3} s WebSocket {number} {:?} {said}", self.proxy.age_s(frame.at), frame.by);
            }
        }
        // A line about a file of the application explains nothing.
        for line in self.server.log().lines().filter(|line| !line.contains("\"path\":\"(none)\"")) {
            eprintln!("{line}");
        }
    }

    /// Closes the browsers first: a driver that is killed leaves its browsers behind.
    async fn end(self) {
        for browser in self.browsers {
            if let Err(error) = browser.close().await {
                eprintln!("a browser did not close: {error:#}");
            }
        }
    }
}

/// Where scenarios leave what a person is to look at.
#[must_use]
pub fn target_dir() -> PathBuf {
    // The tests of a package run in its directory.
    Path::new("../../target").to_path_buf()
}
