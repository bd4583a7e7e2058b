//! `cargo xtask test`, `lint`, `e2e` and `screenshots`: everything that can fail, in one order.
//!
//! What fails quickly comes first, and the first failure ends the run. The programs keep the
//! terminal, so that their own summaries stay visible.

mod scenarios;

use std::time::Duration;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::e2e::{self, Engine, Which};
use crate::packages::{HOST, NATIVE, WASM};
use crate::progress::about;
use crate::setup::Purpose;
use crate::{build, screenshots, setup, shell, sim, size, times};
pub(crate) use scenarios::E2e;

/// What of the whole check to run.
#[derive(Args, Debug)]
pub(crate) struct Test {
    /// Run only this step
    step: Option<Step>,
    /// Run every end-to-end scenario in every engine that can, not only those that show what differs between them
    #[arg(long)]
    all_engines: bool,
}

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
    /// The suites that run inside a browser, in Chromium and in Firefox
    Browser,
    /// The release build of the application into dist/
    Build,
    /// The built application and real backends in Chromium
    E2eChromium,
    /// The same in Firefox
    E2eFirefox,
    /// The same in WebKitGTK
    E2eWebkit,
}

impl Test {
    pub(crate) fn run(&self) -> Result<()> {
        let steps = self.step.as_ref().map_or(Step::value_variants(), std::slice::from_ref);
        let outcome = prepare(steps).and_then(|()| self.run_steps(steps));
        // A run that failed late has times as well.
        times::print()?;
        if self.step.is_none() {
            // Those of one step would take the place of those of all.
            times::keep()?;
        }
        outcome?;
        if self.step.is_none() {
            println!("\nAll steps passed.");
        }
        Ok(())
    }

    fn run_steps(&self, steps: &[Step]) -> Result<()> {
        let last = times::last();
        for (at, step) in steps.iter().enumerate() {
            let left: Vec<Duration> = steps[at..].iter().map(|step| step.takes(&last)).collect();
            println!("\n-- {}", announcement(at + 1, steps.len(), &left));
            self.run_step(*step)?;
        }
        Ok(())
    }

    fn run_step(&self, step: Step) -> Result<()> {
        match step.engine() {
            Some(engine) if engine != Engine::Chromium && !self.all_engines => {
                shell::step(step.name(), || e2e::run(engine, Which::Marked))
            }
            _ => run(step),
        }
    }
}

/// Runs the format check and the lints.
pub(crate) fn lint() -> Result<()> {
    prepare(&[Step::Format, Step::Lint])?;
    run(Step::Format)?;
    run(Step::Lint)
}

/// Runs the scenarios that photograph every page and state.
pub(crate) fn screenshots() -> Result<()> {
    prepare(&[Step::Build, Step::E2eChromium])?;
    run(Step::Build)?;
    screenshots::forget()?;
    shell::step("screenshots", e2e::photograph)?;
    println!("\nThe pictures are to be leafed through in {}.", screenshots::index()?.display());
    Ok(())
}

impl Step {
    /// The step that runs the scenarios in an engine.
    fn of(engine: Engine) -> Self {
        match engine {
            Engine::Chromium => Self::E2eChromium,
            Engine::Firefox => Self::E2eFirefox,
            Engine::Webkit => Self::E2eWebkit,
        }
    }

    fn engine(self) -> Option<Engine> {
        [Engine::Chromium, Engine::Firefox, Engine::Webkit]
            .into_iter()
            .find(|engine| Self::of(*engine) == self)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Lint => "lint",
            Self::Native => "native suites",
            Self::Simulation => "simulation",
            Self::Docs => "documentation",
            Self::Browser => "browser suites",
            Self::Build => "build",
            Self::E2eChromium => "end to end in Chromium",
            Self::E2eFirefox => "end to end in Firefox",
            Self::E2eWebkit => "end to end in WebKitGTK",
        }
    }

    /// About how long the step takes: as long as it took the last time here, else as long as it took on two cores in a
    /// fresh clone.
    fn takes(self, last: &[(String, Duration)]) -> Duration {
        let measured_s = match self {
            Self::Format => 1,
            Self::Docs => 12,
            Self::Simulation => 15,
            Self::Browser => 85,
            Self::Lint => 105,
            Self::Build => 110,
            Self::Native | Self::E2eFirefox => 130,
            Self::E2eWebkit => 150,
            Self::E2eChromium => 520,
        };
        last.iter()
            .find(|(name, _)| name == self.name())
            .map_or(Duration::from_secs(measured_s), |(_, took)| *took)
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
            Self::E2eChromium => Purpose::E2eChromium,
            Self::E2eFirefox => Purpose::E2eFirefox,
            Self::E2eWebkit => Purpose::E2eWebkit,
        }
    }
}

/// How far the check is, and about how long the step and all that is left take.
fn announcement(at: usize, steps: usize, left: &[Duration]) -> String {
    let of_step = left.first().copied().unwrap_or_default();
    let all = left.iter().sum();
    if at == steps {
        return format!("step {at} of {steps}: {}", about(all));
    }
    format!("step {at} of {steps}: {}; {} to the end of the check", about(of_step), about(all))
}

fn prepare(steps: &[Step]) -> Result<()> {
    let purposes: Vec<Purpose> = steps.iter().map(|step| step.purpose()).collect();
    setup::set_up(&purposes)
}

fn run(step: Step) -> Result<()> {
    shell::step(step.name(), || match step {
        Step::Format => shell::run(shell::cargo().args(["fmt", "--all", "--check"])),
        Step::Lint => clippy(),
        Step::Native => shell::run(shell::cargo().arg("test").args(NATIVE)),
        Step::Simulation => sim::check(),
        Step::Docs => docs(),
        Step::Browser => browser(),
        Step::Build => build::dist("/").and_then(|()| size::run()),
        Step::E2eChromium => e2e::run(Engine::Chromium, Which::All),
        Step::E2eFirefox => e2e::run(Engine::Firefox, Which::All),
        Step::E2eWebkit => e2e::run(Engine::Webkit, Which::All),
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

/// Runs them in Chromium and in Firefox; WebKitGTK's driver is not one that the runner of wasm-bindgen knows.
fn browser() -> Result<()> {
    let (chromium, firefox) = (setup::browser()?, setup::firefox()?);
    let drivers = [("CHROMEDRIVER", chromium.chromedriver), ("GECKODRIVER", firefox.geckodriver)];
    for (variable, driver) in &drivers {
        let mut cargo = shell::cargo();
        cargo.arg("test").args(WASM).args(["--lib", "--tests"]);
        // The runner takes the first driver that it is told of.
        for (other, _) in &drivers {
            cargo.env_remove(other);
        }
        shell::run(cargo.env(variable, driver))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_says_how_far_the_check_is_and_about_how_long_is_left() {
        let secs = Duration::from_secs;
        let first = announcement(1, 3, &[secs(70), secs(300), secs(100)]);
        assert_eq!(first, "step 1 of 3: about 70 s; about 8 min to the end of the check");
        assert_eq!(announcement(3, 3, &[secs(100)]), "step 3 of 3: about 2 min");
    }

    #[test]
    fn a_step_is_expected_to_take_what_it_took_the_last_time() {
        let last = [("build".to_owned(), Duration::from_secs(7))];
        assert_eq!(Step::Build.takes(&last), Duration::from_secs(7));
        assert!(Step::Lint.takes(&last) > Duration::from_secs(60));
    }
}
