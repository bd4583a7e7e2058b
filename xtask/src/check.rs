//! `cargo xtask test`, `lint`, `e2e` and `screenshots`: everything that can fail, in one order.
//!
//! What fails quickly comes first, and the first failure ends the run. The programs keep the
//! terminal, so that their own summaries stay visible.

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::setup::Purpose;
use crate::{build, screenshots, setup, shell, sim, size};

/// A step of the whole check, in the order in which they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Step {
    /// The formatting of all Rust sources
    Format,
    /// Clippy on the host and for WebAssembly, warnings denied
    Lint,
    /// The suites that need neither a browser nor WebAssembly
    Native,
    /// The session engine under random histories: the fixed seeds, and fresh ones
    Simulation,
    /// The documentation, warnings denied
    Docs,
    /// The suites that run inside a headless browser
    Browser,
    /// The release build of the application into dist/
    Build,
    /// The built application and the real backend in a headless browser
    E2e,
}

/// Which end-to-end scenarios to run.
#[derive(Args, Debug)]
pub(crate) struct E2e {
    /// Only scenarios whose name holds this text
    filter: Option<String>,
    /// Use dist/ as it is instead of building it first
    #[arg(long)]
    no_build: bool,
}

/// Runs every step.
pub(crate) fn all() -> Result<()> {
    prepare(Step::value_variants())?;
    for step in Step::value_variants() {
        run(*step)?;
    }
    println!("\nAll steps passed.");
    Ok(())
}

/// Runs one step, with the set-up it needs.
pub(crate) fn one(step: Step) -> Result<()> {
    prepare(&[step])?;
    run(step)
}

/// Runs the format check and the lints.
pub(crate) fn lint() -> Result<()> {
    prepare(&[Step::Format, Step::Lint])?;
    run(Step::Format)?;
    run(Step::Lint)
}

/// Runs the scenarios that photograph every page and state.
pub(crate) fn screenshots() -> Result<()> {
    shell::step("set-up", || setup::set_up(&[Purpose::E2eChromium]))?;
    run(Step::Build)?;
    screenshots::forget()?;
    shell::step("screenshots", || end_to_end(&["pictures::", "story::"]))?;
    println!("\nThe pictures are to be leafed through in {}.", screenshots::index()?.display());
    Ok(())
}

impl E2e {
    pub(crate) fn run(&self) -> Result<()> {
        shell::step("set-up", || setup::set_up(&[Purpose::E2eChromium]))?;
        if !self.no_build {
            run(Step::Build)?;
        }
        let filter: Vec<&str> = self.filter.as_deref().into_iter().collect();
        shell::step(Step::E2e.name(), || end_to_end(&filter))
    }
}

impl Step {
    fn name(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Lint => "lint",
            Self::Native => "native suites",
            Self::Simulation => "simulation",
            Self::Docs => "documentation",
            Self::Browser => "browser suites",
            Self::Build => "build",
            Self::E2e => "end-to-end suites",
        }
    }

    /// What the machine is set up for, so that the step can run.
    fn purpose(self) -> Purpose {
        match self {
            Self::Format => Purpose::Format,
            Self::Lint => Purpose::Lint,
            Self::Native => Purpose::Native,
            Self::Simulation | Self::Docs => Purpose::Docs,
            Self::Browser => Purpose::Browser,
            Self::Build => Purpose::Build,
            Self::E2e => Purpose::Test,
        }
    }
}

fn prepare(steps: &[Step]) -> Result<()> {
    let purposes: Vec<Purpose> = steps.iter().map(|step| step.purpose()).collect();
    shell::step("set-up", || setup::set_up(&purposes))
}

fn run(step: Step) -> Result<()> {
    shell::step(step.name(), || match step {
        Step::Format => shell::run(shell::cargo().args(["fmt", "--all", "--check"])),
        Step::Lint => clippy(),
        Step::Native => shell::run(shell::cargo().arg("test")),
        Step::Simulation => sim::check(),
        Step::Docs => docs(),
        Step::Browser => browser(),
        Step::Build => build::dist("/").and_then(|()| size::run()),
        Step::E2e => end_to_end(&[]),
    })
}

fn clippy() -> Result<()> {
    shell::run(shell::cargo().arg("clippy").args(HOST).args(["--all-targets", "--", "-D", "warnings"]))?;
    shell::run(shell::cargo().arg("clippy").args(WASM).args(["--all-targets", "--", "-D", "warnings"]))
}

fn docs() -> Result<()> {
    for packages in [HOST, WASM] {
        let mut cargo = shell::cargo();
        cargo.args(["doc", "--no-deps", "--document-private-items"]).args(packages);
        shell::run(cargo.env("RUSTDOCFLAGS", "-D warnings"))?;
    }
    Ok(())
}

fn browser() -> Result<()> {
    let browser = setup::browser()?;
    for suite in [["perennial", "--lib"], ["perennial-browser", "--tests"]] {
        let mut cargo = shell::cargo();
        cargo.args(["test", "--target", TARGET, "--package"]).args(suite);
        shell::run(cargo.env("CHROMEDRIVER", &browser.chromedriver))?;
    }
    Ok(())
}

/// Runs end-to-end scenarios with these arguments for the test runner.
fn end_to_end(arguments: &[&str]) -> Result<()> {
    let browser = setup::browser()?;
    shell::run(shell::cargo().args(["build", "--package", "perennial-server"]))?;
    let probe = build::probe()?;
    let mut cargo = shell::cargo();
    cargo
        .args(["test", "--package", "perennial-e2e", "--", "--test-threads", SCENARIOS_AT_ONCE])
        .args(arguments);
    cargo.env("CHROME", browser.chrome).env("CHROMEDRIVER", browser.chromedriver);
    cargo
        .env("E2E_PYTHON", setup::python()?)
        .env("E2E_AXE", setup::axe_script()?)
        .env("E2E_STYLE_DIST", screenshots::style_dist()?)
        .env("E2E_PROBE", probe)
        .env("E2E_SERVER", shell::debug_dir()?.join("perennial-server"));
    shell::run(cargo.env("E2E_DIST", build::dist_dir()))
}

/// Scenarios wait for most of their time: for tokens to near their end, for waits to pass. More than this many at once
/// would keep two cores so busy that what they wait for comes late.
const SCENARIOS_AT_ONCE: &str = "2";

const TARGET: &str = "wasm32-unknown-unknown";

/// The packages that run on this machine.
const HOST: &[&str] = &[
    "--package=perennial-session",
    "--package=perennial-dialect",
    "--package=perennial-server",
    "--package=perennial-e2e",
    "--package=xtask",
];

/// The packages that run in a browser.
const WASM: &[&str] = &[
    "--package=perennial",
    "--package=perennial-browser",
    "--package=perennial-probe",
    "--target=wasm32-unknown-unknown",
];
