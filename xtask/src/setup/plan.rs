//! What is missing for some commands, and its installation.

use anyhow::{Context, Result, bail};

use super::install::{Workshop, estimate, install};
use super::need::{Need, Purpose};
use super::tool::{Install, Look, Tool};
use super::{Machine, apt, staging};
use crate::stop;

/// What is missing, looked at and known to be installable.
#[derive(Debug)]
pub(crate) struct Plan<'a> {
    machine: &'a Machine,
    missing: Vec<Tool>,
}

impl<'a> Plan<'a> {
    /// Looks at what these commands need, says what is missing, and fails where a person has to do something first.
    pub(crate) fn make(purposes: &[Purpose], machine: &'a Machine) -> Result<Self> {
        let mut needs: Vec<Need> = purposes.iter().flat_map(|purpose| purpose.needs()).collect();
        needs.sort();
        needs.dedup();
        for variable in needs.iter().filter_map(|need| need.variable()) {
            if let Some(path) = machine.named(variable).filter(|path| !path.is_file()) {
                bail!("{variable} points at {}, where nothing is: correct or unset it", path.display());
            }
        }
        let mut missing = Vec::new();
        for need in needs {
            let tool = Tool::of(need, machine)?;
            if !is_here(&tool, machine) {
                missing.push(tool);
            }
        }
        let plan = Self { machine, missing };
        plan.can_be_done()?;
        if !plan.missing.is_empty() {
            println!("    to be installed in {}", estimate(&plan.missing.iter().collect::<Vec<_>>()));
        }
        Ok(plan)
    }

    /// Whether nothing but the compiler and the crates is missing.
    pub(crate) fn has_tools(&self) -> bool {
        self.missing.iter().all(|tool| is_compiler(tool.row.need))
    }

    /// Installs what compiling the checkout needs.
    pub(crate) fn compiler(&mut self) -> Result<()> {
        let (compiler, rest) = self.missing.drain(..).partition(|tool| is_compiler(tool.row.need));
        self.missing = rest;
        self.install(compiler)
    }

    /// Installs everything else.
    pub(crate) fn tools(&mut self) -> Result<()> {
        let mut tools = std::mem::take(&mut self.missing);
        // What takes seconds and may fail comes before what takes minutes.
        tools.sort_by_key(|tool| matches!(tool.row.install, Install::Cargo(_)));
        apt::install(&tools, self.machine)?;
        self.install(tools)
    }

    fn install(&self, tools: Vec<Tool>) -> Result<()> {
        if tools.is_empty() {
            return Ok(());
        }
        stop::listen()?;
        let _lock = tools.iter().any(is_ours).then(|| self.machine.lock_tools()).transpose()?;
        let mut workshop = Workshop::default();
        for tool in tools {
            // Another set-up may have brought it while this one waited.
            if matches!(tool.look(self.machine), Look::Right(_)) {
                continue;
            }
            let installed = install(&tool, self.machine, &mut workshop);
            // Nothing is wrong with a tool whose installation a person stopped.
            stop::check()?;
            installed.with_context(|| format!("{} cannot be set up", tool.title()))?;
        }
        Ok(())
    }

    /// Fails where something is missing that no installation here can bring.
    fn can_be_done(&self) -> Result<()> {
        apt::may_install(&self.missing, self.machine)?;
        let has = |is: fn(&Install) -> bool| self.missing.iter().find(|tool| is(&tool.row.install));
        if let Some(tool) = has(|install| matches!(install, Install::Rustup | Install::Component))
            && self.machine.which("rustup").is_none()
        {
            bail!(
                "{} is missing, and rustup too: install rustup from https://rustup.rs, then run this again",
                tool.title()
            );
        }
        if self.missing.iter().any(is_ours) {
            staging::can_be_made(self.machine.tools()?)?;
        }
        if let Some(tool) = has(|install| matches!(install, Install::Cargo(_))) {
            let tools = self.machine.tools()?;
            let free = (self.machine.free_space)(tools).unwrap_or(u64::MAX);
            if free < ROOM {
                bail!(
                    "compiling {} takes {:.1} GB for a while, and {} has {:.1} GB left: free some space, or set PERENNIAL_TOOLS to a folder on another disk",
                    tool.title(),
                    gigabytes(ROOM),
                    tools.display(),
                    gigabytes(free)
                );
            }
        }
        Ok(())
    }
}

/// Looks at one tool and says what is there.
fn is_here(tool: &Tool, machine: &Machine) -> bool {
    let state = match tool.look(machine) {
        Look::Right(_) => {
            println!("    {}: here", tool.title());
            return true;
        }
        Look::Other(found) => format!("missing, {found} is here"),
        Look::Missing => "missing".to_owned(),
    };
    println!("    {}: {state}; needed to {}", tool.title(), tool.row.why);
    false
}

fn is_compiler(need: Need) -> bool {
    matches!(need, Need::Toolchain | Need::Crates)
}

/// Whether a tool goes into the project's own folder.
fn is_ours(tool: &Tool) -> bool {
    matches!(tool.row.install, Install::Cargo(_) | Install::Npm(_) | Install::Django)
}

#[allow(clippy::cast_precision_loss, reason = "it is shown with one decimal")]
fn gigabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e9
}

/// What compiling Trunk takes beside its own size, with some air.
const ROOM: u64 = 3_000_000_000;
