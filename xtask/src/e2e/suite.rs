//! The program with the scenarios: what there is in it, and how it is run.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::Stdio;
use std::thread;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::{Engine, Which, dir, report};
use crate::packages::END_TO_END;
use crate::{build, screenshots, setup, shell};

/// The built program.
#[derive(Debug)]
pub(super) struct Suite {
    program: PathBuf,
    /// Whether pictures are taken by the scenarios that are run.
    with_pictures: bool,
    scenarios: Vec<Scenario>,
    /// Tests of the harness itself, which need no browser.
    others: Vec<String>,
}

/// One scenario as it describes itself.
#[derive(Clone, Debug)]
struct Scenario {
    name: String,
    /// What it shows that may be different in another engine.
    concern: Option<String>,
    waits: bool,
    /// What it needs and this engine lacks.
    lacks: [Option<String>; 3],
}

impl Suite {
    /// Builds the program and asks it for its scenarios.
    pub(super) fn build() -> Result<Self> {
        let program = program()?;
        let dir = dir()?;
        let listing = dir.join("scenarios.jsonl");
        // That of another run.
        fs::write(&listing, "").with_context(|| format!("cannot write {}", listing.display()))?;
        let mut command = shell::program(&program);
        command.current_dir(shell::root().join("tests/e2e")).env("E2E_LIST", &listing);
        // On threads of their own tests have names.
        command.args(["--quiet", "--test-threads", "4"]).stdout(Stdio::null());
        ensure!(command.status()?.success(), "the scenarios could not be listed");
        let mut scenarios: Vec<Scenario> = Vec::new();
        for line in fs::read_to_string(&listing).context("no scenario was listed")?.lines() {
            let scenario = Scenario::read(&serde_json::from_str(line)?)?;
            // One that is run for several reasons is listed as often.
            if scenarios.iter().all(|other| other.name != scenario.name) {
                scenarios.push(scenario);
            }
        }
        scenarios.sort_by(|a, b| a.name.cmp(&b.name));
        let all = shell::output(shell::program(&program).args(["--list", "--format", "terse"]));
        let all = all.context("the scenarios cannot be listed")?;
        let names = all.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned);
        let others = names.filter(|name| scenarios.iter().all(|scenario| scenario.name != *name)).collect();
        Ok(Self { program, with_pictures: false, scenarios, others })
    }

    /// Which scenarios run in an engine, and what keeps the others from it, as text.
    pub(super) fn list(&self, engine: Engine, which: Which<'_>) -> Result<String> {
        let named: Vec<_> = self.scenarios.iter().filter(|scenario| which.takes(&scenario.name)).collect();
        ensure!(!named.is_empty(), "{}", self.why_none(engine, which));
        let mut text = String::new();
        for scenario in &named {
            let mark = scenario.concern.as_deref().map_or(String::new(), |concern| format!(" ({concern})"));
            text += &match &scenario.lacks[engine as usize] {
                Some(lack) => format!("-  {}{mark}: {} has no {lack}\n", scenario.name, engine.name()),
                None => format!("   {}{mark}\n", scenario.name),
            };
        }
        let can_run = named.iter().filter(|it| it.lacks[engine as usize].is_none());
        let marked = can_run.clone().filter(|it| it.concern.is_some()).count();
        text += &format!(
            "\n-          cannot run in {name}, which lacks what is named\n\
             (Session)  marked: shows something of this kind that may differ from engine to engine\n\
             {} of {} scenarios can run in {name}. {marked} of these are marked, and run in each engine at every check.\n",
            can_run.count(),
            named.len(),
            name = engine.name(),
        );
        Ok(text)
    }

    /// Has pictures taken, too, by the scenarios that are run.
    pub(super) fn with_pictures(mut self) -> Self {
        self.with_pictures = true;
        self
    }

    /// Runs scenarios in an engine: those that wait beside those that compute.
    pub(super) fn run(&self, engine: Engine, which: Which<'_>) -> Result<()> {
        self.print_missing(engine);
        let chosen: Vec<_> =
            self.scenarios.iter().filter(|scenario| scenario.is_chosen(engine, which)).collect();
        let names = |waits| {
            let of_kind = chosen.iter().filter(move |scenario| scenario.waits == waits);
            of_kind.map(|scenario| scenario.name.as_str()).collect::<Vec<_>>()
        };
        let (waiting, mut computing) = (names(true), names(false));
        let others = self.others.iter().map(String::as_str);
        computing.extend(others.filter(|name| engine == Engine::Chromium && which.takes(name)));
        if waiting.is_empty() && computing.is_empty() {
            bail!("{}", self.why_none(engine, which));
        }
        println!("    {} scenarios in {}", chosen.len(), engine.name());
        let mut variables = variables()?;
        if self.with_pictures {
            variables.push(("E2E_PICTURES", "1".into()));
        }
        let variables = &variables[..];
        let groups = [(waiting, WAITING_AT_ONCE), (computing, COMPUTING_AT_ONCE)];
        let groups = groups.into_iter().filter(|(names, _)| !names.is_empty());
        let ends = thread::scope(|scope| {
            let runs: Vec<_> = groups
                .map(|(names, at_once)| {
                    scope.spawn(move || self.run_group(engine, &names, at_once, variables))
                })
                .collect();
            runs.into_iter()
                .map(|run| run.join().unwrap_or_else(|_| bail!("a group panicked")))
                .collect::<Vec<_>>()
        });
        ends.into_iter().collect()
    }

    fn run_group(
        &self,
        engine: Engine,
        names: &[&str],
        at_once: usize,
        variables: &[(&str, PathBuf)],
    ) -> Result<()> {
        let mut command = shell::program(&self.program);
        command.current_dir(shell::root().join("tests/e2e"));
        command.args(["--exact", "--test-threads", &at_once.to_string()]).args(names);
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        command.envs(browser(engine)?.iter().map(|(name, value)| (name, value)));
        command.env("E2E_ENGINE", engine.name()).env("E2E_TIMES", report::times()?);
        // An error says what was done; where in the harness it was found says nothing more.
        command.env("RUST_BACKTRACE", "0");
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().context("no output to read")?;
        let mut rest = Vec::new();
        for line in BufReader::new(output).lines() {
            let line = line?;
            // What failed is described at the end, in one piece.
            if line.starts_with("test ") { println!("{line}") } else { rest.push(line) }
        }
        let status = child.wait()?;
        if !status.success() {
            println!("{}", rest.join("\n"));
            bail!("scenarios failed in {}", engine.name());
        }
        Ok(())
    }

    /// Why nothing is to be run.
    fn why_none(&self, engine: Engine, which: Which<'_>) -> String {
        let named = self.scenarios.iter().find(|scenario| which.takes(&scenario.name));
        match named.and_then(|scenario| Some((&scenario.name, scenario.lacks[engine as usize].as_ref()?))) {
            Some((name, lack)) => format!("{} has no {lack}, which {name} needs", engine.name()),
            None => {
                "no scenario has this text in its name: `cargo xtask e2e --list` names them all".to_owned()
            }
        }
    }

    fn print_missing(&self, engine: Engine) {
        let lacking = self.scenarios.iter().filter_map(|scenario| {
            scenario.lacks[engine as usize].as_ref().map(|lack| (scenario.name.as_str(), lack))
        });
        let lacking: Vec<_> = lacking.collect();
        let runnable = self.scenarios.len() - lacking.len();
        println!("    {} of {} scenarios can run in {}", runnable, self.scenarios.len(), engine.name());
        for (name, lack) in lacking {
            println!("    not in {}, which has no {lack}: {name}", engine.name());
        }
    }
}

impl Scenario {
    fn read(line: &Value) -> Result<Self> {
        let name = line["name"].as_str().context("a scenario without a name")?.to_owned();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        Ok(Self {
            name,
            concern: text(&line["concern"]),
            waits: line["pace"] == "Waits",
            lacks: [None, text(&line["lacks"]["firefox"]), text(&line["lacks"]["webkit"])],
        })
    }

    fn is_chosen(&self, engine: Engine, which: Which<'_>) -> bool {
        let is_marked = which != Which::Marked || self.concern.is_some();
        self.lacks[engine as usize].is_none() && is_marked && which.takes(&self.name)
    }
}

impl Which<'_> {
    fn takes(self, name: &str) -> bool {
        match self {
            Self::All | Self::Marked => true,
            Self::Named(part) => name.contains(part),
        }
    }
}

/// Builds the program and the backend, and says where the program lies.
fn program() -> Result<PathBuf> {
    let mut cargo = shell::cargo();
    // Together with the backend: without a test among the targets, the features of dependencies would be others.
    cargo.arg("build").args(END_TO_END).args([
        "--bin",
        "perennial-server",
        "--bin",
        "keeper",
        "--test",
        "e2e",
    ]);
    cargo.args(["--message-format", "json-render-diagnostics"]);
    let output = cargo.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    ensure!(output.status.success(), "the scenarios do not compile");
    let messages = String::from_utf8_lossy(&output.stdout).into_owned();
    let built = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut tests = built.filter(|built| built["target"]["name"] == "e2e");
    let path = tests.find_map(|built| built["executable"].as_str().map(PathBuf::from));
    path.context("cargo has built no scenarios")
}

/// Where the scenarios find what they need. Builds what is not there yet.
fn variables() -> Result<Vec<(&'static str, PathBuf)>> {
    let debug = shell::debug_dir()?;
    Ok(vec![
        ("E2E_AXE", setup::axe_script()?),
        ("E2E_DIST", build::dist_dir()),
        ("E2E_KEEPER", debug.join("keeper")),
        ("E2E_PROBE", build::probe()?),
        ("E2E_PYTHON", setup::python()?),
        ("E2E_SERVER", debug.join("perennial-server")),
        ("E2E_STYLE_DIST", screenshots::style_dist()?),
    ])
}

/// Where an engine and its driver lie.
fn browser(engine: Engine) -> Result<Vec<(&'static str, PathBuf)>> {
    Ok(match engine {
        Engine::Chromium => {
            let found = setup::browser()?;
            vec![("CHROME", found.chrome), ("CHROMEDRIVER", found.chromedriver)]
        }
        Engine::Firefox => {
            let found = setup::firefox()?;
            vec![("FIREFOX", found.firefox), ("GECKODRIVER", found.geckodriver)]
        }
        Engine::Webkit => {
            let found = setup::webkit()?;
            vec![("MINIBROWSER", found.mini_browser), ("WEBKITWEBDRIVER", found.driver)]
        }
    })
}

/// Those that load pages keep a core busy each.
const COMPUTING_AT_ONCE: usize = 2;

/// Those that wait need a core now and then.
const WAITING_AT_ONCE: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;

    fn suite() -> Suite {
        let scenario = |name: &str, concern: Option<&str>, lack: Option<&str>| Scenario {
            name: name.to_owned(),
            concern: concern.map(str::to_owned),
            waits: false,
            lacks: [None, lack.map(str::to_owned), None],
        };
        let scenarios = vec![
            scenario("offline::a_start", Some("Offline"), None),
            scenario("tabs::a_frozen_one", Some("Tabs"), Some("way to freeze a tab")),
            scenario("tabs::a_new_one", None, None),
        ];
        Suite { program: PathBuf::new(), with_pictures: false, scenarios, others: Vec::new() }
    }

    #[test]
    fn the_list_holds_what_was_asked_for_and_explains_its_marks() {
        let text = suite().list(Engine::Firefox, Which::Named("tabs::")).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0], "-  tabs::a_frozen_one (Tabs): firefox has no way to freeze a tab");
        assert_eq!(lines[1], "   tabs::a_new_one");
        assert!(!text.contains("offline"), "{text}");
        assert!(text.contains("\n-          cannot run in firefox"), "{text}");
        assert!(text.contains("\n(Session)  marked: "), "{text}");
        assert!(text.contains("1 of 2 scenarios can run in firefox. 0 of these are marked"), "{text}");
    }

    #[test]
    fn a_list_of_nothing_is_an_error() {
        assert!(suite().list(Engine::Chromium, Which::Named("nowhere")).is_err());
    }
}
