//! Everything one scenario needs, and what happens when it ends.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use futures_util::FutureExt;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::backend::{Backend, Foreign};
use crate::browser::{Browser, Needs};
use crate::clock::{Clocks, WorldClock};
use crate::deploy::{self, Deployed};
use crate::engine::{Ability, Concern, Engine};
use crate::listing;
use crate::proxy::{Proxy, WEBKIT_SHIM};
use crate::server::{Runs, Server, artifact, client};
use crate::session::Lease;

/// How a scenario wants its backend and its application.
#[derive(Debug)]
pub struct Setup {
    /// What the application talks to.
    pub backend: Backend,
    /// How long an access token of it lives, where its own default is not wanted.
    pub lifetime_s: Option<u32>,
    /// Where the reference backend runs: as a process where it is to be killed.
    pub server_runs: Runs,
    /// Whose time passes.
    pub clock: Clocks,
    /// Further flags of the reference backend, such as `--access-token-lifetime-s=10`.
    pub server: Vec<&'static str>,
    /// The configuration of the application, on top of what the backend needs.
    pub config: Value,
    /// A script that runs in each page before everything else.
    pub shim: Option<&'static str>,
    /// Which build of the application is served.
    pub pages: Pages,
    /// What it does with a browser that not all engines allow.
    pub needs: &'static [Ability],
    /// What it shows that may be different in another engine.
    pub concern: Option<Concern>,
    /// What most of its time goes into.
    pub pace: Pace,
}

/// What most of a scenario's time goes into, which says how many of its kind run at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    /// Loading pages, which keeps a core busy.
    #[default]
    Computes,
    /// Waiting for a moment.
    Waits,
}

/// A build of the application.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pages {
    /// What people get.
    #[default]
    Release,
    /// A copy of it, which [`World::deploy`] may replace.
    Copied,
    /// The same, below the path `/sub/`.
    BelowPath,
    /// What those who work on it get: it has a page that shows each component in each state.
    Development,
}

/// Who can sign in.
#[derive(Clone, Debug)]
pub struct Account {
    /// What the backend knows them by, where that is not the address.
    pub username: Option<String>,
    /// The email address.
    pub email: String,
    /// The password.
    pub password: String,
}

/// One backend with its own database, the origin in front of it, and the browsers that look at it.
#[derive(Debug)]
pub struct World {
    /// What the application talks to.
    pub backend: Backend,
    /// The reference backend, which serves the pages whatever they talk to.
    pub server: Server,
    /// The origin in front of it.
    pub proxy: Proxy,
    pub(crate) clock: WorldClock,
    /// A backend written by others, with the origin in front of it.
    foreign: Option<(Foreign, Proxy)>,
    engine: Engine,
    needs: Arc<Needs>,
    browsers: Vec<(Browser, Lease)>,
    dir: TempDir,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            backend: Backend::default(),
            lifetime_s: None,
            server_runs: Runs::default(),
            clock: Clocks::default(),
            server: Vec::new(),
            config: json!({}),
            shim: None,
            pages: Pages::default(),
            needs: &[],
            concern: None,
            pace: Pace::default(),
        }
    }
}

impl Account {
    /// Somebody who signs in by their address.
    #[must_use]
    pub fn by_email(email: &str, password: &str) -> Self {
        Self { username: None, email: email.to_owned(), password: password.to_owned() }
    }
}

impl Setup {
    /// Has it run in each engine at every check, for this reason.
    #[must_use]
    pub fn concerning(self, concern: Concern) -> Self {
        Self { concern: Some(concern), ..self }
    }

    /// Says what it needs of a browser.
    #[must_use]
    pub fn needing(self, needs: &'static [Ability]) -> Self {
        Self { needs, ..self }
    }
}

/// Runs one scenario: a failure leaves a picture, the console and the backend's log in target/e2e/.
///
/// # Panics
/// When the scenario fails; that is what the test runner expects.
pub fn scenario(setup: Setup, story: impl AsyncFnOnce(&mut World) -> Result<()>) {
    let name = std::thread::current().name().unwrap_or("scenario").to_owned();
    if listing::is_listed(&name, &setup).expect("a list of the scenarios") {
        return;
    }
    let started = Instant::now();
    let engine = Engine::chosen().expect("an engine");
    if let Some(need) = setup.needs.iter().find(|need| !engine.can(**need)) {
        panic!("{engine} has no {need}, which this scenario needs");
    }
    let end = runtime().block_on(async {
        let mut world = World::build(engine, setup).await?;
        let end = AssertUnwindSafe(story(&mut world)).catch_unwind().await;
        let end = match end {
            Ok(Ok(())) => Ok(world.needs.all_used()),
            other => other,
        };
        let is_good = matches!(end, Ok(Ok(())));
        if !is_good {
            world.leave_evidence(&name.replace("::", "-")).await;
        }
        world.end(is_good).await;
        end.unwrap_or_else(|panic| resume_unwind(panic))
    });
    listing::note_time(&name, engine, started.elapsed()).expect("a list of times");
    if let Err(error) = end {
        panic!("{error:#}");
    }
}

/// One for all scenarios: browsers outlive them, and with these the connections to them.
fn runtime() -> &'static tokio::runtime::Runtime {
    static RUNTIME: OnceLock<tokio::runtime::Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
    })
}

impl World {
    async fn build(engine: Engine, setup: Setup) -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let dist = match setup.pages {
            Pages::Release => artifact("E2E_DIST", "../../dist")?,
            Pages::Copied => deploy::copy(&artifact("E2E_DIST", "../../dist")?, &dir.path().join("dist"))?,
            Pages::BelowPath => {
                deploy::copy_below(&artifact("E2E_DIST", "../../dist")?, &dir.path().join("site"), "sub")?
            }
            Pages::Development => artifact("E2E_STYLE_DIST", "../style-dist")?,
        };
        let clock = WorldClock::default();
        let mut server = Server::new(setup.server_runs, &dir.path().join("data"), &clock)?;
        let proxy = Proxy::start_with(server.port(), clock.clone(), setup.clock).await?;
        let foreign = start_foreign(&setup, &proxy, &clock, dir.path()).await?;
        let api = foreign.as_ref().map_or(&proxy, |(_, proxy)| proxy).origin();
        proxy.configure(with(setup.backend.config(&api)?, setup.config)?);
        let engines = (engine == Engine::WebKit).then_some(WEBKIT_SHIM);
        let shims: Vec<_> = engines.into_iter().chain(setup.shim).collect();
        if !shims.is_empty() {
            proxy.shim(&shims.join("\n"));
        }
        let mut arguments = vec!["--demo".to_owned(), "--public-origin".to_owned(), proxy.origin()];
        arguments.extend(["--static-dir".to_owned(), dist.display().to_string()]);
        if foreign.is_some() {
            arguments.extend(["--connect-origin".to_owned(), api]);
        } else if let Some(lifetime_s) = setup.lifetime_s {
            arguments.push(format!("--access-token-lifetime-s={lifetime_s}"));
        }
        arguments.extend(setup.server.iter().map(|&argument| argument.to_owned()));
        server.set_arguments(arguments);
        server.start().await?;
        let (needs, browsers) = (Arc::new(Needs::new(setup.needs)), Vec::new());
        Ok(Self { backend: setup.backend, server, proxy, clock, foreign, engine, needs, browsers, dir })
    }

    /// Puts another build in the place of the one that is served: the same with other names, so that the files of the
    /// first are gone. Returns what the two are called.
    ///
    /// # Errors
    /// Where the files are those that were built.
    pub fn deploy(&self) -> Result<Deployed> {
        deploy::replace(&self.dir.path().join("dist"))
    }

    /// Puts an installation below another path beside the one below `/sub/`, or that one in its place again: every page
    /// of the site that is served from now on is its own.
    ///
    /// # Errors
    /// Where the files cannot be copied.
    pub fn install_below(&self, path: &str) -> Result<()> {
        deploy::copy_below(&artifact("E2E_DIST", "../../dist")?, &self.dir.path().join("site"), path)
            .map(drop)
    }

    /// The origin in front of the backend that the application talks to.
    #[must_use]
    pub fn api(&self) -> &Proxy {
        self.foreign.as_ref().map_or(&self.proxy, |(_, proxy)| proxy)
    }

    /// Ends the backend that the application talks to as a power cut would.
    ///
    /// # Errors
    /// When it is not running.
    pub fn kill_backend(&mut self) -> Result<()> {
        match &mut self.foreign {
            Some((foreign, _)) => foreign.kill(),
            None => self.server.kill(),
        }
    }

    /// Starts that backend again with what it kept.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn start_backend(&mut self) -> Result<()> {
        match &mut self.foreign {
            Some((foreign, _)) => foreign.start().await,
            None => self.server.start().await,
        }
    }

    /// Ends every session of the person who can sign in, without the application.
    ///
    /// # Errors
    /// When the backend refuses.
    pub async fn sign_out_everywhere(&self) -> Result<()> {
        match &self.foreign {
            Some((foreign, _)) => foreign.sign_out_everywhere().await,
            None => sign_out_others(&self.proxy, &self.demo()?).await,
        }
    }

    /// The account that can sign in.
    ///
    /// # Errors
    /// When its password cannot be read.
    pub fn demo(&self) -> Result<Account> {
        if let Some((foreign, _)) = &self.foreign {
            return Ok(foreign.account().clone());
        }
        Ok(Account::by_email("demo@perennial.example", &self.server.demo_password()?))
    }

    /// Opens one more browser and signs in there.
    ///
    /// # Errors
    /// When the overview does not come.
    pub async fn signed_in(&mut self) -> Result<Browser> {
        let browser = self.browser().await?;
        browser.sign_in_to(self.backend, &self.demo()?).await?;
        Ok(browser)
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
        let lease = Lease::take(self.engine).await?;
        let browser = Browser::looking_at(self.proxy.site(), &lease, Arc::clone(&self.needs));
        self.browsers.push((browser.clone(), lease));
        if self.engine == Engine::WebKit {
            browser.resize(1280, 800).await?;
        }
        Ok(browser)
    }

    /// Opens one more browser with a profile of its own on the disk, which [`World::restart_browser`] finds again.
    ///
    /// # Errors
    /// When none starts.
    pub async fn browser_with_profile(&mut self) -> Result<Browser> {
        let profile = self.dir.path().join("profile");
        std::fs::create_dir_all(&profile)?;
        let lease = Lease::own(self.engine, &profile).await?;
        let browser = Browser::looking_at(self.proxy.site(), &lease, Arc::clone(&self.needs));
        browser.uses(Ability::Profile)?;
        self.browsers.push((browser.clone(), lease));
        Ok(browser)
    }

    /// Ends the last browser, which has a profile of its own, and starts it again with what it kept on the disk.
    ///
    /// # Errors
    /// When there is none or it does not start again.
    pub async fn restart_browser(&mut self) -> Result<Browser> {
        let (_, lease) = self.browsers.pop().context("no browser to restart")?;
        lease.end().await?;
        self.browser_with_profile().await
    }

    /// Keeps what a person needs to understand a failure.
    async fn leave_evidence(&self, scenario: &str) {
        let dir = target_dir().join("e2e");
        for (number, (browser, _)) in self.browsers.iter().enumerate() {
            let picture = dir.join(format!("{scenario}-{number}.png"));
            match browser.photograph(&picture).await {
                Ok(()) => eprintln!("picture: {}", picture.display()),
                Err(error) => eprintln!("no picture of browser {number}: {error:#}"),
            }
            match browser.console().await {
                Ok(entries) => entries.iter().for_each(|entry| eprintln!("console {number}: {entry}")),
                Err(error) => eprintln!("no console of browser {number}: {error:#}"),
            }
        }
        for proxy in [Some(&self.proxy), self.foreign.as_ref().map(|(_, proxy)| proxy)].into_iter().flatten()
        {
            for seen in proxy.seen().iter().filter(|seen| is_telling(&seen.call)) {
                eprintln!("{:>8.3} s {} → {:?}", self.proxy.age_s(seen.at), seen.call, seen.status);
            }
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
        if let Some((foreign, _)) = &self.foreign {
            eprintln!("{}", foreign.log());
        }
        // A line about a file of the application explains nothing.
        for line in self.server.log().lines().filter(|line| !line.contains("\"path\":\"(none)\"")) {
            eprintln!("{line}");
        }
    }

    /// Gives the browsers back, and ends them after a failure, since their state is not known.
    async fn end(self, is_good: bool) {
        for (_, lease) in self.browsers {
            let ended = if is_good { lease.give_back().await } else { lease.end().await };
            if let Err(error) = ended {
                eprintln!("a browser did not close: {error:#}");
            }
        }
    }
}

/// Starts the backend that others wrote, if the scenario wants one.
async fn start_foreign(
    setup: &Setup,
    pages: &Proxy,
    clock: &WorldClock,
    dir: &Path,
) -> Result<Option<(Foreign, Proxy)>> {
    let Some(mut foreign) = Foreign::new(setup.backend, &dir.join("foreign"))? else { return Ok(None) };
    // Its pages are those of the other origin.
    let proxy = Proxy::start_with(foreign.port(), clock.clone(), Clocks::Machine).await?;
    let lifetime_s = setup.lifetime_s.unwrap_or(LIFETIME_S);
    foreign.set_up(&pages.origin(), &proxy.origin(), lifetime_s).await?;
    Ok(Some((foreign, proxy)))
}

/// Puts the keys of one configuration on top of another.
fn with(mut base: Value, top: Value) -> Result<Value> {
    let (Some(keys), Value::Object(more)) = (base.as_object_mut(), top) else {
        bail!("a configuration is an object")
    };
    keys.extend(more);
    Ok(base)
}

/// Signs in once more beside the application, and out everywhere else.
async fn sign_out_others(proxy: &Proxy, account: &Account) -> Result<()> {
    let (client, origin) = (client()?, proxy.origin());
    let form = json!({ "email": account.email, "password": account.password }).to_string();
    let asked = client.post(format!("{origin}/api/session")).header("content-type", "application/json");
    let asked = asked.header("origin", &origin).header("x-requested-by", "perennial").body(form);
    let answer = asked.send().await?.error_for_status()?.text().await?;
    let answer: Value = serde_json::from_str(&answer)?;
    let token = answer["access_token"].as_str().context("no token")?;
    let others = client.delete(format!("{origin}/api/sessions/others"));
    others.header("authorization", format!("Bearer {token}")).send().await?.error_for_status()?;
    Ok(())
}

/// Something that nobody guesses.
pub(crate) fn secret() -> String {
    // Each of them is keyed anew by the standard library.
    let word = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", word(), word())
}

/// Whether a request says more than that the application was loaded.
fn is_telling(call: &str) -> bool {
    let file = call.rsplit('/').next().unwrap_or_default();
    !file.contains('.')
}

/// Where scenarios leave what a person is to look at.
#[must_use]
pub fn target_dir() -> PathBuf {
    // The tests of a package run in its directory.
    Path::new("../../target").to_path_buf()
}

/// Of an access token, where a scenario does not care: as long as it takes to run one.
const LIFETIME_S: u32 = 300;
