//! What the commands need on this machine, and how it gets there.
//!
//! Everything is looked at first, and only what is missing is installed. Before anything is installed it is said what,
//! why and for about how long, and whether it can be: a person who has to do something is told at once, not after the
//! first tools were compiled. What fails leaves nothing behind.

mod apt;
mod backends;
mod browsers;
mod command;
mod doctor;
mod found;
mod from_nothing;
mod install;
mod need;
mod plan;
mod staging;
mod table;
mod tool;

#[cfg(all(test, unix))]
mod tests;

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::machine::Machine;
use crate::shell;
pub(crate) use browsers::{browser, firefox, webkit};
pub(crate) use command::SetUp;
pub(crate) use doctor::doctor;
pub(crate) use need::Purpose;
pub(crate) use plan::Plan;

/// Sets up what these commands need.
pub(crate) fn set_up(purposes: &[Purpose]) -> Result<()> {
    shell::step(STEP, || {
        let mut plan = Plan::make(purposes, shell::machine())?;
        plan.compiler()?;
        plan.tools()
    })
}

/// The name of the step that sets up.
pub(crate) const STEP: &str = "set-up";

/// The machine with the project's tools on its search path.
pub(crate) fn with_tools(mut machine: Machine) -> Machine {
    let Some(tools) = machine.tools.clone() else { return machine };
    // One whose version cannot be told is named where it is needed.
    let known = tool::Tool::all(&machine).filter_map(|(_, tool)| tool.ok());
    let mut bins: Vec<PathBuf> = known.filter_map(|tool| tool.bin()).collect();
    bins.iter_mut().for_each(|bin| *bin = tools.join(&bin));
    bins.append(&mut machine.bins);
    machine.bins = bins;
    machine
}

/// The Python that has Django.
pub(crate) fn python() -> Result<PathBuf> {
    backends::python(shell::machine()).context("Django is missing: run `cargo xtask setup --for test`")
}

/// The script that looks for what keeps people out of a page.
pub(crate) fn axe_script() -> Result<PathBuf> {
    found::axe_script(shell::machine()).context("axe-core is missing: run `cargo xtask setup --for test`")
}
